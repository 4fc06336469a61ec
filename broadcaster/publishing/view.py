"""What may be seen at an instant: the one place that decides what is public."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from broadcaster.config import Settings
from broadcaster.models import (
    Article,
    AuditEntry,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Column,
    Placement,
    Plan,
    PlanState,
    Player,
    Post,
    Rendition,
    Zone,
)
from broadcaster.months import day_start, month_of
from broadcaster.planning.columns import published_posts
from broadcaster.profiles import article_shaped_by, profile_of
from broadcaster.scripts import Voice


@dataclass(frozen=True, slots=True)
class View:
    """The public state of the station at `now`."""

    now: datetime
    #: When the books begin: what dates a feed that has nothing in it yet.
    since: datetime
    zones: Sequence[Zone]
    columns: Sequence[Column]
    players: Sequence[Player]
    #: Posts that are out and may be read, newest first, by the column's code.
    posts: dict[str, list[Post]]
    #: The sound of each posted article, by the article's id.
    renditions: dict[int, Rendition]
    #: The standing bulletins of the sessions in the window, oldest first, by the zone's code.
    bulletins: dict[str, list[Bulletin]]
    #: Published placements that stand, by session, and when the plan behind them was published.
    placements: dict[int, list[Placement]]
    sessions: dict[str, list[BroadcastSession]]
    published_at: dict[str, datetime]
    #: When something was last taken out of a session, by session.
    removed_at: dict[int, datetime]

    def changed_at(self, broadcast: BroadcastSession, tz: ZoneInfo) -> datetime:
        """When what a session holds was last decided: it dates files, so that the clock of the renderer never does."""
        published = self.published_at.get(month_of(broadcast.starts_at, tz), self.since)
        return max(published, self.removed_at.get(broadcast.id, published))


def look(session: Session, settings: Settings, voice: Voice, *, now: datetime) -> View:
    """Reads what may be seen now."""
    zones = session.scalars(select(Zone).order_by(Zone.position, Zone.code)).all()
    today = day_start(now.astimezone(settings.zone_info).date(), settings.zone_info)
    begins, ends = today - timedelta(days=settings.podcast_days), now + timedelta(hours=settings.hold_ahead_h)
    posts = _posts(session, now)
    posted = {post.article_id: post.article for listed in posts.values() for post in listed}
    placements = _placements(session)
    sessions: dict[str, list[BroadcastSession]] = {zone.code: [] for zone in zones}
    for row in session.scalars(
        select(BroadcastSession)
        .where(BroadcastSession.starts_at >= begins, BroadcastSession.cancelled_why.is_(None))
        .order_by(BroadcastSession.starts_at)
    ):
        if row.id in placements:
            sessions[row.zone.code].append(row)
    plans = session.scalars(select(Plan).where(Plan.state == PlanState.PUBLISHED))
    return View(
        now=now,
        since=session.scalar(select(func.min(AuditEntry.at))) or now,
        zones=zones,
        columns=session.scalars(select(Column).order_by(Column.position, Column.code)).all(),
        players=session.scalars(select(Player).where(Player.revoked_at.is_(None)).order_by(Player.code)).all(),
        posts=posts,
        renditions=_renditions(session, posted.values(), zones, voice),
        bulletins=_bulletins(session, zones, begins, ends),
        placements=placements,
        sessions=sessions,
        removed_at=_removed_at(session),
        published_at={plan.month: plan.published_at for plan in plans if plan.published_at is not None},
    )


def may_be_heard(bulletin: Bulletin, now: datetime) -> bool:
    """Whether everything in a bulletin may still be heard: asked again at each look, whatever was rendered when.

    A session to come asks about the instant it starts, one that has begun about the present, so that what was
    withdrawn or has expired since leaves the podcast too.
    """
    at = max(now, bulletin.session.starts_at)
    return all(item.article is None or item.article.is_airable(at) for item in bulletin.items)


def _posts(session: Session, now: datetime) -> dict[str, list[Post]]:
    posts: dict[str, list[Post]] = {}
    for post in reversed(published_posts(session)):
        listed = posts.setdefault(post.column.code, [])
        again = any(known.article_id == post.article_id for known in listed)
        if post.posts_at <= now and post.article.is_airable(now) and not again:
            listed.append(post)
    return posts


def _renditions(
    session: Session, articles: Iterable[Article], zones: Sequence[Zone], voice: Voice
) -> dict[int, Rendition]:
    profiles = {profile.digest: profile for profile in map(profile_of, zones)}
    found: dict[int, Rendition] = {}
    known = {row.shaped_by: row for row in session.scalars(select(Rendition))}
    for article in articles:
        for profile in profiles.values():
            row = known.get(article_shaped_by(article, profile, voice))
            if row is not None:
                found.setdefault(article.id, row)
    return found


def _bulletins(session: Session, zones: Sequence[Zone], begins: datetime, ends: datetime) -> dict[str, list[Bulletin]]:
    found: dict[str, list[Bulletin]] = {zone.code: [] for zone in zones}
    query = (
        select(Bulletin)
        .join(BroadcastSession)
        .where(
            Bulletin.superseded_at.is_(None),
            BroadcastSession.starts_at >= begins,
            BroadcastSession.starts_at <= ends,
            BroadcastSession.cancelled_why.is_(None),
        )
        .options(selectinload(Bulletin.items).selectinload(BulletinItem.article), selectinload(Bulletin.session))
        .order_by(BroadcastSession.starts_at)
    )
    for bulletin in session.scalars(query):
        found[bulletin.session.zone.code].append(bulletin)
    return found


def _removed_at(session: Session) -> dict[int, datetime]:
    query = (
        select(Placement.session_id, func.max(Placement.removed_at))
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_not(None))
        .group_by(Placement.session_id)
    )
    return {session_id: at for session_id, at in session.execute(query).tuples() if at is not None}


def _placements(session: Session) -> dict[int, list[Placement]]:
    found: dict[int, list[Placement]] = {}
    query = (
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
        .order_by(Placement.session_id, Placement.position)
    )
    for placement in session.scalars(query):
        found.setdefault(placement.session_id, []).append(placement)
    return found
