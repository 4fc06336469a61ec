"""What the shelf may not lose: everything that is published or planned. The rest is made again when it is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from audio.measured import measured_key
from broadcaster.models import (
    Article,
    BroadcastSession,
    Bulletin,
    Placement,
    Plan,
    PlanState,
    Post,
    Rendition,
    Zone,
)
from broadcaster.profiles import article_shaped_by, profile_of
from broadcaster.rendering.pictures import picture_key
from broadcaster.rendering.studio import SOUNDS, sound_key
from broadcaster.scripts import Voice

LIVE = (PlanState.PUBLISHED, PlanState.DRAFT)


def wanted_articles(session: Session, *, now: datetime) -> set[int]:
    """The articles whose sound is wanted: planned for a session that is still to come, or posted in a column."""
    placed = session.scalars(
        select(Placement.article_id)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .where(Plan.state.in_(LIVE), Placement.removed_at.is_(None), BroadcastSession.starts_at > now)
    )
    posted = session.scalars(
        select(Post.article_id)
        .join(Plan, Plan.id == Post.plan_id)
        .where(Plan.state.in_(LIVE), Post.removed_at.is_(None))
    )
    return {*placed, *posted}


def kept_keys(session: Session, voice: Voice, *, since: datetime, now: datetime) -> frozenset[str]:
    """The keys on the shelf of what is published or planned; `since` is when the oldest published session began."""
    zones = list(session.scalars(select(Zone)))
    keys = {key for zone in zones for name in SOUNDS for key in _with_measurements(sound_key(name, profile_of(zone)))}
    keys.update(_of_bulletins(session, since))
    articles = session.scalars(
        select(Article)
        .where(Article.id.in_(wanted_articles(session, now=now)))
        .options(selectinload(Article.recordings))
    ).all()
    keys.update(_of_articles(session, articles, zones, voice))
    return frozenset(keys)


def _of_bulletins(session: Session, since: datetime) -> Iterator[str]:
    rows = session.scalars(
        select(Bulletin)
        .join(BroadcastSession)
        .where(Bulletin.superseded_at.is_(None), BroadcastSession.starts_at >= since)
        .options(selectinload(Bulletin.items))
    )
    heard: set[str] = set()
    for bulletin in rows:
        yield from (bulletin.sha256, picture_key(bulletin.sha256))
        heard.update(item.frames_key for item in bulletin.items if item.frames_key)
    for frames_key in heard:
        yield from _with_measurements(frames_key)


def _of_articles(session: Session, articles: Iterable[Article], zones: Iterable[Zone], voice: Voice) -> Iterator[str]:
    profiles = {profile.digest: profile for profile in map(profile_of, zones)}
    shaped = {article_shaped_by(article, profile, voice) for article in articles for profile in profiles.values()}
    for row in session.scalars(select(Rendition)):
        if row.shaped_by in shaped:
            yield row.media_sha256
            yield from _with_measurements(row.frames_key)


def _with_measurements(frames_key: str) -> tuple[str, str]:
    return frames_key, measured_key(frames_key)
