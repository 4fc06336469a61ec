"""The sessions of a stretch of days with what is placed in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster.models import BroadcastSession, Placement, Plan, PlanState, Priority
from broadcaster.months import day_start
from broadcaster.sessions import schedule
from broadcaster.web.books import Books
from broadcaster.web.words import cancelled_words, silence_words

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """An article in a session: a first run (PM) or a repeat (PL)."""

    title: str
    unit: str
    first_run: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class SessionCell:
    """A session in the table. `planned_ms` is what its articles take, without the station's own lines."""

    starts_at: datetime
    length_ms: int
    planned_ms: int
    lines: Sequence[PlacedLine]
    cancelled_why: str | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One zone's day; without a session, `why` says so in words."""

    zone: str
    sessions: Sequence[SessionCell]
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of all zones."""

    day: date
    is_today: bool
    is_near: bool
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday."""

    monday: date
    zones: Sequence[str]
    days: Sequence[DayRow]

    @property
    def sunday(self) -> date:
        return self.monday + WEEK - timedelta(days=1)

    @property
    def before(self) -> date:
        """The Monday before."""
        return self.monday - WEEK

    @property
    def after(self) -> date:
        """The Monday after."""
        return self.monday + WEEK


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def sessions_between(session: Session, first: date, after: date, books: Books) -> list[BroadcastSession]:
    """Every session from one day up to another, that one not included, called off or not, in order of time."""
    begins, ends = day_start(first, books.tz), day_start(after, books.tz)
    query = select(BroadcastSession).where(BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < ends)
    return list(session.scalars(query.order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)))


def next_session_at(session: Session, books: Books) -> datetime | None:
    """When anything starts next."""
    query = select(BroadcastSession.starts_at).where(
        BroadcastSession.starts_at > books.now, BroadcastSession.cancelled_why.is_(None)
    )
    return session.scalars(query.order_by(BroadcastSession.starts_at).limit(1)).first()


def placements_between(session: Session, first: date, after: date, books: Books) -> dict[int, list[Placement]]:
    """What the binding plans place in the sessions of these days, in order, by session."""
    begins, ends = day_start(first, books.tz), day_start(after, books.tz)
    query = (
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .where(
            Plan.state == PlanState.PUBLISHED,
            Placement.removed_at.is_(None),
            BroadcastSession.starts_at >= begins,
            BroadcastSession.starts_at < ends,
        )
        .options(joinedload(Placement.session))
        .order_by(Placement.session_id, Placement.position)
    )
    found: dict[int, list[Placement]] = {}
    for placement in session.scalars(query):
        found.setdefault(placement.session_id, []).append(placement)
    return found


def week_of(session: Session, monday: date, books: Books) -> Week:
    """The week's table, and for every empty cell the reason."""
    after = monday + WEEK
    rows = sessions_between(session, monday, after, books)
    placements = placements_between(session, monday, after, books)
    books.articles.ask(placement.article_id for placed in placements.values() for placement in placed)
    rules = schedule(session, monday, after - timedelta(days=1), books.tz)
    by_place: dict[tuple[date, int], list[BroadcastSession]] = {}
    for row in rows:
        by_place.setdefault((books.local(row.starts_at).date(), row.zone_id), []).append(row)
    days = []
    for day in (monday + timedelta(days=offset) for offset in range(7)):
        cells = []
        for zone in books.zones:
            sessions = [_session_cell(row, placements, books) for row in by_place.get((day, zone.id), [])]
            missing = [silence_words(missed) for missed in rules.missing_on(day, zone.code)]
            cells.append(Cell(zone.name, sessions, tuple(dict.fromkeys(missing))))
        near = timedelta(0) <= day - books.today <= timedelta(days=1)
        days.append(DayRow(day, day == books.today, near, cells))
    return Week(monday, [zone.name for zone in books.zones], days)


def _session_cell(row: BroadcastSession, placements: Mapping[int, Sequence[Placement]], books: Books) -> SessionCell:
    placed = placements.get(row.id, ())
    return SessionCell(
        starts_at=books.local(row.starts_at),
        length_ms=row.length_ms,
        planned_ms=sum(placement.length_ms for placement in placed),
        lines=[_line(placement, books) for placement in placed],
        cancelled_why=cancelled_words(row.cancelled_why) if row.cancelled_why is not None else None,
        is_over=row.starts_at + timedelta(milliseconds=row.length_ms) <= books.now,
    )


def _line(placement: Placement, books: Books) -> PlacedLine:
    article = books.articles[placement.article_id]
    return PlacedLine(
        title=books.title_of(article),
        unit=books.units[article.unit_id].name,
        first_run=placement.first_run,
        urgent=article.priority == Priority.URGENT,
    )
