"""Signs between the words: dashes, slashes, brackets, quotation marks, stops, addresses on the net."""

from __future__ import annotations

import re

from .letters import spell
from .numerals import digit_by_digit
from .place import Place, Reading
from .slashes import read_slash
from .values import Suspicion

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>()“”\"]{1,200}|[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,20}){1,4}"
    r"|[a-z][a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,20}){0,3}\.(?:vn|com|net|org|edu|gov|info)(?:/[^\s<>()]{0,150})?(?!\w)",
    re.IGNORECASE,
)
# Most words are none: what follows the first run of letters must be one of these signs.
_ADDRESS_HINT = re.compile(r"[\w+-]{1,64}[.@:]")
_ADDRESS_PART = re.compile(r"[^\W\d_]+|\d|[.@/-]")
_ADDRESS_SIGNS = {".": "chấm", "@": "a còng", "/": "xuyệt", "-": "gạch ngang"}
_ADDRESS_WORDS = {"com": "com", "gmail": "gờ meo", "net": "nét", "gov": "gốp", "edu": "e đu", "vn": "vê nờ",
                  "yahoo": "da hu", "org": "o rờ gờ", "facebook": "phây búc"}  # fmt: skip

_DOTS = re.compile(r"\.{2,}|…[.…]*")
_DASH = re.compile(r"(\s?)([-–—−÷]{1,3}|→|~)(\s?)")
_FROM = re.compile(r"(?:^|\W)từ\s(?!.*\Wđến\W)[^,.;:()]{1,60}$")
_FIGURE_ENDS = re.compile(r"\d[\d.,]*\s*$")
_ENDPOINT = re.compile(r"(?:thứ|ngày|mùng|tháng|năm|quý|lớp|đầu|cuối)\s", re.IGNORECASE)
_COMPARISONS = {">": "trên", "<": "dưới", "≥": "lớn hơn hoặc bằng", "≤": "nhỏ hơn hoặc bằng", "=": "bằng",
                "≈": "xấp xỉ", "±": "cộng trừ", "×": "nhân", "~": "khoảng", "√": "căn", "φ": "phi", "Φ": "phi",
                "ø": "phi", "Ø": "phi"}  # fmt: skip
_BEFORE_FIGURE = re.compile(r".\s?(?=\d)", re.DOTALL)
_WORDS = {"&": "và", "%": "phần trăm", "‰": "phần nghìn", "°": "độ", "@": "a còng", "§": "mục", "+": ""}
_PAUSES = {"(": ",", ")": ",", "[": ",", "]": ",", "{": ",", "}": ",", "|": ",", "→": ",", "\t": ","}
_STOPS = frozenset(",.;:?!")
# Signs that are not heard and need no editor.
_SILENT = frozenset("\"'“”‘’„«»‹›`´*_#^\\•●◦▪■□►▶★☆✓✔·-–—−/~\u00ad\u200b\u200c\u200d\ufeff\u2060…<>=$€£¥₫©®™°²³½¼¾")
_FRACTIONS = {"½": "một phần hai", "¼": "một phần tư", "¾": "ba phần tư"}


def read_address(place: Place) -> Reading | None:
    """An address on the net: said sign by sign, and shown to the editor, who may prefer 'cổng thông tin'."""
    if place.position and (place.text[place.position - 1].isalnum()):
        return None
    found = place.match(_ADDRESS) if place.match(_ADDRESS_HINT) else None
    if not found:
        return None
    written = found.group().rstrip(".,;:!?/")
    words: list[str] = []
    for part in _ADDRESS_PART.findall(written.removeprefix("https://").removeprefix("http://").removeprefix("www.")):
        folded = part.casefold()
        words.append(_ADDRESS_SIGNS.get(part) or _ADDRESS_WORDS.get(folded) or (spell(part) or _digit(part)))
    spoken = " ".join(word for word in words if word)
    message = f"Địa chỉ mạng “{written}” khó nghe qua loa; nên thay bằng lời, ví dụ “cổng thông tin điện tử thị xã”."
    return Reading(spoken, place.position + len(written), (), (Suspicion(written, "web_address", spoken, message),))


def _digit(part: str) -> str:
    return digit_by_digit(part) if part in "0123456789" else ""


def read_symbol(place: Place) -> Reading:
    """Any single sign. Always answers: what nobody knows falls silent and is shown to the editor."""
    text, position = place.text, place.position
    character = text[position]
    found = place.match(_DOTS)
    if found:
        return _dots(place, found)
    if character == "~" and place.match(_BEFORE_FIGURE):
        return Reading("khoảng", position + 1)
    if character in "-–—−÷→~" and (reading := _dash(place)):
        return reading
    if character == "/":
        return read_slash(place)
    if character in _COMPARISONS and place.match(_BEFORE_FIGURE):
        return Reading(_COMPARISONS[character], position + 1)
    if character == "+":
        return _plus(place)
    if character in _STOPS or character.isspace():
        return Reading(" " if character.isspace() else character, position + 1)
    for table in (_FRACTIONS, _WORDS, _PAUSES):
        if character in table:
            return Reading(table[character], position + 1)
    if character in _SILENT:
        return Reading(" ", position + 1)
    message = f"Ký tự lạ “{character}” (U+{ord(character):04X}) sẽ không được đọc."
    return Reading(" ", position + 1, (), (Suspicion(character, "odd_character", "", message),))


def _dots(place: Place, found: re.Match[str]) -> Reading:
    rest = place.rest(found.end()).lstrip(' )”"’»*')
    return Reading("," if rest[:1].islower() or rest[:1].isdigit() else ".", found.end())


def _dash(place: Place) -> Reading | None:
    """Between blanks a dash is a breath, or 'đến' after 'từ'; inside a word it is nothing."""
    found = place.match(_DASH)
    if not found:
        return None
    tail = place.before
    spaced = found[3] or tail[-1:].isspace() or found[2] in ("–", "—", "→")
    if spaced and tail.strip():
        ends = _ENDPOINT.match(place.rest(found.end())) or _FIGURE_ENDS.search(tail)
        if ends and place.preceded_by(_FROM):
            return Reading("đến", found.end())
        return Reading(",", found.end())
    return Reading(" ", found.end())


def _plus(place: Place) -> Reading:
    end = place.position + 1
    if not place.before.strip():
        return Reading(" ", end)
    return Reading("cộng", end)
