"""Words: what the lexicon knows, capitals that nobody knows, and plain words, which are most of a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .codes import read_letters_and_digits, read_road
from .letters import LETTER_NAMES, VIETNAMESE_LETTERS, base_letter, has_vietnamese_mark, is_syllable, spell
from .lexicon import Entry
from .numerals import digit_by_digit
from .place import Place, Reading
from .respelling import respelt
from .romans import read_roman
from .units import read_per
from .values import Suspicion

# A point before nothing but these ends the sentence, even after "TP."
_CLOSING = ' .)”"’»*'
Rule = Callable[[Place], Reading | None]

_RUN = re.compile(r"\w{1,40}")
_WORD = re.compile(r"[^\W\d_]+")
_NEXT_WORD = re.compile(r"[\s.:,]{0,3}(\S{1,30})")
_NEXT = re.compile(r"[\s.:]{0,3}")
_CAPITALS = re.compile(r"[^\W_]{1,60}(?:&[^\W\d_]{1,20}){0,3}")
_TIMES = re.compile(r"[xX](?=\s?\d)")
_DIGIT_BEFORE = re.compile(r"\d\s?(?:m|cm|mm|km|dm)?\s?$|\w\s$")
_LONGEST_ABBREVIATION = 14
# The point after "Nguyễn Văn T." ends no sentence.
_INITIAL = re.compile(r"\.\s?[^\s”\"’]")
_SPELT_LETTERS = frozenset("bcdđghklmnpqrstvxfjwz")


def read_lexicon(place: Place) -> Reading | None:
    """The best entry of the lexicon that fits here."""
    run = place.match(_RUN)
    first = run.group().casefold() if run else place.text[place.position].casefold()
    for entry in place.lexicon.beginning_with(first):
        end = _end_of(place, entry)
        if end is not None and _fits(place, entry, end) and not _is_word_in_capitals(place, entry, end):
            return _reading(entry, end)
    return None


def _is_word_in_capitals(place: Place, entry: Entry, end: int) -> bool:
    """'TƯ' is the Central Committee, but not in 'TƯ TƯỞNG HỒ CHÍ MINH'."""
    written = entry.written
    return written.isupper() and is_syllable(written) and _among_capitals(place, place.position, end)


def _end_of(place: Place, entry: Entry) -> int | None:
    """Where the entry's writing ends in the text, or None where the text differs or goes on within a word."""
    written, start = entry.written, place.position
    end = start + len(written)
    there = place.text[start:end]
    any_case = entry.kind == "foreign" and written != written.upper()
    if there != written and not (any_case and there.casefold() == written.casefold()):
        return None
    following = place.text[end : end + 1]
    if written[-1] == "." and "v" not in written and not place.text[end : end + 9].strip(_CLOSING):
        return None
    if written[-1].isalnum() and (following.isalnum() or following == "_"):
        return None
    if following == "&" and place.text[end + 1 : end + 2].isalpha():
        return None
    return end


def _fits(place: Place, entry: Entry, end: int) -> bool:
    return (not entry.before or _stands_before(place, entry.before)) and (
        not entry.after or _stands_after(place, entry.after, end)
    )


def _stands_before(place: Place, alternatives: tuple[str, ...]) -> bool:
    tail = place.before.rstrip(' \t\u00a0(“"')
    return any(
        tail[-1:].isdigit() if word == "#" else tail.endswith(word) and not tail[: -len(word)][-1:].isalnum()
        for word in alternatives
    )


def _stands_after(place: Place, alternatives: tuple[str, ...], end: int) -> bool:
    rest = place.rest(end)
    skip = _NEXT.match(rest)
    rest = rest[skip.end() if skip else 0 :]
    folded = rest.casefold()
    for word in alternatives:
        if word == "#":
            matched = rest[:1].isdigit()
        elif word.startswith("#"):
            matched = rest.startswith(word[1:])
        elif word == "^":
            matched = rest[:1].isupper() and not place.shouting
        elif word == ":":
            matched = place.rest(end).lstrip().startswith(":")
        else:
            matched = folded.startswith(word) and not (word[-1].isalnum() and folded[len(word) :][:1].isalpha())
        if matched:
            return True
    return False


