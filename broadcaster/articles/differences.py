"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from broadcaster.models import ArticleVersion

_PIECE = re.compile(r"\S+|\n+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that stayed, came or went: `same`, `added` or `removed`."""

    change: str
    words: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The words of both texts in order; of words that were replaced, first those that went."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    pieces: list[Piece] = []
    for change, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            pieces.append(Piece("same", " ".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(Piece("removed", " ".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(Piece("added", " ".join(new[new_from:new_to])))
    return tuple(pieces)


def whole_text(version: ArticleVersion) -> str:
    """Title, summary and body as one text."""
    return "\n\n".join(part for part in (version.title, version.summary, version.body) if part)
