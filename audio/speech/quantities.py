"""Numbers with what they count: money, measures, percentages, spans, fractions and ratios."""

from __future__ import annotations

import re

from .counted import COUNTED, PART, SPELL_OF_TIME
from .dates import doubtful_date
from .figures import Figure, figure_at
from .numerals import digit_by_digit
from .place import Place, Reading, ends_with_word
from .units import read_unit

_TO = re.compile(r"\s?(?:-|–|—|−|÷|~)\s?(?=\d)")
_CHAIN = re.compile(r"\d{1,3}(?:\s?-\s?\d{1,3}){2,9}(?![\w/]|[.,-]\d)")
_MONTHS_OF = re.compile(r"(\d{1,2})T/((?:19|20)\d\d)(?!\d)")
_AGE = re.compile(r"(\d{1,3})t(?=[),])")
_AGE_BEFORE = re.compile(r"[(,]\s?$")
_SAID_IN_FIGURES = re.compile(r"(?:ban chỉ đạo|bcđ)\s+$")
_FRACTION = re.compile(r"\s?/\s?(\d{1,9}(?:\.\d{3})*)(?![\d/]|,\d)")
_RATIO = re.compile(r"\s?:\s?(?=\d)")
_SCORE = re.compile(
    r"\d ?[-–] ?\d+ \((?:\d+ ?[-–] ?\d+[,;] ){0,6}$"
    r"|(?:tỷ số|tỉ số|thắng|thua|hòa(?! giải| bình| thuận| hợp| nhập)|dẫn)\W(?:[^.;:,\d]{0,25}\W)?$"
)
_SCALE = re.compile(r"(?:tỷ lệ|tỉ lệ|bản đồ|quy hoạch)\W{0,3}$")
_HOUSE = re.compile(r"(?:số nhà|nhà số|số|ngõ|ngách|hẻm|kiệt|đường|lô|thửa)\s+$")
# "thương binh hạng 3/4" names a class of the invalidity law, no quantity.
_INVALIDITY = re.compile(r"(?:thương binh|bệnh binh|tb)(?: hạng| loại)?\s+$")
_POUND_BEFORE = re.compile(r"[$€£¥]\s?")
_MINUS = re.compile(r"[-−–](?=\d)")
_DEGREES_AFTER = re.compile(r"[\d.,]+\s?(?:°|º|độ|℃)")
_JOINTS = ' \t\u00a0(:“"'
_MONTH_BEFORE = ends_with_word("tháng")
_ORDINAL_BEFORE = ends_with_word("thứ")
_WEEKDAYS = re.compile(r"(?:\s?[-,]\s?([2-7])(?!\d|[.,/]\d)){1,5}")
_RANK_AFTER_FIRST = re.compile(r"\s?(?:-|–|—)\s?(\d{1,2})(?!\d|[.,/]\d)")
_SIX_MONTHS = re.compile(r"(?<!ngày )(?<!ngày \d)\d\s+tháng\s+$")

_MORE_THAN = ends_with_word("hơn", "gần", "trên", "khoảng", "tới", "đạt", "bằng", "còn", "chỉ", "giảm", "tăng", "chiếm")


def read_quantity(place: Place) -> Reading | None:
    """A number at the place, with its sign, span, fraction and unit; None where no number begins."""
    sign, start = _sign(place)
    figure = figure_at(place, start)
    if figure is None:
        return None
    place_of_figure = place.at(start)
    if not sign:
        special = _set_expression(place_of_figure, figure)
        if special:
            return special
        special = (
            _weekdays(place_of_figure, figure)
            or _score(place_of_figure, figure)
            or _fraction(place_of_figure, figure)
            or _ratio(place, figure)
        )
        if special:
            return special
    spoken, end = _number_in_place(place_of_figure, figure), figure.end
    to = place.match(_TO, end)
    second = figure_at(place, to.end()) if to else None
    if second and not place.match(_FRACTION, second.end):
        spoken, end = f"{spoken} đến {_second(place_of_figure, second)}", second.end
    unit = read_unit(place, end)
    if unit:
        spoken, end = f"{spoken} {unit.spoken}", unit.end
        to = place.match(_TO, end)
        second = figure_at(place, to.end()) if to else None
        again = read_unit(place, second.end) if second else None
        if second and again and again.spoken == unit.spoken:
            spoken, end = f"{spoken} đến {second.spoken} {again.spoken}", again.end
    return Reading(f"{sign}{spoken}", end) if sign != "$" else Reading(f"{spoken} đô la Mỹ", end)


