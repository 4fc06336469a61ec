"""What is not as it should be at a moment, from the books alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from broadcaster.airtime import month_airtime
from broadcaster.config import Settings
from broadcaster.models import (
    Article,
    BroadcastSession,
    Bulletin,
    Placement,
    Plan,
    PlanState,
    Player,
    Rendition,
    Unit,
)
from broadcaster.months import month_of
from broadcaster.reconciliation import reconcile, tolerances_of

#: A player is to hold what airs within so long, unless it was made only just now.
HELD_AHEAD, JUST_MADE = timedelta(hours=1), timedelta(minutes=30)
#: Sessions of so long ago are looked at for reports, and sound made within so long for voices.
REPORTS_WINDOW, VOICES_WINDOW = timedelta(days=7), timedelta(hours=24)


class AlertKind(StrEnum):
    """What an alert is about; its subject says whose."""

    PLAYER_SILENT = "player_silent"
    PLAYER_BEHIND = "player_behind"
    PLAYER_SKEWED = "player_skewed"
    SESSION_UNREPORTED = "session_unreported"
    UNIT_SHORT = "unit_short"
    VOICE_DEGRADED = "voice_degraded"
    TICK_FAILED = "tick_failed"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is so now. `detail` holds what its words need: codes, names of units, figures; nobody's data."""

    kind: AlertKind
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)


def player_conditions(session: Session, settings: Settings, *, now: datetime) -> Iterator[Condition]:
    """Players that are silent, behind or whose clock is wrong. One that never said anything has no agent to ask."""
    silent_since = now - timedelta(minutes=settings.player_silent_min)
    query = (
        select(Player).where(Player.revoked_at.is_(None)).options(joinedload(Player.status), joinedload(Player.zone))
    )
    wanted = _wanted(session, now)
    for player in session.scalars(query.order_by(Player.code)):
        status = player.status
        if status is None:
            continue
        detail = {"player": player.code, "name": player.name, "zone": player.zone.name}
        if status.heard_at < silent_since:
            # What it held and how its clock went is as old as its last word.
            yield Condition(AlertKind.PLAYER_SILENT, player.code, {**detail, "heard_at": status.heard_at.isoformat()})
            continue
        lacking = sorted(wanted.get(player.zone_id, set()) - {str(item) for item in status.holds})
        if lacking:
            yield Condition(AlertKind.PLAYER_BEHIND, player.code, {**detail, "lacks": lacking})
        if abs(status.skew_ms or 0) > settings.player_skew_s * 1000:
            seconds = round((status.skew_ms or 0) / 1000)
            yield Condition(AlertKind.PLAYER_SKEWED, player.code, {**detail, "seconds": seconds})


def _wanted(session: Session, now: datetime) -> dict[int, set[str]]:
    """The bulletins that players of each zone are to hold by now."""
    query = (
        select(BroadcastSession.zone_id, Bulletin.code)
        .join(BroadcastSession, BroadcastSession.id == Bulletin.session_id)
        .where(
            Bulletin.superseded_at.is_(None),
            Bulletin.made_at < now - JUST_MADE,
            BroadcastSession.cancelled_why.is_(None),
            BroadcastSession.starts_at > now,
            BroadcastSession.starts_at <= now + HELD_AHEAD,
        )
    )
    found: dict[int, set[str]] = {}
    for zone_id, code in session.execute(query).tuples():
        found.setdefault(zone_id, set()).add(code)
    return found


def session_conditions(session: Session, settings: Settings, *, now: datetime) -> Iterator[Condition]:
    """Sessions that are over for a while and of which nobody has reported anything."""
    overdue = now - timedelta(hours=settings.report_overdue_h)
    verdicts = reconcile(
        session,
        now - REPORTS_WINDOW,
        overdue,
        now=now,
        tolerances=tolerances_of(settings),
        tz=settings.zone_info,
    )
    for one in verdicts:
        if one.players and not one.reported:
            detail = {"zone": one.zone_name, "starts_at": one.starts_at.isoformat(), "players": len(one.players)}
            yield Condition(AlertKind.SESSION_UNREPORTED, one.code, detail)


def unit_conditions(session: Session, settings: Settings, *, now: datetime) -> Iterator[Condition]:
    """Units that end the month under their minimum even if all goes as planned from now on.

    Before a plan of the month binds there is nothing to judge by.
    """
    tz = settings.zone_info
    month = month_of(now, tz)
    plan = session.scalars(select(Plan.id).where(Plan.month == month, Plan.state == PlanState.PUBLISHED)).first()
    if plan is None:
        return
    coming_ms = dict(
        session.execute(
            select(Unit.code, func.sum(Placement.length_ms))
            .select_from(Placement)
            .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
            .join(Article, Article.id == Placement.article_id)
            .join(Unit, Unit.id == Article.unit_id)
            .where(
                Placement.plan_id == plan,
                Placement.removed_at.is_(None),
                BroadcastSession.starts_at > now,
                BroadcastSession.cancelled_why.is_(None),
            )
            .group_by(Unit.code)
        )
        .tuples()
        .all()
    )
    for unit in month_airtime(session, month, now=now, tz=tz).units:
        reached_ms = unit.aired_ms + int(coming_ms.get(unit.unit, 0))
        if reached_ms < unit.target_ms:
            detail = {"unit": unit.name, "month": month, "target_ms": unit.target_ms, "reached_ms": reached_ms}
            yield Condition(AlertKind.UNIT_SHORT, f"{month}/{unit.unit}", detail)


def voice_conditions(session: Session, *, now: datetime) -> Iterator[Condition]:
    """Engines that were to speak within the last day and did not, so that another one spoke."""
    fell_back: Counter[str] = Counter()
    for degraded in session.scalars(select(Rendition.degraded).where(Rendition.made_at > now - VOICES_WINDOW)):
        fell_back.update({str(one["engine"]) for one in degraded})
    for engine, count in sorted(fell_back.items()):
        yield Condition(AlertKind.VOICE_DEGRADED, engine, {"engine": engine, "count": count})


def tick_conditions(failures: Iterable[str]) -> Iterator[Condition]:
    """The station's own work that could not be done in this tick."""
    listed = list(failures)
    if listed:
        yield Condition(AlertKind.TICK_FAILED, "tick", {"failures": listed[:10], "count": len(listed)})
