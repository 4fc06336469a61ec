"""Letters by their Vietnamese names, and what a Vietnamese syllable looks like."""

from __future__ import annotations

import re
import unicodedata

LETTER_NAMES = {
    "a": "a", "ă": "á", "â": "ớ", "b": "bê", "c": "xê", "d": "dê", "đ": "đê", "e": "e", "ê": "ê", "f": "ép phờ",
    "g": "giê", "h": "hát", "i": "i", "j": "gi", "k": "ca", "l": "lờ", "m": "mờ", "n": "nờ", "o": "o", "ô": "ô",
    "ơ": "ơ", "p": "pê", "q": "quy", "r": "rờ", "s": "ét", "t": "tê", "u": "u", "ư": "ư", "v": "vê",
    "w": "vê kép", "x": "ích", "y": "i dài", "z": "dét",
}  # fmt: skip

# Every letter of the spoken form, small: the Vietnamese ones in all their tones, and f, j, w, z.
VIETNAMESE_LETTERS = unicodedata.normalize(
    "NFC",
    "abcdefghijklmnopqrstuvwxyzđ"
    + "".join(
        vowel + tone for vowel in "aăâeêioôơuưy" for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    ),
)

_TONE_MARKS = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
    r"(?:iêu|yêu|uôi|ươi|ươu|oai|oay|oao|oeo|uây|uya|uyê|uêu|uyu|iê|yê|uô|ươ|oa|oă|oe|uâ|uê|uy|ai|ao|au|ay|âu|ây|"
    r"eo|êu|ia|iu|oi|ôi|ơi|oo|ua|ui|ưa|ưi|ưu|uơ|ya|[aăâeêioôơuưy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)
_STOPPED = ("c", "ch", "p", "t")


def base_letter(letter: str) -> str:
    """The letter without its tone mark, in lower case; â, ê, ô, ơ, ư, ă and đ are letters of their own."""
    parts = unicodedata.normalize("NFD", letter.lower())
    kept = "".join(part for part in parts if part not in _TONE_MARKS)
    return unicodedata.normalize("NFC", kept)


def spell(token: str) -> str:
    """The names of the letters of `token`; what has no Vietnamese name is left out."""
    names = (LETTER_NAMES.get(base_letter(letter), "") for letter in token)
    return " ".join(name for name in names if name)


def is_syllable(word: str) -> bool:
    """Whether `word` is spelt like one Vietnamese syllable (no dictionary: 'xoang' passes, 'smart' does not).

    A syllable that ends in c, ch, p or t carries the acute or the dot: 'bot' and 'cat' are no Vietnamese words.
    """
    if len(word) > 7:
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [part for part in parts if part in _TONE_MARKS]
    base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONE_MARKS))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(base):
        return False
    return not base.endswith(_STOPPED) or tones in (["\u0301"], ["\u0323"])


def has_vietnamese_mark(word: str) -> bool:
    """Whether the word bears a mark that no foreign abbreviation bears (a tone, a hat, a horn), đ and ư aside."""
    parts = unicodedata.normalize("NFD", word.lower().replace("ư", "").replace("ơ", ""))
    return any(unicodedata.combining(part) for part in parts)
