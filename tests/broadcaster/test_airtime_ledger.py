"""Airtime is what was reported as heard: per unit and month, first runs and repeats apart, each session once."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.airtime import MonthAirtime, UnitAirtime, month_airtime, to_csv, to_json
from broadcaster.closing import close_month
from broadcaster.db import Database
from broadcaster.errors import NotAllowed
from broadcaster.intake.units import import_units
from broadcaster.models import Article, Player
from broadcaster.months import BadMonth
from tests.broadcaster.aired import GAP_MS, HEAD_MS, Programme, add_programme, report, row
from tests.broadcaster.books import MONDAY, MONTH, TZ, at, open_books, plan_and_bind, take_in, written
from tests.broadcaster.conftest import ARTICLES, TARGETS, UNITS

AFTER = at("2027-01-15T12:00")
#: T-01 belongs to phuong-mot, T-02 to phuong-hai, T-03 to xa-bai.
FIRST = Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000), ("T-02", 50_000)])
AGAIN = Programme("tt", at("2026-11-11T05:30"), [("T-01", 60_000)])
ELSEWHERE = Programme("vb", at("2026-11-11T17:00"), [("T-01", 60_000)])


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        for programme in (FIRST, AGAIN, ELSEWHERE):
            add_programme(session, programme)
        zone = session.scalars(select(Player).where(Player.code == "loa-tt")).one().zone
        twin = Player(code="loa-tt-2", name="Cụm loa 2", zone=zone, read_key="k2", token_hash="t2")
        session.add(twin)
    return database


def table(database: Database, month: str = MONTH) -> MonthAirtime:
    with database.reading() as session:
        return month_airtime(session, month, now=AFTER, tz=TZ)


def of(database: Database, unit: str, month: str = MONTH) -> UnitAirtime:
    return next(one for one in table(database, month).units if one.unit == unit)


def heard(database: Database, *rows: dict[str, object]) -> None:
    results = report(database, rows, now=AFTER)
    assert {result.status for result in results} == {"recorded"}, results


def test_what_was_planned_but_not_reported_is_not_airtime(books: Database) -> None:
    plan_and_bind(books)
    found = table(books)
    assert found.totals["aired_ms"] == 0
    assert found.totals["planned_ms"] > 0
    one = of(books, "phuong-mot")
    assert (one.first_runs, one.repeats, one.shortfall_ms) == (0, 0, one.target_ms)


def test_every_unit_has_its_target_what_was_planned_what_aired_and_what_is_lacking(books: Database) -> None:
    plan_and_bind(books)
    heard(books, row(FIRST))
    found = {one.unit: one for one in table(books).units}
    assert sorted(found) == sorted(str(unit["code"]) for unit in UNITS)
    targets = {str(target["unit"]): target["min_ms"] for target in TARGETS}
    for code, one in found.items():
        assert one.target_ms == targets.get(code, 600_000)
        assert one.aired_ms == {"phuong-mot": 60_000, "phuong-hai": 50_000}.get(code, 0)
        assert one.shortfall_ms == max(0, one.target_ms - one.aired_ms)
        assert one.planned_ms > 0
    assert found["phuong-mot"].percent == 50.0
    assert (found["phuong-mot"].received, found["phuong-mot"].confirmed) == (2, 1)


def test_a_first_run_and_a_repeat_are_told_apart_zone_by_zone(books: Database) -> None:
    heard(books, row(AGAIN), row(FIRST), row(ELSEWHERE))
    one = of(books, "phuong-mot")
    # The order in which reports come in does not matter, the order on the air does.
    assert (one.first_runs, one.repeats) == (2, 1)
    assert (one.first_run_ms, one.repeat_ms, one.aired_ms) == (120_000, 60_000, 180_000)
    assert one.exemplar_articles == 1


def test_two_players_of_one_session_count_once_and_twice_in_cluster_time(books: Database) -> None:
    cut = HEAD_MS + 20_000
    heard(books, row(FIRST), row(FIRST, event_id="2", player="loa-tt-2", played_ms=cut, outcome="partial"))
    one = of(books, "phuong-mot")
    assert (one.aired_ms, one.cluster_ms, one.first_runs) == (60_000, 80_000, 1)
    two = of(books, "phuong-hai")
    assert (two.aired_ms, two.cluster_ms) == (50_000, 50_000)


@pytest.mark.parametrize(
    ("played_ms", "first_ms", "second_ms", "first_runs"),
    [
        (0, 0, 0, (0, 0)),
        (HEAD_MS, 0, 0, (0, 0)),
        (HEAD_MS + 1, 1, 0, (0, 0)),
        (HEAD_MS + 29_999, 29_999, 0, (0, 0)),
        (HEAD_MS + 30_000, 30_000, 0, (1, 0)),
        (HEAD_MS + 60_000, 60_000, 0, (1, 0)),
        (HEAD_MS + 60_000 + GAP_MS, 60_000, 0, (1, 0)),
        (HEAD_MS + 60_000 + GAP_MS + 25_000, 60_000, 25_000, (1, 1)),
        (FIRST.length_ms, 60_000, 50_000, (1, 1)),
    ],
)
def test_a_partial_airing_counts_what_lies_before_its_end(
    played_ms: int, first_ms: int, second_ms: int, first_runs: tuple[int, int], books: Database
) -> None:
    heard(books, row(FIRST, played_ms=played_ms, outcome="partial"))
    one, two = of(books, "phuong-mot"), of(books, "phuong-hai")
    assert (one.aired_ms, two.aired_ms) == (first_ms, second_ms)
    assert (one.first_runs, two.first_runs) == first_runs


def test_what_was_hardly_heard_does_not_use_up_the_first_run(books: Database) -> None:
    heard(books, row(FIRST, played_ms=HEAD_MS + 10_000, outcome="partial"), row(AGAIN))
    one = of(books, "phuong-mot")
    assert (one.aired_ms, one.first_runs, one.repeats, one.first_run_ms) == (70_000, 1, 0, 70_000)


def test_a_failed_airing_counts_for_nothing(books: Database) -> None:
    heard(books, row(FIRST, outcome="failed", reason="mất điện"))
    one = of(books, "phuong-mot")
    assert (one.aired_ms, one.cluster_ms, one.first_runs) == (0, 0, 0)


EDGES = [
    ("2026-10-31T23:59:59", "2026-10"),
    ("2026-11-01T00:00:00", "2026-11"),
    ("2026-11-09T23:58:00", "2026-11"),
    ("2026-11-30T23:59:30", "2026-11"),
    ("2026-12-01T00:00:00", "2026-12"),
    ("2026-12-01T06:59:00", "2026-12"),
    ("2026-12-31T23:59:59", "2026-12"),
]


@pytest.mark.parametrize(("started", "month"), EDGES)
def test_an_airing_counts_where_it_started_in_station_time(started: str, month: str, books: Database) -> None:
    moment = at(started)
    programme = Programme("vb", moment, [("T-03", 120_000)])
    with books.writing() as session:
        add_programme(session, programme)
    heard(books, row(programme))
    months = [one for one in ("2026-10", "2026-11", "2026-12") if aired_in(books, one)]
    assert months == [month]
    assert of(books, "xa-bai", month).aired_ms == 120_000


def aired_in(database: Database, month: str) -> int:
    return sum(one.aired_ms for one in table(database, month).units)


def test_the_month_before_stands_beside(books: Database) -> None:
    heard(books, row(FIRST))
    assert of(books, "phuong-mot", "2026-12").previous_month_ms == 60_000
    assert of(books, "phuong-mot", "2026-12").aired_ms == 0


def test_a_repeat_in_the_next_month_is_a_repeat(books: Database) -> None:
    later = Programme("tt", at("2026-12-01T05:30"), [("T-01", 60_000)])
    with books.writing() as session:
        add_programme(session, later)
    heard(books, row(FIRST), row(later))
    one = of(books, "phuong-mot", "2026-12")
    assert (one.first_runs, one.repeats) == (0, 1)


def test_a_closed_month_stays_as_it_was(books: Database) -> None:
    heard(books, row(FIRST))
    with pytest.raises(NotAllowed, match=MONTH), books.writing() as session:
        close_month(session, MONTH, by="thu-ky", now=at("2026-11-30T23:59:59"), tz=TZ)
    with books.writing() as session:
        closed = close_month(session, MONTH, by="thu-ky", now=at("2026-12-01T00:00:00"), tz=TZ)
    heard(books, row(AGAIN))
    with books.writing() as session:
        renamed = session.scalars(select(Article).where(Article.ref == "T-01")).one()
        renamed.unit.name = "Phường Một mới"
    again = table(books)
    assert again.closed
    assert again.units == closed.units
    assert again.digest == closed.digest
    assert of(books, "phuong-mot").aired_ms == 60_000
    # What came in late is an entry in the month in which it came in, and nowhere else.
    assert of(books, "phuong-mot", "2026-12").previous_month_ms == 60_000
    assert (of(books, "phuong-mot", "2026-12").late_ms, of(books, "phuong-mot", "2027-01").late_ms) == (0, 60_000)
    (entry,) = table(books, "2027-01").late
    assert (entry.about_month, entry.article, entry.zone) == (MONTH, "T-01", "tt")
    assert (entry.aired_ms, entry.first_runs, entry.repeats, entry.repeat_ms) == (60_000, 0, 1, 60_000)
    assert entry.by == "loa"
    with books.writing() as session:
        assert close_month(session, MONTH, by="khac", now=AFTER, tz=TZ).digest == closed.digest


def test_a_unit_that_ended_before_the_month_is_not_asked_for_anything(books: Database, tmp_path: Path) -> None:
    ended = {**UNITS[3], "valid_from": "2020-01-01", "valid_to": "2026-10-31"}
    with books.writing() as session:
        import_units(session, written(tmp_path, "u.json", {"units": [ended]}), now=MONDAY, tz=TZ, by="x")
    assert "cong-an" not in {one.unit for one in table(books).units}
    assert "cong-an" in {one.unit for one in table(books, "2026-10").units}
    late = Programme("tt", at("2026-11-12T05:30"), [("T-05", 40_000)])
    with books.writing() as session:
        add_programme(session, late)
    heard(books, row(late))
    assert of(books, "cong-an").aired_ms == 40_000, "heard all the same, so it stands in the table"


def test_both_papers_say_the_same(books: Database) -> None:
    heard(books, row(FIRST), row(ELSEWHERE))
    found = table(books)
    document = json.loads(json.dumps(to_json(found)))
    text = to_csv(found)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [one["unit"] for one in rows] == [one["unit"] for one in document["units"]]
    for one, unit in zip(rows, document["units"], strict=True):
        assert one["month"] == MONTH
        assert {key: str(value) for key, value in unit.items()} == {k: v for k, v in one.items() if k != "month"}
    for key, total in document["totals"].items():
        assert total == sum(unit[key] for unit in document["units"])


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-11", "tháng 11", ""])
def test_a_month_that_is_none_is_told(month: str, books: Database) -> None:
    with pytest.raises(BadMonth):
        table(books, month)
