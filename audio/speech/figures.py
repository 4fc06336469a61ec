"""Figures as they are written in Viet Nam: points between thousands, a comma before decimals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .numerals import digit_by_digit
from .place import Place

_FIGURE = re.compile(
    r"(?P<grouped>[1-9]\d{0,2}(?:\.\d{3})+(?!\d))(?:,(?P<grouped_decimals>\d+)(?!\.\d))?"
    r"|(?P<english>[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?!\d)|,\d{3}(?=\s?(?:đồng|đ\b|VNĐ|VND|vnđ))))"
    r"|(?P<spaced>[1-9]\d{0,2}(?: \d{3}){2,}(?!\d))"
    r"|(?P<whole>\d+)(?:,(?P<decimals>\d+))?"
)
_POINT = re.compile(r"\.(\d{1,2})(?![\d.]|\.\d)")
_NUMBERED_PLACE = re.compile(
    r"(?:^|\W)(?:mục|điểm|phần|khoản|tiểu mục|bảng|hình|phụ lục|tiêu chí|nội dung|biểu|phiên bản)\W*(?:số )?$"
)
# "Tổ số 05" is simply the fifth; the zero of a document's number belongs to its name.
_THING_NUMBERED = re.compile(
    r"(?:tổ|phố|thôn|xóm|khu|nhà|đội|cụm|ngõ|phòng|hội|bộ|điểm|trạm|lớp|tuyến|ấp|kho|loa|bàn|cửa|giải|ban|cư|hóa)"
    r" số $"
)
_NUMBER_OF_NAME = re.compile(
    r"(?:^|\W)(?:số|đề án|kế hoạch|nghị quyết|chỉ thị|quyết định|thông tư|nghị định|kết luận|hướng dẫn|quy định|luật"
    r"|chuyên đề|dự án|mã|mã số) $"
)
# A zero before two more figures is no quantity but a number on a tag: it is read figure by figure.
_TAG = re.compile(r"0\d{2,}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the text: how it is said, where it ends, and its value where it is a whole one."""

    spoken: str
    end: int
    value: int | None
    written: str


def figure_at(place: Place, position: int | None = None) -> Figure | None:
    """The figure that begins at the position, without sign and unit."""
    found = place.match(_FIGURE, position)
    if found is None:
        return None
    numerals = place.numerals
    text = found.group()
    grouped = found["grouped"] or found["english"] or found["spaced"]
    if grouped:
        digits = re.sub(r"\D", "", grouped)
        decimals = found["grouped_decimals"]
        spoken = numerals.decimal(digits, decimals) if decimals else numerals.digits_as_number(digits)
        return Figure(spoken, found.end(), None if decimals else _value(digits), text)
    whole, decimals = found["whole"], found["decimals"]
    if decimals:
        return Figure(numerals.decimal(whole, decimals), found.end(), None, text)
    pointed = place.match(_POINT, found.end())
    if pointed and len(whole) <= 3:
        return _with_point(place, whole, pointed)
    return Figure(_whole(place, whole, found.start()), found.end(), _value(whole), text)


def _with_point(place: Place, whole: str, pointed: re.Match[str]) -> Figure:
    """'2.5' is a decimal in an English hand, but the place of a section after 'mục'."""
    numerals = place.numerals
    if place.preceded_by(_NUMBERED_PLACE):
        spoken = f"{numerals.digits_as_number(whole)} chấm {numerals.digits_as_number(pointed[1])}"
    else:
        spoken = numerals.decimal(whole, pointed[1])
    return Figure(spoken, pointed.end(), None, whole + pointed.group())


def _whole(place: Place, digits: str, start: int) -> str:
    before = place.at(start)
    if digits.startswith("0") and len(digits) == 2 and before.preceded_by(_NUMBER_OF_NAME):
        if before.preceded_by(_THING_NUMBERED):
            return place.numerals.digits_as_number(digits)
        return place.numerals.with_leading_zeros(digits)
    if _TAG.fullmatch(digits):
        return digit_by_digit(digits)
    return place.numerals.digits_as_number(digits)


def _value(digits: str) -> int | None:
    return int(digits) if len(digits) <= 15 else None
