"""An urgent article reaches every player of its zones at once and counts as heard; a drill counts nowhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from broadcaster import tasks
from broadcaster.airing import Exchange, Result, record_airings
from broadcaster.airtime import month_airtime
from broadcaster.approvals import withdraw
from broadcaster.cli import cli
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.interrupts import end_interrupt, send_interrupt
from broadcaster.models import Airing, Article, AuditEntry, BroadcastSession, Bulletin, DrillReport, Interrupt, Priority
from broadcaster.players import player_of_code
from broadcaster.publishing import publish
from feeds.checks import check_published
from tests.broadcaster.conftest import MONTH, Town

SOON = timedelta(minutes=20)


@pytest.fixture
def town(small_town: Town) -> Town:
    """The town with an urgent article of unit xa-bai."""
    with small_town.database.writing() as session:
        session.scalars(select(Article).where(Article.ref == "T-04")).one().priority = Priority.URGENT
    return small_town


def sent(town: Town, ref: str = "T-04", *zones: str, drill: bool = False, expires_in: timedelta = SOON) -> list[str]:
    codes = send_interrupt(
        town.database,
        town.settings,
        town.voice,
        ref,
        zone_codes=zones,
        drill=drill,
        expires_in=expires_in,
        by="bien-tap",
        now=town.now,
    )
    publish(town.database, town.settings, town.voice, now=town.now)
    return list(codes)


def manifest_of(town: Town, code: str) -> Mapping[str, Any]:
    with town.database.reading() as session:
        key = player_of_code(session, code).read_key
    path = f"players/{key}/manifest.json"
    content = (town.settings.public_folder / path).read_bytes()
    assert check_published(path, content) == []
    document: Mapping[str, Any] = json.loads(content)
    return document


def reported(town: Town, code: str, item_id: str, played_ms: int, **changes: object) -> Result:
    row = {
        "event_id": f"e-{item_id}",
        "item_id": item_id,
        "started_at": town.now.isoformat(),
        "played_ms": played_ms,
        "outcome": "played",
        **changes,
    }
    with town.database.writing() as session:
        given = Exchange(player=player_of_code(session, code))
        (result,) = record_airings(session, [(row, "dòng")], by=code, now=town.now + SOON, exchange=given)
    return result


def aired_ms(town: Town, unit: str) -> int:
    with town.database.reading() as session:
        table = month_airtime(session, MONTH, now=town.now, tz=town.settings.zone_info)
    return next(row.aired_ms for row in table.units if row.unit == unit)


def test_it_is_in_the_manifest_of_its_zones_players_and_of_no_others(town: Town) -> None:
    (code,) = sent(town, "T-04", "vb")
    (row,) = manifest_of(town, "loa-vb")["interrupts"]
    assert (row["id"], row["play"], "drill" in row) == (code, "now", False)
    sound = town.settings.public_folder / row["path"]
    assert sound.stat().st_size == row["bytes"]
    assert row["length_ms"] > 0
    assert manifest_of(town, "loa-tt")["interrupts"] == []
    listed = [item["id"] for item in manifest_of(town, "loa-vb")["items"]]
    assert code not in listed, "it is played at once, not at a time"
    for feed in (town.settings.public_folder / "feeds").rglob("*.xml"):
        assert code not in feed.read_text("utf-8")


def test_without_zones_it_goes_to_the_articles_own_or_to_all(town: Town) -> None:
    assert [code.split("-")[0] for code in sent(town)] == ["tt", "vb"]


def test_it_leaves_the_manifest_when_it_expires_is_called_off_or_is_withdrawn(town: Town) -> None:
    tt, _vb = sent(town)
    path = manifest_of(town, "loa-tt")["interrupts"][0]["path"]
    with town.database.writing() as session:
        assert end_interrupt(session, tt, by="bien-tap", now=town.now)
        assert not end_interrupt(session, tt, by="bien-tap", now=town.now)
        with pytest.raises(NotFound):
            end_interrupt(session, "khong-co", by="bien-tap", now=town.now)
    publish(town.database, town.settings, town.voice, now=town.now)
    assert manifest_of(town, "loa-tt")["interrupts"] == []
    assert not (town.settings.public_folder / path).exists()
    assert manifest_of(town, "loa-vb")["interrupts"] != []
    publish(town.database, town.settings, town.voice, now=town.now + SOON)
    assert manifest_of(town, "loa-vb")["interrupts"] == []
    publish(town.database, town.settings, town.voice, now=town.now)
    with town.database.writing() as session:
        withdraw(session, "T-04", why="nhầm", by="bien-tap", now=town.now)
    publish(town.database, town.settings, town.voice, now=town.now)
    assert manifest_of(town, "loa-vb")["interrupts"] == []


def test_what_was_heard_of_it_is_its_units_airtime_and_the_cut_programme_loses_what_it_took(town: Town) -> None:
    before_ms = aired_ms(town, "xa-bai")
    (code,) = sent(town, "T-04", "vb")
    with town.database.reading() as session:
        interrupt = session.scalars(select(Interrupt)).one()
        item_ms = session.scalars(select(Bulletin).where(Bulletin.code == code)).one().items[2].length_ms
        query = select(Bulletin).where(Bulletin.code.startswith("vb-20261110-0530"), Bulletin.superseded_at.is_(None))
        regular = session.scalars(query).one()
    assert reported(town, "loa-vb", code, interrupt.length_ms).status == "recorded"
    assert aired_ms(town, "xa-bai") == before_ms + item_ms
    cut = {"started_at": "2026-11-10T05:30:00+07:00", "outcome": "partial", "interrupted_by": code}
    assert reported(town, "loa-vb", regular.code, 12_000, **cut).status == "recorded"
    with town.database.reading() as session:
        airing = session.scalars(select(Airing).where(Airing.interrupted_by == code)).one()
        assert airing.truncated_ms == regular.length_ms - 12_000


def test_a_drill_is_marked_as_one_and_counted_nowhere(town: Town) -> None:
    def books() -> tuple[object, ...]:
        with town.database.reading() as session:
            counts = [session.scalar(select(func.count(table.id))) for table in (Airing, Bulletin, BroadcastSession)]
            table = month_airtime(session, MONTH, now=town.now, tz=town.settings.zone_info)
        return *counts, table

    before = books()
    (code,) = sent(town, "T-01", "tt", drill=True)
    (row,) = manifest_of(town, "loa-tt")["interrupts"]
    assert row["drill"] is True
    assert code.endswith("-drill")
    assert "DIỄN TẬP".encode("utf-16-le") in (town.settings.public_folder / row["path"]).read_bytes()
    assert reported(town, "loa-tt", code, row["length_ms"]).status == "recorded"
    assert reported(town, "loa-tt", code, row["length_ms"]).status == "duplicate"
    assert reported(town, "loa-vb", code, row["length_ms"]).status == "rejected", "another zone's drill is not there"
    assert books() == before
    with town.database.reading() as session:
        assert session.scalars(select(DrillReport)).one().played_ms == row["length_ms"]
        acts = [entry.act for entry in session.scalars(select(AuditEntry))]
    assert "interrupts.drill" in acts


def test_the_clock_goes_on_around_an_interrupt_without_touching_it(town: Town) -> None:
    (code,) = sent(town, "T-04", "vb")
    for minutes in (0, 1, 60 * 24):
        moment = town.now + timedelta(minutes=minutes)
        done = tasks.tick(town.database, town.settings, town.voice, now=moment)
        assert code not in done.rendered.bulletins
        assert not done.rendered.failures
    with town.database.reading() as session:
        assert session.scalars(select(Bulletin).where(Bulletin.code == code)).one().superseded_at is None
        assert session.scalars(select(BroadcastSession).where(BroadcastSession.rule_code == "!interrupt")).one().is_open


@pytest.mark.parametrize(
    ("ref", "zones", "drill", "expires_in", "failure", "words"),
    [
        ("T-01", ("tt",), False, SOON, NotAllowed, "khẩn cấp"),
        ("T-09", ("tt",), True, SOON, NotAllowed, "chưa được duyệt"),
        ("T-12", ("tt",), True, SOON, NotAllowed, "đã rút"),
        ("T-04", ("xx",), False, SOON, NotFound, "địa bàn"),
        ("T-99", (), False, SOON, NotFound, "T-99"),
        ("T-04", (), False, timedelta(0), NotAllowed, "hiệu lực"),
        ("T-04", (), False, timedelta(days=2), NotAllowed, "hiệu lực"),
    ],
)
def test_what_may_not_interrupt_does_not(
    ref: str,
    zones: tuple[str, ...],
    drill: bool,
    expires_in: timedelta,
    failure: type[Exception],
    words: str,
    town: Town,
) -> None:
    with pytest.raises(failure, match=words):
        sent(town, ref, *zones, drill=drill, expires_in=expires_in)
    with town.database.reading() as session:
        assert session.scalar(select(func.count(Interrupt.id))) == 0


def test_the_commands_send_list_and_call_off(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DATA", town.settings.data), ("TTS", "monotone"), ("STATION", town.settings.station)):
        monkeypatch.setenv(f"BROADCASTER_{name}", str(value))

    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, [*words, "--json", "--now", town.now.isoformat()], standalone_mode=False)
        assert done.exception is None, done.output
        return json.loads(done.output)

    codes = run("interrupts", "send", "T-04", "--zones", "tt,vb", "--expires-in", "5")["codes"]
    assert len(codes) == 2
    assert run("interrupts", "end", codes[0]) == {"code": codes[0], "ended": True}
    rows = {row["code"]: row["on"] for row in run("interrupts", "list")["interrupts"]}
    assert rows == {codes[0]: False, codes[1]: True}
    assert run("players", "list")["players"][0]["code"] == "loa-tt"
