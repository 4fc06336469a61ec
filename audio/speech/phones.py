"""Telephone numbers, digit by digit, a breath between the blocks."""

from __future__ import annotations

import re

from .numerals import digit_by_digit
from .place import Place, Reading

_END = r"(?![\w]|[.,/]\d)"
_WRITTEN_IN_BLOCKS = re.compile(
    rf"\(?(?:\+84|84(?=[ .-])|0\d{{1,4}})\)?(?:(?:[ .–-]{{1,2}}|(?<=\)))\d{{2,7}}){{1,4}}{_END}"
)
_IN_ONE = re.compile(rf"(?:0\d{{9,10}}|\+84\d{{8,10}}){_END}")
_SERVICE = re.compile(rf"1[89]00(?:[ .-]?\d{{2,6}}){{1,3}}{_END}")
_DIGITS = re.compile(rf"\d{{3,11}}{_END}")
_SHORT = frozenset({"111", "112", "113", "114", "115", "116", "119", "1022", "1080"})
_CALL = re.compile(
    r"(?:^|\W)(?:gọi|bấm|quay|nhấn|tổng đài|hotline|đường dây nóng|cảnh sát|cấp cứu|chữa cháy|báo cháy|cứu hỏa|số máy"
    r"|cứu nạn|điện thoại|báo ngay|đt|sđt)\W(?:(?:[^.;:]|\.(?=\d)){0,50}\W)?$"
)
_DIAL = re.compile(
    r"(?:^|\W)(?:tổng đài|hotline|đường dây nóng|điện thoại|đt|sđt|số máy|tel|fax)\W{0,3}(?:là|số|:)?\W{0,3}$"
)
_FEWEST_DIGITS, _MOST_DIGITS = 9, 12


def read_phone(place: Place) -> Reading | None:
    """A telephone number; a short one only where the words before it speak of calling."""
    for pattern in (_WRITTEN_IN_BLOCKS, _IN_ONE, _SERVICE):
        found = place.match(pattern)
        if found and _plausible(found.group()):
            return Reading(_spoken(found.group()), found.end())
    found = place.match(_DIGITS)
    if found and (place.preceded_by(_DIAL) or (found.group() in _SHORT and place.preceded_by(_CALL))):
        return Reading(_spoken(found.group()), found.end())
    return None


def _plausible(written: str) -> bool:
    digits = sum(character.isdigit() for character in written)
    return _FEWEST_DIGITS - (written[0] == "1") <= digits <= _MOST_DIGITS


def _spoken(written: str) -> str:
    plus = "cộng " if written.startswith(("+", "(+")) else ""
    blocks = re.findall(r"\d+", written)
    if len(blocks) == 1:
        blocks = _blocks(blocks[0])
    return plus + ", ".join(digit_by_digit(block) for block in blocks)


def _blocks(digits: str) -> list[str]:
    """A number written in one goes in blocks of four, three and three, or of four at a service number."""
    if len(digits) <= 5:
        return [digits]
    rest = digits[4:]
    size = 4 if len(rest) == 4 else 3
    return [digits[:4], *(rest[start : start + size] for start in range(0, len(rest), size))]
