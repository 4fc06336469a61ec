"""Withdrawal at the last minute: what it touches, before; and what follows from it, mended at once and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.errors import AudioError
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.mending import Freed, take_off_air
from broadcaster.models import (
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Placement,
    Player,
    Zone,
)
from broadcaster.months import day_start
from broadcaster.publishing import publish
from broadcaster.rendering.bulletins import Workshop, render_bulletin
from broadcaster.rendering.studio import Studio
from broadcaster.scripts import Voice


@dataclass(frozen=True, slots=True)
class HeldIn:
    """A standing bulletin that holds the article."""

    session_id: int
    code: str
    zone: str
    zone_code: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Touched:
    """Everything that a withdrawal changes."""

    places: tuple[Freed, ...]
    bulletins: tuple[HeldIn, ...]
    feeds: tuple[str, ...]
    players: tuple[str, ...]
    #: The nearest bulletin that holds it and has not ended.
    next: HeldIn | None


@dataclass(slots=True)
class Mended:
    """What was brought in line, and what could not be."""

    bulletins: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def touched_by_withdrawal(session: Session, settings: Settings, article: Article, *, now: datetime) -> Touched:
    """What a withdrawal at this moment would change. To be asked in a session that reads: it keeps nothing.

    It goes through the very act and drops it, so that what is shown is what will happen.
    """
    places = take_off_air(session, article, now=now, why="")
    session.expire_all()
    bulletins = bulletins_with(session, settings, article, now=now)
    zones = {held.zone_code for held in bulletins}
    columns = {place.where for place in places if place.published} - set(session.scalars(select(Zone.code)))
    coming = [held for held in bulletins if held.ends_at > now]
    coming_zones = {held.zone_code for held in coming}
    players = session.scalars(
        select(Player.name)
        .join(Zone, Zone.id == Player.zone_id)
        .where(Player.revoked_at.is_(None), Zone.code.in_(coming_zones))
        .order_by(Player.name)
    )
    feeds = [f"feeds/columns/{code}.xml" for code in sorted(columns)]
    feeds += [f"feeds/zones/{code}.xml" for code in sorted(zones)]
    nearest = min(coming, key=lambda held: held.starts_at, default=None)
    return Touched(places, bulletins, tuple(feeds), tuple(players), nearest)


def bulletins_with(session: Session, settings: Settings, article: Article, *, now: datetime) -> tuple[HeldIn, ...]:
    """The standing bulletins that hold the article and that players or podcasts may still have, in order of time."""
    tz = settings.zone_info
    begins = day_start(now.astimezone(tz).date(), tz) - timedelta(days=settings.podcast_days)
    query = (
        select(Bulletin.code, BroadcastSession, Zone.name, Zone.code)
        .join(BulletinItem, BulletinItem.bulletin_id == Bulletin.id)
        .join(BroadcastSession, BroadcastSession.id == Bulletin.session_id)
        .join(Zone, Zone.id == BroadcastSession.zone_id)
        .where(
            BulletinItem.article_id == article.id,
            Bulletin.superseded_at.is_(None),
            BroadcastSession.starts_at >= begins,
        )
        .order_by(BroadcastSession.starts_at, Zone.code)
    )
    found = []
    for code, broadcast, zone, zone_code in session.execute(query).tuples():
        ends_at = broadcast.starts_at + timedelta(milliseconds=broadcast.length_ms)
        found.append(HeldIn(broadcast.id, code, zone, zone_code, broadcast.starts_at, ends_at))
    return tuple(found)


def mend(database: Database, settings: Settings, voice: Voice, held: Sequence[HeldIn], *, now: datetime) -> Mended:
    """Joins the bulletins that held the article anew, the nearest to the air first, and brings the public tree in line.

    Whatever else is due is left to the clock: two minutes before air nothing else is waited for.
    """
    mended = Mended()
    studio = Studio(settings)
    try:
        workshop = Workshop(database, settings, studio, voice)
        for one in sorted(held, key=lambda one: (one.ends_at <= now, one.starts_at)):
            try:
                renewed = render_bulletin(workshop, one.session_id, now=now)
            except AudioError as failure:
                mended.failures.append(f"{one.code}: {failure}")
                continue
            if renewed is not None:
                mended.bulletins.append(renewed.code)
    finally:
        studio.close()
    changes = publish(database, settings, voice, now=now)
    mended.paths = [*changes.changed, *changes.removed]
    return mended


@dataclass(frozen=True, slots=True)
class Followed:
    """A session that lost the article, and the bulletin that stands there now."""

    zone: str
    starts_at: datetime
    bulletin: str | None
    is_mended: bool


def followed(session: Session, article: Article) -> tuple[Followed, ...]:
    """What became of the sessions that a withdrawn article was taken out of."""
    if article.withdrawn_at is None:
        return ()
    rows = session.execute(
        select(BroadcastSession, Zone.name, Bulletin)
        .join(Placement, Placement.session_id == BroadcastSession.id)
        .join(Zone, Zone.id == BroadcastSession.zone_id)
        .outerjoin(Bulletin, (Bulletin.session_id == BroadcastSession.id) & Bulletin.superseded_at.is_(None))
        .where(Placement.article_id == article.id, Placement.removed_at == article.withdrawn_at)
        .order_by(BroadcastSession.starts_at)
    ).tuples()
    held = set(session.scalars(select(BulletinItem.bulletin_id).where(BulletinItem.article_id == article.id)))
    seen: dict[int, Followed] = {}
    for broadcast, zone, bulletin in rows:
        is_mended = bulletin is None or bulletin.id not in held
        seen[broadcast.id] = Followed(zone, broadcast.starts_at, bulletin.code if bulletin else None, is_mended)
    return tuple(seen.values())
