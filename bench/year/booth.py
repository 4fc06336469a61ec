"""Plans and programmes of the simulated station: what a planner and a studio would do, as far as rows go.

Programmes are rows without sound: what airtime counts is where an article lies in them, and for how long.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bench.year.truth import Part, Programme
from broadcaster.models import (
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    ItemKind,
    Placement,
    Plan,
    PlanState,
    Unit,
    Zone,
)
from broadcaster.months import bounds, first_day, last_day
from broadcaster.planning.problem import published_plan_of
from broadcaster.session_codes import session_code
from broadcaster.sessions import materialise

#: The station's own words before the first item, between two items, and after the last one.
HEAD_MS, GAP_MS, TAIL_MS = 10_000, 3_000, 8_000
AHEAD = timedelta(hours=40)


def make_programmes(session: Session, *, now: datetime, tz: ZoneInfo) -> list[Programme]:
    """Brings the bulletins of the hours ahead in line with the binding plan; answers those that stand."""
    rows = session.scalars(
        select(BroadcastSession)
        .where(BroadcastSession.starts_at > now, BroadcastSession.starts_at <= now + AHEAD)
        .options(joinedload(BroadcastSession.zone))
        .order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)
    ).all()
    ids = [row.id for row in rows]
    placed = _placed(session, ids)
    standing = {
        bulletin.session_id: bulletin
        for bulletin in session.scalars(
            select(Bulletin).where(Bulletin.session_id.in_(ids), Bulletin.superseded_at.is_(None))
        )
    }
    units = dict(session.execute(select(Unit.id, Unit.code)).tuples().all())
    found = []
    for row in rows:
        held = [one for one in placed.get(row.id, ()) if one.article.is_airable(row.starts_at)] if row.is_open else []
        stands = standing.get(row.id)
        if not held:
            if stands is not None and row.is_open:
                stands.superseded_at = now
            continue
        programme = _programme(row, held, units, tz)
        if stands is None or stands.code != programme.code:
            _write(session, row, programme, held, stands, now)
        found.append(programme)
    return found


def _placed(session: Session, session_ids: Sequence[int]) -> dict[int, list[Placement]]:
    query = (
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Placement.session_id.in_(session_ids), Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
        .options(
            joinedload(Placement.article).options(joinedload(Article.endorsement), selectinload(Article.approvals))
        )
        .order_by(Placement.session_id, Placement.position)
    )
    found: defaultdict[int, list[Placement]] = defaultdict(list)
    for placement in session.scalars(query):
        found[placement.session_id].append(placement)
    return found


def _programme(row: BroadcastSession, held: Sequence[Placement], units: Mapping[int, str], tz: ZoneInfo) -> Programme:
    parts = []
    at_ms = HEAD_MS
    for placement in held:
        unit = units[placement.article.unit_id]
        parts.append(Part(placement.article.ref, unit, at_ms, placement.length_ms))
        at_ms += placement.length_ms + GAP_MS
    content = hashlib.sha256(repr([(part.article, part.length_ms) for part in parts]).encode()).hexdigest()
    code = f"{session_code(row, tz)}-{content[:8]}"
    return Programme(code, row.zone.code, row.starts_at, at_ms + TAIL_MS, tuple(parts))


def _write(
    session: Session,
    row: BroadcastSession,
    programme: Programme,
    held: Sequence[Placement],
    stands: Bulletin | None,
    now: datetime,
) -> None:
    if stands is not None:
        stands.superseded_at = now
        session.flush()
    known = session.scalars(select(Bulletin).where(Bulletin.code == programme.code)).first()
    if known is not None:
        known.superseded_at = None
        return
    bulletin = Bulletin(session_id=row.id, code=programme.code, composition=programme.code, made_at=now)
    bulletin.sha256, bulletin.size_bytes, bulletin.length_ms = "0" * 64, 1, programme.length_ms
    bulletin.synthetic, bulletin.spoken_by, bulletin.notes = True, ["monotone"], []
    bulletin.items = [BulletinItem(position=0, kind=ItemKind.IDENT, title="Lời xướng", starts_ms=0, length_ms=HEAD_MS)]
    for position, (part, placement) in enumerate(zip(programme.parts, held, strict=True), start=1):
        item = BulletinItem(position=position, kind=ItemKind.ITEM, article_id=placement.article_id)
        item.title, item.spoken_by = placement.article.title, "monotone"
        item.starts_ms, item.length_ms = part.starts_ms, part.length_ms
        bulletin.items.append(item)
    session.add(bulletin)


@dataclass(frozen=True, slots=True)
class PlainPlanner:
    """A plan that anybody can foretell: articles in turn, from another place in each session.

    It stands in for the planner where a month has to come out alike for ever, whatever becomes of the planner.
    """

    items: int = 5
    length_ms: int = 60_000

    def plan(self, session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> None:
        """Replaces what is still to come of the month's binding plan."""
        begins, ends = bounds(month, tz)
        materialise(session, first_day(month), last_day(month), now=now, tz=tz)
        old = published_plan_of(session, month)
        past = [one for one in old.placements if one.session.starts_at <= now] if old is not None else []
        kept = [(one.session_id, one.article_id, one.position, one.length_ms, one.first_run) for one in past]
        if old is not None:
            old.state = PlanState.SUPERSEDED
            session.flush()
        plan = Plan(month=month, state=PlanState.PUBLISHED, made_at=now, published_at=now, score=0.0, moves=0)
        for session_id, article_id, position, length_ms, first_run in [
            *kept,
            *self._coming(session, begins, ends, now),
        ]:
            placement = Placement(session_id=session_id, article_id=article_id, position=position)
            placement.length_ms, placement.first_run = length_ms, first_run
            plan.placements.append(placement)
        session.add(plan)

    def _coming(
        self, session: Session, begins: datetime, ends: datetime, now: datetime
    ) -> list[tuple[int, int, int, int, bool]]:
        rows = session.scalars(
            select(BroadcastSession)
            .join(Zone, Zone.id == BroadcastSession.zone_id)
            .where(
                BroadcastSession.starts_at >= max(begins, now),
                BroadcastSession.starts_at < ends,
                BroadcastSession.cancelled_why.is_(None),
            )
            .order_by(BroadcastSession.starts_at, Zone.code)
        ).all()
        articles = session.scalars(select(Article).where(Article.withdrawn_at.is_(None)).order_by(Article.ref)).all()
        found = []
        for turn, row in enumerate(rows):
            airable = [one for one in articles if one.is_airable(row.starts_at)]
            for position in range(min(self.items, len(airable))):
                article = (
                    airable[(turn * 3 + position * 2) % len(airable)]
                    if len(airable) > self.items * 2
                    else airable[position]
                )
                found.append((row.id, article.id, position, self.length_ms + 1_000 * (article.id % 40), turn < 4))
        return found
