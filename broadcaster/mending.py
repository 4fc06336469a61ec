"""Takes an article out of everything that is still to come; what has aired stays in the books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

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
    return _take_out(session, article, lambda _place: True, lambda _post: True, now=now, why=why)


def take_out_of_lost_places(session: Session, article: Article, *, now: datetime, why: str) -> tuple[Freed, ...]:
    """Removes the article from where it may no longer stand, after its zones, columns or window were changed.

    A session that has begun stays as it is being heard. A column loses the article at once, out or not yet.
    """

    def is_lost_place(place: Placement) -> bool:
        broadcast = place.session
        if broadcast.starts_at <= now:
            return False
        return not article.is_airable(broadcast.starts_at) or bool(
            article.zones and broadcast.zone not in article.zones
        )

    def is_lost_post(post: Post) -> bool:
        too_late = article.expires_at is not None and post.posts_at >= article.expires_at
        return too_late or post.column not in article.columns

    return _take_out(session, article, is_lost_place, is_lost_post, now=now, why=why)


def _take_out(
    session: Session,
    article: Article,
    is_lost_place: Callable[[Placement], bool],
    is_lost_post: Callable[[Post], bool],
    *,
    now: datetime,
    why: str,
) -> tuple[Freed, ...]:
    freed: list[Freed] = []
    live = (PlanState.PUBLISHED, PlanState.DRAFT)
    placements = session.execute(
        select(Placement, Plan)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Placement.article_id == article.id, Placement.removed_at.is_(None), Plan.state.in_(live))
        .options(joinedload(Placement.session).joinedload(BroadcastSession.zone))
    ).tuples()
    for placement, plan in placements:
        if _ends_at(placement.session) <= now or not is_lost_place(placement):
            continue
        placement.removed_at, placement.removed_why, placement.locked = now, why, False
        published = plan.state == PlanState.PUBLISHED
        if published:
            # Whoever is changing this session at the same time is told.
            placement.session.programme_version += 1
        freed.append(Freed(placement.session.zone.code, placement.session.starts_at, published))
    posts = session.execute(
        select(Post, Plan)
        .join(Plan, Plan.id == Post.plan_id)
        .where(Post.article_id == article.id, Post.removed_at.is_(None), Plan.state.in_(live))
        .options(joinedload(Post.column))
    ).tuples()
    for post, plan in posts:
        if is_lost_post(post):
            post.removed_at, post.removed_why = now, why
            freed.append(Freed(post.column.code, post.posts_at, plan.state == PlanState.PUBLISHED))
    return tuple(sorted(freed, key=lambda place: (place.at, place.where)))


def _ends_at(broadcast: BroadcastSession) -> datetime:
    return broadcast.starts_at + timedelta(milliseconds=broadcast.length_ms)
