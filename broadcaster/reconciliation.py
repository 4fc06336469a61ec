"""Compares what was planned with what was reported, session by session: a few queries, however many players report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from broadcaster.config import Settings
from broadcaster.models import Airing, BroadcastSession, Bulletin, Placement, Plan, PlanState, Player
from broadcaster.session_codes import session_code
from broadcaster.verdicts import Expected, Play, PlayerVerdict, Tolerances, Verdict, judge

#: Reports of people who name no player stand under this name.
NO_PLAYER = ""


@dataclass(frozen=True, slots=True)
class SessionVerdict:
    """A session with its verdict and each player's; `starts_at` is station time."""

    session_id: int
    code: str
    zone: str
    zone_name: str
    starts_at: datetime
    verdict: Verdict
    #: Whether anybody reported anything, were it that nothing was heard.
    reported: bool
    players: tuple[PlayerVerdict, ...]


def tolerances_of(settings: Settings) -> Tolerances:
    """The station's tolerances."""
    return Tolerances(
        late_ms=settings.late_tolerance_s * 1000,
        short_ms=settings.short_tolerance_s * 1000,
        displaced_ms=settings.displaced_after_min * 60_000,
        awaited_ms=settings.reports_awaited_h * 3_600_000,
    )


def reconcile(
    session: Session, begins: datetime, ends: datetime, *, now: datetime, tolerances: Tolerances, tz: ZoneInfo
) -> tuple[SessionVerdict, ...]:
    """The verdict on every session that was to start from one instant up to another, in order of time.

    Sessions whose time has not come, and those in which nothing was planned nor heard, are left out.
    """
    found = []
    books = _Books.of(session, begins, ends)
    for row in books.sessions:
        verdict = judge(books.expected(row), books.plays(row.id), now=now, tolerances=tolerances)
        if verdict is not None:
            found.append(
                SessionVerdict(
                    session_id=row.id,
                    code=session_code(row, tz),
                    zone=row.zone.code,
                    zone_name=row.zone.name,
                    starts_at=row.starts_at.astimezone(tz),
                    verdict=verdict.verdict,
                    reported=bool(books.plays(row.id)),
                    players=verdict.players,
                )
            )
    return tuple(found)


def counts_of(verdicts: Iterable[SessionVerdict]) -> dict[str, int]:
    """How many sessions got which verdict, every verdict named."""
    counted = Counter(one.verdict for one in verdicts)
    return {verdict.value: counted[verdict] for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class _Books:
    """What reconciling needs of a stretch of time."""

    sessions: Sequence[BroadcastSession]
    #: By session: when the version on the air was made and superseded, oldest first.
    versions: Mapping[int, Sequence[tuple[datetime, datetime | None]]]
    placed: frozenset[int]
    players: Mapping[int, Sequence[Player]]
    airings: Mapping[int, Sequence[tuple[str, Play]]]

    @classmethod
    def of(cls, session: Session, begins: datetime, ends: datetime) -> _Books:
        window = select(BroadcastSession.id).where(
            BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < ends
        )
        rows = session.scalars(
            select(BroadcastSession)
            .where(BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < ends)
            .options(joinedload(BroadcastSession.zone))
            .order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)
        ).all()
        versions: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        made = select(Bulletin.session_id, Bulletin.made_at, Bulletin.superseded_at)
        for session_id, made_at, superseded_at in session.execute(made.where(Bulletin.session_id.in_(window))).tuples():
            versions[session_id].append((made_at, superseded_at))
        placed = session.scalars(
            select(Placement.session_id)
            .join(Plan, Plan.id == Placement.plan_id)
            .where(Placement.session_id.in_(window), Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
            .distinct()
        )
        players: dict[int, list[Player]] = defaultdict(list)
        for player in session.scalars(select(Player).order_by(Player.code)):
            players[player.zone_id].append(player)
        return cls(rows, versions, frozenset(placed), players, _airings(session, window))

    def expected(self, row: BroadcastSession) -> Expected:
        stood = any(
            made <= row.starts_at and (gone is None or gone > row.starts_at)
            for made, gone in self.versions.get(row.id, ())
        )
        players = {
            player.code
            for player in self.players.get(row.zone_id, ())
            if player.revoked_at is None or player.revoked_at > row.starts_at
        }
        is_planned = row.is_open and (stood or row.id in self.placed)
        return Expected(is_planned, row.starts_at, row.length_ms, frozenset(players))

    def plays(self, session_id: int) -> dict[str, list[Play]]:
        found: dict[str, list[Play]] = {}
        for player, play in self.airings.get(session_id, ()):
            found.setdefault(player, []).append(play)
        return found


def _airings(session: Session, window: Select[tuple[int]]) -> dict[int, list[tuple[str, Play]]]:
    query = (
        select(Airing.session_id, Player.code, Airing.started_at, Airing.played_ms, Bulletin.length_ms, Airing.reason)
        .join(Bulletin, Bulletin.id == Airing.bulletin_id)
        .outerjoin(Player, Player.id == Airing.player_id)
        .where(Airing.session_id.in_(window))
        .order_by(Airing.id)
    )
    found: dict[int, list[tuple[str, Play]]] = defaultdict(list)
    for session_id, code, started_at, played_ms, length_ms, reason in session.execute(query).tuples():
        found[session_id].append((code or NO_PLAYER, Play(started_at, played_ms, length_ms, reason)))
    return found
