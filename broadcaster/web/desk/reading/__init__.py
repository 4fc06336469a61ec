"""Listening and correcting: the spoken text beside the written one, heard sentence by sentence."""

from broadcaster.web.desk.reading.views import reading

__all__ = ["reading"]
