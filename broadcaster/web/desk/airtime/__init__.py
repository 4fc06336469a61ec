"""The airtime room: the month by unit, down to the single airing; the campaign; closing and correcting."""

from __future__ import annotations

from broadcaster.web.desk.airtime import closing, month, quotas, session, unit
from broadcaster.web.desk.airtime.room import airtime

__all__ = ["airtime", "closing", "month", "quotas", "session", "unit"]
