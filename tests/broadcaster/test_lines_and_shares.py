"""Months cut finer: by zone and channel, and along the line of units that succeeded one another."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.airtime import month_airtime
from broadcaster.breakdown import Share, month_breakdown
from broadcaster.db import Database
from broadcaster.errors import NotFound
from broadcaster.intake.units import import_units
from broadcaster.succession import line_airtime, line_of
from tests.broadcaster.aired import Programme, add_programme, report, row
from tests.broadcaster.books import MONDAY, MONTH, TZ, at, open_books, take_in, written
from tests.broadcaster.conftest import ARTICLES

LATER = at("2026-11-20T12:00")
PROGRAMMES = [
    Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000), ("T-02", 50_000)]),
    Programme("tt", at("2026-11-11T05:30"), [("T-01", 60_000)]),
    Programme("vb", at("2026-11-11T17:00"), [("T-01", 60_000)]),
]
#: mot and hai merge to moi, which is split again.
UNITS = [
    {"code": "phuong-moi", "name": "Phường Mới", "kind": "phuong", "succeeds": ["phuong-mot", "phuong-hai"]},
    {"code": "phuong-tren", "name": "Phường Trên", "kind": "phuong", "succeeds": ["phuong-moi"]},
    {"code": "phuong-duoi", "name": "Phường Dưới", "kind": "phuong", "succeeds": ["phuong-moi"]},
]


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        import_units(session, written(tmp_path, "u.json", {"units": UNITS}), now=MONDAY, tz=TZ, by="x")
        for programme in PROGRAMMES:
            add_programme(session, programme)
    report(database, [row(programme) for programme in PROGRAMMES], now=LATER)
    return database


def test_a_month_by_zone_channel_and_run(books: Database) -> None:
    with books.reading() as session:
        shares = month_breakdown(session, MONTH, tz=TZ)
    assert shares == (
        Share("phuong-hai", "loudspeakers", "tt", True, 1, 50_000, 50_000),
        Share("phuong-mot", "loudspeakers", "tt", True, 1, 60_000, 60_000),
        Share("phuong-mot", "loudspeakers", "tt", False, 1, 60_000, 60_000),
        Share("phuong-mot", "loudspeakers", "vb", True, 1, 60_000, 60_000),
    )


@pytest.mark.parametrize(
    ("unit", "line", "aired_ms"),
    [
        ("phuong-mot", ["duoi", "moi", "mot", "tren"], 180_000),
        ("phuong-moi", ["duoi", "hai", "moi", "mot", "tren"], 230_000),
        ("phuong-tren", ["hai", "moi", "mot", "tren"], 230_000),
    ],
)
def test_a_line_is_summed_backwards_and_forwards_not_sideways(
    unit: str, line: list[str], aired_ms: int, books: Database
) -> None:
    with books.reading() as session:
        codes = line_of(session, unit)
        found = line_airtime(month_airtime(session, MONTH, now=LATER, tz=TZ), codes)
    assert codes == tuple(f"phuong-{name}" for name in line)
    assert found.aired_ms == aired_ms


def test_a_unit_that_nobody_knows_has_no_line(books: Database) -> None:
    with books.reading() as session, pytest.raises(NotFound, match="phuong-la"):
        line_of(session, "phuong-la")
