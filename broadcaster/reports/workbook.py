"""Papers as XLSX workbooks: real numbers, days and durations that a spreadsheet goes on calculating with.

Durations are fractions of a day, shown as minutes and seconds; sums are formulas, with the sum that was counted beside
them. A workbook tells no moment but the paper's day, so that the same paper has the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from broadcaster.language import speaking
from broadcaster.reports.paper import Column, Heading, Kind, Paper, Paragraph, Table, Value

DAY_MS = 24 * 60 * 60 * 1000
A4 = 9
#: Inches of 30, 15, 20 and 20 mm.
MARGINS = {"left": 1.18, "right": 0.59, "top": 0.79, "bottom": 0.79}
#: Letters of a spreadsheet's column to the millimetre, about.
LETTERS_PER_MM = 0.62
_WIDE = 34

_FORMATS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.WORDS: {"text_wrap": True},
    Kind.CODE: {"text_wrap": True},
    Kind.COUNT: {"num_format": "#,##0"},
    Kind.LENGTH: {"num_format": "[m]:ss"},
    # Spreadsheets show no negative duration: the change is told in minutes.
    Kind.CHANGE: {"num_format": "+#,##0.0;\u2212#,##0.0;0.0"},
    Kind.SECONDS: {"num_format": "#,##0"},
    Kind.PERCENT: {"num_format": "0.0"},
    Kind.DAY: {"num_format": "dd/mm/yyyy", "align": "center"},
    Kind.TIME: {"num_format": "hh:mm", "align": "center"},
}
_SUMMED = frozenset({Kind.COUNT, Kind.LENGTH, Kind.SECONDS, Kind.CHANGE})


def to_workbook(paper: Paper) -> bytes:
    """The paper as a workbook: one sheet a table, each with the paper's head and its signatures."""
    file = io.BytesIO()
    with speaking(paper.language), xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        made_at = datetime.combine(paper.dated, time(0))
        book.set_properties({"title": paper.full_title, "author": paper.letterhead.office, "created": made_at})
        styles = _Styles.of(book)
        for number, table in enumerate(paper.tables, start=1):
            name = table.caption or paper.title
            sheet = book.add_worksheet(_sheet_name(name, number))
            _fill(sheet, paper, table, styles)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Styles:
    plain: Format
    bold: Format
    italic: Format
    head: Format
    group: Format
    cells: Mapping[Kind, Format]
    totals: Mapping[Kind, Format]

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> _Styles:
        face = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        boxed = {**face, "font_size": 11, "border": 1}
        return cls(
            plain=book.add_format(face),
            bold=book.add_format({**face, "bold": True}),
            italic=book.add_format({**face, "italic": True}),
            head=book.add_format({**boxed, "bold": True, "align": "center", "text_wrap": True}),
            group=book.add_format({**boxed, "bold": True, "bg_color": "#F0F0F0"}),
            cells={kind: book.add_format({**boxed, **shape}) for kind, shape in _FORMATS.items()},
            totals={kind: book.add_format({**boxed, "bold": True, **shape}) for kind, shape in _FORMATS.items()},
        )


def _sheet_name(title: str, number: int) -> str:
    """A name that spreadsheets allow: 31 characters, none of theirs, and told apart by its number."""
    plain = "".join(" " if character in "[]:*?/\\'" else character for character in title)
    return f"{number}. {plain}"[:31].rstrip()


def _fill(sheet: Worksheet, paper: Paper, table: Table, styles: _Styles) -> None:
    last = len(table.columns) - 1
    line = _head(sheet, paper, table, styles)
    for index, column in enumerate(table.columns):
        sheet.write_string(line, index, column.title, styles.head)
        letters = _WIDE if column.width_mm is None else max(6.0, column.width_mm * LETTERS_PER_MM)
        sheet.set_column(index, index, letters)
    sheet.freeze_panes(line + 1, 0)
    sheet.repeat_rows(line)
    first_row = line + 1
    line = _rows(sheet, table, styles, first_row)
    if table.total is not None:
        _total(sheet, table, styles, first_row, line)
        line += 1
    line = _foot(sheet, paper, last, styles, line + 1)
    sheet.print_area(0, 0, line, last)
    sheet.set_paper(A4)
    if paper.landscape:
        sheet.set_landscape()
    sheet.set_margins(**MARGINS)
    sheet.fit_to_pages(1, 0)
    sheet.set_header('&C&"Times New Roman"&13&P', {"margin": 0.4})


