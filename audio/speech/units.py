"""Units of measure and money right after a figure, and what they are 'per'."""

from __future__ import annotations

import re

from .place import Place, Reading

_TIGHT_UNIT = re.compile(r"(?:[°º][CF]?|℃|[%‰₫$€¥£'’′\"]|[^\W\d_]{1,12}(?:/(?:dl|l|L)(?!\w)|\.đ)?(?:[23](?!\d)|[²³])?)")
_SPACED_UNIT = re.compile(
    r"\s{1,2}(tr đồng|độ C\b|[^\W\d_]{1,12}(?:/(?:dl|l|L)(?!\w)|\.đ)?(?:[23](?!\d)|[²³])?|[%‰°₫$€℃])"
)
_FOLLOWING_DIGITS = re.compile(r"\d{1,2}(?![\w/]|[.,]\d)")
_SLASH = re.compile(r"\s?/\s?")
_MONEY_BEFORE = re.compile(r"(?:đồng|đ|triệu|tỷ|tỉ|nghìn|ngàn|usd|vnđ|vnd|k)\s?$")
# The đ of "45 đ/c" is no money.
_COMRADE = re.compile(r"/(?:c|v|chí)(?!\w)|\.\w")
_MINUTES = ("'", "’", "′")
_SECONDS = ('"', "”", "″", "'")
# After these a smaller unit goes unwritten: "1m65", "8tr2", "4'30".
_GOING_ON = ("m", "h", "tr", *_MINUTES)
_LONE_LETTERS = frozenset("LVWMpskthl")


def read_unit(place: Place, end: int) -> Reading | None:
    """The unit that stands at `end`, with what it is 'per', and figures that go on after it ('1m65')."""
    tight = _tight(place, end)
    if tight:
        more = _smaller_unit(place, tight)
        if more:
            return more
    unit = tight or _spaced(place, end)
    if unit is None:
        return None
    following = place.text[unit.end : unit.end + 1]
    if following.isalnum() or (place.text[unit.end - 1] in "đĐ" and place.match(_COMRADE, unit.end)):
        return None
    return read_per(place, unit)


def _tight(place: Place, end: int) -> Reading | None:
    """A unit without a blank before it: '25kg', '450m2', '8tr2' (whose 2 belongs to no unit).

    A capital Đ is money in '500.000Đ', a letter in 'bí quyết 4Đ'.
    """
    found = place.match(_TIGHT_UNIT, end)
    if not found:
        return None
    written = found.group()
    for one in (written, written[:-1] if written[-1] in "23" else ""):
        spoken = place.lexicon.of_kind("unit", one) if one else None
        if spoken and not (one == "Đ" and not place.text.endswith("000", 0, end)):
            return Reading(spoken, end + len(one))
    return None


def _smaller_unit(place: Place, unit: Reading) -> Reading | None:
    """'1m65' is 'một mét sáu mươi lăm', 4'30" 'bốn phút ba mươi giây'."""
    written = next((sign for sign in _GOING_ON if place.text.endswith(sign, 0, unit.end)), None)
    more = place.match(_FOLLOWING_DIGITS, unit.end) if written else None
    if not more:
        return None
    seconds = written in _MINUTES and place.text[more.end() : more.end() + 1] in _SECONDS
    number = place.numerals.digits_as_number(more.group())
    return Reading(f"{unit.spoken} {number}{' giây' if seconds else ''}", more.end() + seconds)


def _spaced(place: Place, end: int) -> Reading | None:
    found = place.match(_SPACED_UNIT, end)
    if not found or not _stands_alone(place, found[1], found.end()):
        return None
    written = found[1]
    for one in (written, written.partition("/")[0]):
        spoken = place.lexicon.of_kind("unit", one)
        if spoken:
            return Reading(spoken, found.start(1) + len(one))
    return None


def _stands_alone(place: Place, written: str, end: int) -> bool:
    """A letter after a blank is a unit only where no word goes on with it."""
    following = place.text[end : end + 1]
    if written in ("x", "T", "K", "k"):
        return not following
    if written in _LONE_LETTERS:
        return not following or following in " ,.;/)"
    return not following.isalnum()


def read_per(place: Place, reading: Reading) -> Reading:
    """Goes on with '/h', '/ha', '/năm' as long as there is more of it."""
    end, words = reading.end, [reading.spoken]
    while True:
        slash = place.match(_SLASH, end)
        found = place.match(_TIGHT_UNIT, slash.end()) if slash else None
        if not found:
            return Reading(" ".join(words), end)
        unit = place.lexicon.of_kind("unit", found.group())
        if unit is None or place.text[found.end() : found.end() + 1].isalnum():
            return Reading(" ".join(words), end)
        money = _MONEY_BEFORE.search(" ".join(words)[-20:]) is not None
        words.append(f"{'một' if money else 'trên'} {unit}")
        end = found.end()
