"""What may be seen at an instant: the one place that decides what is public."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from broadcaster.config import Settings
from broadcaster.models import (
    Article,
    AuditEntry,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Column,
    Interrupt,
    Placement,
    Plan,
    PlanState,
    Player,
    Post,
    Rendition,
    Zone,
)
from broadcaster.months import day_start, month_of
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
    #: What players are to play at once, by the zone's code.
    interrupts: dict[str, list[Interrupt]]
    #: Published placements that stand, by session, and when the plan behind them was published.
    placements: dict[int, list[Placement]]
    sessions: dict[str, list[BroadcastSession]]
    published_at: dict[str, datetime]
    #: When something was taken out of a session, by session.
    removals: dict[int, frozenset[datetime]]
    #: How many plans of a month have been published so far, by the month.
    plans_published: dict[str, int]
    #: When something that stood in a column last left it, by the column's code.
    left_at: dict[str, datetime]

    def changed_at(self, broadcast: BroadcastSession, tz: ZoneInfo) -> datetime:
        """When what a session holds was last decided: it dates files, so that the clock of the renderer never does."""
        published = self.published_at.get(month_of(broadcast.starts_at, tz), self.since)
        removals: frozenset[datetime] = self.removals.get(broadcast.id, frozenset())
        by_hand = [] if broadcast.programme_changed_at is None else [broadcast.programme_changed_at]
        # A plan that is published after a session has begun decides nothing of it any more.
        return max([min(published, broadcast.starts_at), *removals, *by_hand])


def look(session: Session, settings: Settings, voice: Voice, *, now: datetime) -> View:
    """Reads what may be seen now."""
    zones = session.scalars(select(Zone).order_by(Zone.position, Zone.code)).all()
    today = day_start(now.astimezone(settings.zone_info).date(), settings.zone_info)
    begins, ends = today - timedelta(days=settings.podcast_days), now + timedelta(hours=settings.hold_ahead_h)
    posts, left_at = _posts(session, now)
    posted = {post.article_id: post.article for listed in posts.values() for post in listed}
    placements = _placements(session, begins)
    sessions: dict[str, list[BroadcastSession]] = {zone.code: [] for zone in zones}
    for row in session.scalars(
        select(BroadcastSession)
        .where(BroadcastSession.starts_at >= begins, BroadcastSession.cancelled_why.is_(None))
        .order_by(BroadcastSession.starts_at)
    ):
        if row.id in placements:
            sessions[row.zone.code].append(row)
    plans = session.scalars(select(Plan).where(Plan.published_at.is_not(None))).all()
    return View(
        now=now,
        since=session.scalar(select(func.min(AuditEntry.at))) or now,
        zones=zones,
        columns=session.scalars(select(Column).order_by(Column.position, Column.code)).all(),
        players=session.scalars(select(Player).where(Player.revoked_at.is_(None)).order_by(Player.code)).all(),
        posts=posts,
        renditions=_renditions(session, posted.values(), zones, voice),
        bulletins=_bulletins(session, zones, begins, ends),
        interrupts=_interrupts(session, zones, now),
        placements=placements,
        sessions=sessions,
        removals=_removals(session, begins),
        published_at={
            plan.month: plan.published_at
            for plan in plans
            if plan.published_at is not None and plan.state == PlanState.PUBLISHED
        },
        plans_published=dict(Counter(plan.month for plan in plans)),
        left_at=left_at,
    )


def may_be_heard(bulletin: Bulletin, now: datetime) -> bool:
    """Whether everything in a bulletin may still be heard: asked again at each look, whatever was rendered when.

    A session to come asks about the instant it starts, one that has begun about the present, so that what was
    withdrawn or has expired since leaves the podcast too. An embargo holds to its second: until then not even players
    get the bulletin, for what they hold can be heard.
    """
    at = max(now, bulletin.session.starts_at)
    return not is_embargoed(bulletin, now) and all(article.is_airable(at) for article in _articles_of(bulletin))


def is_embargoed(bulletin: Bulletin, now: datetime) -> bool:
    """Whether anything in a bulletin is still under embargo."""
    return any(article.not_before is not None and article.not_before > now for article in _articles_of(bulletin))


def _articles_of(bulletin: Bulletin) -> list[Article]:
    return [item.article for item in bulletin.items if item.article is not None]


def appears_at(post: Post) -> datetime:
    """When a post is first to be read: in its column's hour, but never before its article's embargo ends."""
    embargo = post.article.not_before
    return max(post.posts_at, embargo) if embargo is not None else post.posts_at


def moments_of(article: Article) -> tuple[datetime, ...]:
    """Every instant at which what may be told of an article changes or changed."""
    moments = (article.not_before, article.expires_at, article.withdrawn_at, article.changed_at)
    given = (approval.approved_at for approval in article.approvals)
    dropped = (approval.dropped_at for approval in article.approvals)
    return tuple(moment for moment in (*moments, *given, *dropped) if moment is not None)


def _judging_articles() -> tuple[_AbstractLoad, ...]:
    """Loads with articles what says whether they may be heard: one by one it would be a query each."""
    return joinedload(Article.endorsement), selectinload(Article.approvals)


def _posts(session: Session, now: datetime) -> tuple[dict[str, list[Post]], dict[str, datetime]]:
    """Each column's posts that may be read, newest first, and when one last ceased to be."""
    posts: dict[str, list[Post]] = {}
    left_at: dict[str, datetime] = {}
    query = (
        select(Post)
        .join(Plan, Plan.id == Post.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, Post.posts_at <= now)
        .order_by(Post.posts_at.desc(), Post.id.desc())
        .options(
            joinedload(Post.column),
            joinedload(Post.article).options(
                joinedload(Article.unit), selectinload(Article.recordings), *_judging_articles()
            ),
        )
    )
    stands: set[tuple[str, int]] = set()
    for post in session.scalars(query):
        code = post.column.code
        if post.removed_at is None and post.article.is_airable(now):
            if (code, post.article_id) not in stands:
                stands.add((code, post.article_id))
                posts.setdefault(code, []).append(post)
            continue
        moments = (*moments_of(post.article), post.removed_at)
        ended = [moment for moment in moments if moment is not None and appears_at(post) < moment <= now]
        if ended:
            left_at[code] = max(ended + ([left_at[code]] if code in left_at else []))
    for listed in posts.values():
        listed.sort(key=lambda post: (appears_at(post), post.id), reverse=True)
    return posts, left_at


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
        .options(
            selectinload(Bulletin.items).options(
                joinedload(BulletinItem.article).options(*_judging_articles()), selectinload(BulletinItem.rendition)
            ),
            joinedload(Bulletin.session).joinedload(BroadcastSession.zone),
        )
        .order_by(BroadcastSession.starts_at)
    )
    for bulletin in session.scalars(query):
        if not bulletin.session.is_interrupt:
            found[bulletin.session.zone.code].append(bulletin)
    return found


