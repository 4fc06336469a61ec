"""Reads a stretch of the published plan: a fixed number of queries, however much there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from broadcaster.access import acts_for_one_unit
from broadcaster.language import gettext as _
from broadcaster.models import (
    Article,
    BroadcastSession,
    Column,
    Placement,
    Plan,
    PlanState,
    Post,
    Priority,
    Unit,
    User,
    Zone,
)
from broadcaster.months import day_start
from broadcaster.session_codes import session_code
from broadcaster.sessions import schedule
from broadcaster.web.desk.plan.asked import Period
from broadcaster.web.desk.plan.values import Day, Item, PostLine, Sitting, ZoneDay
from broadcaster.web.words import silence_words


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the plan, and when. People of a unit see what the town may know, and their own."""

    user: User
    now: datetime
    tz: ZoneInfo

    @property
    def unit_id(self) -> int | None:
        """The unit whose articles are the reader's own."""
        return self.user.unit_id if acts_for_one_unit(self.user) else None

    def title(self, title: str, unit_id: int, not_before: datetime | None, withdrawn_at: datetime | None) -> str:
        """An article's title, or what stands for it where people of another unit may not know it."""
        if not acts_for_one_unit(self.user) or unit_id == self.unit_id:
            return title
        if withdrawn_at is not None:
            return _("Bài đã rút")
        if not_before is not None and not_before > self.now:
            return _("Bài sẽ được giới thiệu trong buổi phát")
        return title


def days_of(books: Session, period: Period, zones: Sequence[Zone], reader: Reader, *, with_items: bool) -> list[Day]:
    """The days of a period for some zones; without items each session says only how much it holds."""
    begins, ends = day_start(period.first, reader.tz), day_start(period.after, reader.tz)
    within = and_(
        BroadcastSession.starts_at >= begins,
        BroadcastSession.starts_at < ends,
        BroadcastSession.zone_id.in_([zone.id for zone in zones]),
    )
    sittings = sittings_where(books, within, reader, with_items=with_items)
    posts = _posts(books, begins, ends, reader)
    rules = schedule(books, period.first, period.after - timedelta(days=1), reader.tz)
    by_place: dict[tuple[date, int], list[Sitting]] = {}
    for sitting in sittings:
        by_place.setdefault((sitting.starts_at.date(), sitting.zone_id), []).append(sitting)
    today = reader.now.astimezone(reader.tz).date()
    days = []
    for day in period.days:
        cells = []
        for zone in zones:
            silent = dict.fromkeys(silence_words(missed) for missed in rules.missing_on(day, zone.code))
            cells.append(ZoneDay(zone.name, by_place.get((day, zone.id), []), tuple(silent)))
        own = [post for post in posts if post.posts_at.date() == day]
        days.append(Day(day, day == today, day < today, cells, own))
    return days


def sittings_where(books: Session, within: ColumnElement[bool], reader: Reader, *, with_items: bool) -> list[Sitting]:
    """The sessions that a condition names, in order of time. Three queries."""
    rows = books.scalars(
        select(BroadcastSession)
        .where(within)
        .options(joinedload(BroadcastSession.zone))
        .order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)
    ).all()
    sums = _sums(books, within, reader)
    items = _items(books, within, reader) if with_items else {}
    clashes = _clashes(rows)
    return [_sitting(row, sums.get(row.id), items.get(row.id, ()), clashes.get(row.id), reader) for row in rows]


def one_sitting(books: Session, session_id: int, reader: Reader) -> Sitting | None:
    """One session with its items, and whether another begins before it ends; None where there is no such session."""
    row = books.get(BroadcastSession, session_id)
    if row is None:
        return None
    day = timedelta(days=1)
    near = and_(
        BroadcastSession.zone_id == row.zone_id,
        BroadcastSession.starts_at >= row.starts_at - day,
        BroadcastSession.starts_at <= row.starts_at + day,
    )
    found = {sitting.id: sitting for sitting in sittings_where(books, near, reader, with_items=True)}
    return found[session_id]