def _set_expression(place: Place, figure: Figure) -> Reading | None:
    """'16-16-8', '6T/2026', '(75t)', 'BCĐ 138'."""
    numerals = place.numerals
    chain = place.match(_CHAIN)
    if chain and not place.preceded_by(_ORDINAL_BEFORE):
        return Reading(", ".join(numerals.digits_as_number(part) for part in re.findall(r"\d+", chain[0])), chain.end())
    months = place.match(_MONTHS_OF)
    if months:
        return Reading(f"{figure.spoken} tháng năm {numerals.cardinal(int(months[2]))}", months.end())
    age = place.match(_AGE)
    if age and place.preceded_by(_AGE_BEFORE):
        return Reading(f"{figure.spoken} tuổi", age.end())
    if len(figure.written) == 3 and figure.written.isdigit() and place.preceded_by(_SAID_IN_FIGURES):
        return Reading(digit_by_digit(figure.written), figure.end)
    return None


def _sign(place: Place) -> tuple[str, int]:
    """The spoken sign and where the figure begins; '$50' is fifty dollars, and only a temperature is below zero."""
    position = place.position
    pound = place.match(_POUND_BEFORE)
    if pound and place.text[pound.end() : pound.end() + 1].isdigit():
        return "$" if place.text[position] == "$" else "", pound.end()
    minus = place.match(_MINUS)
    if minus and place.match(_DEGREES_AFTER, minus.end()):
        return "âm ", minus.end()
    return "", position


def _number_in_place(place: Place, figure: Figure) -> str:
    """The words before a number can change its form: 'tháng tư', 'thứ nhất'."""
    if figure.value is not None and figure.value < 100 and place.before.rstrip(_JOINTS).endswith(("tháng", "thứ")):
        if place.preceded_by(_MONTH_BEFORE) and not place.preceded_by(_SIX_MONTHS):
            return place.numerals.month(figure.value)
        if place.preceded_by(_ORDINAL_BEFORE):
            return place.numerals.ordinal(figure.value)
    return figure.spoken


def _second(place: Place, figure: Figure) -> str:
    if place.preceded_by(_MONTH_BEFORE) and figure.value == 4:
        return place.numerals.month(4)
    return figure.spoken


def _weekdays(place: Place, figure: Figure) -> Reading | None:
    """'thứ 2-4-6' is 'thứ hai, tư, sáu'; of two days, '2-6', nobody knows, and they are read as a span."""
    found = place.match(_WEEKDAYS, figure.end)
    if not found or not place.preceded_by(_ORDINAL_BEFORE) or sum(c.isdigit() for c in found.group()) < 2:
        return None
    days = [figure.value or 0, *(int(day) for day in found.group() if day.isdigit())]
    return Reading(", ".join(place.numerals.ordinal(day) for day in days), found.end())


def _score(place: Place, figure: Figure) -> Reading | None:
    """'thắng 3-1' is 'thắng ba một'."""
    found = place.match(_RANK_AFTER_FIRST, figure.end) or _colon(place, figure.end)
    if not found or not place.preceded_by(_SCORE):
        return None
    return Reading(f"{figure.spoken} {place.numerals.digits_as_number(found[1])}", found.end())


_COLON_SCORE = re.compile(r":(\d{1,2})(?!\d)")


def _colon(place: Place, position: int) -> re.Match[str] | None:
    return place.match(_COLON_SCORE, position)


def _ratio(place: Place, figure: Figure) -> Reading | None:
    """'1:500' is a scale."""
    colon = place.match(_RATIO, figure.end)
    second = figure_at(place, colon.end()) if colon else None
    if not second or (colon and " " in colon.group()):
        return None
    joint = "trên" if place.preceded_by(_SCALE) else ""
    return Reading(f"{figure.spoken} {joint} {second.spoken}", second.end)


def _fraction(place: Place, figure: Figure) -> Reading | None:
    found = place.match(_FRACTION, figure.end)
    if not found:
        return None
    numerals = place.numerals
    below = int(re.sub(r"\D", "", found[1]))
    above = figure.value
    counted = bool(COUNTED.match(place.rest(found.end())))
    spell_of_time = SPELL_OF_TIME.match(place.rest(found.end())) is not None
    counted = counted or (spell_of_time and (above or 0) > 3)
    proper = above is not None and 0 < above < below <= 10
    part = bool(PART.match(place.rest(found.end())))
    house = place.preceded_by(_HOUSE) or place.preceded_by(_INVALIDITY)
    if proper and not counted and not house:
        spoken = f"{figure.spoken} phần {'tư' if below == 4 else numerals.cardinal(below)}"
        sure = part or spell_of_time or place.preceded_by(_MORE_THAN) or place.preceded_by(_SCALE)
    else:
        spoken = f"{figure.spoken} trên {numerals.cardinal(below)}"
        sure = counted or spell_of_time or house or above is None or above == below
        if above == below == 50:
            spoken = f"{figure.spoken}, {figure.spoken}"
    end = found.end()
    unit = read_unit(place, end)
    doubts = () if sure or unit else doubtful_date(place, end, spoken)
    if unit:
        spoken, end = f"{spoken} {unit.spoken}", unit.end
    return Reading(spoken, end, suspicions=doubts)


def read_digits(place: Place) -> Reading | None:
    """The last resort: digits one by one."""
    found = re.compile(r"\d+").match(place.text, place.position)
    return Reading(digit_by_digit(found.group()), found.end()) if found else None
