"""The month's airtime as a table that shows first whom the station serves worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster.airtime import UnitAirtime, month_airtime
from broadcaster.months import bounds, month_before, next_month

#: The bar is full at the target; a unit far above it is not worth a longer one.
FULL_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A unit's line. `bar_percent` and `planned_bar_percent` lie between 0 and 100."""

    unit: UnitAirtime
    bar_percent: float
    planned_bar_percent: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """A month's table, the months around it, and whether it is over."""

    month: str
    before: str
    after: str
    closed: bool
    is_over: bool
    has_begun: bool
    rows: Sequence[LedgerRow]
    totals: Mapping[str, int]

    @property
    def total_percent(self) -> float:
        """What all units together were heard, of what all are owed."""
        target_ms = self.totals["target_ms"]
        return round(100 * self.totals["aired_ms"] / target_ms, 1) if target_ms else FULL_PERCENT


def ledger_of(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> Ledger:
    """The table of a month, the worst served first; of equals the one that lacks more.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    begins, ends = bounds(month, tz)
    report = month_airtime(session, month, now=now, tz=tz)
    units = sorted(report.units, key=lambda unit: (unit.percent, -unit.shortfall_ms, unit.name))
    return Ledger(
        month=month,
        before=month_before(month),
        after=next_month(month),
        closed=report.closed,
        is_over=now >= ends,
        has_begun=now >= begins,
        rows=[_row(unit) for unit in units],
        totals=report.totals,
    )


def _row(unit: UnitAirtime) -> LedgerRow:
    planned = 100 * unit.planned_ms / unit.target_ms if unit.target_ms else FULL_PERCENT
    return LedgerRow(unit, _within(unit.percent), _within(planned))


def _within(percent: float) -> float:
    return round(max(0.0, min(FULL_PERCENT, percent)), 1)
