"""Bulletins as a listener finds them: what is in them, who speaks, where they are, whether they were heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, subqueryload

from broadcaster.language import gettext as _
from broadcaster.models import Airing, BroadcastSession, Bulletin, BulletinItem, ItemKind, Outcome, Rendition
from broadcaster.moments import part_of_day_words
from broadcaster.publishing.held import Markers
from broadcaster.publishing.view import is_embargoed, may_be_heard
from broadcaster.sessions import schedule
from broadcaster.web.books import Books
from broadcaster.web.timetable import sessions_between
from broadcaster.web.words import (
    DRAFT_GRADE,
    Stage,
    cancelled_words,
    engine_of,
    fallback_words,
    silence_words,
    speaker_words,
)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An article in a bulletin, and who spoke it."""

    title: str
    unit: str
    starts_ms: int
    length_ms: int
    spoken_by: str
    is_draft_grade: bool


@dataclass(frozen=True, slots=True)
class BulletinCard:
    """A session with its bulletin. `path` is None while there is nothing to listen to: `why_silent` says why.

    `reports` counts the players and operators that reported having played it, whole or in part.
    """

    title: str
    starts_at: datetime
    stage: Stage
    reports: int
    path: str | None
    why_silent: str
    length_ms: int
    lines: Sequence[ItemLine]
    speakers: Sequence[str]
    is_draft_grade: bool
    synthetic: bool
    fallbacks: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class ZoneDay:
    """A zone's bulletins of one day; `why` says why sessions of the week's rules are missing from it."""

    name: str
    bulletins: Sequence[BulletinCard]
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Sound:
    """What is known of the sound of some sessions."""

    bulletins: Mapping[int, Bulletin]
    renditions: Mapping[int, Sequence[Rendition]]
    airings: Mapping[int, Sequence[Airing]]


def days_of_bulletins(
    session: Session, days: Sequence[date], books: Books, public_folder: Path
) -> list[tuple[date, list[ZoneDay]]]:
    """The bulletins of some days that follow one another, by day and zone."""
    rows = sessions_between(session, days[0], days[-1] + timedelta(days=1), books)
    sound = _sound(session, rows)
    books.articles.ask(item.article_id for bulletin in sound.bulletins.values() for item in bulletin.items)
    rules = schedule(session, days[0], days[-1], books.tz)
    found = []
    for day in days:
        zones = []
        for zone in books.zones:
            own = [row for row in rows if row.zone_id == zone.id and books.local(row.starts_at).date() == day]
            cards = [_card(row, zone.code, sound, books, public_folder) for row in own]
            missing = [silence_words(missed) for missed in rules.missing_on(day, zone.code)]
            zones.append(ZoneDay(zone.name, cards, tuple(dict.fromkeys(missing))))
        found.append((day, zones))
    return found


def _sound(session: Session, rows: Iterable[BroadcastSession]) -> _Sound:
    ids = [row.id for row in rows]
    standing = session.scalars(
        select(Bulletin)
        .where(Bulletin.session_id.in_(ids), Bulletin.superseded_at.is_(None))
        .options(subqueryload(Bulletin.items), joinedload(Bulletin.session))
    )
    bulletins = {bulletin.session_id: bulletin for bulletin in standing}
    article_ids = {item.article_id for bulletin in bulletins.values() for item in bulletin.items if item.article_id}
    renditions: dict[int, list[Rendition]] = {}
    for rendition in session.scalars(
        select(Rendition).where(Rendition.article_id.in_(article_ids)).order_by(Rendition.made_at, Rendition.id)
    ):
        assert rendition.article_id is not None  # asked for by it
        renditions.setdefault(rendition.article_id, []).append(rendition)
    airings: dict[int, list[Airing]] = {}
    for airing in session.scalars(select(Airing).where(Airing.session_id.in_(ids))):
        airings.setdefault(airing.session_id, []).append(airing)
    return _Sound(bulletins, renditions, airings)


