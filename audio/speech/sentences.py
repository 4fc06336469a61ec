"""Where one sentence ends and the next begins."""

from __future__ import annotations

import re

from .lexicon import Lexicon

_END = re.compile(r"[.!?…]{1,12}[”\"’»)\]*]{0,4}\s+")
_LAST_WORD = re.compile(r"([\w/]+)\W*$")
_OPENING = '“"‘«([*-–+• '
_HEAD = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVXLC]{1,6}|[a-zđ])[.)]?\s*$")
_HEAD_LOOK = 20


def split_sentences(paragraph: str, lexicon: Lexicon) -> list[str]:
    """The sentences of a paragraph, each with its final stop, without the blanks between them.

    Not an end: the point of "TP. Hà Nội", of a list number ("1. Nhằm …"), of an initial ("Nguyễn V. A"), and one
    that a small letter follows.
    """
    sentences: list[str] = []
    start = 0
    for found in _END.finditer(paragraph):
        if _ends_here(paragraph, start, found, lexicon):
            sentences.append(paragraph[start : found.end()].strip())
            start = found.end()
    sentences.append(paragraph[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _ends_here(paragraph: str, start: int, found: re.Match[str], lexicon: Lexicon) -> bool:
    following = paragraph[found.end() : found.end() + 8].lstrip(_OPENING)[:1]
    if not (following.isupper() or following.isdigit()):
        return False
    if not found.group().startswith(".") or found.group().startswith(".."):
        return True
    if found.start() - start <= _HEAD_LOOK and _HEAD.match(paragraph[start : found.end()]):
        return False
    word = _LAST_WORD.search(paragraph[max(start, found.start() - 30) : found.start()])
    if word is None:
        return True
    return not _is_dotted(word[1], lexicon)


def _is_dotted(word: str, lexicon: Lexicon) -> bool:
    if len(word) == 1 and word.isupper():
        return True
    return any(entry.written == word + "." for entry in lexicon.beginning_with(word.casefold()))
