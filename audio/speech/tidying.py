"""The last pass over a spoken sentence: blanks, stops, and no character that an engine could take for markup."""

from __future__ import annotations

import re
import unicodedata

from .letters import VIETNAMESE_LETTERS

_BLANKS = re.compile(r"\s+")
_STOPS = re.compile(r" ?[,.;:?!][ ,.;:?!]*")
_STRENGTH = "?!.:;,"
_NOT_ALLOWED = re.compile(rf"[^{VIETNAMESE_LETTERS}{VIETNAMESE_LETTERS.upper()} ,.;:?!]+")


def tidy(spoken: str) -> str:
    """One blank between words, one stop at a time (the strongest of those that met), none at the head.

    What remains are Vietnamese and plain Latin letters, blanks and `, . ; : ? !`; whatever else got this far falls
    away.
    """
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", spoken))
    text = _BLANKS.sub(" ", _NOT_ALLOWED.sub(" ", text))
    text = _STOPS.sub(_strongest, text)
    return text.strip().lstrip(",.;:?! ").rstrip(" ,;:")


def _strongest(found: re.Match[str]) -> str:
    marks = found.group()
    return next(mark for mark in _STRENGTH if mark in marks) + " "
