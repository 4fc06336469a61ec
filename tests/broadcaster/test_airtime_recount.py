"""The ledger's sums agree with a recount from the raw tables of airings, written differently, for any airings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from broadcaster.airing import record_airings
from broadcaster.airtime import month_airtime
from broadcaster.db import Database
from broadcaster.migrations import migrate
from tests.broadcaster.aired import Programme, add_programme, row
from tests.broadcaster.books import TZ, at, open_books, take_in
from tests.broadcaster.conftest import ARTICLES

NOW = at("2027-01-31T12:00")
REFS = ("T-01", "T-02", "T-03", "T-04", "T-05")
#: Sessions around the edges of the month, two zones, and a session twice a day.
STARTS = [at(f"2026-{day}") for day in ("10-31T23:55", "11-01T00:00", "11-10T05:30", "11-10T17:00", "11-30T23:58")]
#: Everything the recount needs, straight from the tables.
RAW = text(
    """
    SELECT a.session_id, s.zone_id, a.started_at, a.played_ms, a.outcome, i.article_id, i.starts_ms, i.length_ms,
           u.code AS unit
    FROM airings a
    JOIN broadcast_sessions s ON s.id = a.session_id
    JOIN bulletin_items i ON i.bulletin_id = a.bulletin_id
    JOIN articles x ON x.id = i.article_id
    JOIN units u ON u.id = x.unit_id
    """
)

programmes = st.lists(
    st.builds(
        Programme,
        st.sampled_from(["tt", "vb"]),
        st.sampled_from(STARTS),
        st.lists(st.sampled_from(REFS), min_size=1, max_size=4, unique=True).flatmap(
            lambda refs: st.tuples(*(st.tuples(st.just(ref), st.integers(1, 90_000)) for ref in refs))
        ),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda programme: (programme.zone, programme.starts_at),
)
plays = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.floats(0, 1),
        st.sampled_from(["played", "partial", "partial", "failed"]),
        st.integers(-300, 300),
    ),
    max_size=12,
)


def instant(value: Any) -> datetime:
    return datetime.fromisoformat(f"{str(value).rstrip('Z')}+00:00")


def recounted(session: Session, month: str) -> dict[str, tuple[int, int, int, int, int]]:
    """By unit: seconds heard, of first runs, of repeats, and how many of each, from the raw rows alone."""
    best: dict[tuple[int, int], dict[str, Any]] = {}
    for raw in session.execute(RAW).mappings():
        until = raw["played_ms"] if raw["outcome"] != "failed" else 0
        heard = max(0, min(until, raw["starts_ms"] + raw["length_ms"]) - raw["starts_ms"])
        if heard == 0:
            continue
        key = (raw["session_id"], raw["article_id"])
        started = instant(raw["started_at"])
        known = best.setdefault(key, {**raw, "heard": 0, "began": started})
        known["heard"] = max(known["heard"], heard)
        known["began"] = min(known["began"], started)
    lines: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for one in best.values():
        lines[one["zone_id"], one["article_id"]].append(one)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for line in lines.values():
        has_run = False
        for one in sorted(line, key=lambda heard: (heard["began"], heard["session_id"])):
            full = one["heard"] >= one["length_ms"] / 2
            local = one["began"].astimezone(TZ)
            if f"{local.year}-{local.month:02}" == month:
                total = sums[one["unit"]]
                total[0] += one["heard"]
                total[2 if has_run else 1] += one["heard"]
                total[4 if has_run else 3] += full
            has_run = has_run or full
    return {unit: (total[0], total[1], total[2], total[3], total[4]) for unit, total in sums.items()}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("recount")
    database = Database(f"sqlite:///{folder / 'books.sqlite'}")
    migrate(database)
    open_books(database, folder)
    take_in(database, folder, ARTICLES)
    yield database
    database.close()


class Tried(Exception):
    """The end of a try: nothing of it is kept."""


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(programmes=programmes, plays=plays)
def test_the_ledger_agrees_with_a_recount(
    books: Database, programmes: list[Programme], plays: list[tuple[int, float, str, int]]
) -> None:
    rows = []
    for number, (which, share, outcome, late_s) in enumerate(plays):
        programme = programmes[which % len(programmes)]
        started = programme.starts_at + timedelta(seconds=late_s)
        played_ms = programme.length_ms if outcome == "played" else round(share * programme.length_ms)
        changes = {"event_id": f"{number}", "played_ms": played_ms, "outcome": outcome}
        rows.append((row(programme, started_at=started.isoformat(), **changes), str(number)))
    found, expected = {}, {}
    try:
        with books.writing() as session:
            for programme in programmes:
                add_programme(session, programme)
            results = record_airings(session, rows, by="loa", now=NOW)
            assert [result.status for result in results] == ["recorded"] * len(rows), results
            for month in ("2026-10", "2026-11", "2026-12"):
                expected[month] = recounted(session, month)
                table = month_airtime(session, month, now=NOW, tz=TZ)
                found[month] = {
                    one.unit: (one.aired_ms, one.first_run_ms, one.repeat_ms, one.first_runs, one.repeats)
                    for one in table.units
                    if one.aired_ms
                }
            raise Tried
    except Tried:
        pass
    assert found == expected


def test_the_recount_itself_knows_a_simple_case(books: Database) -> None:
    programme = Programme("tt", STARTS[2], [("T-01", 40_000), ("T-03", 20_000)])
    again = Programme("tt", STARTS[3], [("T-01", 40_000)])
    try:
        with books.writing() as session:
            add_programme(session, programme)
            add_programme(session, again)
            record_airings(session, [(row(programme), "1"), (row(again), "2")], by="loa", now=NOW)
            counted = recounted(session, "2026-11")
            raise Tried
    except Tried:
        pass
    assert counted == {"phuong-mot": (80_000, 40_000, 40_000, 1, 1), "xa-bai": (20_000, 20_000, 0, 1, 0)}
