"""The words of a bulletin as subtitles: every sentence at its place, as the rendition that was joined has it."""

from __future__ import annotations

from broadcaster.models import Bulletin
from broadcaster.rendering.pictures import bulletin_cues
from feeds.transcript import webvtt
from feeds.values import Cue


def transcript_of(bulletin: Bulletin) -> bytes:
    """WebVTT: a cue for each sentence of an article and of the station's own lines."""
    return webvtt(tuple(Cue(cue.starts_ms, cue.ends_ms, cue.text) for cue in bulletin_cues(bulletin)))
