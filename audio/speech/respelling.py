"""A foreign word in Vietnamese syllables: a proposal for an editor, made by spelling alone.

It knows nothing of English; it only finds what a Vietnamese mouth makes of the letters: 'Erik' is 'e rích', 'server'
'xe ve'. Whoever knows the word corrects it once, in the lexicon.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

from .letters import is_syllable, spell

_CHUNK = re.compile(r"([^aeiouy]{0,12})([aeiouy]{1,3})|([^aeiouy]{1,12})$")
_CONSONANT = re.compile(r"sch|sh|ch|ph|th|ck|qu|ng|kh|gh|nh|[b-df-hj-np-tv-xz]")
_VOWELS = {
    "a": "a", "e": "e", "i": "i", "o": "ô", "u": "u", "y": "i", "aa": "a", "ae": "e", "ai": "ai", "ao": "ao",
    "au": "au", "ay": "ay", "ea": "i", "ee": "i", "ei": "ây", "eo": "eo", "eu": "êu", "ey": "ây", "ia": "ia",
    "ie": "i", "io": "i ô", "oa": "oa", "oe": "oe", "oi": "oi", "oo": "u", "ou": "ao", "oy": "oi", "ua": "ua",
    "ue": "uê", "ui": "ui", "uy": "uy", "uo": "uô", "iu": "iu", "eau": "ô", "ya": "i a", "ye": "i e", "yo": "i ô",
    "yu": "iu",
}  # fmt: skip
_ONSETS = {
    "b": "b", "c": "c", "d": "đ", "f": "ph", "g": "g", "h": "h", "j": "gi", "k": "c", "l": "l", "m": "m", "n": "n",
    "p": "p", "q": "c", "r": "r", "s": "x", "t": "t", "v": "v", "w": "u", "x": "x", "z": "d", "sh": "s", "sch": "s",
    "ch": "ch", "ph": "ph", "th": "th", "ck": "c", "qu": "qu", "ng": "ng", "kh": "kh", "gh": "g", "nh": "nh",
}  # fmt: skip
_CODAS = {"b": "p", "c": "c", "d": "t", "f": "p", "g": "c", "k": "c", "l": "n", "m": "m", "n": "n", "p": "p",
          "q": "c", "t": "t", "v": "p", "x": "c", "z": "t", "ck": "c", "ch": "ch", "ng": "ng", "ph": "p", "th": "t",
          "sh": "t", "s": "t", "nh": "nh"}  # fmt: skip
# Heard as nothing at the end of a syllable.
_MUTE = frozenset(("r", "h", "w", "j", "gh"))
_ACUTE = "\u0301"
_FRONT = frozenset("eêi")
_LONGEST_WORD = 30


def respelt(word: str) -> str:
    """Vietnamese syllables for a foreign word; the names of its letters where its spelling gives none."""
    plain = "".join(part for part in unicodedata.normalize("NFD", word.lower()) if "a" <= part <= "z")
    if not plain or len(plain) > _LONGEST_WORD:
        return spell(word)
    syllables: list[str] = []
    chunks = [(found[1] or found[3] or "", found[2] or "") for found in _CHUNK.finditer(plain)]
    for consonants, vowels in chunks:
        signs = [sign for sign, _ in itertools.groupby(_CONSONANT.findall(consonants))]
        if syllables and signs and (not vowels or len(signs) > 1):
            signs = _closed(syllables, signs)
        syllables += [f"{_onset(sign, 'ờ')}ờ" for sign in signs[:-1] if vowels]
        if vowels:
            syllables += _opened(signs[-1:], vowels)
        else:
            syllables += [f"{_onset(sign, 'ờ')}ờ" for sign in signs if sign not in _MUTE]
    said = " ".join(_toned(syllable) for syllable in " ".join(syllables).split())
    return said if said and all(is_syllable(syllable) for syllable in said.split()) else spell(plain)


def _closed(syllables: list[str], signs: list[str]) -> list[str]:
    """Lets the first consonant end the syllable before, if it may; returns what is left to begin the next."""
    first, rest = signs[0], signs[1:]
    if first in _MUTE:
        return rest
    coda = _CODAS.get(first)
    if coda is None or (first == "s" and rest) or not is_syllable(_toned(syllables[-1] + coda)):
        return signs
    syllables[-1] += coda
    return rest


def _opened(onset: list[str], vowels: str) -> list[str]:
    nucleus = _VOWELS.get(vowels) or " ".join(_VOWELS[vowel] for vowel in vowels)
    first, *more = nucleus.split()
    return [(_onset(onset[0], first) if onset else "") + first, *more]


def _onset(sign: str, nucleus: str) -> str:
    """The consonant as it is spelt before these vowels: c and k, g and gh, ng and ngh."""
    onset = _ONSETS[sign]
    if nucleus[0] in _FRONT:
        if sign == "c":
            return "x"
        return {"c": "k", "g": "gh", "ng": "ngh"}.get(onset, "g" if onset == "gi" and nucleus[0] == "i" else onset)
    return onset


def _toned(syllable: str) -> str:
    """A syllable that ends in c, ch, p or t takes the acute, on its last vowel but before a glide."""
    if not syllable.endswith(("c", "p", "t", "ch")):
        return syllable
    if syllable.endswith("ic"):
        syllable = syllable[:-1] + "ch"
    vowels = [index for index, letter in enumerate(syllable) if letter in "aeiouyêôơưâă"]
    if not vowels:
        return syllable
    place = vowels[-1] + 1
    return unicodedata.normalize("NFC", syllable[:place] + _ACUTE + syllable[place:])
