"""The slash: 'per', 'of' or 'or'."""

from __future__ import annotations

import re

from .place import Place, Reading
from .units import read_per

_PER_PERIOD = re.compile(
    r"/\s?(?=(?:năm|tháng|ngày|tuần|giờ|phút|giây|quý|vụ|buổi|ca|lần|người|hộ|khẩu|suất|em|cháu|học sinh|cây|con|lít|"
    r"công|chiếc|bài|đợt|bộ|lượt|gói|hộp|thùng|tấn|tạ|yến|sào|mẫu|mét|kg|m2|m²|m3|ha|km2|km²|km|thôn|xã|phường|tổ|trường|lớp|"
    r"hội viên|đảng viên|xuất|phiếu|đầu người|nhân khẩu|lao động|máy|xe|trẻ|gia đình|chuyến|đơn vị|tổng số|nghìn|vạn|"
    r"triệu|đồng|bệnh nhân|giường|thửa|căn|nhà|kw|l|kwh)\b)",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(r"\d[^,;:()“”]{0,40}$")
_PHYSICAL = re.compile(r"(?:kg|km|km2|m2|m²|m3|ha|l|mét|sào|mẫu|giây|kw)\b", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(?:^|\W|\d)(?:đồng|đ|triệu|tỷ|tỉ|nghìn|ngàn|usd|vnđ|vnd|k|tr)\s?$")
# "2.000 con/lứa" is so many a litter; of "4 xã/phường" and "2 ông/bà" it is the one or the other.
_COUNT = re.compile(r"\d[\d.,]*\s[^\W\d_]+\s?$")
_EITHER_BEFORE = re.compile(r"(?:^|\W)(?:xã|phường|thôn|ông|bố|cha|anh|nam|cô|thị trấn|quận|và)\s?$")
_OR = re.compile(r"/\s?(?:phường|xã|thị trấn|tổ|bà|mẹ|chị|nữ|chú|huyện|thị xã|hoặc)\b")
_PER_WORD = re.compile(r"/\s?(?=[^\W\d_])")
_SLASH_BETWEEN_WORDS = re.compile(r"\s?/\s?(?=[^\W\d_])")
_LETTER_BEFORE = re.compile(r"[^\W\d_]\s?$")
_MEASURED = re.compile(r"\d\s?[a-zđ%]{0,4}[23²³]?\s?$")
_RATE = re.compile(r"(?:tỷ lệ|tỉ lệ|bình quân|sĩ số|mật độ|tỷ suất)\s[^.,;:/]{1,25}$")
_BEFORE_FIGURE = re.compile(r"/\s?(?=\d)")
_OR_SAID = re.compile(r"(?:hoặc|và|hay)\b")


def read_slash(place: Place) -> Reading:
    """'đồng/năm' is 'một năm', 'tấn/ha' 'trên héc ta', '5 ha/10 ha' 'trên', 'cha/mẹ' 'cha hoặc mẹ'."""
    per = _per(place)
    if per:
        return per
    if place.match(_BEFORE_FIGURE) and place.preceded_by(_MEASURED):
        return Reading("trên", place.position + 1)
    between = place.match(_SLASH_BETWEEN_WORDS)
    if between and place.preceded_by(_RATE):
        return Reading("trên", between.end())
    if between and place.preceded_by(_LETTER_BEFORE):
        said = _OR_SAID.match(place.rest(between.end()))
        return Reading("" if said else "hoặc", between.end())
    return Reading(" ", place.position + 1)


def _per(place: Place) -> Reading | None:
    """So much a year, a head, a hectare: only after an amount, and not between two words that go in pairs."""
    if (
        not place.match(_PER_WORD)
        or not place.preceded_by(_AMOUNT_BEFORE)
        or (place.match(_OR) and place.preceded_by(_EITHER_BEFORE))
    ):
        return None
    money = place.preceded_by(_MONEY_BEFORE)
    found = place.match(_PER_PERIOD)
    if not found and (money or place.preceded_by(_COUNT)):
        found = place.match(_PER_WORD)
    if not found:
        return None
    physical = _PHYSICAL.match(place.rest(found.end()))
    joint = "trên" if physical and not money else "một"
    per = read_per(place, Reading(joint, place.position))
    if per.end > found.end():
        return Reading(f"{joint} {per.spoken.split(' ', 2)[2]}", per.end)
    return Reading(joint, found.end())
