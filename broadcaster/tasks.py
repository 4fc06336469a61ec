"""What the clock does: everything that is due at an instant, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from audio.shelf import Shelf
from broadcaster.alerts import look_after
from broadcaster.clockjobs import Job
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.lexicon import station_voice
from broadcaster.models import BroadcastSession, Bulletin, RenditionFault
from broadcaster.months import day_start
from broadcaster.publishing import Changes, Memory, publish
from broadcaster.rendering import RenderReport, render
from broadcaster.rendering.keeping import kept_keys
from broadcaster.rendering.pictures import picture_key
from broadcaster.rendering.render import Progress
from broadcaster.scripts import Voice
from broadcaster.sessions import AHEAD_DAYS, materialise

FAULTS_KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did."""

    sessions_added: int
    sessions_cancelled: int
    rendered: RenderReport
    published: Changes


def tick(
    database: Database,
    settings: Settings,
    voice: Voice,
    *,
    now: datetime,
    progress: Progress | None = None,
    memory: Memory | None = None,
) -> Ticked:
    """Brings sessions, sound and the public tree in line with the books as they stand at `now`.

    Every step starts from what is and makes what should be, so a tick that was missed, killed or run twice does no
    harm: the next one ends where an undisturbed one would have.
    """
    tz = settings.zone_info
    today = now.astimezone(tz).date()
    with database.writing() as session:
        made = materialise(session, today, today + timedelta(days=AHEAD_DAYS), now=now, tz=tz)
    rendered = (
        render(database, settings, voice, now=now, progress=progress)
        if progress is not None
        else render(database, settings, voice, now=now)
    )
    published = publish(database, settings, voice, now=now, memory=memory)
    tidy(database, settings, voice, now=now)
    return Ticked(made.added, made.cancelled, rendered, published)


def minute_job(database: Database, settings: Settings, *, progress: Progress | None = None, each: bool = False) -> Job:
    """The clock's job of every minute. One tick makes up for all that were missed, since it starts from what is."""
    memory = Memory()

    def perform(due: datetime) -> None:
        """Works, then says what is not well; what failed is raised after that, so that the clock knows too."""
        try:
            voice = station_voice(database, settings)
            done = tick(database, settings, voice, now=due, progress=progress, memory=memory)
        except Exception as failure:
            look_after(database, settings, now=due, failures=[type(failure).__name__])
            raise
        look_after(database, settings, now=due, failures=done.rendered.failures)

    return Job("tick", 60, perform, each=each)


def tidy(database: Database, settings: Settings, voice: Voice, *, now: datetime) -> int:
    """Keeps the shelf in bounds; how many things were taken off it. Everything could be made again.

    Bulletins that nobody may hold any more go at once. Beyond `shelf_mb` the least recently used goes, but never what
    is published or planned, even if that alone is more.
    """
    begins = day_start(now.astimezone(settings.zone_info).date(), settings.zone_info)
    begins -= timedelta(days=settings.podcast_days)
    shelf = Shelf(settings.shelf_folder)
    shelf.collect_orphans()
    held = {thing.key: thing.bytes for thing in shelf.walk()}
    with database.reading() as session:
        rows = session.execute(
            select(Bulletin.sha256, Bulletin.superseded_at, BroadcastSession.starts_at).join(BroadcastSession)
        ).all()
        wanted = {sha256 for sha256, superseded_at, starts_at in rows if superseded_at is None and starts_at >= begins}
        gone = {sha256 for sha256, _superseded_at, _starts_at in rows if sha256 in held} - wanted
        limit_bytes = settings.shelf_mb * 1_000_000
        is_full = sum(held.values()) > limit_bytes
        keep = kept_keys(session, voice, since=begins, now=now) if is_full else frozenset()
    _forget_faults(database, now)
    removed = sum(shelf.remove(key) for sha256 in gone for key in (sha256, picture_key(sha256)))
    return removed + (len(shelf.evict(limit_bytes=limit_bytes, keep=keep)) if is_full else 0)


def _forget_faults(database: Database, now: datetime) -> None:
    """What could not be spoken long ago is nobody's concern any more; if it is, it will be found out again."""
    old = RenditionFault.failed_at < now - FAULTS_KEPT
    with database.reading() as session:
        if session.scalars(select(RenditionFault).where(old)).first() is None:
            return
    with database.writing() as session:
        session.execute(delete(RenditionFault).where(old))
