"""Transcripts with times: WebVTT from the sentences of a script and their places in the sound.

Source: W3C, WebVTT: The Web Video Text Tracks Format.
"""

from __future__ import annotations

from collections.abc import Sequence


def vtt(sentences: Sequence[str], spans_ms: Sequence[tuple[int, int]], *, starts_ms: int = 0) -> str:
    """The cues of `sentences` at `spans_ms`, moved by `starts_ms` (where the item begins in its bulletin).

    `starts_ms` may be negative by what mastering trimmed off the beginning. Sentences that do not sound are left out.
    Raises ValueError when there are not as many spans as sentences.
    """
    cues = ["WEBVTT\n"]
    for sentence, (start, end) in zip(sentences, spans_ms, strict=True):
        text = " ".join(sentence.split())
        if end > start and text:
            times = f"{_clock(max(0, start + starts_ms))} --> {_clock(max(1, end + starts_ms))}"
            cues.append(f"{times}\n{_escaped(text)}\n")
    return "\n".join(cues)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(at_ms: int) -> str:
    seconds, thousandths = divmod(at_ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"
