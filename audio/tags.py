"""What a bulletin says about itself: ID3v2.3 with chapters, and whether a machine spoke."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

#: mutagen says that it has types, but its frames have none; as Any they are called without a complaint a line.
id3: Any = import_module("mutagen.id3")

_NO_OFFSET = 0xFFFFFFFF
#: The TXXX field that says who speaks, and its values. Law 134/2025/QH15 art. 11 asks for a machine-readable mark.
SPEECH_ORIGIN = "SPEECH_ORIGIN"
SYNTHETIC, RECORDED = "synthetic", "recorded"


@dataclass(frozen=True)
class Chapter:
    """One item of a bulletin: where it starts and how long it sounds."""

    title: str
    kind: str
    starts_ms: int
    length_ms: int


@dataclass(frozen=True)
class Tags:
    """What stands in the head of a bulletin.

    `date` is ISO 8601 (a day or an instant); `speakers` who spoke, for people (`espeak (vi)`); `synthetic` whether
    any of it was spoken by a machine; `notice` the sentence that says so to people.
    """

    title: str
    date: str
    zone: str
    speakers: tuple[str, ...] = ()
    synthetic: bool = True
    notice: str = ""


def id3_bytes(tags: Tags, chapters: Sequence[Chapter]) -> bytes:
    """The tag as it stands at the beginning of a file; the same values always give the same bytes.

    A chapter without a title (a chime, say) is left out: players would show its number instead.
    """
    text = id3.Encoding.UTF16
    tag = id3.ID3()
    tag.add(id3.TIT2(encoding=text, text=tags.title))
    tag.add(id3.TALB(encoding=text, text=tags.zone))
    tag.add(id3.TPE1(encoding=text, text=", ".join(tags.speakers)))
    tag.add(id3.TCON(encoding=text, text="Speech"))
    tag.add(id3.TLAN(encoding=id3.Encoding.LATIN1, text="vie"))
    tag.add(id3.TDRC(encoding=id3.Encoding.LATIN1, text=tags.date))
    tag.add(id3.TXXX(encoding=text, desc=SPEECH_ORIGIN, text=SYNTHETIC if tags.synthetic else RECORDED))
    tag.add(id3.TXXX(encoding=text, desc="ZONE", text=tags.zone))
    if tags.notice:
        tag.add(id3.COMM(encoding=text, lang="vie", desc="", text=tags.notice))
    titled = [chapter for chapter in chapters if chapter.title]
    names = [f"chp{number}" for number in range(len(titled))]
    for name, chapter in zip(names, titled, strict=True):
        tag.add(
            id3.CHAP(
                element_id=name,
                start_time=chapter.starts_ms,
                end_time=chapter.starts_ms + chapter.length_ms,
                start_offset=_NO_OFFSET,
                end_offset=_NO_OFFSET,
                sub_frames=[id3.TIT2(encoding=text, text=chapter.title)],
            )
        )
    if names:
        flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
        tag.add(id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))
    held = io.BytesIO()
    tag.update_to_v23()
    tag.save(held, v1=0, v2_version=3, padding=lambda _info: 0)
    return held.getvalue()
