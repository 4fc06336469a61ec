"""Days, months and years; spans of them; and when '1/5' is a date at all."""

from __future__ import annotations

import calendar
import re

from .counted import MASS
from .place import Place, Reading
from .values import Suspicion

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:1[0-9]\d\d|20\d\d)"
_TO = r"\s?(?:-|–|—|−|÷|→|~)\s?"
_END = r"(?![\d/]|[.,-]\d)"
_FULL = re.compile(rf"({_DAY})\s?([/.-])\s?({_MONTH})\s?\2\s?({_YEAR}){_END}")
_SPAN = re.compile(
    rf"(?P<day>{_DAY})(?:/(?P<month>{_MONTH})(?:/(?P<year>{_YEAR}))?)?{_TO}"
    rf"(?P<to_day>{_DAY})/(?P<to_month>{_MONTH})(?:/(?P<to_year>{_YEAR}))?(?![\d/])"
)
_DAY_MONTH = re.compile(rf"(?<![\d/])({_DAY})[/](0?[1-9]|1[0-2])(?![\d/]|,\d)")
_DAY_DASH_MONTH = re.compile(rf"({_DAY})[.-]({_MONTH})(?![\d/]|[.,-]\d)")
_MONTH_YEAR = re.compile(rf"({_MONTH})\s?[/-]\s?({_YEAR})(?![\d/])")
_MONTH_SPAN = re.compile(rf"({_MONTH}){_TO}(?:tháng )?({_MONTH})\s?/\s?({_YEAR})(?![\d/])")
_NUMBER_YEAR = re.compile(rf"(\d{{1,3}})/({_YEAR})(?![\d/])")
_ALONE = re.compile(rf"({_DAY})(?=\s*(?:[,.;:)–-]|$|và |đến |tới |âm |dương |tháng |hằng |hàng |Tết|tết))(?![.,/:]\d)")

# What makes the reader expect a date. The first pattern also says that "ngày" has been said already.
_DAY_SAID = re.compile(r"(?:^|\W)(?:ngày|mùng|mồng|hôm|rằm)\s[\d/ ,.–-]*(?:(?:và|đến|tới|hoặc)[\d/ ,.–-]*){0,4}$")
_EARLY_SAID = re.compile(r"(?:^|\W)(?:mùng|mồng)\s+$")
_WANTS_DAY = re.compile(
    r"(?:^|\W)(?:từ|đến|tới|sáng|trưa|chiều|tối|đêm|khuya|là|trước|sau|vào|hết|hạn|qua|mai|kia|nay"
    r"|thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)"
    r"[,(]?\s+$"
)
_CUE = re.compile(
    r"(?:^|\W)(?:lễ|dịp|tết|khánh|ngày [^.,;:()\d]{1,60}|kỷ niệm|kỉ niệm|sáng|trưa|chiều|tối|đêm|hạn|kể từ|chào mừng"
    r"|(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật),?|cho đến|cho tới|lễ (?:\S+ ){1,4})\s*[(“\"]?$"
)
_LISTED = re.compile(r"(?:^|\W)(?:lễ|dịp|ngày)\s[^.;:()]{0,30}\d{1,2}/\d{1,2}\s?(?:,|và|hoặc|-|–)\s?$")
_MONTH_CUE = re.compile(r"(?:^|\W)(?:tháng|th|t)\s?$")
_EVERY_DAY = re.compile(r"(?:mỗi|một|hằng|hàng|\d)\s+ngày\s+$")
_HOUSE = re.compile(r"(?:^|\W)(?:số nhà|nhà số|ngõ|ngách|hẻm|kiệt|số|thửa|lô)\s+$")
_DAY_NOUN = re.compile(r"(?:^|\W)ngày\s+(?:\d{1,2}\s?(?:,|và|đến|tới|-|–)\s?)*$")
_NUMBERED_IN_YEAR = re.compile(r"(?:^|\W)(?:quý|đợt|kỳ|lần|số|vụ|khóa|phiên|vòng|tuần|hạng|học kỳ)\s+$")
_MONTH_SPAN_CUE = re.compile(r"tháng\s+$")

# What is written with a slash and is no date: blood pressure, eyesight, marks, scores.
_NO_DATE = re.compile(
    r"(?:huyết áp|ha|thị lực|mắt|điểm|tỷ số|tỉ số|tỷ lệ|tỉ lệ|nhịp|trực|hoạt động|phục vụ)\s[^.;:]{0,20}$"
)


def read_date(place: Place) -> Reading | None:
    """A date or a span of dates; spans first, as they begin like dates."""
    return _span(place) or _full(place) or _month_span(place) or _month_year(place) or _day_and_month(place)


def _full(place: Place) -> Reading | None:
    found = place.match(_FULL)
    if not found:
        return None
    day, month, year = int(found[1]), int(found[3]), int(found[4])
    lead = "" if place.preceded_by(_DAY_SAID) else "ngày "
    spoken = lead + _date(place, day, month, year)
    return Reading(spoken, found.end(), suspicions=() if _exists(day, month, year) else _no_such_day(found, spoken))


def _exists(day: int, month: int, year: int) -> bool:
    return day <= calendar.monthrange(year, month)[1]


def _no_such_day(found: re.Match[str], spoken: str) -> tuple[Suspicion, ...]:
    message = f"Lịch không có ngày “{found.group()}”; hãy kiểm tra lại ngày tháng."
    return (Suspicion(found.group(), "number", spoken, message),)


