"""Keys of players and programs: shown once, kept as digests, ended at once, and good for nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.airing import Exchange, Result, record_airings
from broadcaster.db import Database
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.integrations import make_token, program_of_token, revoke_token
from broadcaster.models import Airing, AuditEntry, Player, Scope, Technology
from broadcaster.players import (
    Heartbeat,
    Keys,
    add_player,
    all_players,
    note_heartbeat,
    player_of_code,
    player_of_token,
    revoke_player,
    rotate_keys,
)
from broadcaster.tokens import looks_like_token
from tests.broadcaster.aired import Programme, add_programme, row
from tests.broadcaster.books import MONDAY, at, open_books, take_in
from tests.broadcaster.conftest import ARTICLES

MORNING = Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000), ("T-02", 50_000)])
RIVERSIDE = Programme("vb", at("2026-11-10T05:30"), [("T-03", 60_000)])
NIGHT = at("2026-11-10T20:00")


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        add_programme(session, MORNING)
        add_programme(session, RIVERSIDE)
    return database


def added(books: Database, code: str = "loa-cho", zone: str = "tt") -> Keys:
    with books.writing() as session:
        return add_player(
            session, code, name="Cụm loa Chợ", zone_code=zone, technology=Technology.FM, by="quan-tri", now=MONDAY
        )


def whose(books: Database, token: str | None) -> str | None:
    assert token is not None
    with books.reading() as session:
        player = player_of_token(session, token)
        return player.code if player else None


def test_a_token_is_shown_once_and_nowhere_kept(books: Database) -> None:
    keys = added(books)
    assert keys.token is not None
    assert looks_like_token(keys.token)
    assert whose(books, keys.token) == "loa-cho"
    with books.reading() as session:
        player = player_of_code(session, "loa-cho")
        assert keys.token.startswith(player.token_prefix)
        kept = [str(value) for value in vars(player).values()]
        kept += [f"{entry.what} {entry.detail}" for entry in session.scalars(select(AuditEntry))]
    assert [text for text in kept if keys.token[len(player.token_prefix) :] in text] == []
    assert keys.token not in repr(keys)
    assert keys.read_key not in repr(keys)


def test_a_rotated_or_revoked_key_ends_at_once_and_a_revoked_player_comes_back_with_new_ones(books: Database) -> None:
    first = added(books)
    with books.writing() as session:
        second = rotate_keys(session, "loa-cho", read_key=False, token=True, by="quan-tri", now=NIGHT)
    assert second.read_key == first.read_key
    assert [whose(books, keys.token) for keys in (first, second)] == [None, "loa-cho"]
    with books.writing() as session:
        assert revoke_player(session, "loa-cho", by="quan-tri", now=NIGHT)
        assert not revoke_player(session, "loa-cho", by="quan-tri", now=NIGHT)
    assert whose(books, second.token) is None
    with books.writing() as session:
        third = rotate_keys(session, "loa-cho", read_key=False, token=False, by="quan-tri", now=NIGHT)
    assert third.read_key != first.read_key
    assert [whose(books, keys.token) for keys in (first, second, third)] == [None, None, "loa-cho"]


def test_what_is_no_player_and_no_zone_is_refused(books: Database) -> None:
    added(books)
    with pytest.raises(NotAllowed, match="đã có"):
        added(books)
    with pytest.raises(NotFound, match="địa bàn «xx»"):
        added(books, "loa-moi", "xx")
    with books.writing() as session, pytest.raises(NotFound):
        revoke_player(session, "khong-co", by="x", now=NIGHT)
    with books.reading() as session:
        assert "loa-moi" not in [player.code for player in all_players(session)]
    for strange in ("", "bcw_", "ơ", "\udcff", "bcw_" + "A" * 43):
        assert whose(books, strange) is None


def test_a_program_has_its_scopes_and_a_unit_never_approves(books: Database) -> None:
    with books.writing() as session:
        fresh = make_token(session, "cong", [Scope.READ], unit_code="phuong-mot", by="quan-tri", now=MONDAY)
        with pytest.raises(NotAllowed, match="đã có"):
            make_token(session, "cong", [Scope.READ], unit_code=None, by="quan-tri", now=MONDAY)
        with pytest.raises(NotAllowed, match="không được duyệt"):
            make_token(session, "x", [Scope.APPROVE_ARTICLES], unit_code="cong-an", by="quan-tri", now=MONDAY)
        with pytest.raises(NotAllowed, match="ít nhất một quyền"):
            make_token(session, "x", [], unit_code=None, by="quan-tri", now=MONDAY)
        with pytest.raises(NotFound):
            make_token(session, "x", [Scope.READ], unit_code="xa-la", by="quan-tri", now=MONDAY)
    with books.reading() as session:
        program = program_of_token(session, fresh.text)
        assert program is not None
        assert (program.scopes, program.unit and program.unit.code) == (["read"], "phuong-mot")
        assert player_of_token(session, fresh.text) is None
    with books.writing() as session:
        assert revoke_token(session, "cong", by="quan-tri", now=NIGHT)
        assert not revoke_token(session, "cong", by="quan-tri", now=NIGHT)
        assert program_of_token(session, fresh.text) is None
        again = make_token(session, "cong", [Scope.WRITE_ARTICLES], unit_code=None, by="quan-tri", now=NIGHT)
        assert again.text != fresh.text


@pytest.mark.parametrize(
    ("ahead", "noted_ms"),
    [
        (timedelta(0), 0),
        (timedelta(seconds=-4), 0),
        (timedelta(seconds=90), 90_000),
        (timedelta(days=-10_000), -10_000 * 86_400_000),
        (None, None),
    ],
)
def test_a_heartbeat_tells_how_far_the_clock_is_off(
    ahead: timedelta | None, noted_ms: int | None, books: Database
) -> None:
    with books.writing() as session:
        player = player_of_code(session, "loa-tt")
        note_heartbeat(session, player, Heartbeat(sent_at=NIGHT, pulled=True, holds=("a",)), now=NIGHT)
        later = NIGHT + timedelta(minutes=5)
        sent_at = later + ahead if ahead is not None else None
        note_heartbeat(session, player, Heartbeat(sent_at=sent_at, problem="đĩa đầy"), now=later)
    with books.reading() as session:
        status = player_of_code(session, "loa-tt").status
        assert status is not None
        found = (status.heard_at, status.pulled_at, status.skew_ms, status.holds, status.problem)
    assert found == (later, NIGHT, noted_ms, [], "đĩa đầy")


def reported(books: Database, *rows: dict[str, object], code: str = "loa-tt", **exchange: object) -> tuple[Result, ...]:
    with books.writing() as session:
        given = Exchange(player=player_of_code(session, code), **exchange)  # type: ignore[arg-type]  # named by each test
        return record_airings(session, [(one, "dòng") for one in rows], by=code, now=NIGHT, exchange=given)


def stored(books: Database) -> list[Airing]:
    with books.reading() as session:
        return list(session.scalars(select(Airing).order_by(Airing.id)))


def test_with_its_token_a_player_reports_for_itself_and_its_own_zone_alone(books: Database) -> None:
    own = row(MORNING, player=None)
    results = reported(
        books, own, row(MORNING, event_id="b", player="loa-vb"), row(RIVERSIDE, event_id="c", player=None)
    )
    assert [result.status for result in results] == ["recorded", "rejected", "rejected"]
    assert "máy phát khác" in (results[1].reason or "")
    unknown = reported(books, row(RIVERSIDE, event_id="d", player=None, item_id="khong-co"))
    reasons = [(result.reason or "").replace(str(RIVERSIDE.code), "…") for result in (results[2], unknown[0])]
    assert reasons[0] == reasons[1].replace("khong-co", "…"), "a foreign bulletin and none at all look alike"
    with books.reading() as session:
        assert [airing.player_id for airing in stored(books)] == [player_of_code(session, "loa-tt").id]


def test_two_players_may_count_their_events_alike_and_neither_loses_a_play(books: Database) -> None:
    one = row(MORNING, event_id="1", player=None)
    other = row(RIVERSIDE, event_id="1", player=None)
    assert [result.status for result in reported(books, one)] == ["recorded"]
    assert [result.status for result in reported(books, other, code="loa-vb")] == ["recorded"]
    assert [result.status for result in reported(books, one)] == ["duplicate"]
    assert len(stored(books)) == 2


def test_late_reports_are_taken_up_to_the_setting_and_repeated_ones_answered_for_ever(books: Database) -> None:
    old = row(MORNING, event_id="old", player=None)
    assert [one.status for one in reported(books, old, accepted_days=1)] == ["recorded"]
    with books.writing() as session:
        given = Exchange(player=player_of_code(session, "loa-tt"), accepted_days=3)
        later = NIGHT + timedelta(days=4)
        rows = [(old, "dòng"), (row(MORNING, event_id="new", player=None), "dòng")]
        results = record_airings(session, rows, by="loa-tt", now=later, exchange=given)
    assert [result.status for result in results] == ["duplicate", "rejected"]
    assert "trong 3 ngày" in (results[1].reason or "")


HOUR = timedelta(hours=1)
PLAYED_AGO_MS = round((NIGHT - MORNING.starts_at).total_seconds() * 1000)


@pytest.mark.parametrize(
    ("device_ahead", "sent_ahead", "age_ms", "skew_ms"),
    [
        pytest.param(timedelta(0), timedelta(0), None, 0, id="a right clock"),
        pytest.param(timedelta(seconds=3), timedelta(seconds=3), None, 0, id="as far off as a slow line explains"),
        pytest.param(HOUR, HOUR, None, 3_600_000, id="an hour ahead"),
        pytest.param(-HOUR, -HOUR, PLAYED_AGO_MS, -3_600_000, id="an hour behind"),
        pytest.param(timedelta(days=-10_000), timedelta(0), PLAYED_AGO_MS, -10_000 * 86_400_000, id="set right since"),
        pytest.param(HOUR, None, PLAYED_AGO_MS, 3_600_000, id="only the age is known"),
    ],
)
def test_a_wrong_clock_is_corrected_from_the_exchange_and_recorded(
    device_ahead: timedelta, sent_ahead: timedelta | None, age_ms: int | None, skew_ms: int, books: Database
) -> None:
    said = (MORNING.starts_at + device_ahead).isoformat()
    one = row(MORNING, player=None, started_at=said, age_ms=age_ms)
    sent_at = NIGHT + sent_ahead if sent_ahead is not None else None
    assert [result.status for result in reported(books, one, sent_at=sent_at)] == ["recorded"]
    (airing,) = stored(books)
    assert (airing.started_at - MORNING.starts_at, airing.skew_ms) == (
        device_ahead if skew_ms == 0 else timedelta(0),
        skew_ms,
    )


def test_old_players_without_a_prefix_go_on_with_their_tokens(books: Database) -> None:
    keys = added(books)
    with books.writing() as session:
        session.scalars(select(Player).where(Player.code == "loa-cho")).one().token_prefix = ""
    assert whose(books, keys.token) == "loa-cho"
