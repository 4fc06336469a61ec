"""One session with everything known of it: what it said, what each player reported, what of each item was heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from broadcaster.errors import NotFound
from broadcaster.heard import runs_between
from broadcaster.language import gettext as _
from broadcaster.models import (
    Airing,
    AiringCorrection,
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Outcome,
    Player,
    Unit,
    Zone,
)
from broadcaster.reconciliation import SessionVerdict, reconcile
from broadcaster.verdicts import Tolerances

#: A session is looked for among runs that began so long around its time.
AROUND = timedelta(hours=20)


class Reach(StrEnum):
    """What became of an item. Only a report tells that something was heard."""

    COMING = "coming"
    UNREPORTED = "unreported"
    WHOLE = "whole"
    PARTLY = "partly"
    NOT_HEARD = "not-heard"


@dataclass(frozen=True, slots=True)
class Correction:
    """What was reported before somebody put it right."""

    at: datetime
    by: str
    why: str
    was_outcome: str
    was_played_ms: int


@dataclass(frozen=True, slots=True)
class Reported:
    """One player's report; `skew_ms` is how far its clock ran ahead of ours, where that is known."""

    airing_id: int
    player: str
    started_at: datetime
    reported_at: datetime
    skew_ms: int | None
    played_ms: int
    bulletin_ms: int
    outcome: str
    reason: str
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class ItemOnAir:
    """An item as the best player had it on the air; `first_run` is None where it did not run."""

    article: str
    title: str
    unit: str
    unit_name: str
    starts_ms: int
    length_ms: int
    heard_ms: int
    first_run: bool | None
    reach: Reach


@dataclass(frozen=True, slots=True)
class SessionOnAir:
    """A session with everything that is known of it. `players` are those of its zone that are in use."""

    zone: str
    zone_name: str
    starts_at: datetime
    length_ms: int
    cancelled_why: str | None
    bulletin: str | None
    players: int
    #: The names of the zone's players by their codes.
    names: Mapping[str, str]
    reports: tuple[Reported, ...]
    items: tuple[ItemOnAir, ...]
    outcomes: tuple[str, ...]
    #: How it compares with what was planned; None while nothing can be said.
    verdict: SessionVerdict | None


def session_row(session: Session, zone: str, starts_at: datetime) -> BroadcastSession:
    """The session of a zone at an instant.

    Raises:
        NotFound: there is none.
    """
    query = (
        select(BroadcastSession)
        .join(Zone, Zone.id == BroadcastSession.zone_id)
        .where(Zone.code == zone, BroadcastSession.starts_at == starts_at)
        .options(joinedload(BroadcastSession.zone))
    )
    row = session.scalars(query).first()
    if row is None:
        raise NotFound(_("không có buổi phát này"))
    return row


def session_on_air(
    session: Session, row: BroadcastSession, *, now: datetime, tz: ZoneInfo, tolerances: Tolerances
) -> SessionOnAir:
    """What became of a session, as its reports stand now. A bounded number of queries."""
    airings = _airings(session, row)
    bulletins = _bulletins(session, row, airings)
    runs = {
        run.heard.article_id: run
        for run in runs_between(session, row.starts_at - AROUND, row.starts_at + AROUND)
        if run.heard.session_id == row.id
    }
    heard_ms = {article_id: run.heard.heard_ms for article_id, run in runs.items()}
    first = {article_id: run.first_run for article_id, run in runs.items() if run.heard.is_run}
    reported = bool(airings) or row.starts_at + timedelta(milliseconds=row.length_ms) <= now
    items = _items(session, bulletins)
    players = session.scalars(select(Player).where(Player.zone_id == row.zone_id).order_by(Player.code)).all()
    in_use = [player for player in players if player.revoked_at is None]
    named = {player.code: player.name for player in players}
    return SessionOnAir(
        zone=row.zone.code,
        zone_name=row.zone.name,
        starts_at=row.starts_at.astimezone(tz),
        length_ms=row.length_ms,
        cancelled_why=row.cancelled_why,
        bulletin=bulletins[0].code if bulletins else None,
        players=len(in_use),
        names=named,
        reports=tuple(_reported(airing, corrections, tz) for airing, corrections in _corrected(session, airings)),
        items=tuple(
            ItemOnAir(
                article=article.ref,
                title=article.title,
                unit=unit.code,
                unit_name=unit.name,
                starts_ms=item.starts_ms,
                length_ms=item.length_ms,
                heard_ms=heard_ms.get(article.id, 0),
                first_run=first.get(article.id),
                reach=_reach(item, heard_ms.get(article.id, 0), bool(airings), reported),
            )
            for item, article, unit in items
        ),
        outcomes=tuple(airing.outcome for airing in airings),
        verdict=_verdict(session, row, now=now, tolerances=tolerances, tz=tz),
    )


