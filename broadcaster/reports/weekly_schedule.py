"""The published schedule of a week, row by row: what each session of each zone is going to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from broadcaster.errors import BroadcasterError, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Article, BroadcastSession, Placement, Plan, PlanState, Unit, Zone
from broadcaster.months import day_start


class BadWeek(BroadcasterError):
    """A week was not written as 2026-W48."""


@dataclass(frozen=True, slots=True)
class ScheduledItem:
    """An article's place in a session; `length_ms` as it was known when the plan was made."""

    position: int
    article: str
    title: str
    unit: str
    unit_name: str
    kind: str
    priority: str
    first_run: bool
    length_ms: int


@dataclass(frozen=True, slots=True)
class ScheduledSession:
    """A session in station time; `cancelled_why` says why it falls away."""

    zone: str
    zone_name: str
    starts_at: datetime
    length_ms: int
    cancelled_why: str | None
    items: tuple[ScheduledItem, ...]


@dataclass(frozen=True, slots=True)
class WeekSchedule:
    """Monday to Sunday, the sessions by zone and time."""

    week: str
    monday: date
    tz: str
    sessions: tuple[ScheduledSession, ...]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


_ITEM_FIELDS = tuple(ScheduledItem.__dataclass_fields__)
#: The columns of the flat rows.
SCHEDULE_FIELDS = ("zone", "zone_name", "starts_at", "session_length_ms", "cancelled_why", *_ITEM_FIELDS)


def monday_of_week(week: str) -> date:
    """The Monday of a week of the ISO calendar.

    Raises:
        BadWeek: it is not written as 2026-W48, or the year has no such week.
    """
    year, _dash, number = week.partition("-W")
    try:
        if len(year) != 4 or len(number) != 2:
            raise ValueError
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise BadWeek(_("«{week}» không phải tuần (viết như 2026-W48)", week=week)) from None


def week_of_day(day: date) -> str:
    """The week of a day, written as 2026-W48."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def week_schedule(session: Session, week: str, *, tz: ZoneInfo, zone: str | None = None) -> WeekSchedule:
    """The week as the binding plans have it, of all zones or of one. Two queries, however long the week.

    Raises:
        BadWeek: the week is not written as 2026-W48.
        NotFound: there is no such zone.
    """
    monday = monday_of_week(week)
    if zone is not None and session.scalar(select(Zone.id).where(Zone.code == zone)) is None:
        raise NotFound(_("không có địa bàn «{code}»", code=zone))
    within = _within(monday, tz)
    query = select(BroadcastSession, Zone).join(Zone, Zone.id == BroadcastSession.zone_id).where(*within)
    if zone is not None:
        query = query.where(Zone.code == zone)
    query = query.order_by(Zone.position, Zone.code, BroadcastSession.starts_at)
    items = _items(session, monday, tz)
    sessions = tuple(
        ScheduledSession(
            zone=place.code,
            zone_name=place.name,
            starts_at=row.starts_at.astimezone(tz),
            length_ms=row.length_ms,
            cancelled_why=row.cancelled_why,
            items=tuple(items.get(row.id, ())) if row.is_open else (),
        )
        for row, place in session.execute(query).tuples()
    )
    return WeekSchedule(week, monday, str(tz), sessions)


def _within(monday: date, tz: ZoneInfo) -> tuple[ColumnElement[bool], ...]:
    begins, ends = day_start(monday, tz), day_start(monday + timedelta(days=7), tz)
    return (BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < ends)


def _items(session: Session, monday: date, tz: ZoneInfo) -> dict[int, list[ScheduledItem]]:
    query = (
        select(Placement, Article.ref, Article.title, Article.kind, Article.priority, Unit.code, Unit.name)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .join(Article, Article.id == Placement.article_id)
        .join(Unit, Unit.id == Article.unit_id)
        .where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None), *_within(monday, tz))
        .order_by(Placement.session_id, Placement.position)
    )
    found: dict[int, list[ScheduledItem]] = {}
    for placement, ref, title, kind, priority, unit, unit_name in session.execute(query).tuples():
        item = ScheduledItem(
            placement.position,
            ref,
            title,
            unit,
            unit_name,
            kind,
            priority,
            placement.first_run,
            placement.length_ms,
        )
        found.setdefault(placement.session_id, []).append(item)
    return found


def schedule_to_json(schedule: WeekSchedule) -> dict[str, object]:
    """The week as a JSON document."""
    sessions = [{**asdict(one), "starts_at": one.starts_at.isoformat()} for one in schedule.sessions]
    return {
        "week": schedule.week,
        "from": schedule.monday.isoformat(),
        "to": schedule.sunday.isoformat(),
        "tz": schedule.tz,
        "sessions": sessions,
    }


def schedule_rows(schedule: WeekSchedule) -> Sequence[dict[str, object]]:
    """One flat row an item, and one for each session without any."""
    rows = []
    for one in schedule.sessions:
        about = {
            "zone": one.zone,
            "zone_name": one.zone_name,
            "starts_at": one.starts_at.isoformat(),
            "session_length_ms": one.length_ms,
            "cancelled_why": one.cancelled_why,
        }
        rows += [{**about, **asdict(item)} for item in one.items] or [{**about, **dict.fromkeys(_ITEM_FIELDS)}]
    return rows
