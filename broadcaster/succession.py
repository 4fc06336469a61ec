"""Lines of units: who became whom when units were renamed, merged or split."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.airtime import MonthAirtime
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Succession, Unit


@dataclass(frozen=True, slots=True)
class LineAirtime:
    """What the units of one line had in a month, late entries booked in it apart."""

    units: tuple[str, ...]
    aired_ms: int
    first_run_ms: int
    repeat_ms: int
    first_runs: int
    repeats: int
    cluster_ms: int
    late_ms: int


def line_of(session: Session, code: str) -> tuple[str, ...]:
    """The unit with all that it came from and all that it became, by code.

    Predecessors are followed backwards and successors forwards, not sideways: what merged with the unit is in the line
    of what came out of the merger, not in its own.

    Raises:
        NotFound: there is no such unit.
    """
    codes = dict(session.execute(select(Unit.id, Unit.code)).tuples().all())
    start = next((unit_id for unit_id, known in codes.items() if known == code), None)
    if start is None:
        raise NotFound(_("không có đơn vị «{code}»", code=code))
    back: defaultdict[int, list[int]] = defaultdict(list)
    forth: defaultdict[int, list[int]] = defaultdict(list)
    for successor_id, predecessor_id in session.execute(
        select(Succession.successor_id, Succession.predecessor_id)
    ).tuples():
        back[successor_id].append(predecessor_id)
        forth[predecessor_id].append(successor_id)
    line = _reached(start, back) | _reached(start, forth)
    return tuple(sorted(codes[unit_id] for unit_id in line))


def _reached(start: int, steps: dict[int, list[int]]) -> set[int]:
    reached, waiting = {start}, [start]
    while waiting:
        for unit_id in steps.get(waiting.pop(), ()):
            if unit_id not in reached:
                reached.add(unit_id)
                waiting.append(unit_id)
    return reached


def line_airtime(month: MonthAirtime, line: tuple[str, ...]) -> LineAirtime:
    """A month's figures of a line, added up."""
    own = [unit for unit in month.units if unit.unit in line]
    names = ("aired_ms", "first_run_ms", "repeat_ms", "first_runs", "repeats", "cluster_ms", "late_ms")
    return LineAirtime(line, **{name: sum(getattr(unit, name) for unit in own) for name in names})