def _verdict(
    session: Session, row: BroadcastSession, *, now: datetime, tolerances: Tolerances, tz: ZoneInfo
) -> SessionVerdict | None:
    """The verdict of the reconciliation, which judges all zones of that moment."""
    ends = row.starts_at + timedelta(microseconds=1)
    found = reconcile(session, row.starts_at, ends, now=now, tolerances=tolerances, tz=tz)
    return next((one for one in found if one.session_id == row.id), None)


def _reach(item: BulletinItem, heard_ms: int, has_reports: bool, is_over: bool) -> Reach:
    if not has_reports:
        return Reach.UNREPORTED if is_over else Reach.COMING
    if heard_ms >= item.length_ms:
        return Reach.WHOLE
    return Reach.PARTLY if heard_ms else Reach.NOT_HEARD


def _airings(session: Session, row: BroadcastSession) -> Sequence[Airing]:
    query = (
        select(Airing)
        .where(Airing.session_id == row.id)
        .options(joinedload(Airing.player), joinedload(Airing.bulletin))
        .order_by(Airing.started_at, Airing.id)
    )
    return session.scalars(query).all()


def _bulletins(session: Session, row: BroadcastSession, airings: Sequence[Airing]) -> list[Bulletin]:
    """The versions that were on the air, the newest first; without any, the one that stands."""
    query = select(Bulletin).where(Bulletin.session_id == row.id).options(selectinload(Bulletin.items))
    versions = session.scalars(query.order_by(Bulletin.made_at.desc(), Bulletin.id.desc())).all()
    played = {airing.bulletin_id for airing in airings if airing.outcome != Outcome.FAILED}
    aired = [version for version in versions if version.id in played]
    return aired or [version for version in versions if version.superseded_at is None]


def _items(session: Session, bulletins: Sequence[Bulletin]) -> list[tuple[BulletinItem, Article, Unit]]:
    """The articles of the versions, each once, as the newest version has it."""
    own: dict[int, BulletinItem] = {}
    for bulletin in bulletins:
        for item in bulletin.items:
            if item.article_id is not None:
                own.setdefault(item.article_id, item)
    query = select(Article, Unit).join(Unit, Unit.id == Article.unit_id).where(Article.id.in_(own))
    known = {article.id: (article, unit) for article, unit in session.execute(query).tuples()}
    ordered = sorted(own.items(), key=lambda pair: pair[1].starts_ms)
    return [(item, *known[article_id]) for article_id, item in ordered]


def _corrected(session: Session, airings: Sequence[Airing]) -> list[tuple[Airing, list[AiringCorrection]]]:
    found: dict[int, list[AiringCorrection]] = {airing.id: [] for airing in airings}
    query = select(AiringCorrection).where(AiringCorrection.airing_id.in_(found)).order_by(AiringCorrection.id)
    for correction in session.scalars(query):
        found[correction.airing_id].append(correction)
    return [(airing, found[airing.id]) for airing in airings]


def _reported(airing: Airing, corrections: Sequence[AiringCorrection], tz: ZoneInfo) -> Reported:
    return Reported(
        airing_id=airing.id,
        player=airing.player.name if airing.player else "",
        started_at=airing.started_at.astimezone(tz),
        reported_at=airing.reported_at.astimezone(tz),
        skew_ms=airing.skew_ms,
        played_ms=airing.played_ms,
        bulletin_ms=airing.bulletin.length_ms,
        outcome=airing.outcome,
        reason=airing.reason or "",
        corrections=tuple(
            Correction(one.at.astimezone(tz), one.by, one.why, one.was_outcome, one.was_played_ms)
            for one in corrections
        ),
    )


def titles_of(session: Session, refs: Sequence[str]) -> Mapping[str, str]:
    """The titles of articles by their references."""
    query = select(Article.ref, Article.title).where(Article.ref.in_(refs))
    return dict(session.execute(query).tuples().all())
