"""Whatever document is handed in: it is taken in or refused in words, never met with another error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.airing import import_airings
from broadcaster.db import Database
from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.articles import import_articles
from broadcaster.intake.station import import_station
from broadcaster.intake.units import import_units
from broadcaster.migrations import migrate
from tests.broadcaster.books import MONDAY, TZ, open_books
from tests.broadcaster.conftest import STATION, TARGETS, UNITS, article

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
TELLING: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, "", " ", "tt", "phuong-mot", "nong-thon-moi", "exemplar", "normal", "collective", "2026-11-02",
        "2026-11-30", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-23:59",
        "2026-11-20T05:00:00+07:00", "2026-11-20T05:00:00", "2026-W47-1", "05:30", "25:99", "05:30:00+07:00", "\ud800",
        "\x00", "../x", "a\nb", "0123456", "cancel", "2026-13", -1, 0, 10**30, 1.5, True, [], {}, ["tt"], ["tt", 3],
        [["tt"]], [{}], {"name": "A"}, {"by": "A", "approved_on": "2026-11-05"},
    ]
)  # fmt: skip
GOOD_ARTICLE = article(1, "Bài một", "phuong-mot", "nong-thon-moi", "Một câu.", columns=["nong-thon-moi"])
AIRING = {
    "event_id": "loa:1",
    "item_id": "tt-20261109-0530-00000000",
    "started_at": "2026-11-09T05:30:00+07:00",
    "played_ms": 1,
    "outcome": "played",
    "player": "loa-tt",
}


def spoiled(good: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A good row with some of its fields replaced or taken out, and some of their fields in turn."""
    fields = st.sampled_from(sorted(good))
    changes = st.dictionaries(fields, TELLING | JSON, max_size=3)
    inner = [field for field, value in good.items() if isinstance(value, dict)]

    def apply(change: dict[str, Any], deep: tuple[str, str, Any] | None) -> dict[str, Any]:
        row = {**good, **change}
        if deep is not None and isinstance(row[deep[0]], dict):
            row[deep[0]] = {**row[deep[0]], deep[1]: deep[2]}
        return row

    names = st.sampled_from(["name", "position", "subject_kind", "endorsed_on", "approved_on", "by", "phone"])
    deep = st.none() | st.tuples(st.sampled_from(inner), names, TELLING) if inner else st.none()
    return st.builds(apply, changes, deep)


def documents(key: str, *good: dict[str, Any]) -> st.SearchStrategy[Any]:
    rows = st.lists(st.one_of([spoiled(one) for one in good]) | JSON, max_size=3)
    return rows.map(lambda listed: {key: listed}) | JSON


class Tried(Exception):
    """The end of a try: nothing of it is kept."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("books")
    database = Database(f"sqlite:///{folder / 'books.sqlite'}")
    migrate(database)
    open_books(database, folder)
    yield database, folder / "bat-ky.json"
    database.close()


def handed_in(books: tuple[Database, Path], document: object, take: Any) -> None:
    database, path = books
    path.write_text(json.dumps(document), encoding="utf-8")

    faults: tuple[Fault, ...] | None = None
    with suppress(Tried), database.writing() as session:
        try:
            take(session, path)
            session.flush()
        except ImportRefused as refused:
            faults = refused.faults
        raise Tried
    assert faults is None or (faults and all(fault.place and fault.message for fault in faults))


QUICK = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@QUICK
@given(document=documents("articles", GOOD_ARTICLE))
def test_any_document_as_articles(books: tuple[Database, Path], document: object) -> None:
    handed_in(books, document, lambda session, path: import_articles(session, path, now=MONDAY, tz=TZ, by="x"))


@QUICK
@given(document=documents("units", dict(UNITS[0], valid_from="2020-01-01", valid_to=None, succeeds=["phuong-hai"])))
def test_any_document_as_units(books: tuple[Database, Path], document: object) -> None:
    handed_in(books, document, lambda session, path: import_units(session, path, now=MONDAY, tz=TZ, by="x"))


@QUICK
@given(document=documents("airings", AIRING))
def test_any_document_as_airings(books: tuple[Database, Path], document: object) -> None:
    handed_in(books, document, lambda session, path: import_airings(session, path, by="x", now=MONDAY))


STATION_PARTS: dict[str, dict[str, Any]] = {
    key: dict(rows[0]) for key, rows in {**STATION, "targets": TARGETS}.items() if isinstance(rows, Sequence)
}


@QUICK
@given(
    document=st.dictionaries(st.sampled_from(sorted(STATION_PARTS)), JSON, max_size=2)
    | st.sampled_from(sorted(STATION_PARTS)).flatmap(lambda key: documents(key, STATION_PARTS[key]))
)
def test_any_document_as_a_station(books: tuple[Database, Path], document: object) -> None:
    handed_in(books, document, lambda session, path: import_station(session, path, now=MONDAY, tz=TZ, by="x"))