def _sitting(
    row: BroadcastSession, sums: Any | None, items: Sequence[Item], clash: datetime | None, reader: Reader
) -> Sitting:
    count, length_ms, own = (sums.count, sums.length_ms, sums.own) if sums is not None else (0, 0, 0)
    return Sitting(
        id=row.id,
        code=session_code(row, reader.tz),
        zone_id=row.zone_id,
        zone=row.zone.name,
        starts_at=row.starts_at.astimezone(reader.tz),
        length_ms=row.length_ms,
        capacity_ms=row.capacity_ms,
        filled_ms=length_ms + count * row.zone.gap_ms,
        count=count,
        own_count=own,
        version=row.programme_version,
        cancelled_why=row.cancelled_why,
        is_over=row.starts_at + timedelta(milliseconds=row.length_ms) <= reader.now,
        has_begun=row.starts_at <= reader.now,
        is_interrupt=row.is_interrupt,
        clash=clash.astimezone(reader.tz) if clash is not None else None,
        items=items,
    )


def standing(wanted: Select[Any]) -> Select[Any]:
    """Narrows a query of placements to those that bind: of a published plan, not taken out."""
    return wanted.join(Plan, Plan.id == Placement.plan_id).where(
        Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None)
    )


def _sums(books: Session, within: ColumnElement[bool], reader: Reader) -> Mapping[int, Any]:
    own = case((Article.unit_id == (reader.unit_id or 0), 1), else_=0)
    wanted = (
        select(
            Placement.session_id,
            func.count().label("count"),
            func.sum(Placement.length_ms).label("length_ms"),
            func.sum(own).label("own"),
        )
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .join(Article, Article.id == Placement.article_id)
        .where(within)
        .group_by(Placement.session_id)
    )
    return {row.session_id: row for row in books.execute(standing(wanted))}


def _items(books: Session, within: ColumnElement[bool], reader: Reader) -> dict[int, list[Item]]:
    wanted = (
        select(
            Placement.session_id,
            Placement.length_ms,
            Placement.first_run,
            Placement.locked,
            Article.ref,
            Article.title,
            Article.priority,
            Article.unit_id,
            Article.not_before,
            Article.withdrawn_at,
            Unit.name.label("unit"),
        )
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .join(Article, Article.id == Placement.article_id)
        .join(Unit, Unit.id == Article.unit_id)
        .where(within)
        .order_by(Placement.session_id, Placement.position)
    )
    found: dict[int, list[Item]] = {}
    for row in books.execute(standing(wanted)):
        item = Item(
            ref=row.ref,
            title=reader.title(row.title, row.unit_id, row.not_before, row.withdrawn_at),
            unit=row.unit,
            length_ms=row.length_ms,
            first_run=row.first_run,
            is_urgent=row.priority == Priority.URGENT,
            is_locked=row.locked,
            is_own=row.unit_id == reader.unit_id,
        )
        found.setdefault(row.session_id, []).append(item)
    return found


def _clashes(rows: Sequence[BroadcastSession]) -> dict[int, datetime]:
    """For each session the start of another one of its zone that begins before it ends, or that it begins within."""
    found: dict[int, datetime] = {}
    last: dict[int, BroadcastSession] = {}
    for row in rows:
        if not row.is_open or row.is_interrupt:
            continue
        before = last.get(row.zone_id)
        if before is not None and row.starts_at < before.starts_at + timedelta(milliseconds=before.length_ms):
            found[before.id], found[row.id] = row.starts_at, before.starts_at
        last[row.zone_id] = row
    return found


def _posts(books: Session, begins: datetime, ends: datetime, reader: Reader) -> list[PostLine]:
    wanted = (
        select(
            Post.posts_at,
            Column.name.label("column"),
            Article.title,
            Article.unit_id,
            Article.not_before,
            Article.withdrawn_at,
            Unit.name.label("unit"),
        )
        .join(Plan, Plan.id == Post.plan_id)
        .join(Column, Column.id == Post.column_id)
        .join(Article, Article.id == Post.article_id)
        .join(Unit, Unit.id == Article.unit_id)
        .where(
            Plan.state == PlanState.PUBLISHED,
            Post.removed_at.is_(None),
            Post.posts_at >= begins,
            Post.posts_at < ends,
        )
        .order_by(Post.posts_at, Column.position, Post.id)
    )
    return [
        PostLine(
            posts_at=row.posts_at.astimezone(reader.tz),
            column=row.column,
            title=reader.title(row.title, row.unit_id, row.not_before, row.withdrawn_at),
            unit=row.unit,
            is_own=row.unit_id == reader.unit_id,
        )
        for row in books.execute(wanted)
    ]


def is_free_for(article_at: datetime) -> ColumnElement[bool]:
    """The condition under which an article's own dates let it air at an instant."""
    return and_(
        or_(Article.not_before.is_(None), Article.not_before <= article_at),
        or_(Article.expires_at.is_(None), Article.expires_at > article_at),
    )
