"""Keeps each session's bulletin what the books say it should be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from audio.inspection import Severity, inspect_bulletin
from audio.mastering import MasteringProfile
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import (
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    ItemKind,
    Placement,
    Plan,
    PlanState,
    Rendition,
    RenditionFault,
)
from broadcaster.profiles import profile_of
from broadcaster.rendering.composition import FramesLost, Joined, NotFitForAir, Piece, Sheet, join
from broadcaster.rendering.fitting import Fitted, Voiced, fit
from broadcaster.rendering.notes import left_out_note, notes_of
from broadcaster.rendering.pictures import keep_picture
from broadcaster.rendering.requests import Request, article_request, frame_requests
from broadcaster.rendering.studio import RECORDED, Studio, speaker
from broadcaster.scripts import Voice, part_of_day
from broadcaster.session_codes import session_code


@dataclass(frozen=True, slots=True)
class Workshop:
    """What bulletins are made with. `tried` names what was rendered in this run, in vain or not."""

    database: Database
    settings: Settings
    studio: Studio
    voice: Voice
    tried: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Intended:
    """What a session's bulletin should be: nothing without a `sheet`. With `wanted`, these are to be rendered first."""

    sheet: Sheet | None
    profile: MasteringProfile
    wanted: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class Renewed:
    """A bulletin that took another's place, and what staff should know of it."""

    code: str
    notes: tuple[str, ...]


def due_sessions(session: Session, begins: datetime, ends: datetime, now: datetime) -> list[BroadcastSession]:
    """Sessions of the window whose bulletin has to be looked at, the nearest to come first, past ones last.

    A session that has ended without a bulletin never aired and gets none any more.
    """
    standing = set(session.scalars(select(Bulletin.session_id).where(Bulletin.superseded_at.is_(None))))
    rows = session.scalars(
        select(BroadcastSession)
        .where(
            BroadcastSession.starts_at >= begins,
            BroadcastSession.starts_at <= ends,
            BroadcastSession.cancelled_why.is_(None),
        )
        .order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)
    )
    wanted = [row for row in rows if not row.is_interrupt and (row.id in standing or _ends_at(row) > now)]
    return sorted(wanted, key=lambda row: _ends_at(row) <= now)


def intend(workshop: Workshop, session_id: int, *, now: datetime) -> Intended | None:
    """What a session's bulletin should be; None where it is that already.

    Raises:
        FramesLost: one of the station's own lines has not been rendered.
        BulletinTooLong: those lines alone exceed the session.
    """
    with workshop.database.reading() as session:
        broadcast = session.get_one(BroadcastSession, session_id)
        profile = profile_of(broadcast.zone)
        standing = _standing(session, session_id)
        if standing is not None and _ends_at(broadcast) <= now and _is_as_aired(standing, workshop.studio, now):
            return None
        articles = _articles(session, broadcast, standing, now)
        fitted, sheet = _fitted(session, workshop, broadcast, articles) if articles else (None, None)
        if fitted is not None and fitted.wanted:
            return Intended(None, profile, fitted.wanted)
        if sheet is None:
            return None if standing is None else Intended(None, profile)
        if standing is not None and standing.composition == sheet.digest and workshop.studio.shelf.get(standing.sha256):
            return None
        return Intended(sheet, profile)


def render_bulletin(workshop: Workshop, session_id: int, *, now: datetime) -> Renewed | None:
    """Joins a session's bulletin where it is missing or no longer what it should be; None where nothing had to be done.

    Raises:
        FramesLost: a piece has not been rendered, or is lost; rendering again mends it.
        BulletinTooLong: the station's own lines alone exceed the session.
        NotFitForAir: inspection refuses what was joined; what stood before goes on standing.
    """
    intended = intend(workshop, session_id, now=now)
    if intended is None:
        return None
    sheet = intended.sheet
    if sheet is None:
        with workshop.database.writing() as session:
            return Renewed(_keep(session, session_id, None, None, (), workshop.settings, now), ())
    shelf = workshop.studio.shelf
    joined = join(sheet, shelf)
    notes = (*sheet.notes, *_inspected(sheet, joined, intended.profile))
    shelf.put(joined.bulletin.sha256, ".mp3", joined.bulletin.data)
    keep_picture(shelf, joined.bulletin.sha256, joined.peaks)
    with workshop.database.writing() as session:
        code = _keep(session, session_id, sheet, joined, notes, workshop.settings, now)
    return Renewed(code, notes)


