"""Make-up airings: where what was missed could be heard instead, proposed to the people who plan.

The planner itself sees to what is urgent or of priority: it is due within a working day once it was missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster.missed import Missed, missed_airings
from broadcaster.models import BroadcastSession, Placement, Plan, PlanState
from broadcaster.session_codes import session_code

#: A make-up is looked for in the sessions of so many days.
LOOKED_AHEAD = timedelta(days=7)
#: What is so near, players hold already.
NOT_BEFORE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class MakeUp:
    """A proposal; `proposed` is None where no session of the coming days has room."""

    article: str
    title: str
    priority: str
    zone: str
    missed: str
    proposed: str | None


def make_ups(session: Session, *, now: datetime, awaited: timedelta, tz: ZoneInfo) -> tuple[MakeUp, ...]:
    """A place for each thing that was missed, the most pressing first; where it is planned again anyway, that place."""
    missed = missed_airings(session, now=now, awaited=awaited)
    coming = _coming(session, now)
    placed, left_ms = _placed(session, coming)
    found = []
    for one in missed:
        length_ms = _length_ms(session, one)
        place = _place(one, coming, placed, left_ms, length_ms)
        if place is not None and one.article.id not in placed[place.id]:
            placed[place.id].add(one.article.id)
            left_ms[place.id] -= length_ms + place.zone.gap_ms
        found.append(
            MakeUp(
                article=one.article.ref,
                title=one.article.title,
                priority=one.article.priority,
                zone=one.session.zone.code,
                missed=session_code(one.session, tz),
                proposed=session_code(place, tz) if place is not None else None,
            )
        )
    return tuple(found)


def _coming(session: Session, now: datetime) -> Sequence[BroadcastSession]:
    return session.scalars(
        select(BroadcastSession)
        .where(
            BroadcastSession.starts_at > now + NOT_BEFORE,
            BroadcastSession.starts_at <= now + LOOKED_AHEAD,
            BroadcastSession.cancelled_why.is_(None),
        )
        .options(joinedload(BroadcastSession.zone))
        .order_by(BroadcastSession.starts_at)
    ).all()


def _placed(session: Session, coming: Sequence[BroadcastSession]) -> tuple[dict[int, set[int]], dict[int, int]]:
    """By session: the articles it has, and the milliseconds that are free in it."""
    placed: dict[int, set[int]] = {row.id: set() for row in coming}
    left_ms = {row.id: row.capacity_ms for row in coming}
    gaps_ms = {row.id: row.zone.gap_ms for row in coming}
    query = (
        select(Placement.session_id, Placement.article_id, Placement.length_ms)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None), Placement.session_id.in_(placed))
    )
    for session_id, article_id, length_ms in session.execute(query).tuples():
        placed[session_id].add(article_id)
        left_ms[session_id] -= length_ms + gaps_ms[session_id]
    return placed, left_ms


def _length_ms(session: Session, one: Missed) -> int:
    query = select(Placement.length_ms).where(
        Placement.session_id == one.session.id, Placement.article_id == one.article.id
    )
    return session.scalars(query.order_by(Placement.id.desc()).limit(1)).one()


def _place(
    one: Missed,
    coming: Sequence[BroadcastSession],
    placed: dict[int, set[int]],
    left_ms: dict[int, int],
    length_ms: int,
) -> BroadcastSession | None:
    """The first session of the zone that has it or has room for it, while it may air."""
    for row in coming:
        has_it = one.article.id in placed[row.id]
        has_room = has_it or left_ms[row.id] >= length_ms + row.zone.gap_ms
        if has_room and row.zone_id == one.session.zone_id and one.article.is_airable(row.starts_at):
            return row
    return None
