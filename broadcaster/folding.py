"""Vietnamese words as they are searched for: exactly, or without any mark. uỷ and ủy, hoà and hòa are one word each."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
#: The five tone marks; which letter of a syllable bears it is a matter of taste, so it is written behind the syllable.
_TONES = {"\u0300": "1", "\u0301": "2", "\u0303": "3", "\u0309": "4", "\u0323": "5"}


def folded(text: str) -> str:
    """The words without marks, in small letters: `Đường hoà` is `duong hoa`."""
    return " ".join(_bare(word) for word in words_of(text))


def exact(text: str) -> str:
    """The words with their marks, each tone behind its syllable: `hoà` and `hòa` are both `hoa1`."""
    return " ".join(_toned(word) for word in words_of(text))


def words_of(text: str) -> list[str]:
    """Letters and digits that stand together, in small letters."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def has_marks(word: str) -> bool:
    """Whether a word says more than its bare letters."""
    return _bare(word) != word


def _bare(word: str) -> str:
    apart = unicodedata.normalize("NFD", word).replace("đ", "d")
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _toned(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tones = "".join(_TONES.get(letter, "") for letter in apart)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if letter not in _TONES)) + tones
