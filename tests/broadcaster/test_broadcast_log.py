"""The broadcast log: what was planned and what was heard, article by article, who approved it, what went wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from broadcaster.closing import correct_airing
from broadcaster.db import Database
from broadcaster.models import Outcome
from broadcaster.reports.broadcast_log import LogRow, broadcast_log, log_document
from broadcaster.reports.monthly_airtime import monthly_airtime, monthly_document
from tests.broadcaster.aired import HEAD_MS, Programme, add_programme, report, row
from tests.broadcaster.books import MONTH, TZ, at, open_books, take_in
from tests.broadcaster.conftest import ARTICLES

FIRST = Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000), ("T-02", 50_000)])
AGAIN = Programme("tt", at("2026-11-11T05:30"), [("T-01", 60_000)])
SILENT = Programme("vb", at("2026-11-11T17:00"), [("T-03", 70_000)])
LATER = at("2026-11-20T12:00")


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        for programme in (FIRST, AGAIN, SILENT):
            add_programme(session, programme)
    return database


def log(database: Database, first: date = date(2026, 11, 10), last: date = date(2026, 11, 11)) -> tuple[LogRow, ...]:
    with database.reading() as session:
        return broadcast_log(session, first, last, now=LATER, tz=TZ)


def test_each_article_of_each_session_has_its_line(books: Database) -> None:
    cut = HEAD_MS + 60_000 + 3_000 + 10_000
    report(books, [row(FIRST, played_ms=cut, outcome="partial", reason="mất điện"), row(AGAIN)], now=LATER)
    rows = log(books)
    told = [(one.session, one.article, one.first_run, one.planned_ms, one.heard_ms, one.verdict) for one in rows]
    assert told == [
        ("tt-20261110-0530", "T-01", True, 60_000, 60_000, "partial"),
        ("tt-20261110-0530", "T-02", True, 50_000, 10_000, "partial"),
        ("tt-20261111-0530", "T-01", False, 60_000, 60_000, "as_planned"),
        ("vb-20261111-1700", "T-03", False, 70_000, 0, "missed"),
    ]
    assert [(one.clusters_ok, one.clusters_failed) for one in rows] == [(1, 0), (0, 1), (1, 0), (0, 1)]
    assert [one.incident for one in rows] == ["loa-tt: mất điện", "loa-tt: mất điện", "", ""]
    assert rows[0].approved_by == "Phòng Nội vụ"
    assert rows[0].started_at == FIRST.starts_at
    assert rows[3].started_at is None
    assert json.loads(json.dumps(log_document(rows)))[0]["planned_at"] == "2026-11-10T05:30:00+07:00"


def test_a_day_has_its_own_lines_alone(books: Database) -> None:
    report(books, [row(FIRST)], now=LATER)
    assert {one.article for one in log(books, last=date(2026, 11, 10))} == {"T-01", "T-02"}
    assert log(books, date(2026, 11, 12), date(2026, 11, 12)) == ()


def test_what_was_corrected_says_why(books: Database) -> None:
    report(books, [row(AGAIN)], now=LATER)
    with books.writing() as session:
        correct_airing(
            session, str(row(AGAIN)["event_id"]), outcome=Outcome.FAILED, why="loa không lên", by="thu-ky", now=LATER
        )
    rows = [one for one in log(books) if one.session == "tt-20261111-0530"]
    assert [(one.heard_ms, one.verdict, one.incident) for one in rows] == [(0, "missed", "đính chính: loa không lên")]


def test_nothing_of_a_cover_sheet_is_in_the_log(books: Database) -> None:
    report(books, [row(FIRST), row(AGAIN)], now=LATER)
    text = json.dumps(log_document(log(books)), ensure_ascii=False)
    assert "Kín" not in text
    assert "Giấu" not in text
    assert "0900" not in text


def test_the_monthly_table_says_what_the_ledger_says(books: Database) -> None:
    report(books, [row(FIRST), row(AGAIN)], now=LATER)
    with books.reading() as session:
        table = monthly_airtime(session, MONTH, now=LATER, tz=TZ)
    line = next(one for one in table.rows if one.unit == "phuong-mot")
    assert (line.first_runs, line.repeats, line.aired_ms, line.change_ms) == (1, 1, 120_000, 120_000)
    assert line.lacks == ("spontaneous",)
    assert [one.number for one in table.rows] == list(range(1, 7))
    assert json.loads(json.dumps(monthly_document(table)))["month"] == MONTH
