"""The days ahead as people read them: what airs, what does not, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from scheduler.slots.instants import days_between
from scheduler.slots.lunar import lunar_words
from scheduler.slots.station_calendar import StationCalendar
from scheduler.slots.values import MissingDay, Occurrence, Schedule
from scheduler.slots.wording import day_words


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """One day of the preview.

    Attributes:
        date: The day.
        title: "thứ Hai 27/4/2026".
        lunar: "11/3 âm lịch".
        holiday: Name of the public holiday, if it is one.
        key_dates: Names of the key dates.
        occurrences: Sessions in order of time.
        missing: Sessions that the calendar or an exception took away.
        why_silent: One Vietnamese sentence when nothing airs at all, else None.
    """

    date: date
    title: str
    lunar: str
    holiday: str | None
    key_dates: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]
    missing: tuple[MissingDay, ...]
    why_silent: str | None


def preview(
    schedule: Schedule, calendar: StationCalendar, first: date, last: date, zone: str | None = None
) -> tuple[PreviewDay, ...]:
    """Every day from `first` to `last`, both included, of one zone or (None) of all. The schedule must cover them."""
    sessions: dict[date, list[Occurrence]] = defaultdict(list)
    for session in schedule.occurrences:
        if zone in (None, session.zone):
            sessions[session.starts_at.date()].append(session)
    gaps: dict[date, list[MissingDay]] = defaultdict(list)
    for gap in schedule.missing:
        if zone in (None, gap.zone):
            gaps[gap.date].append(gap)
    days = days_between(first, last)
    return tuple(_day(calendar, day, tuple(sessions.get(day, ())), tuple(gaps.get(day, ()))) for day in days)


def _day(
    calendar: StationCalendar, day: date, sessions: tuple[Occurrence, ...], missing: tuple[MissingDay, ...]
) -> PreviewDay:
    return PreviewDay(
        date=day,
        title=day_words(day),
        lunar=lunar_words(day),
        holiday=calendar.holiday_name(day),
        key_dates=calendar.key_date_names(day),
        occurrences=sessions,
        missing=missing,
        why_silent=None if sessions else _why_silent(calendar, day, missing),
    )


def _why_silent(calendar: StationCalendar, day: date, missing: tuple[MissingDay, ...]) -> str:
    if missing:
        return "; ".join(dict.fromkeys(gap.reason for gap in missing))
    off = calendar.day_off(day)
    if off:
        return off.reason
    if not calendar.is_working_day(day):
        return "Cuối tuần, không có buổi phát."
    return "Không có lịch phát nào vào ngày này."
