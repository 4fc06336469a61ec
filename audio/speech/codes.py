"""Letters and figures in one word: number plates, classes, roads, blocks, weekdays in short."""

from __future__ import annotations

import re

from .letters import spell
from .numerals import digit_by_digit
from .place import Place, Reading

_PLATE = re.compile(
    r"(\d\d)\s?-?\s?([A-ZĐ]{1,2}\d?)\s?[- ]\s?(\d{3})[.]?(\d{2})(?!\w)|(\d\d)([A-ZĐ]\d?)[- ](\d{4})(?!\w)"
)
_CLASS = re.compile(r"(\d{1,4})([A-ZĐ]{1,2})(\d{0,2})(?:\.(\d))?(?![\w²³°]|[.,]\d)")
_SMALL_LETTER = re.compile(r"(\d{1,4})([a-eđ])(?!\w)")
_LETTERS_DIGITS = re.compile(r"([A-ZĐƯ]{1,4})[-.]?(\d{1,6})([a-zA-Z]?)(?![\w]|[.,]\d)")
_ROAD = re.compile(r"(QL|ĐT|TL|ĐH|CT)\.(\d{1,3})([A-Z]?)(?!\w)")
_KILOMETRE_STONE = re.compile(r"[Kk][Mm](?=\d)")
_ROADS = {"QL": "quốc lộ", "ĐT": "đường tỉnh", "TL": "tỉnh lộ", "ĐH": "đường huyện", "CT": "xê tê"}
_WEEKDAYS = re.compile(r"T([2-7])(?!\w)")
_MORE_WEEKDAYS = re.compile(r"T[2-7]\s?(?:,|và|-|–)\s?(?:T[2-7]|CN)(?!\w)")
_WEEKDAY_BEFORE = re.compile(r"(?:t[2-7]|cn|chủ nhật)\s?(?:,|và|-|–)\s?$")
_MONTH_SHORT = re.compile(r"T(1[0-2]|[1-9])/((?:19|20)\d\d)(?!\d)")
_MONTHS_SHORT = re.compile(r"T(1[0-2]|[1-9])\s?[-–]\s?T(1[0-2]|[1-9])/((?:19|20)\d\d)(?!\d)")
_TIGHT_WEEKDAYS = re.compile(r"(?:sáng|chiều|tối|trưa|ngày|hằng tuần|hàng tuần)\W{1,2}$")


def read_plate(place: Place) -> Reading | None:
    """'29A-123.45': the figures one by one, in the blocks of the plate."""
    found = place.match(_PLATE)
    if not found:
        return None
    province, series = found[1] or found[5], found[2] or found[6]
    blocks = [digit_by_digit(block) for block in (found[3], found[4], found[7]) if block]
    return Reading(f"{digit_by_digit(province)} {_letters_and_digits(series)}, {', '.join(blocks)}", found.end())


def read_class(place: Place) -> Reading | None:
    """'5A2' is 'năm a hai'; 'số nhà 25A' and 'Quốc lộ 21A' go the same way."""
    found = place.match(_CLASS)
    if not found:
        small = place.match(_SMALL_LETTER)
        if not small:
            return None
        return Reading(f"{place.numerals.digits_as_number(small[1])} {spell(small[2])}", small.end())
    words = [place.numerals.digits_as_number(found[1]), spell(found[2])]
    words += [place.numerals.digits_as_number(group) for group in (found[3], found[4]) if group]
    return Reading(" ".join(words), found.end())


def read_road(place: Place) -> Reading | None:
    """'QL.32', 'CT.08': roads with a point between letters and number."""
    stone = place.match(_KILOMETRE_STONE)
    if stone:
        return Reading("ki lô mét", stone.end())
    found = place.match(_ROAD)
    if not found:
        return None
    number = place.numerals.with_leading_zeros(found[2])
    return Reading(f"{_ROADS[found[1]]} {number} {spell(found[3])}".strip(), found.end())


def read_letters_and_digits(place: Place) -> Reading | None:
    """'A1', 'B5', 'QL32' (the letters from the lexicon where it knows them), 'T2' among weekdays, 'T8/2026'."""
    month = place.match(_MONTH_SHORT)
    if month:
        year = place.numerals.cardinal(int(month[2]))
        return Reading(f"tháng {place.numerals.month(int(month[1]))} năm {year}", month.end())
    months = place.match(_MONTHS_SHORT)
    if months:
        first, last = (place.numerals.month(int(months[group])) for group in (1, 2))
        return Reading(f"tháng {first} đến tháng {last} năm {place.numerals.cardinal(int(months[3]))}", months.end())
    weekday = place.match(_WEEKDAYS)
    if weekday and (
        place.match(_MORE_WEEKDAYS) or place.preceded_by(_WEEKDAY_BEFORE) or place.preceded_by(_TIGHT_WEEKDAYS)
    ):
        return Reading(f"thứ {place.numerals.ordinal(int(weekday[1]))}", weekday.end())
    found = place.match(_LETTERS_DIGITS)
    if not found:
        return None
    letters, digits, tail = found.groups()
    known = _before_figures(place, letters) if len(letters) > 1 else None
    number = place.numerals.digits_as_number(digits) if len(digits) < 3 or known else digit_by_digit(digits)
    unknown = () if known or len(letters) < 3 else (letters,)
    return Reading(f"{known or spell(letters)} {number} {spell(tail)}".strip(), found.end(), unknown)


def _before_figures(place: Place, letters: str) -> str | None:
    """What the letters mean right before a number: 'QL32' is a road, 'TDP4' from the lexicon, 'BC15' a sort of rice."""
    return _ROADS.get(letters) or (place.lexicon.plain(letters) if len(letters) > 2 else None)


def _letters_and_digits(series: str) -> str:
    return " ".join(digit_by_digit(one) if one.isdigit() else spell(one) for one in series)
