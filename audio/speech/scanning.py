"""One pass over a sentence: at each place the first rule that knows it answers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .codes import read_class, read_plate
from .dates import read_date
from .documents import read_document_number
from .letters import is_syllable, spell
from .lexicon import Lexicon
from .numerals import Numerals
from .phones import read_phone
from .place import Place, Reading
from .quantities import read_digits, read_quantity
from .romans import read_roman_heading
from .symbols import read_address, read_symbol
from .tidying import tidy
from .times import read_time
from .values import Suspicion
from .words import Rule, read_lexicon, read_word

_FIGURE_RULES: tuple[Rule, ...] = (
    read_lexicon,
    read_plate,
    read_document_number,
    read_phone,
    read_time,
    read_date,
    read_quantity,
    read_digits,
)
_CLASS_NOUN = re.compile(
    r"(?:^|\W)(?:lớp|khối|số nhà|nhà số|số|quốc lộ|ngõ|đường|lộ|phòng|tầng|căn hộ|tỉnh lộ|khu)\s+$"
)
_SIGNED_FIGURE = re.compile(r"[-−–+(]\s?[\d+]|[$€£¥]\s?\d")
_HEAD_NUMBER = re.compile(
    r"\W{0,3}(\d{1,2})((?:\.\d{1,2}){0,3})[.)/]\s+(?=[^\d\s])|(\d{1,2})((?:\.\d{1,2}){1,3})\s+(?=[^\W\d_])"
)
_HEAD_LETTER = re.compile(r"\W{0,3}([a-zđ])[).]\s+(?=\S)")
_BULLET = re.compile(r"\s*(?:[-–—+•*●▪◦]\s+|[-–—+•*●▪◦](?=[^\W\d_]))")
# The Icelandic eth, which old keyboards wrote for the Vietnamese Đ.
_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "ð": "đ"})
# What offices put after the last word of a document.
_CLOSING_MARK = re.compile(r"(?:/lf|\./\.|/-|/\.)\s{0,9}$")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_PARENTHESIS = re.compile(r"\(([^()]{2,80})\)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence as it is said, with what an editor should look at."""

    text: str
    unknown: tuple[str, ...]
    suspicions: tuple[Suspicion, ...]


def speak(sentence: str, lexicon: Lexicon, numerals: Numerals, *, begins_paragraph: bool = True) -> Spoken:
    """How a sentence is said. Never raises, whatever the sentence; its time is proportional to its length."""
    text = _CLOSING_MARK.sub("", unicodedata.normalize("NFC", sentence).translate(_LOOK_ALIKES))
    shouting = _is_shouted(text)
    place = Place(text, 0, lexicon, numerals, shouting)
    readings: list[Reading] = []
    if begins_paragraph and (head := _head(place)):
        readings.append(head)
        place = place.at(head.end)
    while place.position < len(text):
        reading = _repeated_parenthesis(place, readings) or _answer(place)
        readings.append(reading)
        place = place.at(max(reading.end, place.position + 1))
    return Spoken(
        tidy(" ".join(reading.spoken for reading in readings)),
        tuple(token for reading in readings for token in reading.unknown),
        tuple(suspicion for reading in readings for suspicion in reading.suspicions),
    )


def _is_shouted(text: str) -> bool:
    """No small letter, and more than abbreviations: two Vietnamese words at least."""
    if any(character.islower() for character in text):
        return False
    return sum(is_syllable(word) for word in _WORDS.findall(text)) > 1


def _answer(place: Place) -> Reading:
    character = place.text[place.position]
    reading: Reading | None = None
    if character.isdecimal() and character.isascii():
        reading = _figure(place)
    elif character in "φΦøØ":
        reading = read_symbol(place)
    elif character.isalpha():
        reading = read_address(place) or read_word(place)
    elif place.match(_SIGNED_FIGURE):
        reading = read_phone(place) or _signed(place)
    return reading or read_lexicon_sign(place) or read_symbol(place)


def _figure(place: Place) -> Reading | None:
    reading = read_plate(place) or read_class(place)
    if reading and place.preceded_by(_CLASS_NOUN):
        return reading
    for rule in _FIGURE_RULES:
        reading = rule(place)
        if reading and not _cuts_a_word(place, reading.end):
            return reading
    return read_class(place) or read_digits(place)


def _cuts_a_word(place: Place, end: int) -> bool:
    """A number that ends right before a letter has not been understood: '5A2' is no five."""
    text = place.text
    return bool(end < len(text) and text[end].isalpha() and text[end - 1].isdigit() and read_class(place))


def _signed(place: Place) -> Reading | None:
    """A temperature below zero, or an amount after the sign of its money."""
    character = place.text[place.position]
    after_word = place.position > 0 and place.text[place.position - 1].isalnum()
    if character in "(+" or after_word:
        return None
    reading = read_quantity(place)
    return reading if reading and (character in "$€£¥" or reading.spoken.startswith("âm ")) else None


def read_lexicon_sign(place: Place) -> Reading | None:
    """Entries that begin with a sign."""
    return None if place.text[place.position].isspace() else read_lexicon(place)


def _head(place: Place) -> Reading | None:
    """A list number, letter or dash at the head of a paragraph."""
    roman = read_roman_heading(place)
    if roman:
        return roman
    number = place.match(_HEAD_NUMBER)
    if number and (number[1] or place.text[number.end()].isupper()):
        first, more = (number[1], number[2]) if number[1] else (number[3], number[4])
        parts = [first, *[part for part in more.split(".") if part]]
        spoken = " chấm ".join(place.numerals.digits_as_number(part) for part in parts)
        return Reading(f"{spoken}. ", number.end())
    letter = place.match(_HEAD_LETTER)
    if letter:
        return Reading(f"{spell(letter[1])}. ", letter.end())
    bullet = place.match(_BULLET)
    return Reading(" ", bullet.end()) if bullet else None


def _repeated_parenthesis(place: Place, readings: list[Reading]) -> Reading | None:
    """'điển hình tiên tiến (ĐHTT)': the abbreviation in brackets says again what was just said; it is left out."""
    if place.text[place.position] != "(":
        return None
    found = place.match(_PARENTHESIS)
    if not found or not any(character.isupper() for character in found[1]):
        return None
    inside = speak(found[1], place.lexicon, place.numerals, begins_paragraph=False)
    if inside.unknown or not inside.text:
        return None
    said = tidy(" ".join(reading.spoken for reading in readings[-40:]))
    if _bare(said).endswith(" " + _bare(inside.text)) or _bare(said) == _bare(inside.text):
        return Reading(" ", found.end())
    return None


def _bare(spoken: str) -> str:
    return re.sub(r"[\s,.;:?!]+", " ", spoken).strip().casefold()
