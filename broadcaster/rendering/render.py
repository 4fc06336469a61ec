"""Renders what is due: first what has to be spoken, the urgent first, then the bulletins that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.errors import AudioError
from broadcaster.approvals import article_of
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import Article, BroadcastSession, Rendition, Zone
from broadcaster.months import day_start
from broadcaster.planning.problem import airable_articles
from broadcaster.profiles import profile_of
from broadcaster.rendering.bulletins import due_sessions, render_bulletin
from broadcaster.rendering.requests import Request, article_request, frame_requests
from broadcaster.rendering.studio import Made, Studio
from broadcaster.scripts import Voice

#: ffmpeg does most of the work in processes of its own; more threads than cores only queue.
WORKERS = 2
#: Told how far the work is: what is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class RenderReport:
    """What a run made, and what it could not make and why."""

    renditions: list[str] = field(default_factory=list)
    bulletins: list[str] = field(default_factory=list)
    #: Engines that were to speak and did not, with how many pieces fell to the next one.
    degraded: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def render(
    database: Database,
    settings: Settings,
    voice: Voice,
    *,
    now: datetime,
    day: date | None = None,
    refs: Sequence[str] = (),
    progress: Progress = _silent,
) -> RenderReport:
    """Makes every rendition and bulletin that is due and missing; what is there already costs nothing.

    With `refs`, only these articles are spoken; with `day`, only that day's bulletins are joined. One that fails harms
    no other: it is named in the report.

    Raises:
        NotFound: an article of `refs` is unknown.
    """
    report = RenderReport()
    studio = Studio(settings)
    try:
        with database.reading() as session:
            articles = [article_of(session, ref) for ref in refs] if refs else _coming(session, now)
            sessions = [] if refs else _sessions(session, settings, now, day)
            requests = _requests(session, settings, voice, articles, sessions)
            missing = [request for request in requests if not _is_there(session, studio, request)]
        _speak(database, studio, missing, now, report, progress)
        for number, session_id in enumerate(broadcast.id for broadcast in sessions):
            progress("bulletins", number, len(sessions))
            try:
                render_bulletin(database, settings, studio, voice, session_id, now=now, report=report)
            except AudioError as failure:
                report.failures.append(str(failure))
        progress("bulletins", len(sessions), len(sessions))
    finally:
        studio.close()
    return report


def _coming(session: Session, now: datetime) -> list[Article]:
    """Articles that may still air, now or later."""
    articles = airable_articles(session)
    return [article for article in articles if article.expires_at is None or article.expires_at > now]


def _sessions(session: Session, settings: Settings, now: datetime, day: date | None) -> list[BroadcastSession]:
    tz = settings.zone_info
    begins = day_start(now.astimezone(tz).date(), tz) - timedelta(days=settings.podcast_days)
    ends = now + timedelta(hours=settings.hold_ahead_h)
    if day is not None:
        begins, ends = day_start(day, tz), day_start(day + timedelta(days=1), tz) - timedelta(microseconds=1)
    return due_sessions(session, begins, ends, now)


def _requests(
    session: Session,
    settings: Settings,
    voice: Voice,
    articles: Iterable[Article],
    sessions: Iterable[BroadcastSession],
) -> list[Request]:
    """Each rendition that is needed, once, the urgent first."""
    zones = list(session.scalars(select(Zone).order_by(Zone.position)))
    wanted: dict[str, Request] = {}
    for article in articles:
        for zone in article.zones or zones:
            request = article_request(article, profile_of(zone), voice)
            wanted.setdefault(request.shaped_by, request)
    for broadcast in sessions:
        for request in frame_requests(broadcast, settings.station, settings.zone_info, voice).all:
            wanted.setdefault(request.shaped_by, request)
    return sorted(wanted.values(), key=lambda request: -request.urgency)


def _is_there(session: Session, studio: Studio, request: Request) -> bool:
    row = session.scalars(select(Rendition).where(Rendition.shaped_by == request.shaped_by)).first()
    if row is None:
        return False
    return studio.shelf.get(row.frames_key) is not None and studio.shelf.get(row.media_sha256) is not None


def _speak(
    database: Database,
    studio: Studio,
    missing: Sequence[Request],
    now: datetime,
    report: RenderReport,
    progress: Progress,
) -> None:
    """Makes the missing renditions in a bounded pool and writes each down as soon as it lies on the shelf."""
    waiting = list(reversed(missing))
    running: dict[Future[Made], Request] = {}
    done = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        while waiting or running:
            progress("renditions", done, len(missing))
            while waiting and len(running) < WORKERS:
                request = waiting.pop()
                running[pool.submit(studio.make, request)] = request
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                request = running.pop(future)
                done += 1
                try:
                    made = future.result()
                except AudioError as failure:
                    report.failures.append(f"{request.title}: {failure}")
                    continue
                with database.writing() as session:
                    _keep(session, made, now)
                report.renditions.append(request.title)
                for one in made.degraded:
                    report.degraded[one["engine"]] = report.degraded.get(one["engine"], 0) + 1
    progress("renditions", done, len(missing))


def _keep(session: Session, made: Made, now: datetime) -> None:
    """The row comes after the file. A rendition that was lost and made again takes the place of the old row."""
    row = session.scalars(select(Rendition).where(Rendition.shaped_by == made.request.shaped_by)).first()
    if row is None:
        row = Rendition(shaped_by=made.request.shaped_by)
        session.add(row)
    row.article_id = made.request.article_id
    row.frames_key, row.media_sha256, row.media_bytes = made.frames_key, made.media_sha256, made.media_bytes
    row.engine, row.voice, row.synthetic = made.engine, made.voice, made.synthetic
    row.length_ms, row.loudness_lufs, row.true_peak_dbtp = made.length_ms, made.loudness_lufs, made.true_peak_dbtp
    row.degraded, row.warnings = list(made.degraded), list(made.warnings)
    row.unknown_words = list(made.request.script.unknown)
    row.made_at = now
