"""An article as units send it: a Word file with a cover and a body. What is found in it is a proposal for a person."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

import mammoth
import nh3

from broadcaster.errors import Fault, ImportRefused
from broadcaster.folding import folded
from broadcaster.intake.garbled import normalised
from broadcaster.intake.packed import check_packed
from broadcaster.language import gettext as _

#: What is left of a Word file's markup: blocks, and line breaks within them.
_TAGS = {"h1", "h2", "h3", "h4", "p", "li", "td", "th", "tr", "br"}
_BLOCKS = frozenset({"h1", "h2", "h3", "h4", "p", "li", "tr"})
#: Folded beginnings of a cover's lines, and the field that each names.
_LABELS = {
    "ho va ten": "name",
    "ho ten": "name",
    "ten tap the": "name",
    "chuc vu": "position",
    "don vi cong tac": "workplace",
    "noi cong tac": "workplace",
    "co quan": "workplace",
    "dia chi": "address",
    "noi o": "address",
    "dien thoai": "phone",
    "so dien thoai": "phone",
    "sdt": "phone",
}
_WRITER = ("nguoi viet", "tac gia", "thong tin nguoi viet", "thong tin tac gia")
_SUBJECT = (
    "nhan vat",
    "doi tuong",
    "guong",
    "ca nhan duoc viet",
    "tap the duoc viet",
    "nguoi duoc viet",
    "thong tin nhan vat",
)
_TITLE = ("tieu de", "ten bai", "ten bai viet", "bai viet")
_UNIT = ("don vi", "don vi gui bai", "don vi gui")
_DAY = re.compile(r"ng(?:à|a)y\s+(\d{1,2})\s+th(?:á|a)ng\s+(\d{1,2})\s+n(?:ă|a)m\s+(\d{4})", re.IGNORECASE)
_LONGEST_HEADING = 60


@dataclass(slots=True)
class Paper:
    """What was found in a Word file; every part is to be checked by whoever sent it."""

    title: str = ""
    body: str = ""
    unit: str = ""
    written_on: date | None = None
    author: dict[str, str] = field(default_factory=dict)
    subject: dict[str, str] = field(default_factory=dict)


def read_paper(data: bytes, name: str, units: Mapping[str, str]) -> Paper:
    """Reads a Word file; `units` are the codes of units by their names.

    Raises:
        ImportRefused: it is no Word file, too large, or empty.
    """
    check_packed(data, name)
    try:
        markup = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(lambda _image: {}))
    # The converter raises whatever its zip and XML readers raise; none of it says more than: no Word file.
    except Exception:  # noqa: BLE001 - the list of what it raises is not ours to know
        raise ImportRefused([Fault(name, _("không đọc được tệp Word"))]) from None
    blocks = _Blocks()
    blocks.feed(nh3.clean(markup.value, tags=_TAGS, attributes={}))
    lines = [(tag, text) for tag, text in blocks.found() if text]
    if not lines:
        raise ImportRefused([Fault(name, _("tệp Word không có chữ nào"))])
    return _sorted_out(lines, {folded(unit): code for unit, code in units.items()})


def article_of_paper(paper: Paper) -> dict[str, object]:
    """The paper in the import format, with what a paper never says left to the usual: an exemplar, one person."""
    return {
        "title": paper.title or None,
        "body": paper.body or None,
        "unit": paper.unit or None,
        "field": "nguoi-tot-viec-tot",
        "kind": "exemplar",
        "priority": "normal",
        "written_on": paper.written_on.isoformat() if paper.written_on else None,
        "author": {"name": None, **paper.author},
        "subject": {"name": None, "subject_kind": "individual", **paper.subject},
    }


class _Blocks(HTMLParser):
    """The text of each block, with the tag that held it."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tuple[str, str]] = []
        self._tag = "p"
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and self._tag != "tr":
            self._end(tag)
        elif tag == "br":
            self._text += "\n"
        elif tag in {"td", "th"}:
            self._text += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS and (self._tag != "tr" or tag == "tr"):
            self._end("p")

    def handle_data(self, data: str) -> None:
        self._text += data

    def _end(self, next_tag: str) -> None:
        for line in normalised(self._text).split("\n"):
            self._found.append((self._tag, " ".join(line.split())))
        self._tag, self._text = next_tag, ""

    def found(self) -> list[tuple[str, str]]:
        self._end("p")
        return self._found


def _sorted_out(lines: list[tuple[str, str]], units: Mapping[str, str]) -> Paper:
    paper = Paper()
    person: dict[str, str] | None = None
    body: list[str] = []
    for tag, line in lines:
        label, value = _labelled(line)
        heading = folded(line) if len(line) <= _LONGEST_HEADING else ""
        if body:
            body.append(line)
        elif heading.startswith(_WRITER) or heading.startswith(_SUBJECT):
            person = paper.author if heading.startswith(_WRITER) else paper.subject
            if value and label not in _LABELS:
                person.setdefault("name", value)
        elif label in _TITLE and value:
            paper.title = value
        elif label in _UNIT and folded(value) in units:
            paper.unit = units[folded(value)]
        elif label in _LABELS and value and person is not None:
            person.setdefault(_LABELS[label], value)
        elif (tag in {"h1", "h2"} and not paper.title) or (not paper.title and line.isupper()):
            paper.title = line if tag in {"h1", "h2"} else line.capitalize()
        elif not paper.title and person is None and len(line) <= 200:
            paper.title = line
        else:
            body.append(line)
    _end(paper, body)
    if not paper.unit:
        whole = folded("\n".join(line for _tag, line in lines))
        found = [code for unit, code in units.items() if unit in whole]
        paper.unit = found[0] if len(found) == 1 else ""
    return paper


def _end(paper: Paper, body: list[str]) -> None:
    """The date stands at the end, with the signature under it; neither is read aloud."""
    for index in range(len(body) - 1, max(-1, len(body) - 8), -1):
        found = _DAY.search(body[index])
        if found and len(body[index]) <= _LONGEST_HEADING:
            day, month, year = map(int, found.groups())
            try:
                paper.written_on = date(year, month, day)
            except ValueError:
                continue
            del body[index:]
            break
    paper.body = "\n\n".join(body)


def _labelled(line: str) -> tuple[str, str]:
    """`Họ và tên: Lê A` as its folded label and its value."""
    label, colon, value = line.partition(":")
    return (
        (re.sub(r"^[\d ]+", "", folded(label)), value.strip()) if colon and len(label) <= _LONGEST_HEADING else ("", "")
    )
