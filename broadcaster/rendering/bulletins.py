"""Keeps each session's bulletin what the books say it should be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.language import gettext as _
from broadcaster.models import (
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    ItemKind,
    Placement,
    Plan,
    PlanState,
    Priority,
    Rendition,
)
from broadcaster.profiles import profile_of
from broadcaster.rendering.composition import FramesLost, Joined, Piece, Sheet, join
from broadcaster.rendering.requests import Request, article_request, frame_requests
from broadcaster.rendering.studio import Studio, speaker
from broadcaster.scripts import Voice, part_of_day

if TYPE_CHECKING:
    from broadcaster.rendering.render import RenderReport


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
    wanted = [row for row in rows if row.id in standing or _ends_at(row) > now]
    return sorted(wanted, key=lambda row: _ends_at(row) <= now)


def render_bulletin(
    database: Database,
    settings: Settings,
    studio: Studio,
    voice: Voice,
    session_id: int,
    *,
    now: datetime,
    report: RenderReport,
) -> None:
    """Joins a session's bulletin where it is missing or no longer what it should be.

    Raises:
        FramesLost: a piece has not been rendered, or is lost; rendering again mends it.
        BulletinTooLong: the station's own lines alone exceed the session.
    """
    with database.reading() as session:
        broadcast = session.get_one(BroadcastSession, session_id)
        standing = _standing(session, session_id)
        if standing is not None and _ends_at(broadcast) <= now and _is_as_aired(standing, studio, now):
            return
        articles = _articles(session, broadcast, standing, now)
        sheet = _sheet(session, settings, studio, voice, broadcast, articles) if articles else None
        if sheet is None:
            if standing is None:
                return
        elif standing is not None and standing.composition == sheet.digest and studio.shelf.get(standing.sha256):
            return
    joined = join(sheet, studio.shelf) if sheet is not None else None
    if joined is not None:
        studio.shelf.put(joined.bulletin.sha256, ".mp3", joined.bulletin.data)
    with database.writing() as session:
        code = _keep(session, session_id, sheet, joined, settings, now)
    report.bulletins.append(code)
    for piece in joined.dropped if joined else ():
        report.notes.append(_("{code}: không đủ chỗ cho «{title}»", code=code, title=piece.title))


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


def _sheet(
    session: Session,
    settings: Settings,
    studio: Studio,
    voice: Voice,
    broadcast: BroadcastSession,
    articles: list[Article],
) -> Sheet:
    zone = broadcast.zone
    profile = profile_of(zone)
    local = broadcast.starts_at.astimezone(settings.zone_info)
    lines = frame_requests(broadcast, settings.station, settings.zone_info, voice)

    def piece(request: Request, kind: ItemKind, article: Article | None = None) -> Piece:
        row = session.scalars(select(Rendition).where(Rendition.shaped_by == request.shaped_by)).first()
        if row is None:
            raise FramesLost(f"Chưa có bản đọc của «{request.title}»; hãy chạy lệnh render.")
        return Piece(
            kind=kind,
            title=request.title,
            frames_key=row.frames_key,
            length_ms=row.length_ms,
            spoken_by=speaker(row.engine, row.voice),
            synthetic=row.synthetic,
            article_id=article.id if article else None,
            urgency=list(Priority).index(Priority(article.priority)) if article else 0,
        )

    return Sheet(
        title=f"{settings.station}: bản tin {part_of_day(local.time())} {local:%d/%m/%Y}",
        zone_name=zone.name,
        starts_at=local,
        length_ms=broadcast.length_ms,
        gap_ms=zone.gap_ms,
        filler=zone.filler,
        ident=piece(lines.ident, ItemKind.IDENT),
        dateline=piece(lines.dateline, ItemKind.IDENT),
        items=tuple(piece(article_request(article, profile, voice), ItemKind.ITEM, article) for article in articles),
        sign_off=piece(lines.sign_off, ItemKind.SIGN_OFF),
        chime=studio.sound("chime", profile),
        closing=studio.sound("closing", profile),
        bed=studio.sound("bed", profile) if zone.filler == "music" else None,
    )


def _keep(
    session: Session,
    session_id: int,
    sheet: Sheet | None,
    joined: Joined | None,
    settings: Settings,
    now: datetime,
) -> str:
    """Writes the new version down in place of the one before; without a sheet the session has none any more."""
    broadcast = session.get_one(BroadcastSession, session_id)
    prefix = bulletin_prefix(broadcast, settings)
    standing = _standing(session, session_id)
    code = f"{prefix}-{joined.bulletin.sha256[:8]}" if joined else prefix
    if standing is not None and standing.code != code:
        standing.superseded_at = now
        session.flush()
    if sheet is None or joined is None:
        return code
    row = session.scalars(select(Bulletin).where(Bulletin.code == code)).first()
    if row is not None:
        # Back to a version that stood before: the same sound, the same row.
        row.superseded_at, row.composition = None, sheet.digest
        return code
    row = Bulletin(session_id=session_id, code=code, composition=sheet.digest, made_at=now)
    row.sha256, row.size_bytes, row.length_ms = joined.bulletin.sha256, joined.bulletin.bytes, joined.bulletin.length_ms
    row.synthetic, row.spoken_by = sheet.synthetic, list(sheet.speakers)
    row.notes = [f"không đủ chỗ: {piece.title}" for piece in joined.dropped]
    row.items = [
        BulletinItem(
            position=number,
            kind=piece.kind,
            article_id=piece.article_id,
            title=piece.title,
            starts_ms=starts_ms,
            length_ms=piece.length_ms,
            spoken_by=piece.spoken_by,
        )
        for number, (piece, starts_ms) in enumerate(joined.pieces)
    ]
    session.add(row)
    session.flush()
    return code


def bulletin_prefix(broadcast: BroadcastSession, settings: Settings) -> str:
    """What players and operators call a session: its zone, day and time in station time."""
    return f"{broadcast.zone.code}-{broadcast.starts_at.astimezone(settings.zone_info):%Y%m%d-%H%M}"
