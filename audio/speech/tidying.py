"""The last pass over a spoken sentence: blanks, stops, and no character that an engine could take for markup."""

from __future__ import annotations

import re
import unicodedata

_STOPS = re.compile(r"[\s,.;:?!]*[,.;:?!][\s,.;:?!]*")
_BLANKS = re.compile(r"\s+")
_STRENGTH = "?!.:;,"
_NOT_ALLOWED = re.compile(r"[^\w\s,.;:?!]|[\d_]")


def tidy(spoken: str) -> str:
    """One blank between words, one stop at a time (the strongest of those that met), none at the head.

    What remains are letters, blanks and `, . ; : ? !`; digits and signs that got this far fall away.
    """
    text = _NOT_ALLOWED.sub(" ", unicodedata.normalize("NFC", spoken))
    text = _STOPS.sub(_strongest, text)
    return _BLANKS.sub(" ", text).strip().lstrip(",.;:?! ").rstrip(" ,;:")


def _strongest(found: re.Match[str]) -> str:
    marks = set(found.group())
    return next(mark for mark in _STRENGTH if mark in marks) + " "
