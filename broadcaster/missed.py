"""What was planned and not heard, article by article and zone by zone, as far as it can still be made up for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster.heard import heard_of
from broadcaster.models import Airing, Article, BroadcastSession, Placement, Plan, PlanState, Priority

#: What was missed longer ago is no news any more.
LOOKED_BACK = timedelta(days=7)
#: The most pressing first.
URGENCY = {Priority.URGENT.value: 0, Priority.PRIORITY.value: 1, Priority.NORMAL.value: 2}


@dataclass(frozen=True, slots=True)
class Missed:
    """An article that was to be heard in a session of a zone, was not, and has not been heard there since."""

    article: Article
    session: BroadcastSession


def missed_airings(session: Session, *, now: datetime, awaited: timedelta) -> list[Missed]:
    """What the last days missed and what may still air, the most pressing first, of equals the oldest.

    Cases: a session without any report is not missed before `awaited` has passed; one that was reported is judged by
    what was heard of each article; of one article and zone the first miss alone is named.
    """
    rows = session.scalars(
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .where(
            Plan.state == PlanState.PUBLISHED,
            Placement.removed_at.is_(None),
            BroadcastSession.cancelled_why.is_(None),
            BroadcastSession.starts_at >= now - LOOKED_BACK,
            BroadcastSession.starts_at < now,
        )
        .options(joinedload(Placement.session).joinedload(BroadcastSession.zone), joinedload(Placement.article))
        .order_by(BroadcastSession.starts_at, Placement.position)
    ).all()
    reported = set(
        session.scalars(select(Airing.session_id).where(Airing.session_id.in_({row.session_id for row in rows})))
    )
    known = [row for row in rows if row.session_id in reported or _ends_at(row.session) + awaited <= now]
    ran = _last_run(session, {row.article_id for row in known})
    found: dict[tuple[int, int], Missed] = {}
    for row in known:
        place = row.article_id, row.session.zone_id
        was_heard = place in ran and ran[place] >= row.session.starts_at
        if not was_heard and place not in found and row.article.is_airable(now):
            found[place] = Missed(row.article, row.session)
    return sorted(found.values(), key=lambda one: (URGENCY[one.article.priority], one.session.starts_at))


def _last_run(session: Session, article_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """By article and zone: the start of the last session in which it ran."""
    last: dict[tuple[int, int], datetime] = {}
    for line in heard_of(session, article_ids):
        if line.heard.is_run:
            place = line.heard.article_id, line.heard.zone_id
            last[place] = max(line.starts_at, last.get(place, line.starts_at))
    return last


def _ends_at(broadcast: BroadcastSession) -> datetime:
    return broadcast.starts_at + timedelta(milliseconds=broadcast.length_ms)