def _reading(entry: Entry, end: int) -> Reading:
    if entry.kind != "ambiguous":
        return Reading(entry.spoken, end)
    message = f"“{entry.written}” có nhiều cách hiểu ở đây; sẽ đọc là “{entry.spoken}” nếu biên tập không sửa."
    doubt = Suspicion(entry.written, "ambiguous", entry.spoken, message)
    return Reading(entry.spoken, end, (entry.written,), (doubt,))


def read_word(place: Place) -> Reading | None:
    """A word, a numeral in Roman letters, a code, an abbreviation: whatever begins with a letter."""
    rules = _RULES_OF_SMALL if place.text[place.position].islower() else _RULES_OF_CAPITALS
    for rule in rules:
        reading = rule(place)
        if reading:
            return reading
    return None


_MONEY = re.compile(r"[đĐ](?!\w)(?!/c)")
_MONEY_BEFORE = re.compile(r"(?:triệu|tỷ|tỉ|nghìn|ngàn|tr)\s?$")


def _money(place: Place) -> Reading | None:
    """The đ of '5 triệu đ'."""
    found = place.match(_MONEY)
    return Reading("đồng", found.end()) if found and place.preceded_by(_MONEY_BEFORE) else None


_UNIT_ALONE = re.compile(r"(?:k?m[23²³]|kg|km|cm|mm|ml|kWh)(?![^\W_])")
_UNIT_OF_MANY = re.compile(r"(?:ha|tr|đ|m|g|l)(?![^\W_])(?!/[cv]\b)")
_MANY = re.compile(r"(?:triệu|nghìn|ngàn|tỷ|tỉ|vạn|chục|trăm|vài|mấy|mỗi|một|nửa)\s$")


def _unit_without_figure(place: Place) -> Reading | None:
    """'61,9 triệu m3', 'mỗi ha': the number stands in words."""
    found = place.match(_UNIT_ALONE)
    if not found and place.preceded_by(_MANY):
        found = place.match(_UNIT_OF_MANY)
    unit = place.lexicon.of_kind("unit", found.group()) if found else None
    return read_per(place, Reading(unit, found.end())) if found and unit else None


def _times(place: Place) -> Reading | None:
    """The x of '5 m x 3 m'."""
    found = place.match(_TIMES)
    if found and place.preceded_by(_DIGIT_BEFORE):
        return Reading("nhân", found.end())
    return None


def _capitals(place: Place) -> Reading | None:
    """Two capitals or more in a token: an abbreviation that nobody knows, or a word that is shouted."""
    found = place.match(_CAPITALS)
    if not found:
        return None
    token = found.group()
    if token.islower() or sum(map(str.isupper, token)) < 2:
        return None
    if token.isupper() and token.isalpha():
        if has_vietnamese_mark(token) and is_syllable(token):
            return Reading(token.lower(), found.end())
        if is_syllable(token) and _among_capitals(place, found.start(), found.end()):
            return Reading(token.lower(), found.end())
    known = [place.lexicon.plain(part) for part in token.split("&")]
    if "&" in token and all(known):
        return Reading(" và ".join(part for part in known if part), found.end())
    composed = _composed(place, token)
    spoken = composed or spell_with_digits(token)
    how = "đọc" if composed else "đọc từng chữ"
    message = f"“{token}” không có trong từ điển; sẽ {how} là “{spoken}” nếu biên tập không sửa."
    return Reading(spoken, found.end(), (token,), (Suspicion(token, "unknown", spoken, message),))


_TWO_PARTS = re.compile(r"([A-ZĐƯ]{2,6})(?:&|\s?[-–]\s?)([A-ZĐƯ]{2,6})(?![\w&])")


def _joined_otherwise(place: Place) -> Reading | None:
    """'TN-MT' where the lexicon has 'TN&MT' or 'TNMT'."""
    two = place.match(_TWO_PARTS)
    if not two:
        return None
    for joint in ("&", "-", "") if "&" in two.group() else ("-", "&", ""):
        spoken = place.lexicon.plain(f"{two[1]}{joint}{two[2]}")
        if spoken:
            return Reading(spoken, two.end())
    return None


