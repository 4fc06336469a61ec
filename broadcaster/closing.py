"""Closes months, shows what they were added up from, and corrects what was reported of an airing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.airtime import MonthAirtime, counted, from_json, month_airtime, to_json
from broadcaster.entries import ClosedMonths
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.heard import Run, runs_between
from broadcaster.language import gettext as _
from broadcaster.models import (
    Airing,
    AiringCorrection,
    Article,
    BroadcastSession,
    ClosedMonth,
    Outcome,
    Player,
    Unit,
    Zone,
)
from broadcaster.months import bounds, month_of


@dataclass(frozen=True, slots=True)
class AirtimeLine:
    """One article in one session, as it went into its month. `starts_at` is when the session was to start."""

    zone: str
    starts_at: str
    article: str
    unit: str
    first_run: bool
    counts_as_run: bool
    heard_ms: int
    cluster_ms: int


def close_month(session: Session, month: str, *, by: str, now: datetime, tz: ZoneInfo) -> MonthAirtime:
    """Freezes a month that is over; later corrections do not change it any more. Months are closed in their order.

    Raises:
        NotAllowed: the month is not over yet, or an earlier one with airings is still open.
        BadMonth: the month is not written as 2026-04.
    """
    begins, ends = bounds(month, tz)
    if now < ends:
        raise NotAllowed(_("tháng {month} chưa kết thúc", month=month))
    if session.get(ClosedMonth, month) is not None:
        return month_airtime(session, month, now=now, tz=tz)
    open_before = _open_before(session, begins, tz)
    if open_before is not None:
        raise NotAllowed(_("tháng {earlier} chưa chốt; hãy chốt lần lượt từng tháng", earlier=open_before))
    own = runs_between(session, begins, ends)
    report = counted(session, month, own, tz)
    table = to_json(report)
    lines = [asdict(line) for line in _lines(session, own, tz)]
    digest = digest_of(table, lines)
    session.add(ClosedMonth(month=month, closed_at=now, closed_by=by, digest=digest, report=table, lines=lines))
    audit.record(session, "month.close", month, by=by, now=now, table=digest)
    return replace(report, closed=True, digest=digest)


def digest_of(table: object, lines: Sequence[object]) -> str:
    """What a closed month is known by: its table and every line behind it."""
    return hashlib.sha256(json.dumps([table, lines], ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def is_as_closed(closed: ClosedMonth) -> bool:
    """Whether nobody touched a closed month since."""
    if closed.lines is None:
        text = json.dumps(closed.report, ensure_ascii=False, sort_keys=True)
        return closed.digest == hashlib.sha256(text.encode()).hexdigest()
    return closed.digest == digest_of(closed.report, closed.lines)


def month_lines(session: Session, month: str, *, tz: ZoneInfo) -> tuple[AirtimeLine, ...]:
    """What a month's airtime is added up from, in order of time: a closed month's as they were.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    begins, ends = bounds(month, tz)
    closed = session.get(ClosedMonth, month)
    if closed is not None and closed.lines is not None:
        return tuple(AirtimeLine(**line) for line in closed.lines)
    return _lines(session, runs_between(session, begins, ends), tz)


