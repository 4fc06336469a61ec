"""Renders what is due: first what has to be spoken, the urgent first, then the bulletins that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audio.errors import AudioError
from audio.measured import measured_key
from broadcaster.approvals import article_of
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import Article, BroadcastSession, Rendition, RenditionFault, Zone
from broadcaster.months import day_start
from broadcaster.planning.problem import airable_articles
from broadcaster.profiles import profile_of
from broadcaster.rendering.bulletins import Workshop, due_sessions, intend, render_bulletin
from broadcaster.rendering.keeping import wanted_articles
from broadcaster.rendering.learning import learn_paces
from broadcaster.rendering.notes import left_out_note
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
    tried: set[str] = set()
    workshop = Workshop(database, settings, studio, voice, tried)
    try:
        with database.reading() as session:
            articles = [article_of(session, ref) for ref in refs] if refs else _coming(session, now)
            sessions = [] if refs else _sessions(session, settings, now, day)
            requests = _requests(session, settings, voice, articles, sessions)
            wanted = {article.id for article in articles} if refs else wanted_articles(session, now=now)
            missing = _missing(session, studio, requests, wanted, report, again=bool(refs))
        ids = [broadcast.id for broadcast in sessions]
        crew = _Crew(workshop, tried, now, report, progress)
        crew.make(missing)
        if report.renditions:
            with database.writing() as session:
                learn_paces(session, now=now)
        ids = _hurry(workshop, crew, ids, now)
        for number, session_id in enumerate(ids):
            progress("bulletins", number, len(ids))
            try:
                renewed = render_bulletin(workshop, session_id, now=now)
            except AudioError as failure:
                report.failures.append(str(failure))
                continue
            if renewed is not None:
                report.bulletins.append(renewed.code)
                report.notes += [f"{renewed.code}: {note}" for note in renewed.notes]
        progress("bulletins", len(ids), len(ids))
    finally:
        studio.close()
    return report


def _hurry(workshop: Workshop, crew: _Crew, session_ids: Sequence[int], now: datetime) -> list[int]:
    """Makes what sessions that are too full want at another pace; answers the sessions that are to be joined.

    Where a rendition fails, the session may want others instead, hence the rounds.
    """
    open_ids = list(session_ids)
    while True:
        wanted: dict[str, Request] = {}
        still_open = []
        for session_id in open_ids:
            try:
                intended = intend(workshop, session_id, now=now)
            except AudioError:
                still_open.append(session_id)  # said where it is joined
                continue
            if intended is not None:
                still_open.append(session_id)
                wanted.update((request.shaped_by, request) for request in intended.wanted)
        open_ids = still_open
        fresh = [request for request in wanted.values() if request.shaped_by not in crew.tried]
        if not fresh:
            return open_ids
        crew.make(fresh)


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


def _missing(
    session: Session,
    studio: Studio,
    requests: Iterable[Request],
    wanted: Collection[int],
    report: RenderReport,
    *,
    again: bool,
) -> list[Request]:
    """What has to be made.

    Cases: what was never made, so that its length is known to planning; what the shelf has lost, if the article is
    `wanted` (else it would be made and evicted over and over); what was refused for good, only `again`.
    """
    missing = []
    for request in requests:
        row = _row_of(session, request)
        is_wanted = request.article_id is None or request.article_id in wanted
        if row is not None and (not is_wanted or _is_held(studio, row)):
            continue
        fault = session.get(RenditionFault, request.shaped_by)
        if fault is not None and not fault.can_retry and not again:
            report.notes.append(left_out_note(request.title, fault.why))
        else:
            missing.append(request)
    return missing


def _row_of(session: Session, request: Request) -> Rendition | None:
    return session.scalars(select(Rendition).where(Rendition.shaped_by == request.shaped_by)).first()


def _is_held(studio: Studio, row: Rendition) -> bool:
    keys = (row.frames_key, measured_key(row.frames_key), row.media_sha256)
    return all(studio.shelf.get(key) is not None for key in keys if key)


class _Crew:
    """A bounded pool that makes renditions, the first ones first, and writes each down once it lies on the shelf."""

    def __init__(
        self, workshop: Workshop, tried: set[str], now: datetime, report: RenderReport, progress: Progress
    ) -> None:
        self.tried = tried
        self._workshop, self._now, self._report, self._progress = workshop, now, report, progress

    def make(self, missing: Sequence[Request]) -> None:
        """Makes what is missing. One that fails harms no other: it is written down and told in the report."""
        waiting = list(reversed(missing))
        running: dict[Future[Made | None], Request] = {}
        done = 0
        with ThreadPoolExecutor(WORKERS) as pool:
            while waiting or running:
                self._progress("renditions", done, len(missing))
                while waiting and len(running) < WORKERS:
                    request = waiting.pop()
                    self.tried.add(request.shaped_by)
                    running[pool.submit(self._make_once, request)] = request
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    request = running.pop(future)
                    done += 1
                    try:
                        self._tell(request, future.result())
                    except AudioError as failure:
                        self._fail(request, failure)
        self._progress("renditions", done, len(missing))

    def _make_once(self, request: Request) -> Made | None:
        """Of all processes that want it, one makes it; None in the others."""
        studio = self._workshop.studio
        with studio.shelf.alone(request.shaped_by):
            with self._workshop.database.reading() as session:
                row = _row_of(session, request)
                if row is not None and _is_held(studio, row):
                    return None
            made = studio.make(request)
            with self._workshop.database.writing() as session:
                _keep(session, made, self._now)
            return made

    def _tell(self, request: Request, made: Made | None) -> None:
        if made is None:
            return
        self._report.renditions.append(request.title)
        for one in made.degraded:
            self._report.degraded[one["engine"]] = self._report.degraded.get(one["engine"], 0) + 1

    def _fail(self, request: Request, failure: AudioError) -> None:
        self._report.failures.append(f"{request.title}: {failure}")
        with self._workshop.database.writing() as session:
            row = session.get(RenditionFault, request.shaped_by)
            if row is None:
                row = RenditionFault(shaped_by=request.shaped_by, article_id=request.article_id, title=request.title)
                session.add(row)
            row.why, row.can_retry, row.failed_at = str(failure), failure.can_retry, self._now


def _keep(session: Session, made: Made, now: datetime) -> None:
    """The row comes after the file. A rendition that was lost and made again takes the place of the old row."""
    row = _row_of(session, made.request)
    if row is None:
        row = Rendition(shaped_by=made.request.shaped_by)
        session.add(row)
    row.article_id = made.request.article_id
    row.frames_key, row.media_sha256, row.media_bytes = made.frames_key, made.media_sha256, made.media_bytes
    row.engine, row.voice, row.synthetic = made.engine, made.voice, made.synthetic
    row.length_ms, row.loudness_lufs, row.true_peak_dbtp = made.length_ms, made.loudness_lufs, made.true_peak_dbtp
    row.degraded, row.warnings = list(made.degraded), list(made.warnings)
    row.unknown_words = list(made.request.script.unknown)
    row.sentences, row.pacing = list(made.sentences), dict(made.pacing)
    row.made_at = now
    _forget_faults(session, made.request)


def _forget_faults(session: Session, request: Request) -> None:
    """What was wrong with it is mended; of an article that sounds, also what was wrong with its former texts."""
    mended = RenditionFault.shaped_by == request.shaped_by
    if request.article_id is not None and request.hurry is None:
        mended |= RenditionFault.article_id == request.article_id
    session.execute(delete(RenditionFault).where(mended))
