"""Cutting a sentence for services that take only so many characters at a time."""

from __future__ import annotations

import re

#: Where a speaker breathes, best first: after a stop, after a comma or the like, between words.
_CUTS = (re.compile(r"(?<=[.!?…;:])\s+"), re.compile(r"(?<=,)\s+"), re.compile(r"\s+"))


def segments(text: str, longest: int) -> list[str]:
    """`text` in pieces of at most `longest` characters, cut where a speaker would breathe; nothing is lost but spaces.

    Cases: a piece fits: it stays whole. One word longer than `longest`: cut anywhere, there is nothing better.
    """
    return [piece for piece in _cut(text.strip(), longest, 0) if piece]


def _cut(text: str, longest: int, level: int) -> list[str]:
    if len(text) <= longest:
        return [text]
    if level == len(_CUTS):
        return [text[at : at + longest] for at in range(0, len(text), longest)]
    pieces: list[str] = []
    for part in _CUTS[level].split(text):
        for small in _cut(part, longest, level + 1):
            if pieces and len(pieces[-1]) + 1 + len(small) <= longest:
                pieces[-1] += " " + small
            else:
                pieces.append(small)
    return pieces
