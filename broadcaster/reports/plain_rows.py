"""Rows as CSV for spreadsheets and programs: ASCII names of columns, values as in JSON, UTF-8 with byte order mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

#: A cell that begins so is a formula to a spreadsheet, whoever wrote it into a title.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(rows: Sequence[Mapping[str, object]], fields: Sequence[str]) -> str:
    """The rows under a line of their fields. Text that a spreadsheet would calculate gets an apostrophe before it."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(fields)
    writer.writerows([_cell(row.get(field)) for field in fields] for row in rows)
    return "\ufeff" + sheet.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value
