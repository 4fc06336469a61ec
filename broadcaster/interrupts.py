"""Interrupts: an urgent article on the air now, in every player of its zones at the next poll; or a drill of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster import audit
from broadcaster.approvals import article_of
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import (
    INTERRUPT_RULE,
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Interrupt,
    ItemKind,
    Priority,
    Rendition,
    Zone,
)
from broadcaster.profiles import profile_of, shaped_by
from broadcaster.rendering import render
from broadcaster.rendering.composition import FramesLost, Joined, Piece, Sheet, join
from broadcaster.rendering.requests import Request, article_request
from broadcaster.rendering.studio import Studio, speaker
from broadcaster.scripts import Voice, interrupt_texts, line_script

DEFAULT_EXPIRY = timedelta(minutes=30)
LONGEST_EXPIRY = timedelta(hours=24)
#: Nothing urgent is longer.
LONGEST_MS = 30 * 60_000


@dataclass(frozen=True, slots=True)
class _Ready:
    """A zone's interrupt, joined and on the shelf."""

    zone_id: int
    zone_code: str
    sheet: Sheet
    joined: Joined


def all_interrupts(session: Session, *, since: datetime) -> Sequence[Interrupt]:
    """What was sent since an instant, newest first."""
    query = select(Interrupt).where(Interrupt.sent_at >= since).order_by(Interrupt.sent_at.desc(), Interrupt.id.desc())
    return session.scalars(query.options(joinedload(Interrupt.zone), joinedload(Interrupt.article))).all()


