"""The ledger: airtime per unit and month, derived from reported airings and from nothing else.

A month reads its own airings, of the month before their sum, and of earlier ones only those of the same articles: it
costs the same however many years lie behind it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from broadcaster import defaults
from broadcaster.heard import Run, heard_ms_by_unit, runs_between
from broadcaster.models import (
    AirtimeTarget,
    Approval,
    Article,
    BroadcastSession,
    ClosedMonth,
    Kind,
    LateEntry,
    Placement,
    Plan,
    PlanState,
    Post,
    Unit,
    Zone,
)
from broadcaster.months import bounds, first_day, last_day, month_before


@dataclass(frozen=True, slots=True)
class UnitAirtime:
    """A unit's month. Milliseconds are programme time, each session once; `cluster_ms` adds up all players.

    `late_ms` is what entries booked in this month changed of closed ones, with its sign; nothing else contains it.
    """

    unit: str
    name: str
    target_ms: int
    target_articles: int
    received: int
    confirmed: int
    exemplar_articles: int
    spontaneous_articles: int
    planned_ms: int
    planned_runs: int
    aired_ms: int
    first_run_ms: int
    repeat_ms: int
    first_runs: int
    repeats: int
    cluster_ms: int
    portal_posts: int
    shortfall_ms: int
    percent: float
    previous_month_ms: int
    late_ms: int = 0


@dataclass(frozen=True, slots=True)
class Late:
    """An entry about a closed month, booked in this one: what it changed, who made it and why."""

    about_month: str
    unit: str
    zone: str
    starts_at: str
    article: str
    aired_ms: int
    cluster_ms: int
    first_run_ms: int
    repeat_ms: int
    first_runs: int
    repeats: int
    at: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class MonthAirtime:
    """The airtime table of a month. `closed` tells that it was frozen; `digest` is that of the frozen table."""

    month: str
    tz: str
    closed: bool
    digest: str | None
    units: tuple[UnitAirtime, ...]
    late: tuple[Late, ...] = field(default=())

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the units."""
        keys = ("target_ms", "planned_ms", "aired_ms", "first_run_ms", "repeat_ms", "first_runs", "repeats")
        more = ("cluster_ms", "portal_posts", "shortfall_ms", "received", "confirmed", "late_ms")
        return {key: sum(getattr(unit, key) for unit in self.units) for key in keys + more}