def _interrupts(session: Session, zones: Sequence[Zone], now: datetime) -> dict[str, list[Interrupt]]:
    """Those that are on; a withdrawn or expired article interrupts nothing any more."""
    found: dict[str, list[Interrupt]] = {zone.code: [] for zone in zones}
    query = (
        select(Interrupt)
        .where(Interrupt.sent_at <= now, Interrupt.expires_at > now)
        .order_by(Interrupt.sent_at, Interrupt.id)
        .options(joinedload(Interrupt.zone), joinedload(Interrupt.article).options(*_judging_articles()))
    )
    for one in session.scalars(query):
        if one.is_on(now) and one.article.is_airable(now):
            found[one.zone.code].append(one)
    return found


def _removals(session: Session, begins: datetime) -> dict[int, frozenset[datetime]]:
    query = (
        select(Placement.session_id, Placement.removed_at)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .where(
            Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_not(None), BroadcastSession.starts_at >= begins
        )
    )
    found: dict[int, set[datetime]] = {}
    for session_id, at in session.execute(query).tuples():
        if at is not None:
            found.setdefault(session_id, set()).add(at)
    return {session_id: frozenset(moments) for session_id, moments in found.items()}


def _placements(session: Session, begins: datetime) -> dict[int, list[Placement]]:
    found: dict[int, list[Placement]] = {}
    query = (
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None), BroadcastSession.starts_at >= begins)
        .order_by(Placement.session_id, Placement.position)
        .options(joinedload(Placement.article).options(*_judging_articles()))
    )
    for placement in session.scalars(query):
        found.setdefault(placement.session_id, []).append(placement)
    return found