def send_interrupt(
    database: Database,
    settings: Settings,
    voice: Voice,
    ref: str,
    *,
    zone_codes: Sequence[str],
    drill: bool,
    expires_in: timedelta,
    by: str,
    now: datetime,
) -> tuple[str, ...]:
    """Puts an article on the air now; answers the codes, one a zone. Publishing afterwards hands it to the players.

    Without zones it goes to the article's own, else to all.

    Raises:
        NotFound: there is no such article or zone.
        NotAllowed: the article may not be heard, is not urgent (a drill may take any), or the time is out of bounds.
        AudioError: it could not be spoken, or is too long to interrupt with.
    """
    if not timedelta(0) < expires_in <= LONGEST_EXPIRY:
        raise NotAllowed(_("tin khẩn có hiệu lực từ 1 phút đến {hours} giờ", hours=LONGEST_EXPIRY.days * 24))
    with database.reading() as session:
        article = article_of(session, ref)
        _check(article, drill, now)
        zone_ids = [zone.id for zone in _zones(session, article, zone_codes)]
    failures = render(database, settings, voice, now=now, refs=(ref,)).failures
    if failures:
        raise FramesLost("; ".join(failures))
    studio = Studio(settings)
    try:
        ready = [_ready(database, settings, studio, voice, ref, zone_id, drill, now) for zone_id in zone_ids]
    finally:
        studio.close()
    with database.writing() as session:
        article = article_of(session, ref)
        _check(article, drill, now)
        rows = [_keep(session, one, article, drill, now + expires_in, settings, by, now) for one in ready]
        codes = tuple(row.code for row in rows)
        act = "interrupts.drill" if drill else "interrupts.send"
        audit.record(session, act, ref, by=by, now=now, codes=list(codes), minutes=expires_in // timedelta(minutes=1))
    return codes


def end_interrupt(session: Session, code: str, *, by: str, now: datetime) -> bool:
    """Calls an interrupt off; False where it was over. What players have begun to play they play to its end.

    Raises:
        NotFound: there is no such interrupt.
    """
    row = session.scalars(select(Interrupt).where(Interrupt.code == code)).first()
    if row is None:
        raise NotFound(_("không có tin khẩn «{code}»", code=code))
    if not row.is_on(now):
        return False
    row.ended_at = now
    audit.record(session, "interrupts.end", code, by=by, now=now)
    return True


def _check(article: Article, drill: bool, now: datetime) -> None:
    if not article.is_airable(now):
        raise NotAllowed(_("{ref}: bài chưa được duyệt phát, đã rút hoặc ngoài thời hạn", ref=article.ref))
    if not drill and article.priority != Priority.URGENT:
        raise NotAllowed(_("{ref}: chỉ bài khẩn cấp mới được ngắt chương trình", ref=article.ref))


def _zones(session: Session, article: Article, codes: Sequence[str]) -> list[Zone]:
    every = {zone.code: zone for zone in session.scalars(select(Zone).order_by(Zone.position, Zone.code))}
    for code in codes:
        if code not in every:
            raise NotFound(_("không có địa bàn «{code}»", code=code))
    return [every[code] for code in dict.fromkeys(codes)] or list(article.zones) or list(every.values())


def _ready(
    database: Database,
    settings: Settings,
    studio: Studio,
    voice: Voice,
    ref: str,
    zone_id: int,
    drill: bool,
    now: datetime,
) -> _Ready:
    """Joins a zone's interrupt: the article between lines that say what it is."""
    with database.reading() as session:
        zone, article = session.get_one(Zone, zone_id), article_of(session, ref)
        profile = profile_of(zone)
        request = article_request(article, profile, voice)
        row = session.scalars(select(Rendition).where(Rendition.shaped_by == request.shaped_by)).first()
        if row is None:
            raise FramesLost(_("chưa có bản đọc của «{title}»", title=request.title))
        item = Piece(
            kind=ItemKind.ITEM,
            title=article.title,
            frames_key=row.frames_key,
            length_ms=row.length_ms,
            spoken_by=speaker(row.engine, row.voice),
            synthetic=row.synthetic,
            article_id=article.id,
        )
    lines = []
    for text in interrupt_texts(settings.station, zone.name, drill=drill):
        script = line_script(text, voice)
        made = studio.make(Request(text, script, profile, shaped_by(script, profile)))
        spoken_by = speaker(made.engine, made.voice)
        lines.append(Piece(ItemKind.IDENT, text, made.frames_key, made.length_ms, spoken_by, made.synthetic))
    local = now.astimezone(settings.zone_info)
    title = f"{settings.station}: tin khẩn {local:%H:%M %d/%m/%Y}"
    sheet = Sheet(
        title=f"DIỄN TẬP – {title}" if drill else title,
        zone_name=zone.name,
        starts_at=local,
        length_ms=LONGEST_MS,
        gap_ms=zone.gap_ms,
        filler="none",
        ident=lines[0],
        dateline=lines[1],
        items=(item,),
        sign_off=replace(lines[2], kind=ItemKind.SIGN_OFF),
        chime=studio.sound("chime", profile),
        closing=studio.sound("closing", profile),
        bed=None,
    )
    joined = join(sheet, studio.shelf)
    studio.shelf.put(joined.bulletin.sha256, ".mp3", joined.bulletin.data)
    return _Ready(zone.id, zone.code, sheet, joined)


def _keep(
    session: Session,
    one: _Ready,
    article: Article,
    drill: bool,
    expires_at: datetime,
    settings: Settings,
    by: str,
    now: datetime,
) -> Interrupt:
    """Writes it down: a real one with a session of its own, so that what is heard of it counts like anything heard."""
    bulletin = one.joined.bulletin
    moment = now.astimezone(settings.zone_info)
    code = f"{one.zone_code}-{moment:%Y%m%d-%H%M%S}-{bulletin.sha256[:8]}" + ("-drill" if drill else "")
    if session.scalars(select(Interrupt).where(Interrupt.code == code)).first() is not None:
        raise NotAllowed(_("tin khẩn này vừa được phát đi: {code}", code=code))
    row = Interrupt(
        code=code,
        zone_id=one.zone_id,
        article=article,
        drill=drill,
        sha256=bulletin.sha256,
        size_bytes=bulletin.bytes,
        length_ms=bulletin.length_ms,
        sent_at=now,
        sent_by=by,
        expires_at=expires_at,
    )
    if not drill:
        row.session = BroadcastSession(
            zone_id=one.zone_id, starts_at=now, length_ms=bulletin.length_ms, rule_code=INTERRUPT_RULE
        )
        session.add(_bulletin(code, row.session, one, now))
    session.add(row)
    session.flush()
    return row


def _bulletin(code: str, broadcast: BroadcastSession, one: _Ready, now: datetime) -> Bulletin:
    made = one.joined.bulletin
    return Bulletin(
        session=broadcast,
        code=code,
        composition=one.sheet.digest,
        sha256=made.sha256,
        size_bytes=made.bytes,
        length_ms=made.length_ms,
        made_at=now,
        synthetic=one.sheet.synthetic,
        spoken_by=list(one.sheet.speakers),
        notes=[],
        items=[
            BulletinItem(
                position=number,
                kind=piece.kind,
                article_id=piece.article_id,
                title=piece.title,
                starts_ms=starts_ms,
                length_ms=piece.length_ms,
                spoken_by=piece.spoken_by,
            )
            for number, (piece, starts_ms) in enumerate(one.joined.pieces)
        ],
    )
