"""Sổ theo dõi phát thanh: the broadcast log, one row for each article in each session, planned, heard or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from broadcaster.heard import HeardAt, runs_in_sessions
from broadcaster.language import gettext as _
from broadcaster.models import (
    Airing,
    AiringCorrection,
    Approval,
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Placement,
    Plan,
    PlanState,
    Player,
    Unit,
    User,
)
from broadcaster.months import day_start
from broadcaster.reconciliation import NO_PLAYER, SessionVerdict, reconcile
from broadcaster.verdicts import Tolerances, Verdict

#: What `spoken_by` says of a person's recording.
RECORDED = "thu âm"
TTS, RECORDING = "tts", "recording"


@dataclass(frozen=True, slots=True)
class LogRow:
    """One article in one session. Instants are station time.

    `source` is `tts` or `recording`, empty where nothing had been made. `clusters_ok` players let at least half of the
    item be heard, `clusters_failed` of those that were to play did not. `on_duty` is left to the pen. `verdict` is that
    of the whole session.
    """

    day: date
    session: str
    zone: str
    zone_name: str
    planned_at: datetime
    started_at: datetime | None
    article: str
    title: str
    unit: str
    unit_name: str
    source: str
    first_run: bool
    priority: str
    clusters_ok: int
    clusters_failed: int
    planned_ms: int
    heard_ms: int
    on_duty: str
    approved_by: str
    verdict: str
    incident: str


LOG_FIELDS = tuple(field.name for field in fields(LogRow))


def broadcast_log(
    session: Session, first: date, last: date, *, now: datetime, tz: ZoneInfo, tolerances: Tolerances | None = None
) -> tuple[LogRow, ...]:
    """The log of these days, both included, by time, zone and place in the programme.

    Cases: what was planned and not heard has 0 seconds; what was heard and not planned has 0 planned seconds; a session
    whose time has not come has no row.
    """
    begins, ends = day_start(first, tz), day_start(last + timedelta(days=1), tz)
    verdicts = reconcile(session, begins, ends, now=now, tolerances=tolerances or Tolerances(), tz=tz)
    books = _read(session, begins, ends)
    return tuple(row for verdict in verdicts for row in _rows(verdict, books, tz))


def log_document(rows: Iterable[LogRow]) -> list[dict[str, object]]:
    """The rows as JSON has them."""
    return [
        {
            **asdict(row),
            "day": row.day.isoformat(),
            "planned_at": row.planned_at.isoformat(),
            "started_at": row.started_at.isoformat(timespec="seconds") if row.started_at else None,
        }
        for row in rows
    ]


class _Planned(NamedTuple):
    position: int
    length_ms: int
    first_run: bool


class _Item(NamedTuple):
    article_id: int
    position: int
    starts_ms: int
    length_ms: int
    spoken_by: str


class _Report(NamedTuple):
    player: str
    bulletin_id: int
    played_ms: int


class _Owner(NamedTuple):
    ref: str
    title: str
    unit: str
    unit_name: str
    priority: str


@dataclass(frozen=True, slots=True)
class _Books:
    """What the log needs of its days, by session, by bulletin and by article."""

    placed: Mapping[int, Mapping[int, _Planned]]
    #: The version that stood when the session started.
    standing: Mapping[int, int]
    items: Mapping[int, Sequence[_Item]]
    reports: Mapping[int, Sequence[_Report]]
    heard: Mapping[int, Mapping[int, tuple[HeardAt, bool]]]
    owners: Mapping[int, _Owner]
    approvers: Mapping[int, str]
    corrections: Mapping[int, Sequence[str]]

    def planned(self, session_id: int) -> dict[int, _Planned]:
        """What was to be heard: what the bulletin held, which is what had room; else what the plan says."""
        placed = self.placed.get(session_id, {})
        bulletin_id = self.standing.get(session_id)
        if bulletin_id is None:
            return dict(placed)
        return {
            item.article_id: _Planned(
                item.position, item.length_ms, item.article_id in placed and placed[item.article_id].first_run
            )
            for item in self.items.get(bulletin_id, ())
        }

    def source_of(self, session_id: int, article_id: int) -> str:
        """Who spoke it, in the versions that were played or else in the one that stood."""
        played = [report.bulletin_id for report in self.reports.get(session_id, ()) if report.played_ms]
        for bulletin_id in [*played, self.standing.get(session_id, 0)]:
            for item in self.items.get(bulletin_id, ()):
                if item.article_id == article_id:
                    return RECORDING if item.spoken_by == RECORDED else TTS
        return ""

    def players_with(self, session_id: int, article_id: int) -> set[str]:
        """The players that let at least half of an article be heard."""
        return {
            report.player
            for report in self.reports.get(session_id, ())
            for item in self.items.get(report.bulletin_id, ())
            if item.article_id == article_id and 2 * (report.played_ms - item.starts_ms) >= item.length_ms
        }


def _rows(verdict: SessionVerdict, books: _Books, tz: ZoneInfo) -> list[LogRow]:
    planned = books.planned(verdict.session_id)
    heard = books.heard.get(verdict.session_id, {})
    unplanned = sorted(heard.keys() - planned.keys())
    ordered = [*sorted(planned, key=lambda article_id: (planned[article_id].position, article_id)), *unplanned]
    incident = _incident(verdict, books.corrections.get(verdict.session_id, ()))
    judged = {one.player for one in verdict.players if one.verdict != Verdict.AWAITED}
    rows = []
    for article_id in ordered:
        line, first_run = heard.get(article_id, (None, article_id in planned and planned[article_id].first_run))
        owner = books.owners[article_id]
        well = books.players_with(verdict.session_id, article_id)
        rows.append(
            LogRow(
                day=verdict.starts_at.date(),
                session=verdict.code,
                zone=verdict.zone,
                zone_name=verdict.zone_name,
                planned_at=verdict.starts_at,
                started_at=line.started_at.astimezone(tz) if line else None,
                article=owner.ref,
                title=owner.title,
                unit=owner.unit,
                unit_name=owner.unit_name,
                source=books.source_of(verdict.session_id, article_id),
                first_run=first_run,
                priority=owner.priority,
                clusters_ok=len(well),
                clusters_failed=len(judged - well),
                planned_ms=planned[article_id].length_ms if article_id in planned else 0,
                heard_ms=line.heard.heard_ms if line else 0,
                on_duty="",
                approved_by=books.approvers.get(article_id, ""),
                verdict=verdict.verdict.value,
                incident=incident,
            )
        )
    return rows


def _incident(verdict: SessionVerdict, corrections: Sequence[str]) -> str:
    """What players and people said went wrong."""
    said = [
        f"{one.player}: {', '.join(one.reasons)}" if one.player != NO_PLAYER else ", ".join(one.reasons)
        for one in verdict.players
        if one.reasons
    ]
    return "; ".join([*said, *(_("đính chính: {why}", why=why) for why in corrections)])


def _read(session: Session, begins: datetime, ends: datetime) -> _Books:
    window = select(BroadcastSession.id).where(BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < ends)
    placed = _placed(session, window)
    items = _items(session, window)
    heard: dict[int, dict[int, tuple[HeardAt, bool]]] = defaultdict(dict)
    for line, first_run in runs_in_sessions(session, window):
        heard[line.heard.session_id][line.heard.article_id] = (line, first_run)
    article_ids = {item.article_id for listed in items.values() for item in listed}
    article_ids.update(article_id for articles in placed.values() for article_id in articles)
    return _Books(
        placed=placed,
        standing=_standing(session, window),
        items=items,
        reports=_reports(session, window),
        heard=heard,
        owners=_owners(session, article_ids),
        approvers=_approvers(session, article_ids),
        corrections=_corrections(session, window),
    )


def _placed(session: Session, window: Select[tuple[int]]) -> dict[int, dict[int, _Planned]]:
    query = (
        select(Placement.session_id, Placement.article_id, Placement.position, Placement.length_ms, Placement.first_run)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Placement.session_id.in_(window), Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
    )
    found: dict[int, dict[int, _Planned]] = defaultdict(dict)
    for session_id, article_id, position, length_ms, first_run in session.execute(query).tuples():
        found[session_id][article_id] = _Planned(position, length_ms, first_run)
    return found


def _standing(session: Session, window: Select[tuple[int]]) -> dict[int, int]:
    """The version of each session that stood when it started; the newest of several that a clock made at once."""
    query = (
        select(Bulletin.session_id, Bulletin.id)
        .join(BroadcastSession, BroadcastSession.id == Bulletin.session_id)
        .where(
            Bulletin.session_id.in_(window),
            Bulletin.made_at <= BroadcastSession.starts_at,
            Bulletin.superseded_at.is_(None) | (Bulletin.superseded_at > BroadcastSession.starts_at),
        )
        .order_by(Bulletin.id)
    )
    return dict(session.execute(query).tuples().all())


def _items(session: Session, window: Select[tuple[int]]) -> dict[int, list[_Item]]:
    query = (
        select(
            BulletinItem.bulletin_id,
            BulletinItem.article_id,
            BulletinItem.position,
            BulletinItem.starts_ms,
            BulletinItem.length_ms,
            BulletinItem.spoken_by,
        )
        .join(Bulletin, Bulletin.id == BulletinItem.bulletin_id)
        .where(Bulletin.session_id.in_(window), BulletinItem.article_id.is_not(None))
        .order_by(BulletinItem.bulletin_id, BulletinItem.position)
    )
    found: dict[int, list[_Item]] = defaultdict(list)
    for bulletin_id, article_id, position, starts_ms, length_ms, spoken_by in session.execute(query).tuples():
        assert article_id is not None  # asked for
        found[bulletin_id].append(_Item(article_id, position, starts_ms, length_ms, spoken_by))
    return found


def _reports(session: Session, window: Select[tuple[int]]) -> dict[int, list[_Report]]:
    query = (
        select(Airing.session_id, Player.code, Airing.bulletin_id, Airing.played_ms)
        .outerjoin(Player, Player.id == Airing.player_id)
        .where(Airing.session_id.in_(window))
        .order_by(Airing.id)
    )
    found: dict[int, list[_Report]] = defaultdict(list)
    for session_id, code, bulletin_id, played_ms in session.execute(query).tuples():
        found[session_id].append(_Report(code or NO_PLAYER, bulletin_id, played_ms))
    return found


def _owners(session: Session, article_ids: set[int]) -> dict[int, _Owner]:
    query = (
        select(Article.id, Article.ref, Article.title, Unit.code, Unit.name, Article.priority)
        .join(Unit, Unit.id == Article.unit_id)
        .where(Article.id.in_(article_ids))
    )
    return {article_id: _Owner(*rest) for article_id, *rest in session.execute(query).tuples()}


def _approvers(session: Session, article_ids: set[int]) -> dict[int, str]:
    """Who approved the text that each article has now, by name where the account is known."""
    query = (
        select(Approval.article_id, Approval.by, User.full_name)
        .join(Article, Article.id == Approval.article_id)
        .outerjoin(User, User.name == Approval.by)
        .where(Article.id.in_(article_ids), Approval.dropped_at.is_(None), Approval.text_digest == Article.text_digest)
        .order_by(Approval.id)
    )
    return {article_id: full_name or by for article_id, by, full_name in session.execute(query).tuples()}


def _corrections(session: Session, window: Select[tuple[int]]) -> dict[int, list[str]]:
    query = (
        select(Airing.session_id, AiringCorrection.why)
        .join(Airing, Airing.id == AiringCorrection.airing_id)
        .where(Airing.session_id.in_(window))
        .order_by(AiringCorrection.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for session_id, why in session.execute(query).tuples():
        found[session_id].append(why)
    return found
