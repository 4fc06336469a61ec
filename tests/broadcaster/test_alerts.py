"""Alerts: each opens once, stands while it is so, is told once outside quiet hours, and is resolved when gone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.alerts import look_after, open_alerts
from broadcaster.alerts.deliveries import Message
from broadcaster.alerts.mail import NotSent
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import Alert, AlertDelivery, Player
from broadcaster.players import Heartbeat, note_heartbeat
from broadcaster.quiet_hours import QuietHours
from tests.broadcaster.aired import Programme, add_programme, report, row
from tests.broadcaster.books import MONDAY, TZ, at, open_books, plan_and_bind, take_in
from tests.broadcaster.conftest import ARTICLES

MORNING = at("2026-11-10T09:00")
PLAYED = Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000)])
NEXT = Programme("tt", at("2026-11-10T09:40"), [("T-02", 60_000)])


class Postbox:
    """A way of telling that can be shut."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.is_shut = False
        self.letters = 0

    def send(self, messages: Sequence[Message], _now: datetime) -> None:
        if self.is_shut:
            raise NotSent("shut")
        self.letters += 1
        self.got += [f"{message.event} {message.kind} {message.subject}" for message in messages]


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    return database


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


def beat(database: Database, now: datetime, *, sent_at: datetime | None = None, holds: tuple[str, ...] = ()) -> None:
    with database.writing() as session:
        player = session.scalars(select(Player).where(Player.code == "loa-tt")).one()
        note_heartbeat(session, player, Heartbeat(sent_at=sent_at or now, holds=holds), now=now)


def look(
    database: Database, settings: Settings, postbox: Postbox, now: datetime, failures: Sequence[str] = ()
) -> list[str]:
    """Looks, and answers what stands."""
    look_after(database, settings, now=now, failures=failures, channels={"post": postbox.send})
    with database.reading() as session:
        return sorted(f"{alert.kind} {alert.subject}" for alert in open_alerts(session, TZ))


def test_a_silent_player_is_told_once_and_once_more_when_it_is_back(
    books: Database, settings: Settings, postbox: Postbox
) -> None:
    beat(books, MORNING)
    assert look(books, settings, postbox, MORNING) == []
    later = MORNING + timedelta(hours=1)
    for minute in range(3):
        assert look(books, settings, postbox, later + timedelta(minutes=minute)) == ["player_silent loa-tt"]
    assert postbox.got == ["opened player_silent loa-tt"]
    beat(books, later + timedelta(minutes=5))
    assert look(books, settings, postbox, later + timedelta(minutes=5)) == []
    assert postbox.got[1:] == ["resolved player_silent loa-tt"]
    # It happens again: a new alert, told anew.
    assert look(books, settings, postbox, later + timedelta(hours=2)) == ["player_silent loa-tt"]
    assert len(postbox.got) == 3


def test_a_player_without_the_next_bulletin_or_with_a_wrong_clock_is_told(
    books: Database, settings: Settings, postbox: Postbox
) -> None:
    with books.writing() as session:
        add_programme(session, NEXT)
    beat(books, MORNING, sent_at=MORNING + timedelta(seconds=90))
    assert look(books, settings, postbox, MORNING) == ["player_behind loa-tt", "player_skewed loa-tt"]
    beat(books, MORNING, holds=(NEXT.code,))
    assert look(books, settings, postbox, MORNING) == []


def test_a_session_of_which_nobody_says_anything_is_told(books: Database, settings: Settings, postbox: Postbox) -> None:
    with books.writing() as session:
        add_programme(session, PLAYED)
    assert look(books, settings, postbox, MORNING) == []
    noon = at("2026-11-10T12:00")
    assert look(books, settings, postbox, noon) == ["session_unreported tt-20261110-0530"]
    # A failure is a report too.
    report(books, [row(PLAYED, outcome="failed", played_ms=0, reason="mất điện")], now=noon)
    assert look(books, settings, postbox, noon + timedelta(hours=1)) == []