def _head(sheet: Worksheet, paper: Paper, table: Table, styles: _Styles) -> int:
    """The lines above the table; answers the row of its head."""
    head = paper.letterhead
    said = [
        (head.authority, styles.plain),
        (head.office, styles.bold),
        (head.number, styles.plain),
        (head.place_and_day, styles.italic),
        (paper.title, styles.bold),
        *((line, styles.bold) for line in paper.about),
        *((part.text, styles.plain) for part in paper.parts if isinstance(part, Heading | Paragraph)),
        (table.caption, styles.bold),
    ]
    line = 0
    for text, style in said:
        if text:
            sheet.write_string(line, 0, text, style)
            line += 1
    return line + 1


def _rows(sheet: Worksheet, table: Table, styles: _Styles, line: int) -> int:
    """The rows, each group under its heading; answers the row after them."""
    group_before = None
    for number, row in enumerate(table.rows):
        group = table.groups[number] if table.groups is not None else None
        if group is not None and group != group_before:
            sheet.merge_range(line, 0, line, len(table.columns) - 1, group, styles.group)
            line, group_before = line + 1, group
        for index, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, line, index, column, value, styles.cells[column.kind])
        line += 1
    return line


def _total(sheet: Worksheet, table: Table, styles: _Styles, first_row: int, line: int) -> None:
    assert table.total is not None
    for index, (column, value) in enumerate(zip(table.columns, table.total, strict=True)):
        style = styles.totals[column.kind]
        if value is None or isinstance(value, str) or column.kind not in _SUMMED or line == first_row:
            _write(sheet, line, index, column, value, style)
        else:
            formula = f"=SUM({xl_range(first_row, index, line - 1, index)})"
            sheet.write_formula(line, index, formula, style, _number(column, value))


def _write(sheet: Worksheet, line: int, index: int, column: Column, value: Value, style: Format) -> None:
    if value is None:
        sheet.write_blank(line, index, None, style)
    elif isinstance(value, str):
        sheet.write_string(line, index, value, style)
    elif isinstance(value, time | date):
        sheet.write_datetime(line, index, value, style)
    else:
        sheet.write_number(line, index, _number(column, value), style)


def _number(column: Column, value: Value) -> float:
    assert isinstance(value, int | float)
    if column.kind == Kind.LENGTH:
        return value / DAY_MS
    if column.kind == Kind.CHANGE:
        return value / 60_000
    return value / 1000 if column.kind == Kind.SECONDS else value


def _foot(sheet: Worksheet, paper: Paper, last: int, styles: _Styles, line: int) -> int:
    """Remarks, signatures and recipients; answers the last row that was written."""
    for remark in paper.remarks:
        sheet.write_string(line, 0, remark, styles.italic)
        line += 1
    line += 1
    signers = len(paper.signatures)
    for number, signature in enumerate(paper.signatures, start=1):
        # The signers share the width evenly; the recipients have the left edge for themselves.
        index = round(number * last / signers) - (1 if number == signers else 0)
        sheet.write_string(line, index, signature.role.upper(), styles.bold)
        sheet.write_string(line + 1, index, signature.hint, styles.italic)
        if signature.name:
            sheet.write_string(line + 6, index, signature.name, styles.bold)
    for number, text in enumerate((paper.recipients.title, *paper.recipients.lines)):
        sheet.write_string(line + number, 0, text, styles.italic if number == 0 else styles.plain)
    return line + max(6, len(paper.recipients.lines))
