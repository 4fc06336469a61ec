"""The words of a bulletin as subtitles. Where an item begins and ends is exact; within it, time follows the letters."""

from __future__ import annotations

from collections.abc import Iterator

from broadcaster.models import Bulletin, BulletinItem
from feeds.transcript import webvtt
from feeds.values import Cue


def transcript_of(bulletin: Bulletin) -> bytes:
    """WebVTT: a cue for each paragraph of an article and for each of the station's own lines."""
    return webvtt(tuple(cue for item in bulletin.items for cue in _cues(item)))


def _cues(item: BulletinItem) -> Iterator[Cue]:
    texts = [item.title, *(item.article.paragraphs if item.article is not None else ())]
    letters = sum(map(len, texts))
    starts_ms, ends_ms, said = item.starts_ms, item.starts_ms, 0
    for text in texts:
        said += len(text)
        ends_ms = item.starts_ms + item.length_ms * said // max(1, letters)
        if ends_ms > starts_ms:
            yield Cue(starts_ms, ends_ms, text)
        starts_ms = ends_ms