def test_a_unit_that_will_miss_its_minimum_is_told_when_a_plan_binds(
    books: Database, settings: Settings, postbox: Postbox
) -> None:
    assert look(books, settings, postbox, MONDAY) == []
    plan_and_bind(books)
    end = at("2026-11-30T23:00")
    standing = look(books, settings, postbox, end)
    assert "unit_short 2026-11/phuong-mot" in standing
    with books.reading() as session:
        words = {alert.subject: alert.words for alert in open_alerts(session, TZ)}
    assert words["2026-11/phuong-mot"].startswith("Phường Một sẽ không đủ thời lượng tháng 11/2026")


def test_a_tick_that_failed_is_told_until_one_succeeds(books: Database, settings: Settings, postbox: Postbox) -> None:
    assert look(books, settings, postbox, MORNING, ["OSError"]) == ["tick_failed tick"]
    assert look(books, settings, postbox, MORNING, ["OSError", "ValueError"]) == ["tick_failed tick"]
    assert look(books, settings, postbox, MORNING) == []
    assert postbox.got == ["opened tick_failed tick", "resolved tick_failed tick"]


def test_what_cannot_be_told_is_tried_again_with_growing_patience(
    books: Database, settings: Settings, postbox: Postbox
) -> None:
    postbox.is_shut = True
    look(books, settings, postbox, MORNING, ["x"])
    waits = []
    now = MORNING
    for _try in range(8):
        with books.reading() as session:
            due_at = session.scalars(select(AlertDelivery.due_at)).one()
        waits.append(round((due_at - now).total_seconds() / 60))
        now = due_at
        look(books, settings, postbox, now, ["x"])
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    postbox.is_shut = False
    look(books, settings, postbox, now + timedelta(hours=1), ["x"])
    assert postbox.got == ["opened tick_failed tick"]


def test_what_is_over_before_anybody_could_be_told_is_not_told(
    books: Database, settings: Settings, postbox: Postbox
) -> None:
    postbox.is_shut = True
    look(books, settings, postbox, MORNING, ["x"])
    postbox.is_shut = False
    assert look(books, settings, postbox, MORNING + timedelta(minutes=10)) == []
    assert postbox.got == []


def test_nobody_is_told_in_quiet_hours_and_everybody_of_everything_after_them(
    books: Database, settings: Settings, postbox: Postbox
) -> None:
    quiet = settings.model_copy(update={"alert_quiet_hours": "21:00-05:00"})
    night = at("2026-11-10T23:00")
    assert look(books, quiet, postbox, night, ["x"]) == ["tick_failed tick"]
    beat(books, night - timedelta(hours=2))
    look(books, quiet, postbox, at("2026-11-11T04:59"), ["x"])
    assert postbox.got == []
    look(books, quiet, postbox, at("2026-11-11T05:00"), ["x"])
    assert sorted(postbox.got) == ["opened player_silent loa-tt", "opened tick_failed tick"]
    assert postbox.letters == 1, "together, in one letter"


@pytest.mark.parametrize(
    ("hours", "moment", "over"),
    [
        ("21:00-05:00", "2026-11-10T20:59", "2026-11-10T20:59"),
        ("21:00-05:00", "2026-11-10T21:00", "2026-11-11T05:00"),
        ("21:00-05:00", "2026-11-11T00:00", "2026-11-11T05:00"),
        ("21:00-05:00", "2026-11-11T05:00", "2026-11-11T05:00"),
        ("12:00-13:30", "2026-11-10T12:00", "2026-11-10T13:30"),
        ("12:00-13:30", "2026-11-10T11:59", "2026-11-10T11:59"),
    ],
)
def test_quiet_hours_end(hours: str, moment: str, over: str) -> None:
    quiet = QuietHours.parse(hours)
    assert quiet is not None
    assert quiet.over_at(at(moment), TZ) == at(over)


@pytest.mark.parametrize("hours", ["21", "21:00", "21:00-21:00", "25:00-05:00", "x-y"])
def test_quiet_hours_that_are_none_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        QuietHours.parse(hours)


def test_no_data_of_a_person_is_in_an_alert(books: Database, settings: Settings, postbox: Postbox) -> None:
    plan_and_bind(books)
    beat(books, MORNING)
    look(books, settings, postbox, at("2026-11-30T23:00"), ["x"])
    with books.reading() as session:
        text = json.dumps([alert.detail for alert in session.scalars(select(Alert))], ensure_ascii=False)
    assert "Kín" not in text
    assert "0900" not in text
