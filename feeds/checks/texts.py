"""Rules for text, addresses and instants that hold in every format."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from html.parser import HTMLParser

from feeds.checks.faults import Findings
from feeds.errors import InvalidValue
from feeds.text import clean, one_line
from feeds.validation import require_url

_TAG = re.compile(r"<[A-Za-z/!?]")
_DECLARATION = re.compile(r"<[!?]")
_DIGIT_RUN = re.compile(r"\+?\d(?:[ .\-()]{0,2}\d){6,}")
_FEWEST_DIGITS_OF_A_PHONE = 7
_HARMLESS_TAGS = frozenset({"p", "br", "a", "ul", "ol", "li", "strong", "em"})


def decoded(content: bytes, place: str, findings: Findings) -> str | None:
    """The text of a file, or None with a fault. It must be UTF-8, NFC and free of what no feed may carry."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        findings.add("utf-8", place, f"không phải UTF-8 ở byte {fault.start}")
        return None
    findings.require(not text.startswith("\ufeff"), "utf-8", place, "có dấu BOM ở đầu tệp")
    findings.require(unicodedata.is_normalized("NFC", text), "nfc", place, "chữ Việt chưa ở dạng NFC")
    return text


def check_words(text: str, place: str, findings: Findings) -> None:
    """Text that has been cleaned: NFC, no control characters, surrogates or overrides of direction."""
    findings.require(unicodedata.is_normalized("NFC", text), "nfc", place, "chữ Việt chưa ở dạng NFC")
    findings.require(clean(text) == unicodedata.normalize("NFC", text), "characters", place, "có ký tự không được phép")


def check_title(text: str | None, place: str, findings: Findings, most_characters: int) -> None:
    """A title or a name: there, one line, plain, not too long."""
    if not findings.require(text and text.strip(), "missing", place, "thiếu hoặc để trống") or text is None:
        return
    check_words(text, place, findings)
    findings.require(one_line(text) == text, "one-line", place, "phải nằm trên một dòng, không thừa khoảng trắng")
    findings.require(not _TAG.search(text), "title-html", place, "không được chứa thẻ HTML")
    findings.require(len(text) <= most_characters, "length", place, f"dài hơn {most_characters} ký tự")


def check_url(url: str | None, place: str, findings: Findings) -> bool:
    """An absolute address in ASCII."""
    try:
        require_url(place, url or "")
    except InvalidValue as fault:
        findings.add("url", place, f"{fault.fault}: {url!r}")
        return False
    return True


def check_distinct(values: Iterable[str], rule: str, place: str, findings: Findings) -> None:
    """No value twice."""
    seen: set[str] = set()
    for value in values:
        findings.require(value not in seen, rule, place, f"bị trùng: {value}")
        seen.add(value)


def check_newest_first(instants: Iterable[datetime | None], place: str, findings: Findings) -> None:
    """Instants that never rise; those that could not be read have their own fault."""
    former: datetime | None = None
    for instant in instants:
        if instant is None:
            continue
        if former is not None and instant > former:
            findings.add("order", place, "phải xếp mới nhất trước")
            return
        former = instant


def instant_of_rfc_5322(text: str | None, place: str, findings: Findings) -> datetime | None:
    """The instant of a date in RSS, or None with a fault: numeric offset, right weekday, written as RFC 5322 says."""
    if not findings.require(text, "missing", place, "thiếu ngày giờ") or text is None:
        return None
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        findings.add("date", place, f"không đọc được ngày giờ: {text}")
        return None
    if instant.tzinfo is None or format_datetime(instant) != text:
        findings.add("date", place, f"ngày giờ sai thứ, thiếu số 0 hoặc thiếu múi giờ dạng +0700: {text}")
        return None
    return instant


def instant_of_rfc_3339(text: object, place: str, findings: Findings) -> datetime | None:
    """The instant of an ISO 8601 date with offset, or None with a fault."""
    try:
        instant = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or instant.isoformat(timespec="seconds") != text:
        findings.add("date", place, f"phải là thời điểm ISO 8601 có múi giờ: {text}")
        return None
    return instant


class _HtmlReader(HTMLParser):
    """Walks a piece of HTML and notes what a feed must not carry."""

    def __init__(self, place: str, findings: Findings) -> None:
        super().__init__(convert_charrefs=True)
        self._place = place
        self._findings = findings
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._findings.require(tag in _HARMLESS_TAGS, "active-html", self._place, f"thẻ không được phép: <{tag}>")
        for name, value in attrs:
            if tag == "a" and name == "href":
                self.links.append(value or "")
                check_url(value, f"{self._place} a[href]", self._findings)
            else:
                self._findings.add("active-html", self._place, f"thuộc tính không được phép: {tag}[{name}]")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def check_html(html: str, place: str, findings: Findings) -> tuple[str, list[str]]:
    """HTML that does nothing: few tags, absolute links. Gives its words and its links."""
    # Comments, declarations and instructions: browsers and parsers differ in where these end.
    if not findings.require(not _DECLARATION.search(html), "active-html", place, "không được có <!…> hay <?…>"):
        return "", []
    reader = _HtmlReader(place, findings)
    reader.feed(html)
    reader.close()
    words = "\n".join(reader.words)
    check_words(words, place, findings)
    findings.require(not _TAG.search(words), "active-html", place, "có chữ sẽ thành thẻ HTML nếu bị giải mã hai lần")
    return words, reader.links


def check_private(text: str, private: Iterable[str], place: str, findings: Findings) -> None:
    """None of the private phrases stands in the text, however a phone number is grouped or a word is cased."""
    folded = one_line(text).casefold()
    numbers = {_digits(run) for run in _DIGIT_RUN.findall(text)}
    for phrase in private:
        number = _digits(phrase)
        looks_like_a_phone = len(number) >= _FEWEST_DIGITS_OF_A_PHONE and not re.search(r"[^\W\d_]", phrase)
        found = any(number in other for other in numbers) if looks_like_a_phone else _folded(phrase) in folded
        findings.require(not (phrase.strip() and found), "private", place, "có dữ liệu cá nhân không được công bố")


def _folded(phrase: str) -> str:
    return one_line(phrase).casefold()


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    # The same Vietnamese number with its country code and without.
    return "0" + digits[2:] if digits.startswith("84") and len(digits) >= _FEWEST_DIGITS_OF_A_PHONE + 2 else digits
