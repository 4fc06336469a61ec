"""Two years of slots against tables written by hand from the decisions and the law (docs/slots.md says how)."""

from datetime import date, time
from pathlib import Path

import pytest

from scheduler.slots import DECIDED_SWAP_DAYS, Schedule, StationCalendar, WeeklyRule, occurrences

WORKING_WEEK = frozenset(range(5))


def table(year: int, kind: str) -> list[list[str]]:
    text = (Path(__file__).parent / "golden" / f"{year}.txt").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    return [[cell.strip() for cell in row.split(" ", 1)[1].split("|")] for row in rows if row.startswith(kind + " ")]


def year_of_slots(year: int) -> Schedule:
    evening = WeeklyRule("chieu", "noi-thi", WORKING_WEEK, time(17, 0), 1_800_000, date(year, 1, 1))
    morning = WeeklyRule("sang", "noi-thi", WORKING_WEEK, time(5, 30), 1_800_000, date(year, 1, 1), repeats="chieu")
    calendar = StationCalendar(swap_days=DECIDED_SWAP_DAYS)
    return occurrences([evening, morning], [], calendar, date(year, 1, 1), date(year, 12, 31))


def days_of(words: str) -> list[int]:
    days: list[int] = []
    for word in words.split():
        first, _, last = word.partition("-")
        days.extend(range(int(first), int(last or first) + 1))
    return days


@pytest.fixture(scope="module", params=[2026, 2027])
def year(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def schedule(year: int) -> Schedule:
    return year_of_slots(year)


def test_both_sessions_air_on_exactly_the_days_of_the_table(year: int, schedule: Schedule) -> None:
    for month, days, count in table(year, "phat"):
        for rule in ("sang", "chieu"):
            aired = [
                session.starts_at.day
                for session in schedule.occurrences
                if session.rule == rule and session.starts_at.month == int(month)
            ]
            assert aired == days_of(days), (month, rule)
            assert len(aired) == int(count), (month, rule)


def test_every_day_off_bears_the_reason_of_the_table(year: int, schedule: Schedule) -> None:
    for rule in ("sang", "chieu"):
        found = [[gap.date.strftime("%m-%d"), gap.code, gap.reason] for gap in schedule.missing if gap.rule == rule]
        assert found == table(year, "nghi")


def test_mornings_repeat_the_evening_of_the_table_or_else_the_day_before(year: int, schedule: Schedule) -> None:
    found = {
        f"{session.starts_at:%m-%d}": f"{session.repeats_starts_at:%m-%d}" if session.repeats_starts_at else "-"
        for session in schedule.occurrences
        if session.rule == "sang"
        and (
            session.repeats_starts_at is None or (session.starts_at.date() - session.repeats_starts_at.date()).days != 1
        )
    }
    assert found == dict(table(year, "lai"))


def test_months_of_five_fridays_air_on_the_fridays_of_the_table(year: int, schedule: Schedule) -> None:
    listed = {int(month): days_of(days) for month, days in table(year, "sau")}
    fridays = [date.fromordinal(day) for day in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)]
    fridays = [day for day in fridays if day.weekday() == 4]
    months = {month for month in range(1, 13) if sum(day.month == month for day in fridays) == 5}
    assert months == listed.keys()
    for month, days in listed.items():
        assert [day.day for day in fridays if day.month == month and schedule.on_day(day)] == days


def test_the_year_adds_up(year: int, schedule: Schedule) -> None:
    ((days, sessions, days_off),) = table(year, "tong")
    assert len({session.starts_at.date() for session in schedule.occurrences}) == int(days)
    assert len(schedule.occurrences) == int(sessions)
    assert len({gap.date for gap in schedule.missing}) == int(days_off)
    assert sum(int(count) for _, _, count in table(year, "phat")) == int(days)
    assert len(table(year, "nghi")) == int(days_off)
