"""Bảng thời lượng tháng: the monthly airtime table as rows, in the columns that staff know."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster.airtime import Late, MonthAirtime, UnitAirtime, month_airtime


@dataclass(frozen=True, slots=True)
class MonthlyRow:
    """A unit's line. `change_ms` is the difference to the month before; `late_ms` stands beside, in nobody's sum.

    `lacks` names which of the two monthly duties (`exemplar`, `spontaneous`) the unit has not met.
    """

    number: int
    unit: str
    name: str
    target_ms: int
    received: int
    confirmed: int
    exemplar_articles: int
    spontaneous_articles: int
    first_runs: int
    repeats: int
    planned_ms: int
    aired_ms: int
    percent: float
    portal_posts: int
    change_ms: int
    late_ms: int
    lacks: tuple[str, ...]


MONTHLY_FIELDS = tuple(field.name for field in fields(MonthlyRow))


@dataclass(frozen=True, slots=True)
class MonthlyAirtime:
    """The table of a month, and what was booked in it about closed months."""

    month: str
    closed: bool
    digest: str | None
    rows: tuple[MonthlyRow, ...]
    late: tuple[Late, ...]


def monthly_airtime(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> MonthlyAirtime:
    """The table of a month, units in the order of their codes.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    report = month_airtime(session, month, now=now, tz=tz)
    return MonthlyAirtime(month, report.closed, report.digest, monthly_rows(report), report.late)


def monthly_rows(report: MonthAirtime) -> tuple[MonthlyRow, ...]:
    """The lines of a month that was read already, numbered in its order."""
    return tuple(_row(number, unit) for number, unit in enumerate(report.units, start=1))


def monthly_document(table: MonthlyAirtime) -> dict[str, object]:
    """The table as JSON has it."""
    return {**asdict(table), "rows": [{**asdict(row), "lacks": list(row.lacks)} for row in table.rows]}


def _row(number: int, unit: UnitAirtime) -> MonthlyRow:
    duties = {"exemplar": unit.exemplar_articles, "spontaneous": unit.spontaneous_articles}
    return MonthlyRow(
        number=number,
        unit=unit.unit,
        name=unit.name,
        target_ms=unit.target_ms,
        received=unit.received,
        confirmed=unit.confirmed,
        exemplar_articles=unit.exemplar_articles,
        spontaneous_articles=unit.spontaneous_articles,
        first_runs=unit.first_runs,
        repeats=unit.repeats,
        planned_ms=unit.planned_ms,
        aired_ms=unit.aired_ms,
        percent=unit.percent,
        portal_posts=unit.portal_posts,
        change_ms=unit.aired_ms - unit.previous_month_ms,
        late_ms=unit.late_ms,
        lacks=tuple(duty for duty, count in duties.items() if count == 0),
    )
