"""The station's own set-up: exceptions from a rule hold, contradictions are refused, keys are shown once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.db import Database
from broadcaster.errors import ImportRefused
from broadcaster.intake.station import import_station
from broadcaster.models import AirtimeTarget, Player, Quota, SlotRule, Unit
from tests.broadcaster.books import MONDAY, TZ, open_books, written


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    return database


def set_up(database: Database, folder: Path, document: object) -> dict[str, str]:
    with database.writing() as session:
        return import_station(session, written(folder, "dai.json", document), now=MONDAY, tz=TZ, by="quan-tri")


SLOT = {"code": "tt-trua", "zone": "tt", "starts_at": "11:30", "length_ms": 300_000}
CAMPAIGN = {"code": "thi-dua", "name": "Thi đua", "starts_on": "2026-01-01", "deadline_on": "2026-12-28"}
TARGET = {"from_month": "2026-11", "unit": "phuong-mot", "min_ms": 1}
EXTRA = {"day": "2026-11-12", "action": "add", "zone": "tt", "starts_at": "11:30", "reason": "Lễ hội"}

REFUSED = [
    pytest.param({"slots": [{**SLOT, "starts_at": "11:30+07:00"}]}, "slots[0].starts_at", id="a clock of another zone"),
    pytest.param({"slots": [{**SLOT, "starts_at": "04:30"}]}, "slots (tt-trua)", id="too early for residents"),
    pytest.param({"slots": [{**SLOT, "length_ms": 3_600_000}]}, "slots (tt-trua)", id="too long a session"),
    pytest.param({"slots": [{**SLOT, "length_ms": 10**30}]}, "slots[0].length_ms", id="a number no database holds"),
    pytest.param({"slots": [{**SLOT, "weekdays": "89"}]}, "slots[0].weekdays", id="an eighth day of the week"),
    pytest.param({"slots": [{**SLOT, "zone": "xa-la"}]}, "slots[0].zone", id="an unknown zone"),
    pytest.param({"slots": [SLOT, SLOT]}, "slots[1].code", id="one slot twice"),
    pytest.param({"zones": [{"code": "b", "name": "B", "gap_ms": -1}]}, "zones[0].gap_ms", id="a negative gap"),
    pytest.param({"columns": [{"code": "moi", "name": "M"}] * 2}, "columns[1].code", id="one column twice"),
    pytest.param({"users": [{"name": "x", "full_name": "X", "role": "vua"}]}, "users[0].role", id="an unknown role"),
    pytest.param(
        {"users": [{"name": "x", "full_name": "X", "role": "endorser"}]}, "users[0].unit", id="a unit's head of no unit"
    ),
    pytest.param(
        {"users": [{"name": "x", "full_name": "X", "role": "endorser", "unit": "nowhere"}]},
        "users[0].unit",
        id="a unit's head of an unknown unit",
    ),
    pytest.param({"users": [{"name": "x", "full_name": "X", "role": "admin"}] * 2}, "users[1].name", id="a user twice"),
    pytest.param({"players": [{"code": "p", "name": "P", "zone": "tt"}] * 2}, "players[1].code", id="one player twice"),
    pytest.param(
        {"exceptions": [{**EXTRA, "starts_at": None}]}, "exceptions[0].starts_at", id="an extra session at no time"
    ),
    pytest.param({"targets": [{**TARGET, "min_ms": 10**30}]}, "targets[0].min_ms", id="a target no database holds"),
    pytest.param(
        {"targets": [{**TARGET, "from_month": "11/2026"}]}, "targets[0].from_month", id="a month in another order"
    ),
    pytest.param({"targets": [{**TARGET, "unit": "xa-la"}]}, "targets[0].unit", id="a target of an unknown unit"),
    pytest.param({"campaign": {**CAMPAIGN, "quotas": [{"min_articles": 1}]}}, "quotas[0].unit", id="a quota of nobody"),
    pytest.param({"zones": {}}, "zones", id="zones that are no list"),
]


@pytest.mark.parametrize(("document", "place"), REFUSED)
def test_a_contradiction_is_refused_with_its_place(
    document: dict[str, object], place: str, books: Database, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused) as refused:
        set_up(books, tmp_path, document)
    assert [fault.place.endswith(place) for fault in refused.value.faults] == [True], refused.value.faults
    with books.reading() as session:
        assert len(session.scalars(select(SlotRule)).all()) == 4


def test_an_exception_from_a_target_may_stand_behind_it_in_one_file(books: Database, tmp_path: Path) -> None:
    wards = {"from_month": "2026-12", "kind": "phuong", "min_ms": 100_000}
    one = {"from_month": "2026-12", "unit": "phuong-hai", "min_ms": 200_000, "min_articles": 2}
    set_up(books, tmp_path, {"targets": [wards, one]})
    set_up(books, tmp_path, {"targets": [wards, one]})
    with books.reading() as session:
        found = session.execute(
            select(Unit.code, AirtimeTarget.min_ms, AirtimeTarget.min_articles)
            .join(Unit, Unit.id == AirtimeTarget.unit_id)
            .where(AirtimeTarget.from_month == "2026-12")
            .order_by(Unit.code)
        ).tuples()
        assert list(found) == [("phuong-hai", 200_000, 2), ("phuong-mot", 100_000, 1)]


def test_an_exception_from_a_quota_may_stand_behind_it_in_one_file(books: Database, tmp_path: Path) -> None:
    quotas = [{"kind": "phuong", "min_articles": 1}, {"unit": "phuong-hai", "min_articles": 3}]
    for _again in range(2):
        set_up(books, tmp_path, {"campaign": {**CAMPAIGN, "quotas": quotas}})
    with books.reading() as session:
        rows = session.execute(select(Unit.code, Quota.min_articles).join(Unit, Unit.id == Quota.unit_id)).tuples()
        assert dict(rows.all()) == {"phuong-mot": 1, "phuong-hai": 3}


def test_a_write_key_is_shown_once_and_kept_as_its_hash(books: Database, tmp_path: Path) -> None:
    player = {"code": "loa-moi", "name": "Loa mới", "zone": "vb"}
    tokens = set_up(books, tmp_path, {"players": [player]})
    assert list(tokens) == ["loa-moi"]
    assert set_up(books, tmp_path, {"players": [player]}) == {}
    with books.reading() as session:
        stored = session.scalars(select(Player).where(Player.code == "loa-moi")).one()
        assert tokens["loa-moi"] not in (stored.token_hash, stored.read_key)
        assert len(stored.read_key) >= 32
