"""Holds the station's books against the truth: nothing lost, nothing doubled, airtime to the second, just verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.year.simulation import TZ, Year
from bench.year.truth import Sums
from broadcaster.airtime import counted, month_airtime
from broadcaster.closing import is_as_closed
from broadcaster.heard import runs_between
from broadcaster.models import Airing, ClosedMonth, LateEntry, Player, Unit
from broadcaster.months import bounds, day_start, next_month
from broadcaster.reconciliation import reconcile
from broadcaster.verdicts import Tolerances, Verdict

Table = Mapping[tuple[str, str], Sums]


class _Told(NamedTuple):
    started_at: datetime
    played_ms: int


@dataclass
class Comparison:
    """What was found. `wrong_ms` adds up every difference in airtime, whichever way."""

    plays: int = 0
    lost: int = 0
    doubled: int = 0
    altered: int = 0
    months: int = 0
    wrong_ms: int = 0
    wrong_counts: int = 0
    closed: int = 0
    closed_changed: int = 0
    late_entries: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    wrong_verdicts: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether the books say what happened."""
        wrong = (self.lost, self.doubled, self.altered, self.wrong_ms, self.wrong_counts, self.closed_changed)
        return not any(wrong) and self.wrong_verdicts == 0


def compare(session: Session, year: Year, *, now: datetime) -> Comparison:
    """Compares everything that can be compared."""
    found = Comparison(plays=len(year.truth.plays))
    _plays(session, year, found)
    _airtime(session, year, found)
    _verdicts(session, year, found, now)
    return found


def _plays(session: Session, year: Year, found: Comparison) -> None:
    rows = session.execute(
        select(Player.code, Airing.event_id, Airing.started_at, Airing.played_ms).join(
            Player, Player.id == Airing.player_id
        )
    ).tuples()
    told: dict[tuple[str, str], list[_Told]] = {}
    for code, event_id, started_at, played_ms in rows:
        told.setdefault((code, event_id), []).append(_Told(started_at, played_ms))
    for key, play in year.truth.plays.items():
        reports = told.pop(key, [])
        found.lost += not reports
        found.doubled += max(0, len(reports) - 1)
        found.altered += any(report != (play.started_at, play.played_ms) for report in reports)
    found.doubled += sum(map(len, told.values()))


def _airtime(session: Session, year: Year, found: Comparison) -> None:
    truth = year.truth.sums()
    live: dict[tuple[str, str], Sums] = {}
    booked: dict[tuple[str, str], Sums] = {}
    month, last = f"{year.size.first:%Y-%m}", max(month for month, _unit in truth)
    while month <= last:
        found.months += 1
        again = counted(session, month, runs_between(session, *bounds(month, TZ)), TZ)
        live.update({(month, unit.unit): _sums(unit) for unit in again.units})
        table = month_airtime(session, month, now=bounds(month, TZ)[1], tz=TZ)
        booked.update({(month, unit.unit): _sums(unit) for unit in table.units})
        month = next_month(month)
    entries = session.execute(select(LateEntry, Unit.code).join(Unit, Unit.id == LateEntry.unit_id)).tuples()
    for entry, unit in entries:
        found.late_entries += 1
        key = entry.about_month, unit
        booked[key] = booked.get(key, Sums()).plus(_sums(entry))
    _hold_against(truth, live, "live", found)
    _hold_against(truth, booked, "closed and late", found)
    for closed in session.scalars(select(ClosedMonth)):
        found.closed += 1
        found.closed_changed += not is_as_closed(closed)


def _sums(of: object) -> Sums:
    return Sums(*(getattr(of, name) for name in Sums.__dataclass_fields__))


def _hold_against(truth: Table, books: Table, name: str, found: Comparison) -> None:
    for key in sorted(truth.keys() | books.keys()):
        real, said = truth.get(key, Sums()), books.get(key, Sums())
        if real == said:
            continue
        for field_name in Sums.__dataclass_fields__:
            difference = abs(getattr(real, field_name) - getattr(said, field_name))
            if field_name.endswith("_ms"):
                found.wrong_ms += difference
            else:
                found.wrong_counts += difference
        found.examples.append(f"{name} {key}: {real} but {said}")


def _verdicts(session: Session, year: Year, found: Comparison, now: datetime) -> None:
    said: dict[tuple[tuple[str, datetime], str], str] = {}
    ends = day_start(year.size.last + timedelta(days=1), TZ)
    verdicts = reconcile(session, day_start(year.size.first, TZ), ends, now=now, tolerances=Tolerances(), tz=TZ)
    for one in verdicts:
        for player in one.players:
            said[(one.zone, one.starts_at), player.player] = player.verdict.value
        best = min((player.verdict for player in one.players), key=list(Verdict).index)
        found.wrong_verdicts += one.verdict != best
        found.verdicts[one.verdict.value] += 1
    for key in year.verdicts.keys() | said.keys():
        just, given = year.verdicts.get(key), said.get(key)
        # A player that failed where nothing was planned has nothing to answer for.
        if just == given or (just is None and given == Verdict.MISSED and key[0] not in year.planned):
            continue
        found.wrong_verdicts += 1
        found.examples.append(f"{key}: {just} but {given}")