def _span(place: Place) -> Reading | None:
    found = place.match(_SPAN)
    if not found:
        return None
    said = place.preceded_by(_DAY_SAID)
    zero = found["day"].startswith("0") or found["to_day"].startswith("0")
    sure = said or found["to_year"] or zero or _no_fractions(found)
    wanted = place.preceded_by(_WANTS_DAY) or place.preceded_by(_CUE)
    if not sure and (not wanted or MASS.match(place.rest(found.end()))):
        return None
    if not sure and not found["month"] and int(found["day"]) >= int(found["to_day"]):
        return None
    first = _date(place, int(found["day"]), _number(found["month"]), _number(found["year"]))
    second = _date(place, int(found["to_day"]), int(found["to_month"]), _number(found["to_year"]))
    return Reading(f"{'' if said else 'ngày '}{first} đến ngày {second}", found.end())


def _no_fractions(found: re.Match[str]) -> bool:
    """'15/4 - 15/5': both are written like dates, and one at least could be no part of a whole."""
    pairs = ((found["day"], found["month"]), (found["to_day"], found["to_month"]))
    return all(month for _, month in pairs) and any(int(day) > int(month) for day, month in pairs)


def _month_span(place: Place) -> Reading | None:
    found = place.match(_MONTH_SPAN)
    if not found or not place.preceded_by(_MONTH_SPAN_CUE):
        return None
    numerals = place.numerals
    first, second = numerals.month(int(found[1])), numerals.month(int(found[2]))
    return Reading(f"{first} đến tháng {second} năm {numerals.cardinal(int(found[3]))}", found.end())


def _month_year(place: Place) -> Reading | None:
    found = place.match(_NUMBER_YEAR)
    if found and place.preceded_by(_NUMBERED_IN_YEAR):
        number = place.numerals.digits_as_number(found[1])
        return Reading(f"{number} năm {place.numerals.cardinal(int(found[2]))}", found.end())
    found = place.match(_MONTH_YEAR)
    if not found:
        return None
    lead = "" if place.preceded_by(_MONTH_CUE) else "tháng "
    month = place.numerals.month(int(found[1]))
    return Reading(f"{lead}{month} năm {place.numerals.cardinal(int(found[2]))}", found.end())


def _day_and_month(place: Place) -> Reading | None:
    """'28/4' where the words around it, or the figures themselves, say that it is a date."""
    found = place.match(_DAY_MONTH)
    if not found:
        found = place.match(_DAY_DASH_MONTH)
        if not found or not place.preceded_by(_DAY_SAID) or place.preceded_by(_EVERY_DAY):
            return _day_alone(place)
    if place.preceded_by(_HOUSE):
        return None
    day, month = int(found[1]), int(found[2])
    said = place.preceded_by(_DAY_SAID)
    if not (said or place.preceded_by(_CUE) or place.preceded_by(_LISTED)) and not _by_itself(place, found):
        return None
    lead = "ngày " if not said and place.preceded_by(_WANTS_DAY) else ""
    return Reading(lead + _date(place, day, month, None), found.end())


_FROM = re.compile(r"(?:^|\W)từ\s+$")
_UNTIL = re.compile(r"\s*(?:đến|tới|-|–)\s*(?:hết\s+)?(?:ngày\s+)?\d{1,2}/\d{1,2}(?!\d|\s*(?:số|diện))")
_AFTER_DATE = re.compile(
    r"\s*(?:[,.;:)–”\"-]|$|(?:năm|đến|tới|và|tại|âm|dương|hằng|hàng|vừa|sắp|này|là|được|do|các|toàn|trên địa|nhằm|để|"
    r"với|của|ở|trong|cho|khi|sẽ|đã|bắt|ngày|thì|Tết|tết)\W)"
)


def _by_itself(place: Place, found: re.Match[str]) -> bool:
    """A date without a cue: a leading zero, or a day that no fraction would have, and no counted noun after it."""
    day, month = int(found[1]), int(found[2])
    zero = found[1].startswith("0") or found[2].startswith("0")
    followed = bool(_AFTER_DATE.match(place.rest(found.end())))
    if place.preceded_by(_FROM) and _UNTIL.match(place.rest(found.end())):
        return True
    if place.preceded_by(_WANTS_DAY) and day > month and followed:
        return True
    if not followed:
        return False
    return zero or (day > month and (day, month) != (24, 7) and not place.preceded_by(_NO_DATE))


def _day_alone(place: Place) -> Reading | None:
    """'ngày 4, 14 và 24': only after 'ngày', and not after 'mỗi ngày'."""
    found = place.match(_ALONE)
    if not found or not place.preceded_by(_DAY_NOUN) or place.preceded_by(_EVERY_DAY):
        return None
    return Reading(place.numerals.day(int(found[1])), found.end())


def doubtful_date(place: Place, end: int, spoken: str) -> tuple[Suspicion, ...]:
    """A suspicion where a fraction might have been meant as a day and a month."""
    found = place.match(_DAY_MONTH)
    if not found or found.end() != end or found.group() == "24/7" or not _AFTER_DATE.match(place.rest(end)):
        return ()
    date = "ngày " + _date(place, int(found[1]), int(found[2]), None)
    message = f"“{found.group()}” là phân số hay ngày tháng? Nếu là ngày tháng, hãy viết thêm chữ “ngày” (“{date}”)."
    return (Suspicion(found.group(), "date_or_fraction", spoken, message),)


def _date(place: Place, day: int, month: int | None, year: int | None) -> str:
    numerals = place.numerals
    words = [numerals.cardinal(day) if place.preceded_by(_EARLY_SAID) else numerals.day(day)]
    if month:
        words.append(f"tháng {numerals.month(month)}")
    if year:
        words.append(f"năm {numerals.cardinal(year)}")
    return " ".join(words)


def _number(text: str | None) -> int | None:
    return int(text) if text else None