def _inspected(sheet: Sheet, joined: Joined, profile: MasteringProfile) -> tuple[str, ...]:
    """What inspection has to say of a joined bulletin. Raises NotFitForAir."""
    session_ms = sheet.needed_ms if sheet.filler == "none" else sheet.length_ms
    peaks = () if sheet.filler == "silence" else joined.peaks
    findings = inspect_bulletin(joined.bulletin, joined.loudness_blocks, profile, session_ms=session_ms, peaks=peaks)
    refusals = [finding.words for finding in findings if finding.severity is Severity.REFUSAL]
    if refusals:
        raise NotFitForAir(f"{sheet.title}, {sheet.zone_name}: {' '.join(refusals)}")
    return tuple(finding.words for finding in findings)


def _ends_at(broadcast: BroadcastSession) -> datetime:
    return broadcast.starts_at + timedelta(milliseconds=broadcast.length_ms)


def _standing(session: Session, session_id: int) -> Bulletin | None:
    query = select(Bulletin).where(Bulletin.session_id == session_id, Bulletin.superseded_at.is_(None))
    return session.scalars(query.options(selectinload(Bulletin.items).selectinload(BulletinItem.article))).first()


def _is_as_aired(standing: Bulletin, studio: Studio, now: datetime) -> bool:
    """Whether a past bulletin may stay: everything in it may still be heard, and the shelf has it."""
    may_stay = all(item.article is None or item.article.is_airable(now) for item in standing.items)
    return may_stay and studio.shelf.get(standing.sha256) is not None


def _articles(session: Session, broadcast: BroadcastSession, standing: Bulletin | None, now: datetime) -> list[Article]:
    """What the bulletin holds, in order: what was published for it and may be heard when it is heard."""
    at = max(now, broadcast.starts_at)
    if standing is not None and _ends_at(broadcast) <= now:
        # What was on the air stays as it was, but for what may not be heard any more.
        held = [item.article for item in standing.items if item.article is not None]
    else:
        held = list(
            session.scalars(
                select(Article)
                .join(Placement, Placement.article_id == Article.id)
                .join(Plan, Plan.id == Placement.plan_id)
                .where(
                    Placement.session_id == broadcast.id,
                    Placement.removed_at.is_(None),
                    Plan.state == PlanState.PUBLISHED,
                )
                .order_by(Placement.position)
            )
        )
    return [article for article in held if article.is_airable(at)]


@dataclass(frozen=True, slots=True)
class _Books:
    """Renditions as the books have them."""

    session: Session
    tried: Collection[str]

    def row_of(self, request: Request) -> Rendition | None:
        return self.session.scalars(select(Rendition).where(Rendition.shaped_by == request.shaped_by)).first()

    def fault_of(self, request: Request) -> RenditionFault | None:
        return self.session.get(RenditionFault, request.shaped_by)

    def piece_of(self, request: Request) -> Piece | None:
        row = self.row_of(request)
        return _piece(row, request, ItemKind.ITEM) if row is not None else None

    def has_failed(self, request: Request) -> bool:
        fault = self.fault_of(request)
        return fault is not None and (not fault.can_retry or request.shaped_by in self.tried)


def _piece(row: Rendition, request: Request, kind: ItemKind) -> Piece:
    return Piece(
        kind=kind,
        title=request.title,
        frames_key=row.frames_key,
        length_ms=row.length_ms,
        spoken_by=speaker(row.engine, row.voice),
        synthetic=row.synthetic,
        article_id=request.article_id,
        urgency=request.urgency,
        warnings=tuple(str(words) for words in row.warnings),
    )


