"""A workbook holds real numbers, days and durations, prints on A4, and runs nothing that stands in a title."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from broadcaster.language import speaking
from broadcaster.reports.airtime_paper import airtime_paper
from broadcaster.reports.paper import Column, Kind, Paper, Table
from broadcaster.reports.plain_rows import to_csv
from broadcaster.reports.workbook import to_workbook
from tests.broadcaster.reports.months import DATED, OFFICE, month_of_units


def paper_of(count: int, language: str = "vi") -> Paper:
    with speaking(language):
        return airtime_paper(month_of_units(count), OFFICE, dated=DATED)


def sheet_of(paper: Paper, *, values: bool = False) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(to_workbook(paper)), data_only=values).worksheets[0]


def head_row(sheet: Worksheet, title: str) -> int:
    return next(int(cell.row) for cell in sheet["A"] if cell.value == title)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_figures_of_the_workbook_are_those_of_the_report(language: str) -> None:
    month = month_of_units(34)
    sheet = sheet_of(paper_of(34, language), values=True)
    first = head_row(sheet, "TT" if language == "vi" else "No.") + 1
    for row, unit in enumerate(month.units, start=first):
        values = [cell.value for cell in sheet[row]]
        assert values[1] == unit.name
        assert values[2] == pytest.approx(timedelta(milliseconds=unit.target_ms), abs=timedelta(milliseconds=1))
        assert values[3:9] == [
            unit.received,
            unit.confirmed,
            unit.exemplar_articles,
            unit.spontaneous_articles,
            unit.first_runs,
            unit.repeats,
        ]
        assert values[10] == pytest.approx(timedelta(milliseconds=unit.aired_ms), abs=timedelta(milliseconds=1))
        assert values[11] == unit.percent
        assert values[13] == pytest.approx((unit.aired_ms - unit.previous_month_ms) / 60_000)
    totals = [cell.value for cell in sheet[first + 34]]
    assert totals[3] == month.totals["received"]
    assert totals[10] == pytest.approx(timedelta(milliseconds=month.totals["aired_ms"]), abs=timedelta(milliseconds=1))


def test_sums_are_formulas_over_the_rows_above_them() -> None:
    sheet = sheet_of(paper_of(5))
    first = head_row(sheet, "TT") + 1
    assert sheet.cell(first + 5, 4).value == f"=SUM(D{first}:D{first + 4})"


def test_a_workbook_prints_on_a4_across_with_its_head_on_each_page() -> None:
    sheet = sheet_of(paper_of(100))
    row = head_row(sheet, "TT")
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    # The format leaves out what is its own default: one page across.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.freeze_panes == f"A{row + 1}"
    assert sheet.print_title_rows == f"${row}:${row}"
    last = sheet.print_area.rpartition("$")[2]
    # Below the last words there is room to sign.
    assert sheet.max_row <= int(last) <= sheet.max_row + 8
    said = {cell.value for line in sheet.iter_rows() for cell in line}
    assert {"NGƯỜI LẬP", "GIÁM ĐỐC", "Nơi nhận:"} <= said


@pytest.mark.parametrize("evil", ["=1+1", "+84 900", "-2", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_a_title_that_looks_like_a_formula_stays_text(evil: str) -> None:
    table = Table((Column("a", "A"), Column("b", "B", Kind.DAY)), ((evil, date(2026, 11, 2)),))
    sheet = sheet_of(replace(paper_of(1), parts=(table,)))
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value == evil]
    assert [cell.data_type for cell in cells] == ["s"]
    assert to_csv([{"a": evil}], ["a"]).splitlines()[1].strip('"').startswith("'")


def test_one_paper_has_the_same_workbook_whenever_it_is_made() -> None:
    assert to_workbook(paper_of(20)) == to_workbook(paper_of(20))


def test_plain_rows_keep_numbers_nothing_and_vietnamese() -> None:
    text = to_csv([{"a": -5, "b": None, "c": "Đường Lâm, «xã»", "d": True}], ["a", "b", "c", "d"])
    assert text.encode().startswith(b"\xef\xbb\xbf")
    assert text.removeprefix("\ufeff").splitlines() == ["a,b,c,d", '-5,,"Đường Lâm, «xã»",true']
