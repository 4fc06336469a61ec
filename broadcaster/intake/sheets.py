"""Sheets of rows; the first names the fields of the import format, `author.name` being the name within `author`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.packed import check_packed
from broadcaster.intake.rows import Placed
from broadcaster.language import gettext as _

_PERSON = ("name", "position", "workplace", "address", "phone")
ARTICLE_FIELDS: Sequence[str] = (
    "ref",
    "title",
    "unit",
    "field",
    "kind",
    "priority",
    *(f"author.{field}" for field in _PERSON),
    *(f"subject.{field}" for field in _PERSON),
    "subject.subject_kind",
    "body",
    "summary",
    "written_on",
    "endorsement.name",
    "endorsement.position",
    "endorsement.endorsed_on",
    "approval.by",
    "approval.approved_on",
    "not_before",
    "expires_at",
    "air_by",
    "zones",
    "columns",
)
UNIT_FIELDS: Sequence[str] = ("code", "name", "kind", "zone", "valid_from", "valid_to", "succeeds")
#: Fields that hold several codes, separated by commas or semicolons.
_LISTS = frozenset({"zones", "columns", "succeeds"})
MOST_ROWS = 20_000


def rows_of_xlsx(data: bytes, name: str, fields: Sequence[str]) -> list[Placed]:
    """The rows of a workbook's first sheet.

    Raises:
        ImportRefused: the file is no workbook, too large, or names a column that nobody knows.
    """
    check_packed(data, name)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = [list(row) for row in sheet.iter_rows(max_row=MOST_ROWS + 2, values_only=True)]
    except (InvalidFileException, BadZipFile, ParseError, KeyError, ValueError, IndexError, TypeError, OSError):
        raise ImportRefused([Fault(name, _("không đọc được bảng tính"))]) from None
    return _rows(cells, name, fields)


def rows_of_csv(data: bytes, name: str, fields: Sequence[str]) -> list[Placed]:
    """The rows of a file of values separated by commas or semicolons, in UTF-8.

    Raises:
        ImportRefused: it is not UTF-8, or names a column that nobody knows.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        where = _("không phải UTF-8 (byte thứ {byte})", byte=wrong.start + 1)
        raise ImportRefused([Fault(name, where)]) from None
    head = text.partition("\n")[0]
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
        )
    except csv.Error as wrong:
        raise ImportRefused([Fault(name, str(wrong))]) from None
    return _rows(rows, name, fields)


def _rows(cells: Sequence[Sequence[object]], name: str, fields: Sequence[str]) -> list[Placed]:
    heads = [str(cell).strip() if cell is not None else "" for cell in (cells[0] if cells else [])]
    unknown = [head for head in heads if head and head not in fields]
    faults = [Fault(name, _("cột «{column}» không có trong mẫu", column=head)) for head in unknown]
    faults += [Fault(name, _("thiếu cột «{column}»", column=fields[0]))] if fields[0] not in heads else []
    twice = {head for head in heads if head and heads.count(head) > 1}
    faults += [Fault(name, _("cột «{column}» có hai lần", column=head)) for head in sorted(twice)]
    if len(cells) > MOST_ROWS + 1:
        faults.append(Fault(name, _("quá {most} dòng", most=MOST_ROWS)))
    if faults:
        raise ImportRefused(faults)
    rows = []
    for number, row in enumerate(cells[1:], start=2):
        values = {head: _value(head, cell) for head, cell in zip(heads, row, strict=False) if head}
        if any(value not in (None, []) for value in values.values()):
            rows.append(Placed(_nested(values.items()), _("dòng {number}", number=number)))
    return rows


def _value(head: str, cell: object) -> object:
    """A cell as the json format has it: days as text, lists of codes as lists, numbers as the text that was typed."""
    if head in _LISTS:
        return [code.strip() for code in str(cell or "").replace(";", ",").split(",") if code.strip()]
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _nested(values: Iterable[tuple[str, object]]) -> dict[str, object]:
    whole: dict[str, object] = {}
    for head, value in values:
        outer, dot, inner = head.partition(".")
        if not dot:
            whole[head] = value
        elif value is not None:
            within = whole.setdefault(outer, {})
            assert isinstance(within, dict)  # no field of the format is both a value and an object
            within[inner] = value
    return whole