def _fitted(
    session: Session, workshop: Workshop, broadcast: BroadcastSession, articles: Sequence[Article]
) -> tuple[Fitted, Sheet | None]:
    """What the session holds of these articles, and its sheet; none where no item is left.

    What could not be spoken, or was refused by inspection, is left out and noted: the session gets the rest.
    """
    books = _Books(session, workshop.tried)
    profile = profile_of(broadcast.zone)
    voiced: list[Voiced] = []
    notes: list[str] = []
    for article in articles:
        request = article_request(article, profile, workshop.voice)
        row = books.row_of(request)
        if row is None:
            fault = books.fault_of(request)
            notes.append(left_out_note(article.title, fault.why if fault is not None else None))
            continue
        engine = row.engine if row.engine != RECORDED else None
        voiced.append(Voiced(_piece(row, request, ItemKind.ITEM), request, engine))
    lines = _lines(workshop, broadcast, books)
    fitted = fit(lines, voiced, books)
    if not fitted.items:
        return fitted, None
    said = (*notes, *notes_of(fitted))
    return fitted, replace(lines, items=(*fitted.items, *fitted.repeated), notes=said)


def _lines(workshop: Workshop, broadcast: BroadcastSession, books: _Books) -> Sheet:
    """The session's sheet with the station's own lines, and no item yet. Raises FramesLost."""
    zone, settings, studio = broadcast.zone, workshop.settings, workshop.studio
    profile = profile_of(zone)
    local = broadcast.starts_at.astimezone(settings.zone_info)
    requests = frame_requests(broadcast, settings.station, settings.zone_info, workshop.voice)

    def line(request: Request, kind: ItemKind) -> Piece:
        row = books.row_of(request)
        if row is None:
            raise FramesLost(f"Chưa có bản đọc của «{request.title}»; hãy chạy lệnh render.")
        return _piece(row, request, kind)

    return Sheet(
        title=f"{settings.station}: bản tin {part_of_day(local.time())} {local:%d/%m/%Y}",
        zone_name=zone.name,
        starts_at=local,
        length_ms=broadcast.length_ms,
        gap_ms=zone.gap_ms,
        filler=zone.filler,
        ident=line(requests.ident, ItemKind.IDENT),
        dateline=line(requests.dateline, ItemKind.IDENT),
        items=(),
        sign_off=line(requests.sign_off, ItemKind.SIGN_OFF),
        chime=studio.sound("chime", profile),
        closing=studio.sound("closing", profile),
        bed=studio.sound("bed", profile) if zone.filler in {"music", "repeat"} else None,
    )


def _keep(
    session: Session,
    session_id: int,
    sheet: Sheet | None,
    joined: Joined | None,
    notes: Sequence[str],
    settings: Settings,
    now: datetime,
) -> str:
    """Writes the new version down in place of the one before; without a sheet the session has none any more."""
    broadcast = session.get_one(BroadcastSession, session_id)
    prefix = session_code(broadcast, settings.zone_info)
    standing = _standing(session, session_id)
    code = f"{prefix}-{joined.bulletin.sha256[:8]}" if joined else prefix
    if standing is not None and standing.code != code:
        standing.superseded_at = now
        session.flush()
    if sheet is None or joined is None:
        return code
    row = session.scalars(select(Bulletin).where(Bulletin.code == code)).first()
    if row is not None:
        # Back to a version that stood before: the same sound, the same row; what is to be said of it may be new.
        row.superseded_at, row.composition, row.notes = None, sheet.digest, list(notes)
        return code
    row = Bulletin(session_id=session_id, code=code, composition=sheet.digest, made_at=now)
    row.sha256, row.size_bytes, row.length_ms = joined.bulletin.sha256, joined.bulletin.bytes, joined.bulletin.length_ms
    row.synthetic, row.spoken_by, row.notes = sheet.synthetic, list(sheet.speakers), list(notes)
    row.items = [
        BulletinItem(
            position=number,
            kind=piece.kind,
            article_id=piece.article_id,
            title=piece.title,
            starts_ms=starts_ms,
            length_ms=piece.length_ms,
            spoken_by=piece.spoken_by,
            frames_key=piece.frames_key,
        )
        for number, (piece, starts_ms) in enumerate(joined.pieces)
    ]
    session.add(row)
    session.flush()
    return code
