"""Papers as PDF, after Decree 30/2020/NĐ-CP.

The layout stands in `templates/papers`, the faces beside it: no font of the machine is looked at, no clock is read, so
that the same paper has the same bytes everywhere. The files are PDF/A-2a (for the archive) and PDF/UA-1 (for screen
readers); the compiler refuses to write one that is not.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import groupby
from pathlib import Path

import typst

import templates
from broadcaster.language import speaking
from broadcaster.reports.figures import shown
from broadcaster.reports.paper import Heading, Kind, Paper, Paragraph, Part, Table, Value

LAYOUT = Path(templates.__file__).with_name("papers")
_SIDES = {Kind.WORDS: "left", Kind.CODE: "left", Kind.DAY: "center", Kind.TIME: "center"}


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(LAYOUT / "fonts")])


def to_pdf(paper: Paper) -> bytes:
    """The paper as a PDF file; its day is that of the paper."""
    with speaking(paper.language):
        return compiled("paper.typ", json.dumps(_document(paper), ensure_ascii=False), paper.dated)


def compiled(layout: str, document: str, dated: date) -> bytes:
    """A document laid out by one of the files of `templates/papers`, told to have been made on its own day."""
    made = typst.Compiler(LAYOUT / layout, root=LAYOUT, font_paths=_fonts()).compile(
        format="pdf",
        sys_inputs={"paper": document},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(dated, time(0), tzinfo=UTC),
    )
    assert isinstance(made, bytes)  # the compiler answers pages one by one for pictures only
    return made


def _document(paper: Paper) -> dict[str, object]:
    head = paper.letterhead
    return {
        "language": paper.language,
        "title": paper.title,
        "full_title": paper.full_title,
        "about": list(paper.about),
        "dated": [paper.dated.year, paper.dated.month, paper.dated.day],
        "landscape": paper.landscape,
        "letterhead": {
            "authority": head.authority,
            "office": head.office,
            "number": head.number,
            "nation": head.nation,
            "motto": head.motto,
            "place_and_day": head.place_and_day,
        },
        "parts": [_part(part) for part in paper.parts],
        "remarks": list(paper.remarks),
        "signatures": [{"role": one.role, "hint": one.hint, "name": one.name} for one in paper.signatures],
        "recipients": {"title": paper.recipients.title, "lines": list(paper.recipients.lines)},
    }


def _part(part: Part) -> dict[str, object]:
    match part:
        case Heading(text):
            return {"type": "heading", "text": text}
        case Paragraph(text):
            return {"type": "paragraph", "text": text}
        case Table():
            return _table(part)


def _table(table: Table) -> dict[str, object]:
    columns = [
        {"title": column.title, "width_mm": column.width_mm, "side": _SIDES.get(column.kind, "right")}
        for column in table.columns
    ]
    return {
        "type": "table",
        "caption": table.caption,
        "size": table.size,
        "columns": columns,
        "lines": _lines(table),
        "total": None if table.total is None else _cells(table, table.total),
    }


def _lines(table: Table) -> list[dict[str, object]]:
    if table.groups is None:
        return [{"type": "row", "cells": _cells(table, row)} for row in table.rows]
    lines: list[dict[str, object]] = []
    for group, members in groupby(zip(table.groups, table.rows, strict=True), key=lambda pair: pair[0]):
        lines.append({"type": "group", "text": group})
        lines += [{"type": "row", "cells": _cells(table, row)} for _group, row in members]
    return lines


def _cells(table: Table, row: tuple[Value, ...]) -> list[str]:
    return [shown(value, column.kind) for value, column in zip(row, table.columns, strict=True)]
