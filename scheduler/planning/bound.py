"""The certificate: a score that no plan can exceed, from a linear relaxation by article, zone and period.

Every plan gives a solution of the relaxation with at least its score: airings are counted by period (a session, a day
or a week, as fine as the size allows), each period offers the summed room of its sessions, and freshness counts as at
the period's first session. Rules that hold between airings become limits over runs of periods that lie within reach
of each other; order, and what does not divide, is let go.
"""

from __future__ import annotations

import time
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from scheduler.planning.kernel_score import ARTICLE_SHORT, KEPT, LATE, LOCKED, NEVER_AIRED, freshness
from scheduler.planning.layout import Layout

#: (from, to, slope) in parts of the unit's minimum; the first slope stands in the tables.
SLOPES = ((1.0, 1.25, 8.0), (1.25, 1.5, 7.0), (1.5, 2.0, 6.0), (2.0, 3.0, 5.0), (3.0, 1e12, 4.0))
BY_SESSION_UP_TO = 60_000
BY_DAY_UP_TO = 1_500_000
LEAST_AIRINGS = 1e-6
PERIOD_HOURS = {"day": 24.0, "week": 168.0}


def _reals() -> array[float]:
    return array("d")


def _wholes() -> array[int]:
    return array("i")


@dataclass(slots=True)
class _Program:
    """A linear program in the making: maximise cost · x, rows at most their limit, lower <= x <= upper.

    Packed arrays: a province has 1.4 million entries, which as lists would take ten times the memory.
    """

    cost: array[float] = field(default_factory=_reals)
    lower: array[float] = field(default_factory=_reals)
    upper: array[float] = field(default_factory=_reals)
    start: array[int] = field(default_factory=lambda: array("i", [0]))
    columns: array[int] = field(default_factory=_wholes)
    values: array[float] = field(default_factory=_reals)
    limit: array[float] = field(default_factory=_reals)
    #: the columns that count airings: which, of which pair, from which session of its period on
    airing_column: array[int] = field(default_factory=_wholes)
    airing_pair: array[int] = field(default_factory=_wholes)
    airing_session: array[int] = field(default_factory=_wholes)

    def variable(self, cost: float, upper: float, lower: float = 0.0) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.lower.append(lower)
        return len(self.cost) - 1

    def at_most(self, terms: Sequence[tuple[int, float]], limit: float) -> None:
        """Adds a row, unless its variables cannot exceed the limit anyway (of a province, more than half of all)."""
        if sum(value * self.upper[column] for column, value in terms if value > 0) <= limit:
            return
        for column, value in terms:
            self.columns.append(column)
            self.values.append(value)
        self.start.append(len(self.columns))
        self.limit.append(limit)