def _card(row: BroadcastSession, zone: str, sound: _Sound, books: Books, public_folder: Path) -> BulletinCard:
    bulletin = sound.bulletins.get(row.id)
    local = books.local(row.starts_at)
    airings = sound.airings.get(row.id, ())
    items = [item for item in bulletin.items if item.kind == ItemKind.ITEM] if bulletin else []
    path = books.addresses.bulletin(zone, row.starts_at)
    why_silent = _why_silent(row, bulletin, path, public_folder, books)
    # What waits for an embargo is listed, with masked titles; what may not be heard for another reason is not.
    heard = bulletin is not None and (may_be_heard(bulletin, books.now) or is_embargoed(bulletin, books.now))
    return BulletinCard(
        title=part_of_day_words(local.hour),
        starts_at=local,
        stage=stage_of(row, [airing.outcome for airing in airings], books.now),
        reports=sum(airing.outcome != Outcome.FAILED for airing in airings),
        path=None if why_silent else path,
        why_silent=why_silent,
        length_ms=bulletin.length_ms if bulletin else 0,
        lines=[_line(item, books) for item in items] if bulletin and heard else [],
        speakers=[speaker_words(name) for name in bulletin.spoken_by] if bulletin else [],
        is_draft_grade=any(engine_of(name) in DRAFT_GRADE for name in bulletin.spoken_by) if bulletin else False,
        synthetic=bulletin.synthetic if bulletin else False,
        fallbacks=_fallbacks(items, sound) if heard else [],
        notes=_notes(bulletin, books) if bulletin and heard else [],
    )


def stage_of(row: BroadcastSession, outcomes: Sequence[str], now: datetime) -> Stage:
    """Where a session stands at an instant.

    Cases: a report counts at once, even before the session's time is over; without one, time alone never says that
    something was heard.
    """
    if row.cancelled_why is not None:
        return Stage.CANCELLED
    if now < row.starts_at:
        return Stage.COMING
    if Outcome.PLAYED in outcomes:
        return Stage.AIRED
    if now < row.starts_at + timedelta(milliseconds=row.length_ms):
        return Stage.ON_AIR
    if Outcome.PARTIAL in outcomes:
        return Stage.PARTLY
    return Stage.FAILED if outcomes else Stage.UNREPORTED


def _why_silent(row: BroadcastSession, bulletin: Bulletin | None, path: str, public_folder: Path, books: Books) -> str:
    if row.cancelled_why is not None:
        return _("Buổi này đã hủy: {why}", why=cancelled_words(row.cancelled_why))
    if bulletin is None:
        if row.starts_at + timedelta(milliseconds=row.length_ms) <= books.now:
            return _("Buổi này không có bản tin.")
        return _("Chưa có bản tin; sẽ được dựng trước giờ phát nếu có bài.")
    if is_embargoed(bulletin, books.now):
        return _("Bản tin có bài chưa đến giờ công bố; sẽ nghe được tại đây khi đến giờ.")
    if not may_be_heard(bulletin, books.now):
        return _("Bản tin đang được dựng lại vì có bài không còn được phát.")
    if not (public_folder / path).is_file():
        return _("Bản tin đã dựng, chưa công bố.")
    if Markers(public_folder).stands(path):
        return _("Nghe được tại đây từ giờ phát.")
    return ""


def _notes(bulletin: Bulletin, books: Books) -> list[str]:
    """What staff noted about the bulletin, but for notes that name what may not be named yet."""
    unnamed = books.articles.titles_under_embargo(books.now) if bulletin.notes else []
    return [str(note) for note in bulletin.notes if not any(title in str(note) for title in unnamed)]


def _line(item: BulletinItem, books: Books) -> ItemLine:
    article = books.articles[item.article_id] if item.article_id else None
    return ItemLine(
        title=books.title_of(article) if article else item.title,
        unit=books.units[article.unit_id].name if article else "",
        starts_ms=item.starts_ms,
        length_ms=item.length_ms,
        spoken_by=speaker_words(item.spoken_by) if item.spoken_by else "",
        is_draft_grade=engine_of(item.spoken_by) in DRAFT_GRADE,
    )


def _fallbacks(items: Iterable[BulletinItem], sound: _Sound) -> list[str]:
    """Engines that were to speak these items and did not: how many items, and why."""
    reasons: dict[str, Counter[str]] = {}
    for item in items:
        rows = sound.renditions.get(item.article_id or 0, ())
        for engine, code in {(one["engine"], one["why"]) for one in (rows[-1].degraded if rows else [])}:
            reasons.setdefault(engine, Counter())[fallback_words(code)] += 1
    return [
        _("{engine} không đọc được {count} bài: {why}", engine=engine, count=counted.total(), why=", ".join(counted))
        for engine, counted in sorted(reasons.items())
    ]