def _composed(place: Place, token: str) -> str | None:
    """A guess: 'QLBVR' from 'QL' and 'BVR', if two entries of the lexicon make up the whole token."""
    if len(token) > _LONGEST_ABBREVIATION:
        return None
    for cut in range(len(token) - 2, 1, -1):
        first, second = place.lexicon.plain(token[:cut]), place.lexicon.plain(token[cut:])
        if first and second:
            return f"{first} {second}"
    return None


_CAPITAL_BEFORE = re.compile(r"(\w+)\W{1,3}$")


def _among_capitals(place: Place, start: int, end: int) -> bool:
    """Whether the whole sentence or the neighbour words are in capitals, too: then it is a word, no abbreviation."""
    if place.shouting:
        return True
    before = _CAPITAL_BEFORE.search(place.text[max(0, start - 12) : start])
    after = _NEXT_WORD.match(place.rest(end))
    neighbours = [match.group(1).strip('.,;:!?)”"') for match in (before, after) if match]
    return any(len(word) > 1 and word.isupper() and is_syllable(word) for word in neighbours)


def spell_with_digits(token: str) -> str:
    """'CTTĐ' as the names of its letters; figures inside are said as figures."""
    words = [digit_by_digit(part) if part in "0123456789" else spell(part) for part in token]
    return " ".join(word for word in words if word)


def _plain(place: Place) -> Reading | None:
    found = place.match(_WORD)
    if not found:
        return None
    word = found.group()
    if _INITIAL.match(place.rest(found.end())) and len(word) == 1 and word.isupper():
        return Reading(_single(word), found.end() + 1)
    if len(word) == 1 and _latin(word):
        return Reading(_single(word), found.end())
    if place.shouting:
        return Reading(word.lower(), found.end())
    spoken = word if _is_vietnamese(word) else _latin(word)
    if is_syllable(word) or place.text[found.end() : found.end() + 1].isdigit():
        return Reading(spoken, found.end())
    if not spoken:
        message = f"“{word}” không phải chữ La-tinh; sẽ không được đọc."
        return Reading("", found.end(), (), (Suspicion(word, "odd_character", "", message),))
    proposed = respelt(word)
    message = (
        f"“{word}” có vẻ là từ ngoại; nên thêm cách đọc vào từ điển, chẳng hạn “{proposed}”, để máy không đọc sai."
    )
    return Reading(spoken, found.end(), (), (Suspicion(word, "foreign", proposed, message),))


def _single(letter: str) -> str:
    """A letter on its own goes by its name, 'phường B', unless it is a word: 'Y tế', 'Ở xã'."""
    if has_vietnamese_mark(letter) or letter in "Yy":
        return letter
    if base_letter(letter) in _SPELT_LETTERS or letter.isupper():
        return LETTER_NAMES.get(base_letter(letter), "")
    return letter


def _is_vietnamese(word: str) -> bool:
    return all(character in VIETNAMESE_LETTERS for character in word.lower())


def _latin(word: str) -> str:
    """Letters that Vietnamese does not have, without their marks; what has no Latin letter falls away."""
    kept: list[str] = []
    for character in word:
        if character.lower() in VIETNAMESE_LETTERS:
            kept.append(character)
            continue
        plain = unicodedata.normalize("NFD", character)[0]
        if plain.isascii():
            kept.append(plain)
    return "".join(kept)


# Most words begin with a small letter, and most rules are about capitals.
_RULES_OF_SMALL: tuple[Rule, ...] = (
    _money,
    _unit_without_figure,
    _times,
    read_road,
    read_lexicon,
    _capitals,
    _plain,
)
_RULES_OF_CAPITALS: tuple[Rule, ...] = (
    _money,
    _times,
    read_roman,
    read_road,
    _joined_otherwise,
    read_lexicon,
    read_letters_and_digits,
    _capitals,
    _plain,
)
