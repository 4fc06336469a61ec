"""What happened to an article: acts, places in plans, and where it was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from broadcaster.models import (
    Airing,
    Article,
    AuditEntry,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Outcome,
    Placement,
    Plan,
    PlanState,
    Player,
    Zone,
)

MOST_PLACES = 60
MOST_AIRINGS = 100


@dataclass(frozen=True, slots=True)
class Airtime:
    """One player played the article once, for so long, in one bulletin."""

    started_at: datetime
    zone: str
    player: str | None
    heard_ms: int
    length_ms: int


def acts_on(article: Article) -> Select[tuple[AuditEntry]]:
    """The entries of the audit chain that name the article, the newest first."""
    return select(AuditEntry).where(AuditEntry.what == article.ref).order_by(AuditEntry.id.desc())


def places_of(session: Session, article: Article) -> Sequence[Placement]:
    """The article's places in published plans, those that were lost too, the latest first."""
    query = (
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .where(Placement.article_id == article.id, Plan.state == PlanState.PUBLISHED)
        .options(joinedload(Placement.session).joinedload(BroadcastSession.zone))
    )
    return session.scalars(query.order_by(BroadcastSession.starts_at.desc()).limit(MOST_PLACES)).all()


def heard_of(session: Session, article: Article) -> list[Airtime]:
    """When and where the article was heard, the latest first."""
    query = (
        select(Airing, BulletinItem, Zone.name, Player.name)
        .join(Bulletin, Bulletin.id == Airing.bulletin_id)
        .join(BulletinItem, BulletinItem.bulletin_id == Bulletin.id)
        .join(BroadcastSession, BroadcastSession.id == Airing.session_id)
        .join(Zone, Zone.id == BroadcastSession.zone_id)
        .outerjoin(Player, Player.id == Airing.player_id)
        .where(
            BulletinItem.article_id == article.id,
            Airing.outcome != Outcome.FAILED,
            Airing.played_ms > BulletinItem.starts_ms,
        )
        .order_by(Airing.started_at.desc(), Airing.id.desc())
        .limit(MOST_AIRINGS)
    )
    return [
        Airtime(airing.started_at, zone, player, min(airing.played_ms - item.starts_ms, item.length_ms), item.length_ms)
        for airing, item, zone, player in session.execute(query).tuples()
    ]
