"""The week's schedule is what the binding plans say, session by session, and why where nothing is on the air."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from broadcaster.errors import NotFound
from broadcaster.language import speaking
from broadcaster.models import BroadcastSession, Placement, Plan, PlanState
from broadcaster.reports.paper import Office
from broadcaster.reports.printing import to_pdf
from broadcaster.reports.schedule_paper import schedule_paper
from broadcaster.reports.weekly_schedule import (
    BadWeek,
    WeekSchedule,
    monday_of_week,
    schedule_rows,
    schedule_to_json,
    week_of_day,
    week_schedule,
)
from tests.broadcaster.books import TZ, at
from tests.broadcaster.conftest import Town
from tests.broadcaster.reports.months import DATED
from tests.broadcaster.reports.printed import crossed, packed, pages_of, whole_text

WEEK = "2026-W46"


def week_of(town: Town, zone: str | None = None) -> WeekSchedule:
    with town.database.reading() as session:
        return week_schedule(session, WEEK, tz=TZ, zone=zone)


def test_every_placement_of_the_week_stands_in_its_session_in_its_order(small_town: Town) -> None:
    found = week_of(small_town)
    placed = {
        (one.zone, one.starts_at.isoformat()): [(item.position, item.article, item.length_ms) for item in one.items]
        for one in found.sessions
    }
    with small_town.database.reading() as session:
        query = (
            select(Placement)
            .join(Plan)
            .join(BroadcastSession)
            .where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
            .order_by(Placement.position)
        )
        expected: dict[tuple[str, str], list[tuple[int, str, int]]] = {key: [] for key in placed}
        for row in session.scalars(query):
            key = (row.session.zone.code, row.session.starts_at.astimezone(TZ).isoformat())
            if key in expected and row.session.is_open:
                expected[key].append((row.position, row.article.ref, row.length_ms))
    assert placed == expected
    assert sum(map(len, placed.values())) > 10


def test_a_week_begins_on_monday_and_ends_on_sunday_in_station_time(small_town: Town) -> None:
    days = {one.starts_at.date().isoformat() for one in week_of(small_town).sessions}
    assert min(days) >= "2026-11-09"
    assert max(days) <= "2026-11-15"


def test_the_printed_week_says_every_item_of_the_json(small_town: Town) -> None:
    found = week_of(small_town)
    with speaking("vi"):
        pdf = to_pdf(schedule_paper(found, Office("Đài Thử"), dated=DATED))
    text = whole_text(pdf)
    for row in schedule_rows(found):
        if row["article"] is not None:
            minutes, seconds = divmod(int((int(str(row["length_ms"])) + 500) / 1000), 60)
            run = "PM" if row["first_run"] else "PL"
            assert packed(f"{row['title']}{row['unit_name']}{row['article']}{run}") in text
            assert f"{minutes}:{seconds:02}" in text
    assert [letter for page in pages_of(pdf) for letter in crossed(page)] == []


def test_one_zone_can_be_printed_alone(small_town: Town) -> None:
    assert {one.zone for one in week_of(small_town, "vb").sessions} == {"vb"}
    with pytest.raises(NotFound, match="«xx»"):
        week_of(small_town, "xx")


def test_a_session_that_was_called_off_says_why(small_town: Town) -> None:
    with small_town.database.writing() as session:
        row = session.scalars(
            select(BroadcastSession).where(BroadcastSession.starts_at == at("2026-11-13T17:00"))
        ).all()[0]
        row.cancelled_why = "Mất điện cả khu"
    found = week_of(small_town)
    with speaking("vi"):
        text = whole_text(to_pdf(schedule_paper(found, Office("Đài Thử"), dated=DATED)))
    assert packed("Không phát: Mất điện cả khu") in text
    sessions = schedule_to_json(found)["sessions"]
    assert isinstance(sessions, list)
    assert [one["items"] for one in sessions if one["cancelled_why"]] == [()]


def test_a_week_costs_the_same_few_queries_however_much_is_planned(small_town: Town) -> None:
    asked: list[str] = []
    engine = small_town.database.engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(str(arguments[2])))
    week_of(small_town)
    assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) == 2


@pytest.mark.parametrize(
    ("week", "monday"), [("2026-W01", "2025-12-29"), ("2026-W48", "2026-11-23"), ("2026-W53", "2026-12-28")]
)
def test_weeks_are_those_of_the_iso_calendar(week: str, monday: str) -> None:
    assert monday_of_week(week).isoformat() == monday
    assert week_of_day(monday_of_week(week)) == week


@pytest.mark.parametrize(
    "week", ["", "2026-48", "2026-W54", "2026-W00", "2025-W53", "26-W48", "2026-W4", "W48", "xxxx-W48"]
)
def test_what_is_no_week_is_refused_in_words(week: str) -> None:
    with pytest.raises(BadWeek, match="không phải tuần"):
        monday_of_week(week)
