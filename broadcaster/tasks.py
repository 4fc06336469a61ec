"""What the clock does: everything that is due at an instant, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from audio.shelf import Shelf
from broadcaster.clockjobs import Job
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.lexicon import station_voice
from broadcaster.models import BroadcastSession, Bulletin
from broadcaster.months import day_start
from broadcaster.publishing import Changes, Memory, publish
from broadcaster.rendering import RenderReport, render
from broadcaster.rendering.render import Progress
from broadcaster.scripts import Voice
from broadcaster.sessions import AHEAD_DAYS, materialise


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
    tidy(database, settings, now=now)
    return Ticked(made.added, made.cancelled, rendered, published)


def minute_job(database: Database, settings: Settings, *, progress: Progress | None = None, each: bool = False) -> Job:
    """The clock's job of every minute. One tick makes up for all that were missed, since it starts from what is."""
    memory = Memory()

    def perform(due: datetime) -> None:
        voice = station_voice(database, settings)
        tick(database, settings, voice, now=due, progress=progress, memory=memory)

    return Job("tick", 60, perform, each=each)


def tidy(database: Database, settings: Settings, *, now: datetime) -> int:
    """Takes bulletins off the shelf that nobody may hold any more; they could be joined again from their frames."""
    begins = day_start(now.astimezone(settings.zone_info).date(), settings.zone_info)
    begins -= timedelta(days=settings.podcast_days)
    shelf = Shelf(settings.shelf_folder)
    with database.reading() as session:
        rows = session.execute(
            select(Bulletin.sha256, Bulletin.superseded_at, BroadcastSession.starts_at).join(BroadcastSession)
        ).all()
    wanted = {sha256 for sha256, superseded_at, starts_at in rows if superseded_at is None and starts_at >= begins}
    gone = {sha256 for sha256, _superseded_at, _starts_at in rows} - wanted
    shelf.collect_orphans()
    return sum(shelf.remove(sha256) for sha256 in gone)
