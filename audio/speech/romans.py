"""Roman numerals, where a noun before them says that they are numerals and no abbreviation."""

from __future__ import annotations

import re

from .numerals import roman_value
from .place import Place, Reading

_NUMERAL = r"[IVXLC]{1,8}"
_ROMAN = re.compile(rf"({_NUMERAL})(?![\w])")
_TO = re.compile(rf"\s?(-|–|—|/|,|và|đến|tới|hoặc)\s?({_NUMERAL})(?![\w])")
_YEAR = re.compile(r"\s?[/-]\s?((?:19|20)\d\d)(?!\d)")
_ORDINAL = re.compile(r"(?:^|\W)thứ\s+(?:[ivxlc]{1,6}\s?(?:,|và|hoặc|-|–|/)\s?)?$")
_NOUN = re.compile(
    r"(?:^|\W)(?:khóa|khoá|thế kỷ|thế kỉ|tk|quý|quí|lần|đại hội|đh|chương|phần|mục|phụ lục|biểu|loại|hạng|cấp|bậc|khu|"
    r"khu vực|quân khu|vùng|nhóm|giải|đợt|kỳ|kì|tập|quyển|vua|lớp|tuyến|giai đoạn|trung ương|số|đô thị|bảng|"
    r"điều|hội nghị|festival|độ|chuyên khoa|ck|nhà máy|hệ|kiểu|tháng|cụm|vòng|tiểu vùng|khối|thời|đời|vành đai|chặng|"
    r"(?:hội|liên) (?:thi|khỏe|diễn|khoa|hoan)|sea games|world cup|tập đoàn|sư đoàn|quân đoàn|di tích)\s+$"
)
_LISTED = re.compile(r"(?:^|\W)[ivxlc]{1,6}\s?(?:,|và|hoặc|đến|-|–|/)\s?$")
_HEADING = re.compile(rf"({_NUMERAL})\s?[.\-–)/:](?:\s+(?=\S)|\s*$)")
_PARAGRAPH_START = re.compile(r"^\W*$")


def read_roman(place: Place) -> Reading | None:
    """'khóa XIII' is 'khóa mười ba', 'lần thứ IV' 'lần thứ tư'; None for what is no numeral here."""
    found = place.match(_ROMAN)
    value = roman_value(found[1]) if found else None
    if not found or value is None:
        return None
    ordinal = place.preceded_by(_ORDINAL)
    if not (ordinal or place.preceded_by(_NOUN) or place.preceded_by(_LISTED) or _unmistakable(place, found[1])):
        return None
    numerals = place.numerals
    say = numerals.ordinal if ordinal else numerals.cardinal
    words, end = [say(value)], found.end()
    more = place.match(_TO, end)
    second = roman_value(more[2]) if more else None
    if more and second and more[1] in "-–—":
        words += ["đến", say(second)]
        end = more.end()
    year = place.match(_YEAR, end)
    if year:
        words += ["năm", numerals.cardinal(int(year[1]))]
        end = year.end()
    return Reading(" ".join(words), end)


def read_roman_heading(place: Place) -> Reading | None:
    """'II. NỘI DUNG' at the head of a paragraph is 'Phần hai. Nội dung'."""
    found = place.match(_HEADING)
    value = roman_value(found[1]) if found else None
    if not found or value is None or not place.preceded_by(_PARAGRAPH_START):
        return None
    return Reading(f"Phần {place.numerals.cardinal(value)}. ", found.end())


def _unmistakable(place: Place, written: str) -> bool:
    """From two letters on ('II', 'XIV') nothing else is meant, unless all is in capitals ('VI PHẠM')."""
    if written == "I":
        return not place.shouting and place.word_before != ""
    return len(written) >= 2 and "C" not in written and "L" not in written and not place.shouting
