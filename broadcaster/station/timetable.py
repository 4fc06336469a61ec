"""Weekly sessions, single days that differ, and the station's own calendar: changed only where all rules still hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.errors import BroadcasterError, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import CalendarDay, DayKind, SlotException, SlotRule, Zone
from broadcaster.sessions import AHEAD_DAYS, materialise, schedule, station_calendar, weekly_rules
from scheduler import slots

PREVIEW_WEEKS = 8


class BadTimetable(BroadcasterError):
    """Sessions would overlap, begin too early or last too long; every fault is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleData:
    """A session of every week. `weekdays` holds digits, 0 for Monday; `valid_to` is the last day."""

    zone: str
    weekdays: str
    starts_at: time
    length_ms: int
    valid_from: date
    valid_to: date | None
    on_holidays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionData:
    """A single day that differs. Without a zone: everywhere; without a rule: every session of the day."""

    day: date
    action: str
    zone: str | None
    rule: str | None
    starts_at: time | None
    length_ms: int | None
    reason: str


def rule_of(session: Session, code: str) -> SlotRule:
    """The weekly session of a code.

    Raises:
        NotFound: there is none.
    """
    rule = session.scalars(select(SlotRule).where(SlotRule.code == code)).first()
    if rule is None:
        raise NotFound(_("không có buổi phát «{code}»", code=code))
    return rule


def save_rule(session: Session, code: str, data: RuleData, *, by: str, now: datetime, tz: ZoneInfo) -> SlotRule:
    """Makes or changes a weekly session. Sessions that have begun stay as they were.

    Raises:
        NotFound: there is no such zone.
        BadTimetable: the rules would no longer hold together.
    """
    zone = session.scalars(select(Zone).where(Zone.code == data.zone)).first()
    if zone is None:
        raise NotFound(_("không có địa bàn «{code}»", code=data.zone))
    rule = session.scalars(select(SlotRule).where(SlotRule.code == code)).first()
    if rule is None:
        rule = SlotRule(code=code)
        session.add(rule)
    rule.zone, rule.weekdays, rule.starts_at = zone, data.weekdays, data.starts_at
    rule.length_ms, rule.on_holidays = data.length_ms, data.on_holidays
    rule.valid_from, rule.valid_to = data.valid_from, data.valid_to
    _changed(session, now=now, tz=tz)
    audit.record(session, "slots.save", code, by=by, now=now, zone=data.zone)
    return rule


def end_rule(session: Session, code: str, *, by: str, now: datetime, tz: ZoneInfo) -> None:
    """Lets a weekly session end with yesterday; what comes is called off with its reason.

    Raises:
        NotFound: there is no such session.
    """
    rule = rule_of(session, code)
    yesterday = now.astimezone(tz).date() - timedelta(days=1)
    if rule.valid_from > yesterday:
        session.delete(rule)
    else:
        rule.valid_to = yesterday
    _changed(session, now=now, tz=tz)
    audit.record(session, "slots.end", code, by=by, now=now)


def add_exception(session: Session, data: ExceptionData, *, by: str, now: datetime, tz: ZoneInfo) -> None:
    """Adds a day that differs from the rules.

    Raises:
        NotFound: there is no such zone or weekly session.
        BadTimetable: the day would break the rules of a zone.
    """
    zone = session.scalars(select(Zone).where(Zone.code == data.zone)).first() if data.zone else None
    if data.zone and zone is None:
        raise NotFound(_("không có địa bàn «{code}»", code=data.zone))
    if data.rule:
        rule_of(session, data.rule)
    row = SlotException(zone=zone, rule_code=data.rule, day=data.day, action=data.action, reason=data.reason)
    row.starts_at, row.length_ms = data.starts_at, data.length_ms
    session.add(row)
    _changed(session, now=now, tz=tz)
    audit.record(session, "exceptions.add", data.day.isoformat(), by=by, now=now, action=data.action)


def remove_exception(session: Session, exception_id: int, *, by: str, now: datetime, tz: ZoneInfo) -> None:
    """Takes back a day that differs.

    Raises:
        NotFound: there is no such day.
        BadTimetable: without it the rules would no longer hold together.
    """
    row = session.get(SlotException, exception_id)
    if row is None:
        raise NotFound(_("không có ngày ngoại lệ ấy"))
    session.delete(row)
    _changed(session, now=now, tz=tz)
    audit.record(session, "exceptions.remove", row.day.isoformat(), by=by, now=now, action=row.action)


def decide_day(
    session: Session,
    day: date,
    kind: DayKind,
    *,
    worked_on: date | None,
    reason: str,
    by: str,
    now: datetime,
    tz: ZoneInfo,
) -> None:
    """Decides about a day: off, worked although a holiday, or swapped for another. A later decision replaces it.

    Raises:
        BadTimetable: a swap has no other day, or the days would break the rules of a zone.
    """
    if (kind is DayKind.SWAP) != (worked_on is not None) or worked_on == day:
        raise BadTimetable(_("Ngày hoán đổi cần một ngày làm bù khác nó; các quyết định khác thì không."))
    row = session.scalars(select(CalendarDay).where(CalendarDay.day == day)).first()
    if row is None:
        row = CalendarDay(day=day)
        session.add(row)
    row.kind, row.worked_on, row.reason = kind, worked_on, reason
    _changed(session, now=now, tz=tz)
    audit.record(session, "days.decide", day.isoformat(), by=by, now=now, kind=kind)


def undecide_day(session: Session, day: date, *, by: str, now: datetime, tz: ZoneInfo) -> None:
    """Takes a decision about a day back.

    Raises:
        NotFound: nothing was decided about it.
    """
    row = session.scalars(select(CalendarDay).where(CalendarDay.day == day)).first()
    if row is None:
        raise NotFound(_("chưa quyết định gì về ngày ấy"))
    session.delete(row)
    _changed(session, now=now, tz=tz)
    audit.record(session, "days.undecide", day.isoformat(), by=by, now=now)


def coming_days(
    session: Session, *, now: datetime, tz: ZoneInfo, zone: str | None = None
) -> Sequence[slots.PreviewDay]:
    """The coming eight weeks, day by day: what airs, what does not, and why."""
    first = now.astimezone(tz).date()
    last = first + timedelta(weeks=PREVIEW_WEEKS, days=-1)
    return slots.preview(schedule(session, first, last, tz), station_calendar(session, tz), first, last, zone)


def limits_of(session: Session) -> list[slots.ZoneLimits]:
    """What each zone allows."""
    zones = session.scalars(select(Zone).order_by(Zone.position))
    return [slots.ZoneLimits(zone.code, zone.earliest_start, zone.longest_session_ms) for zone in zones]


def refuse_faults(session: Session) -> None:
    """Refuses rules that do not hold together.

    Raises:
        BadTimetable: with every fault.
    """
    session.flush()
    faults = slots.check_rules(weekly_rules(session), limits_of(session))
    if faults:
        raise BadTimetable(" ".join(fault.text for fault in faults))


def _changed(session: Session, *, now: datetime, tz: ZoneInfo) -> None:
    """Judges what has become of the coming days, then brings the stored sessions in line with it."""
    refuse_faults(session)
    today = now.astimezone(tz).date()
    last = today + timedelta(days=AHEAD_DAYS)
    try:
        coming = schedule(session, today, last, tz).occurrences
    except slots.SlotError as wrong:
        raise BadTimetable(str(wrong)) from None
    faults = slots.check_occurrences(coming, limits_of(session))
    if faults:
        raise BadTimetable(" ".join(fault.text for fault in faults))
    materialise(session, today, last, now=now, tz=tz)
