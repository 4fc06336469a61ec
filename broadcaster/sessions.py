"""Materialises the sessions of the weekly rules, so that plans, bulletins and reports have rows to point to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.models import BroadcastSession, CalendarDay, DayKind, SlotException, SlotRule, Zone
from broadcaster.months import day_start
from scheduler import slots

#: Sessions stand in the books so many days ahead.
AHEAD_DAYS = 62


@dataclass(frozen=True, slots=True)
class Materialised:
    """How many sessions were added, and how many were called off."""

    added: int
    cancelled: int


def station_calendar(session: Session, tz: ZoneInfo) -> slots.StationCalendar:
    """The days of the station: swaps decided for offices of the State, and what was decided by hand, which outranks."""
    decided = session.scalars(select(CalendarDay).order_by(CalendarDay.day)).all()
    own = {row.day for row in decided}
    by_hand = [
        slots.SwapDay(row.day, row.worked_on, row.reason)
        for row in decided
        if row.kind == DayKind.SWAP and row.worked_on is not None
    ]
    return slots.StationCalendar(
        tz=tz,
        swap_days=(*by_hand, *(swap for swap in slots.DECIDED_SWAP_DAYS if swap.off not in own)),
        own_days_off={row.day: row.reason for row in decided if row.kind == DayKind.OFF},
        own_working_days={row.day: row.reason for row in decided if row.kind == DayKind.WORKING},
    )


def weekly_rules(session: Session) -> list[slots.WeeklyRule]:
    """The stored rules as values."""
    return [
        slots.WeeklyRule(
            id=rule.code,
            zone=rule.zone.code,
            weekdays=frozenset(int(digit) for digit in rule.weekdays),
            starts_at=rule.starts_at,
            length_ms=rule.length_ms,
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
            on_holidays=rule.on_holidays,
        )
        for rule in session.scalars(select(SlotRule).order_by(SlotRule.code))
    ]


def schedule(session: Session, first: date, last: date, tz: ZoneInfo) -> slots.Schedule:
    """The sessions that the rules make of these days, both included, and the days that miss one, with the reason."""
    exceptions = [
        slots.SlotException(
            zone=exception.zone.code if exception.zone else None,
            date=exception.day,
            rule=exception.rule_code,
            action=exception.action,  # type: ignore[arg-type]  # the import admits these actions only
            starts_at=exception.starts_at,
            length_ms=exception.length_ms,
            reason=exception.reason,
        )
        for exception in session.scalars(select(SlotException))
    ]
    return slots.occurrences(weekly_rules(session), exceptions, station_calendar(session, tz), first, last)


def materialise(session: Session, first: date, last: date, *, now: datetime, tz: ZoneInfo) -> Materialised:
    """Brings the stored sessions of these days in line with the rules.

    A session that has begun is never touched. One that no rule makes any more is called off, not deleted: plans and
    airings point to it.
    """
    begins, ends = day_start(first, tz), day_start(last + timedelta(days=1), tz)
    stored = {
        (row.zone.code, row.starts_at): row
        for row in session.scalars(
            select(BroadcastSession).where(BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < ends)
        )
    }
    zones = {zone.code: zone for zone in session.scalars(select(Zone))}
    added = cancelled = 0
    wanted = set()
    for occurrence in schedule(session, first, last, tz).occurrences:
        key = (occurrence.zone, occurrence.starts_at.astimezone(UTC))
        wanted.add(key)
        row = stored.get(key)
        if row is None:
            row = BroadcastSession(zone=zones[occurrence.zone], starts_at=occurrence.starts_at)
            row.length_ms, row.rule_code = occurrence.length_ms, occurrence.rule
            session.add(row)
            added += 1
        elif row.starts_at > now:
            row.length_ms, row.rule_code, row.cancelled_why = occurrence.length_ms, occurrence.rule, None
    for key, row in stored.items():
        if key not in wanted and row.starts_at > now and row.is_open:
            row.cancelled_why = "không còn trong lịch"
            cancelled += 1
    session.flush()
    return Materialised(added, cancelled)