def month_of_unit(
    session: Session, month: str, unit: str, *, tz: ZoneInfo
) -> tuple[MonthAirtime, tuple[AirtimeLine, ...]]:
    """A month's table and the lines of one unit, by its code, from one reading of the books.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    begins, ends = bounds(month, tz)
    closed = session.get(ClosedMonth, month)
    if closed is not None and closed.lines is not None:
        lines = (AirtimeLine(**line) for line in closed.lines)
        return from_json(closed.report, closed.digest), tuple(line for line in lines if line.unit == unit)
    runs = runs_between(session, begins, ends)
    report = from_json(closed.report, closed.digest) if closed else counted(session, month, runs, tz)
    written = set(session.scalars(select(Article.id).join(Unit, Unit.id == Article.unit_id).where(Unit.code == unit)))
    return report, _lines(session, [run for run in runs if run.heard.article_id in written], tz)


def correct_airing(
    session: Session,
    event_id: str,
    *,
    player: str | None = None,
    outcome: Outcome,
    played_ms: int | None = None,
    started_at: datetime | None = None,
    why: str,
    by: str,
    now: datetime,
) -> Airing:
    """Puts right what was reported of an airing. What was said before stays in the books, with who changed it and why.

    `played_ms` and `started_at` stay as reported where they are not given; a failed airing was heard for no time. Where
    the airing's month is closed, the difference is an entry in the month of `now`.

    Raises:
        NotFound: there is no such airing.
        NotAllowed: no reason is given, or the figures cannot be.
    """
    airing = _airing(session, event_id, player)
    if not why.strip():
        raise NotAllowed(_("đính chính phải có lý do"))
    new_ms = airing.played_ms if played_ms is None else played_ms
    if outcome == Outcome.FAILED:
        new_ms = 0
    new_start = airing.started_at if started_at is None else started_at
    if not 0 <= new_ms <= airing.bulletin.length_ms + 1000:
        raise NotAllowed(_("thời lượng phải từ 0 đến {length} ms", length=airing.bulletin.length_ms))
    if new_start > now:
        raise NotAllowed(_("giờ phát ở tương lai"))
    correction = AiringCorrection(airing=airing, at=now, by=by, why=why.strip())
    correction.was_started_at, correction.was_played_ms = airing.started_at, airing.played_ms
    correction.was_outcome, correction.was_reason = airing.outcome, airing.reason
    watched = ClosedMonths.read(session).watching(
        session,
        session_id=airing.session_id,
        bulletin_id=airing.bulletin_id,
        started_at=min(airing.started_at, new_start),
        by=by,
        why=why.strip(),
        now=now,
    )
    with watched:
        session.add(correction)
        airing.started_at, airing.played_ms, airing.outcome = new_start, new_ms, outcome.value
    audit.record(session, "airings.correct", airing.event_id, by=by, now=now, airing=airing.id, why=why.strip())
    return airing


def _airing(session: Session, event_id: str, player: str | None) -> Airing:
    query = select(Airing).where(Airing.event_id == event_id)
    if player is not None:
        query = query.join(Player, Player.id == Airing.player_id).where(Player.code == player)
    found = session.scalars(query.limit(2)).all()
    if not found:
        raise NotFound(_("không có lượt phát «{event}»", event=event_id))
    if len(found) > 1:
        raise NotFound(_("có nhiều lượt phát mang mã «{event}»; hãy cho biết máy phát", event=event_id))
    return found[0]


def _open_before(session: Session, begins: datetime, tz: ZoneInfo) -> str | None:
    """The first month before an instant that has airings and is not closed."""
    last = session.scalars(select(ClosedMonth.month).order_by(ClosedMonth.month.desc()).limit(1)).first()
    earlier = select(Airing.started_at).where(Airing.started_at < begins)
    if last is not None:
        earlier = earlier.where(Airing.started_at >= bounds(last, tz)[1])
    first = session.scalars(earlier.order_by(Airing.started_at).limit(1)).first()
    return month_of(first, tz) if first is not None else None


def _lines(session: Session, own: Sequence[Run], tz: ZoneInfo) -> tuple[AirtimeLine, ...]:
    session_ids = {run.heard.session_id for run in own}
    article_ids = {run.heard.article_id for run in own}
    starts = dict(
        session.execute(
            select(BroadcastSession.id, BroadcastSession.starts_at).where(BroadcastSession.id.in_(session_ids))
        )
        .tuples()
        .all()
    )
    zones = dict(session.execute(select(Zone.id, Zone.code)).tuples().all())
    owners = {
        article_id: (ref, unit)
        for article_id, ref, unit in session.execute(
            select(Article.id, Article.ref, Unit.code)
            .join(Unit, Unit.id == Article.unit_id)
            .where(Article.id.in_(article_ids))
        ).tuples()
    }
    local = {session_id: at.astimezone(tz).isoformat() for session_id, at in starts.items()}
    return tuple(
        AirtimeLine(
            zone=zones[run.heard.zone_id],
            starts_at=local[run.heard.session_id],
            article=owners[run.heard.article_id][0],
            unit=owners[run.heard.article_id][1],
            first_run=run.first_run,
            counts_as_run=run.heard.is_run,
            heard_ms=run.heard.heard_ms,
            cluster_ms=run.heard.cluster_ms,
        )
        for run in own
    )