@dataclass(slots=True)
class _Sums:
    """The terms that several pairs share."""

    room: defaultdict[tuple[int, int], list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    unit_in: defaultdict[tuple[int, int, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    unit: defaultdict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    article: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def open_pairs(layout: Layout) -> int:
    """How many sessions are open to how many pairs, summed: the size of the problem as the relaxation sees it."""
    return sum(layout.tables.pair_to) - sum(layout.tables.pair_from)


def finest_period(layout: Layout) -> str:
    """The finest period that a problem of this size is worth."""
    size = open_pairs(layout)
    return "session" if size < BY_SESSION_UP_TO else "day" if size < BY_DAY_UP_TO else "week"


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The relaxation's optimum, and how often it airs each pair in each period (those above 0 only)."""

    bound: float
    period: str
    #: (airings, pair, first session of the period), most first
    airings: tuple[tuple[float, int, int], ...]


def relaxed(layout: Layout, *, period: str | None = None, deadline: float | None = None) -> Relaxed | None:
    """Solves the relaxation, by the finest period that the size allows or by the one that is named.

    None if the solver did not finish before the deadline (on the monotonic clock).
    """
    period = period or finest_period(layout)
    program, constant = _relaxation(layout, period)
    seconds = None if deadline is None else deadline - time.monotonic()
    if seconds is not None and seconds <= 0:
        return None
    return _solved(program, constant, period, seconds)


def period_numbers(layout: Layout, period: str) -> list[int]:
    """The period that each session belongs to. Days begin at midnight of the station's clock at the first session."""
    tables = layout.tables
    if period == "session" or not layout.sessions:
        return list(range(len(layout.sessions)))
    first = min(tables.hour[: len(layout.sessions)])
    if period == "day":
        offset = layout.sessions[0].starts_at.astimezone(ZoneInfo(layout.problem.tz)).utcoffset() or timedelta()
        first -= (first + offset.total_seconds() / 3600) % 24
    return [int((tables.hour[s] - first) // PERIOD_HOURS[period]) for s in range(len(layout.sessions))]


def _relaxation(layout: Layout, period: str) -> tuple[_Program, float]:
    program, sums = _Program(), _Sums()
    number = period_numbers(layout, period)
    for pair in range(len(layout.pair_zone)):
        _add_pair(layout, program, sums, pair, number)
    tables = layout.tables
    room: defaultdict[tuple[int, int], float] = defaultdict(float)
    count: defaultdict[tuple[int, int], int] = defaultdict(int)
    for session, zone in enumerate(tables.session_zone):
        room[zone, number[session]] += tables.capacity_ms[session] / 1000
        count[zone, number[session]] += 1
    for key, terms in sums.room.items():
        program.at_most(terms, room[key])
    if tables.limits[1]:
        for (_, zone, span), columns in sums.unit_in.items():
            program.at_most([(column, 1.0) for column in columns], tables.limits[1] * count[zone, span])
    shown = _never_aired(layout, program, sums)
    _add_units(layout, program, sums, shown)
    constant = KEPT * sum(flag & 1 for flag in tables.held_flags)
    constant -= sum(NEVER_AIRED for article in shown if tables.never_counts[article])
    return program, constant


def _add_pair(layout: Layout, program: _Program, sums: _Sums, pair: int, number: list[int]) -> None:
    """The airings of one article in one zone: a variable a period and the limits between them."""
    tables = layout.tables
    article, zone = tables.pair_article[pair], layout.pair_zone[pair]
    periods: defaultdict[int, list[int]] = defaultdict(list)
    locked = set()
    for k in range(tables.held_first[pair], tables.held_first[pair + 1]):
        if tables.held_flags[k] & LOCKED:
            locked.add(tables.held_session[k])
    window = range(tables.pair_from[pair], tables.pair_to[pair])
    open_sessions = sorted({*window, *locked}) if locked else window
    need_s = tables.need_ms[article] / 1000
    most = tables.most_airings[article]
    past = layout.empty.airing_count[pair]
    for session in open_sessions:
        if tables.need_ms[article] <= tables.capacity_ms[session] and most > 0:
            periods[number[session]].append(session)
    columns, in_time, spans = [], [], []
    for span, sessions in sorted(periods.items()):
        times = [tables.hour[session] for session in sessions]
        upper = min(_most_within(layout, article, times), most)
        fixed = float(len(locked.intersection(sessions)))
        column = program.variable(max(0.0, freshness(tables, pair, sessions[0])), upper, min(fixed, upper))
        program.airing_column.append(column)
        program.airing_pair.append(pair)
        program.airing_session.append(sessions[0])
        columns.append(column)
        spans.append((times[0], times[-1]))
        if sessions[0] < tables.due_end[pair]:
            in_time.append(column)
        sums.room[zone, span].append((column, need_s))
        sums.unit_in[tables.article_unit[article], zone, span].append(column)
        sums.unit[tables.article_unit[article]].append((column, tables.length_ms[article] / 1000))
        sums.article[article].append(column)
    _limit_runs(layout, program, article, columns, spans)
    if columns:
        program.at_most([(column, 1.0) for column in columns], max(0, most - past))
    if in_time:
        miss = program.variable(-LATE, 1.0)
        program.at_most([*((column, -1.0) for column in in_time), (miss, -1.0)], -1.0)


def _most_within(layout: Layout, article: int, times: list[float]) -> float:
    """How many airings fit into these times at most."""
    count, last = 0, -1e9
    for hour in times:
        if hour - last >= layout.tables.apart_h[article]:
            count, last = count + 1, hour
    airings, days = layout.tables.limits[2], layout.tables.limits[3]
    if airings:
        periods = int((times[-1] - times[0]) // (24 * days)) + 1
        count = min(count, airings * periods)
    return float(count)


def _limit_runs(
    layout: Layout, program: _Program, article: int, columns: list[int], spans: list[tuple[float, float]]
) -> None:
    """Runs of periods so close to each other that a rule between airings holds over all of them."""
    tables = layout.tables
    rules = [(tables.apart_h[article], 1)]
    if tables.limits[2]:
        rules.append((24.0 * tables.limits[3], tables.limits[2]))
    for width, most in rules:
        ended = -1
        for first in range(len(spans)):
            last = max(first, ended)
            while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] < width:
                last += 1
            if last > first and last > ended:
                program.at_most([(column, 1.0) for column in columns[first : last + 1]], most)
                ended = last


def _never_aired(layout: Layout, program: _Program, sums: _Sums) -> dict[int, int]:
    """By article a variable: whether it airs at all, worth what an article never aired costs."""
    shown = {}
    for article, columns in sums.article.items():
        if layout.tables.heard_in_period[article] and not layout.tables.never_counts[article]:
            continue
        once = program.variable(NEVER_AIRED if layout.tables.never_counts[article] else 0.0, 1.0)
        program.at_most([(once, 1.0), *((column, -1.0) for column in columns)], 0.0)
        shown[article] = once
    return shown


def _add_units(layout: Layout, program: _Program, sums: _Sums, shown: dict[int, int]) -> None:
    """The concave worth of each unit's airtime, and what its distinct articles lack."""
    tables, empty = layout.tables, layout.empty
    heard: defaultdict[int, list[int]] = defaultdict(list)
    for article, column in shown.items():
        if not tables.heard_in_period[article]:
            heard[tables.article_unit[article]].append(column)
    for unit in range(len(layout.units)):
        target = tables.unit_target_s[unit]
        parts = [(program.variable(tables.unit_first_slope[unit], target), 1.0)]
        parts += [(program.variable(slope, (high - low) * target), 1.0) for low, high, slope in SLOPES]
        airtime = [(column, -seconds) for column, seconds in sums.unit[unit]]
        program.at_most([*parts, *airtime], empty.unit_ms[unit] / 1000)
        need = tables.unit_min_articles[unit] - empty.unit_articles[unit]
        if need > 0:
            lack = program.variable(-ARTICLE_SHORT, float(need))
            program.at_most([(lack, -1.0), *((column, -1.0) for column in heard[unit])], -float(need))


def _solved(program: _Program, constant: float, period: str, seconds: float | None) -> Relaxed | None:
    """The optimum by HiGHS on one thread; None if it ran out of time. Empties the program on the way."""
    if not program.cost:
        return Relaxed(constant, period, ())
    import highspy

    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor alone has no types
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    # Its own clean-up finds little to do here and keeps copies: a province took 481 MB with it, 360 without.
    solver.setOptionValue("presolve", "off")
    if seconds is not None:
        solver.setOptionValue("time_limit", seconds)
    solver.passModel(_model(program))
    # The solver has its own copy; what is not needed any more goes before it asks for memory.
    program.columns, program.values = _wholes(), _reals()
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    bound = float(solver.getInfo().objective_function_value) + constant
    values = solver.getSolution().col_value
    airings = []
    for column, pair, session in zip(program.airing_column, program.airing_pair, program.airing_session, strict=True):
        if values[column] > LEAST_AIRINGS:
            # Rounded, so that what is alike but for the solver's noise is taken in canonical order.
            airings.append((round(float(values[column]), 6), pair, session))
    airings.sort(key=lambda airing: (-airing[0], airing[1], airing[2]))
    return Relaxed(bound, period, tuple(airings))


def _model(program: _Program) -> Any:
    import highspy

    model: Any = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.cost), len(program.limit)
    model.col_cost_ = np.frombuffer(program.cost)
    model.col_lower_, model.col_upper_ = np.frombuffer(program.lower), np.frombuffer(program.upper)
    model.row_lower_ = np.full(len(program.limit), -highspy.kHighsInf)
    model.row_upper_ = np.frombuffer(program.limit)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.frombuffer(program.start, dtype=np.int32)
    model.a_matrix_.index_ = np.frombuffer(program.columns, dtype=np.int32)
    model.a_matrix_.value_ = np.frombuffer(program.values)
    model.sense_ = highspy.ObjSense.kMaximize
    return model
