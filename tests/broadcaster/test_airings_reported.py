"""As-run reports: each row gets its answer, the same event counts once, a bad row harms no other."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.airing import import_airings
from broadcaster.db import Database
from broadcaster.errors import ImportRefused
from broadcaster.models import Airing, Bulletin
from tests.broadcaster.aired import HEAD_MS, Programme, add_programme, report, row
from tests.broadcaster.books import at, open_books, take_in
from tests.broadcaster.conftest import ARTICLES

MORNING = Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000), ("T-02", 50_000)])
EVENING = Programme("tt", at("2026-11-10T17:00"), [("T-02", 50_000)])
NIGHT = at("2026-11-10T20:00")


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        add_programme(session, MORNING)
        add_programme(session, EVENING)
    return database


def stored(database: Database) -> list[Airing]:
    with database.reading() as session:
        return list(session.scalars(select(Airing).order_by(Airing.event_id)))


def statuses(database: Database, rows: list[dict[str, object]]) -> list[str]:
    return [result.status for result in report(database, rows, now=NIGHT)]


def test_the_same_event_counts_once_however_often_it_is_sent(books: Database) -> None:
    assert statuses(books, [row(MORNING), row(MORNING)]) == ["recorded", "duplicate"]
    # Not even with other figures: the first word of a reporter stands.
    assert statuses(books, [row(MORNING, played_ms=1, outcome="partial")]) == ["duplicate"]
    assert [(airing.played_ms, airing.outcome) for airing in stored(books)] == [(MORNING.length_ms, "played")]


REJECTED = [
    ({"event_id": None}, "event_id"),
    ({"event_id": "x" * 201}, "event_id"),
    ({"item_id": None}, "item_id"),
    ({"item_id": "tt-20261110-0530-ffffffff"}, "item_id"),
    ({"item_id": "%"}, "item_id"),
    ({"started_at": None}, "started_at"),
    ({"started_at": "2026-11-10T05:30:00"}, "started_at"),
    ({"started_at": (NIGHT + timedelta(minutes=11)).isoformat()}, "started_at"),
    ({"played_ms": None}, "played_ms"),
    ({"played_ms": -1}, "played_ms"),
    ({"played_ms": "lâu"}, "played_ms"),
    ({"played_ms": 1.5}, "played_ms"),
    ({"played_ms": True}, "played_ms"),
    ({"played_ms": 10**30}, "played_ms"),
    ({"played_ms": MORNING.length_ms + 2_000}, "played_ms"),
    ({"outcome": "great"}, "outcome"),
    ({"outcome": None}, "outcome"),
    ({"player": "loa-la"}, "player"),
]


@pytest.mark.parametrize(("change", "field"), REJECTED)
def test_a_bad_row_is_rejected_with_its_reason_and_harms_no_other(
    change: dict[str, object], field: str, books: Database
) -> None:
    bad = row(MORNING, **change)
    results = report(books, [row(EVENING), bad, row(MORNING, event_id="good")], now=NIGHT)
    assert [result.status for result in results] == ["recorded", "rejected", "recorded"]
    assert f"dòng 1.{field}" in (results[1].reason or "")
    assert [airing.event_id for airing in stored(books)] == ["good", row(EVENING)["event_id"]]


def test_a_failed_airing_was_heard_for_no_time_whatever_it_says(books: Database) -> None:
    assert statuses(books, [row(MORNING, outcome="failed", reason="mất điện")]) == ["recorded"]
    assert [(one.played_ms, one.reason) for one in stored(books)] == [(0, "mất điện")]


def test_a_row_may_name_the_session_and_means_the_version_that_stood_then(books: Database) -> None:
    with books.writing() as session:
        old = session.scalars(select(Bulletin).where(Bulletin.code == MORNING.code)).one()
        old.superseded_at = MORNING.starts_at - timedelta(hours=1)
        session.flush()
        newer = Bulletin(
            session_id=old.session_id,
            code=old.code[:-8] + "11111111",
            composition="x",
            sha256="1" * 64,
            size_bytes=1,
            length_ms=MORNING.length_ms,
            made_at=MORNING.starts_at - timedelta(hours=1),
            synthetic=True,
            spoken_by=[],
            notes=[],
        )
        session.add(newer)
        session.flush()
        old_id, newer_id = old.id, newer.id
    name = MORNING.code.rpartition("-")[0]
    before = (MORNING.starts_at - timedelta(hours=2)).isoformat()
    rows = [row(MORNING, item_id=name), row(MORNING, item_id=name, event_id="early", started_at=before)]
    assert statuses(books, rows) == ["recorded", "recorded"]
    found = {airing.event_id: airing.bulletin_id for airing in stored(books)}
    assert found == {"early": old_id, row(MORNING)["event_id"]: newer_id}
    assert statuses(books, [row(MORNING, item_id=name[:-1], event_id="short")]) == ["rejected"]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_is_read_with_either_delimiter(delimiter: str, books: Database, tmp_path: Path) -> None:
    rows = [row(MORNING), row(EVENING, played_ms=HEAD_MS, outcome="partial", reason="mưa; dông, ngắt loa")]
    bad = row(EVENING, event_id="bad", item_id="xa-la")
    sheet = io.StringIO()
    fields = ["event_id", "item_id", "started_at", "played_ms", "outcome", "reason", "player", "note"]
    writer = csv.DictWriter(sheet, fields, delimiter=delimiter)
    writer.writeheader()
    writer.writerows([*rows, bad])
    path = tmp_path / "phat.CSV"
    path.write_bytes(b"\xef\xbb\xbf" + sheet.getvalue().encode())
    with books.writing() as session:
        results = import_airings(session, path, by="truc-loa", now=NIGHT)
    assert [result.status for result in results] == ["recorded", "recorded", "rejected"]
    assert "phat.CSV: dòng 4" in (results[2].reason or "")
    assert sorted(one.reason or "" for one in stored(books)) == ["", "mưa; dông, ngắt loa"]


def test_a_file_of_rows_is_taken_row_by_row(books: Database, tmp_path: Path) -> None:
    path = tmp_path / "phat.json"
    path.write_text(json.dumps({"airings": [row(MORNING), 7, row(EVENING)]}), encoding="utf-8")
    with books.writing() as session:
        results = import_airings(session, path, by="truc-loa", now=NIGHT)
    assert [result.status for result in results] == ["recorded", "rejected", "recorded"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("phat.csv", b"event_id,item_id\na,b\n", "thiếu cột: started_at, played_ms, outcome"),
        ("phat.csv", b"", "thiếu cột"),
        ("phat.csv", b"\xff\xfe", "không phải UTF-8"),
        ("phat.json", b"{}", "thiếu danh sách"),
        ("phat.json", b"[", "không phải JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    name: str, content: bytes, words: str, books: Database, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=words), books.writing() as session:
        import_airings(session, path, by="truc-loa", now=NIGHT)
    with pytest.raises(ImportRefused, match="không mở được"), books.writing() as session:
        import_airings(session, tmp_path / f"mat-{name}", by="truc-loa", now=NIGHT)
    assert stored(books) == []
