"""The ledger: airtime per unit and month, derived from reported airings and from nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from broadcaster import audit, defaults
from broadcaster.errors import NotAllowed
from broadcaster.heard import Heard, all_heard
from broadcaster.language import gettext as _
from broadcaster.models import (
    AirtimeTarget,
    Article,
    ClosedMonth,
    Kind,
    Placement,
    Plan,
    PlanState,
    Unit,
)
from broadcaster.months import bounds, first_day, month_before
from broadcaster.planning.columns import published_posts


@dataclass(frozen=True, slots=True)
class UnitAirtime:
    """A unit's month. Milliseconds are programme time, each session once; `cluster_ms` adds up all players."""

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


@dataclass(frozen=True, slots=True)
class MonthAirtime:
    """The airtime table of a month. `closed` tells that it was frozen; `digest` is that of the frozen table."""

    month: str
    tz: str
    closed: bool
    digest: str | None
    units: tuple[UnitAirtime, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the units."""
        keys = ("target_ms", "planned_ms", "aired_ms", "first_run_ms", "repeat_ms", "first_runs", "repeats")
        more = ("cluster_ms", "portal_posts", "shortfall_ms", "received", "confirmed")
        return {key: sum(getattr(unit, key) for unit in self.units) for key in keys + more}


@dataclass(frozen=True, slots=True)
class Run:
    """An article heard in one session: as a first run (phát mới) or as a repeat (phát lại) in its zone."""

    heard: Heard
    first_run: bool


def runs(heard: Iterable[Heard]) -> list[Run]:
    """Sorts what was heard, in order of time, into first runs and repeats, zone by zone.

    An article is repeated once it has run in that zone. What was heard for less than half does not use up the
    first run, but its seconds count.
    """
    ran: set[tuple[int, int]] = set()
    found = []
    for item in heard:
        key = (item.article_id, item.zone_id)
        found.append(Run(item, key not in ran))
        if item.is_run:
            ran.add(key)
    return found


def month_airtime(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> MonthAirtime:
    """The airtime of every unit that exists in the month or was heard in it; a closed month as it was closed.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    bounds(month, tz)
    closed = session.get(ClosedMonth, month)
    if closed is not None:
        return _from_json(closed.report, closed.digest)
    everything = runs(all_heard(session))
    return _counted(session, month, everything, tz)


def close_month(session: Session, month: str, *, by: str, now: datetime, tz: ZoneInfo) -> MonthAirtime:
    """Freezes a month that is over; later corrections do not change it any more.

    Raises:
        NotAllowed: the month is not over yet.
        BadMonth: the month is not written as 2026-04.
    """
    if now < bounds(month, tz)[1]:
        raise NotAllowed(_("tháng {month} chưa kết thúc", month=month))
    report = month_airtime(session, month, now=now, tz=tz)
    if report.closed:
        return report
    table = to_json(report)
    digest = hashlib.sha256(json.dumps(table, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    session.add(ClosedMonth(month=month, closed_at=now, closed_by=by, digest=digest, report=table))
    audit.record(session, "month.close", month, by=by, now=now, table=digest)
    return replace(report, closed=True, digest=digest)


def to_json(report: MonthAirtime) -> dict[str, object]:
    """The table as a JSON document."""
    units = [asdict(unit) for unit in report.units]
    return {"month": report.month, "tz": report.tz, "closed": report.closed, "units": units, "totals": report.totals}


def to_csv(report: MonthAirtime) -> str:
    """The table as CSV with a header line, for spreadsheets (UTF-8 with byte order mark)."""
    sheet = io.StringIO()
    fields = list(UnitAirtime.__dataclass_fields__)
    writer = csv.DictWriter(sheet, ["month", *fields])
    writer.writeheader()
    for unit in report.units:
        writer.writerow({"month": report.month, **asdict(unit)})
    return "\ufeff" + sheet.getvalue()


def _from_json(table: Mapping[str, object], digest: str) -> MonthAirtime:
    units = table["units"]
    assert isinstance(units, list)
    return MonthAirtime(
        str(table["month"]), str(table["tz"]), True, digest, tuple(UnitAirtime(**unit) for unit in units)
    )


def _counted(session: Session, month: str, everything: Sequence[Run], tz: ZoneInfo) -> MonthAirtime:
    begins, ends = bounds(month, tz)
    earlier = bounds(month_before(month), tz)
    query = select(Article).options(selectinload(Article.approvals))
    articles = {article.id: article for article in session.scalars(query)}
    by_unit: dict[int, list[Run]] = defaultdict(list)
    before: Counter[int] = Counter()
    for run in everything:
        unit_id = articles[run.heard.article_id].unit_id
        if begins <= run.heard.started_at < ends:
            by_unit[unit_id].append(run)
        elif earlier[0] <= run.heard.started_at < earlier[1]:
            before[unit_id] += run.heard.heard_ms
    planned = _planned(session, month)
    targets = _targets(session, month)
    posts = Counter(post.article.unit_id for post in published_posts(session) if begins <= post.posts_at < ends)
    received: Counter[int] = Counter()
    confirmed: Counter[int] = Counter()
    for article in articles.values():
        received[article.unit_id] += begins <= article.received_at < ends
        approval = article.approval
        confirmed[article.unit_id] += approval is not None and begins <= approval.approved_at < ends
    rows = []
    for unit in session.scalars(select(Unit).order_by(Unit.code)):
        if not unit.is_valid_on(first_day(month)) and unit.id not in by_unit:
            continue
        target_ms, target_articles = targets.get(unit.id, (defaults.DEFAULT_TARGET_MS, 1))
        own = by_unit[unit.id]
        aired_ms = sum(run.heard.heard_ms for run in own)
        kinds = {run.heard.article_id: articles[run.heard.article_id].kind for run in own if run.heard.is_run}
        rows.append(
            UnitAirtime(
                unit=unit.code,
                name=unit.name,
                target_ms=target_ms,
                target_articles=target_articles,
                received=received[unit.id],
                confirmed=confirmed[unit.id],
                exemplar_articles=sum(kind == Kind.EXEMPLAR for kind in kinds.values()),
                spontaneous_articles=sum(kind == Kind.SPONTANEOUS for kind in kinds.values()),
                planned_ms=planned[unit.id][0],
                planned_runs=planned[unit.id][1],
                aired_ms=aired_ms,
                first_run_ms=sum(run.heard.heard_ms for run in own if run.first_run),
                repeat_ms=sum(run.heard.heard_ms for run in own if not run.first_run),
                first_runs=sum(run.first_run for run in own if run.heard.is_run),
                repeats=sum(not run.first_run for run in own if run.heard.is_run),
                cluster_ms=sum(run.heard.cluster_ms for run in own),
                portal_posts=posts[unit.id],
                shortfall_ms=max(0, target_ms - aired_ms),
                percent=round(100 * aired_ms / target_ms, 1) if target_ms else 100.0,
                previous_month_ms=before[unit.id],
            )
        )
    return MonthAirtime(month, str(tz), False, None, tuple(rows))


def _planned(session: Session, month: str) -> defaultdict[int, tuple[int, int]]:
    """Milliseconds and runs that the binding plan gives each unit in the whole month, past sessions included."""
    planned: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    placements = session.scalars(
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Plan.month == month, Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
    )
    for placement in placements:
        unit_id = placement.article.unit_id
        milliseconds, count = planned[unit_id]
        planned[unit_id] = (milliseconds + placement.length_ms, count + 1)
    return planned


def _targets(session: Session, month: str) -> dict[int, tuple[int, int]]:
    rows = session.scalars(
        select(AirtimeTarget).where(AirtimeTarget.from_month <= month).order_by(AirtimeTarget.from_month)
    )
    return {row.unit_id: (row.min_ms, row.min_articles) for row in rows}
