"""Takes an article out of everything that is still to come; what has aired stays in the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.models import Article, BroadcastSession, Placement, Plan, PlanState, Post


@dataclass(frozen=True, slots=True)
class Freed:
    """A place that an article lost: a session of a zone, or a column of the portal."""

    where: str
    at: datetime
    published: bool


def take_off_air(session: Session, article: Article, *, now: datetime, why: str) -> tuple[Freed, ...]:
    """Removes the article from every session that has not ended and from every column.

    The rows stay, with when and why. The bulletins, feeds and manifests follow when they are next brought up to date.
    """
    freed: list[Freed] = []
    live = (PlanState.PUBLISHED, PlanState.DRAFT)
    placements = session.scalars(
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Placement.article_id == article.id, Placement.removed_at.is_(None), Plan.state.in_(live))
    ).all()
    states = dict(session.execute(select(Plan.id, Plan.state)).tuples().all())
    for placement in placements:
        if _ends_at(placement.session) <= now:
            continue
        placement.removed_at, placement.removed_why = now, why
        published = states[placement.plan_id] == PlanState.PUBLISHED
        freed.append(Freed(placement.session.zone.code, placement.session.starts_at, published))
    posts = session.scalars(
        select(Post)
        .join(Plan, Plan.id == Post.plan_id)
        .where(Post.article_id == article.id, Post.removed_at.is_(None), Plan.state.in_(live))
    ).all()
    for post in posts:
        post.removed_at, post.removed_why = now, why
        freed.append(Freed(post.column.code, post.posts_at, states[post.plan_id] == PlanState.PUBLISHED))
    return tuple(sorted(freed, key=lambda place: (place.at, place.where)))


def _ends_at(broadcast: BroadcastSession) -> datetime:
    return broadcast.starts_at + timedelta(milliseconds=broadcast.length_ms)