def month_airtime(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> MonthAirtime:
    """The airtime of every unit that exists in the month or was heard in it; a closed month as it was closed.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    bounds(month, tz)
    closed = session.get(ClosedMonth, month)
    if closed is not None:
        return from_json(closed.report, closed.digest)
    return counted(session, month, runs_between(session, *bounds(month, tz)), tz)


def to_json(report: MonthAirtime) -> dict[str, object]:
    """The table as a JSON document."""
    units = [asdict(unit) for unit in report.units]
    late = [asdict(entry) for entry in report.late]
    document = {"month": report.month, "tz": report.tz, "closed": report.closed, "units": units}
    return {**document, "late": late, "totals": report.totals}


def to_csv(report: MonthAirtime) -> str:
    """The table as CSV with a header line, for spreadsheets (UTF-8 with byte order mark)."""
    sheet = io.StringIO()
    fields = list(UnitAirtime.__dataclass_fields__)
    writer = csv.DictWriter(sheet, ["month", *fields])
    writer.writeheader()
    for unit in report.units:
        writer.writerow({"month": report.month, **asdict(unit)})
    return "\ufeff" + sheet.getvalue()


def from_json(table: Mapping[str, Any], digest: str) -> MonthAirtime:
    """A frozen table, as it was frozen."""
    units = tuple(UnitAirtime(**unit) for unit in table["units"])
    late = tuple(Late(**entry) for entry in table.get("late", ()))
    return MonthAirtime(table["month"], table["tz"], True, digest, units, late)


def counted(session: Session, month: str, own: Sequence[Run], tz: ZoneInfo) -> MonthAirtime:
    """The table of a month, counted from its runs as they stand now, closed or not."""
    owners = _owners(session, {run.heard.article_id for run in own})
    by_unit: dict[int, list[Run]] = defaultdict(list)
    for run in own:
        by_unit[owners[run.heard.article_id].unit_id].append(run)
    late = _late(session, month, tz)
    late_ms = Counter[str]()
    for entry in late:
        late_ms[entry.unit] += entry.aired_ms
    counts = _counts(session, month, tz)
    rows = [
        _row(unit, by_unit.get(unit.id, ()), owners, counts, late_ms[unit.code])
        for unit in session.scalars(select(Unit).order_by(Unit.code))
        if unit.id in by_unit or unit.code in late_ms or unit.exists_within(first_day(month), last_day(month))
    ]
    return MonthAirtime(month, str(tz), False, None, tuple(rows), late)


class _Owner(NamedTuple):
    """Whose an article is, and of which kind."""

    unit_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Counts:
    """What stands beside the airtime in a unit's line, by the unit's id; each is counted by the database."""

    received: Mapping[int, int]
    confirmed: Mapping[int, int]
    posts: Mapping[int, int]
    planned: Mapping[int, tuple[int, int]]
    targets: Mapping[int, tuple[int, int]]
    before_ms: Mapping[int, int]


def _row(unit: Unit, runs: Sequence[Run], owners: Mapping[int, _Owner], counts: _Counts, late_ms: int) -> UnitAirtime:
    target_ms, target_articles = counts.targets.get(unit.id, (defaults.DEFAULT_TARGET_MS, 1))
    planned_ms, planned_runs = counts.planned.get(unit.id, (0, 0))
    aired_ms = sum(run.heard.heard_ms for run in runs)
    ran = {run.heard.article_id for run in runs if run.heard.is_run}
    kinds = Counter(owners[article_id].kind for article_id in ran)
    return UnitAirtime(
        unit=unit.code,
        name=unit.name,
        target_ms=target_ms,
        target_articles=target_articles,
        received=counts.received.get(unit.id, 0),
        confirmed=counts.confirmed.get(unit.id, 0),
        exemplar_articles=kinds[Kind.EXEMPLAR],
        spontaneous_articles=kinds[Kind.SPONTANEOUS],
        planned_ms=planned_ms,
        planned_runs=planned_runs,
        aired_ms=aired_ms,
        first_run_ms=sum(run.heard.heard_ms for run in runs if run.first_run),
        repeat_ms=sum(run.heard.heard_ms for run in runs if not run.first_run),
        first_runs=sum(run.first_run for run in runs if run.heard.is_run),
        repeats=sum(not run.first_run for run in runs if run.heard.is_run),
        cluster_ms=sum(run.heard.cluster_ms for run in runs),
        portal_posts=counts.posts.get(unit.id, 0),
        shortfall_ms=max(0, target_ms - aired_ms),
        percent=round(100 * aired_ms / target_ms, 1) if target_ms else 100.0,
        previous_month_ms=counts.before_ms.get(unit.id, 0),
        late_ms=late_ms,
    )


def _owners(session: Session, article_ids: Collection[int]) -> dict[int, _Owner]:
    query = select(Article.id, Article.unit_id, Article.kind).where(Article.id.in_(sorted(article_ids)))
    return {article_id: _Owner(unit_id, kind) for article_id, unit_id, kind in session.execute(query).tuples()}


def _counts(session: Session, month: str, tz: ZoneInfo) -> _Counts:
    begins, ends = bounds(month, tz)
    received = select(Article.unit_id, func.count()).where(Article.received_at >= begins, Article.received_at < ends)
    confirmed = (
        select(Article.unit_id, func.count(Article.id.distinct()))
        .join(Approval, Approval.article_id == Article.id)
        .where(
            Approval.approved_at >= begins,
            Approval.approved_at < ends,
            Approval.dropped_at.is_(None),
            Approval.text_digest == Article.text_digest,
        )
    )

    def by_unit(query: Select[tuple[int, int]]) -> dict[int, int]:
        return dict(session.execute(query.group_by(Article.unit_id)).tuples().all())

    return _Counts(
        received=by_unit(received),
        confirmed=by_unit(confirmed),
        posts=_posts(session, begins, ends),
        planned=_planned(session, month),
        targets=_targets(session, month),
        before_ms=_month_before_ms(session, month, tz),
    )


def _month_before_ms(session: Session, month: str, tz: ZoneInfo) -> dict[int, int]:
    """What the units had in the month before: as it was closed, where it was; what came in later is an entry."""
    before = month_before(month)
    closed = session.get(ClosedMonth, before)
    if closed is None:
        return heard_ms_by_unit(session, *bounds(before, tz))
    ids = dict(session.execute(select(Unit.code, Unit.id)).tuples().all())
    return {ids[unit.unit]: unit.aired_ms for unit in from_json(closed.report, closed.digest).units}


def _late(session: Session, month: str, tz: ZoneInfo) -> tuple[Late, ...]:
    query = (
        select(LateEntry, Unit.code, Zone.code, BroadcastSession.starts_at, Article.ref)
        .join(Unit, Unit.id == LateEntry.unit_id)
        .join(BroadcastSession, BroadcastSession.id == LateEntry.session_id)
        .join(Zone, Zone.id == BroadcastSession.zone_id)
        .join(Article, Article.id == LateEntry.article_id)
        .where(LateEntry.month == month)
        .order_by(LateEntry.id)
    )
    return tuple(
        Late(
            about_month=entry.about_month,
            unit=unit,
            zone=zone,
            starts_at=starts_at.astimezone(tz).isoformat(),
            article=ref,
            aired_ms=entry.aired_ms,
            cluster_ms=entry.cluster_ms,
            first_run_ms=entry.first_run_ms,
            repeat_ms=entry.repeat_ms,
            first_runs=entry.first_runs,
            repeats=entry.repeats,
            at=entry.at.astimezone(tz).isoformat(timespec="seconds"),
            by=entry.by,
            why=entry.why,
        )
        for entry, unit, zone, starts_at, ref in session.execute(query).tuples()
    )


def portal_posts(session: Session, month: str, tz: ZoneInfo) -> dict[str, int]:
    """How many posts each unit had on the portal in a month, by its code."""
    codes = dict(session.execute(select(Unit.id, Unit.code)).tuples().all())
    return {codes[unit_id]: count for unit_id, count in _posts(session, *bounds(month, tz)).items()}


def _posts(session: Session, begins: datetime, ends: datetime) -> dict[int, int]:
    query = (
        select(Article.unit_id, func.count())
        .select_from(Post)
        .join(Plan, Plan.id == Post.plan_id)
        .join(Article, Article.id == Post.article_id)
        .where(Plan.state == PlanState.PUBLISHED, Post.removed_at.is_(None))
        .where(Post.posts_at >= begins, Post.posts_at < ends)
        .group_by(Article.unit_id)
    )
    return dict(session.execute(query).tuples().all())


def _planned(session: Session, month: str) -> dict[int, tuple[int, int]]:
    """Milliseconds and runs that the binding plan gives each unit in the whole month, past sessions included."""
    query = (
        select(Article.unit_id, func.sum(Placement.length_ms), func.count())
        .select_from(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(Article, Article.id == Placement.article_id)
        .where(Plan.month == month, Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
    )
    rows = session.execute(query.group_by(Article.unit_id)).tuples()
    return {unit_id: (int(planned_ms), count) for unit_id, planned_ms, count in rows}


def _targets(session: Session, month: str) -> dict[int, tuple[int, int]]:
    rows = session.scalars(
        select(AirtimeTarget).where(AirtimeTarget.from_month <= month).order_by(AirtimeTarget.from_month)
    )
    return {row.unit_id: (row.min_ms, row.min_articles) for row in rows}
