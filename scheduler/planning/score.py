"""The score of a state, afresh, and the figures of its units."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from scheduler.planning.kernel_score import (
    ARTICLE_SHORT,
    KEPT,
    LATE,
    NEVER_AIRED,
    PREVIOUS,
    freshness,
    holding,
    unit_worth,
)
from scheduler.planning.layout import SLOPE_WITH_TARGET, Layout
from scheduler.planning.tables import State
from scheduler.planning.values import UnitOutcome


def score_of(layout: Layout, state: State) -> float:
    """The whole score, summed in canonical order: equal plans have equal scores to the last bit."""
    tables = layout.tables
    total = 0.0
    for unit in range(len(layout.units)):
        total += unit_worth(tables, unit, int(state.unit_ms[unit]))
        total -= ARTICLE_SHORT * max(0, tables.unit_min_articles[unit] - int(state.unit_articles[unit]))
    for article, counts in enumerate(tables.never_counts):
        if counts and state.article_airings[article] == 0:
            total -= NEVER_AIRED
    for pair, due_end in enumerate(tables.due_end):
        if due_end and state.pair_in_time[pair] == 0:
            total -= LATE
    width = tables.limits[0]
    for session in range(len(layout.sessions)):
        fresh = 0.0
        for pair in sorted(int(state.item[session * width + k]) for k in range(state.item_count[session])):
            fresh += freshness(tables, pair, session)
            if holding(tables, pair, session) & PREVIOUS:
                fresh += KEPT
        total += fresh
    return total


def wanting_pairs(layout: Layout, state: State) -> list[int]:
    """The pairs that would help most: those late, those of articles never aired, those of units under a minimum."""
    tables = layout.tables
    owed = {
        unit
        for unit in range(len(layout.units))
        if state.unit_articles[unit] < tables.unit_min_articles[unit]
        or (
            tables.unit_first_slope[unit] == SLOPE_WITH_TARGET
            and state.unit_ms[unit] < 1000 * tables.unit_target_s[unit]
        )
    }
    return [
        pair
        for pair, article in enumerate(tables.pair_article)
        if (tables.due_end[pair] and not state.pair_in_time[pair])
        or (tables.never_counts[article] and not state.article_airings[article])
        or tables.article_unit[article] in owed
    ]


def unit_outcomes(layout: Layout, state: State) -> tuple[UnitOutcome, ...]:
    """Every unit's figures, by name; ``reachable_ms`` where its minimum is out of any plan's reach."""
    minimum = {target.unit: target.min_ms for target in layout.problem.targets}
    reachable = unreachable_units(layout)
    outcomes = []
    for number, name in sorted(enumerate(layout.units), key=lambda item: item[1]):
        planned_ms = int(state.unit_ms[number])
        target_ms = minimum.get(name)
        short_ms = max(0, (target_ms or 0) - planned_ms)
        heard = int(state.unit_articles[number])
        outcomes.append(UnitOutcome(name, target_ms, planned_ms, short_ms, heard, reachable.get(name)))
    return tuple(outcomes)


def unreachable_units(layout: Layout) -> dict[str, int]:
    """The units whose minimum no plan can reach, with what each could reach with all sessions to itself.

    Known before planning starts: it follows from windows, lengths, airings and rules alone.
    """
    tables = layout.tables
    reach = defaultdict(int, enumerate(layout.empty.unit_ms))
    for pair, article in enumerate(tables.pair_article):
        reach[tables.article_unit[article]] += most_airings_of(layout, pair) * tables.length_ms[article]
    minimum = {target.unit: target.min_ms or 0 for target in layout.problem.targets}
    return {name: reach[number] for number, name in enumerate(layout.units) if reach[number] < minimum.get(name, 0)}


def most_airings_of(layout: Layout, pair: int) -> int:
    """How often the article could air in the zone if nothing else did, by taking every session as early as allowed."""
    tables = layout.tables
    article = tables.pair_article[pair]
    locked = [
        tables.held_session[k]
        for k in range(tables.held_first[pair], tables.held_first[pair + 1])
        if tables.held_flags[k] & 2 and not tables.pair_from[pair] <= tables.held_session[k] < tables.pair_to[pair]
    ]
    most = tables.most_airings[article]
    hour, end = tables.hour, tables.pair_to[pair]
    count, last = 0, -1e12
    for session in locked:
        if count < most and hour[session] - last >= tables.apart_h[article]:
            count, last = count + 1, hour[session]
    session = tables.pair_from[pair]
    while count < most:
        # Leaps over what is too soon; a hair early, because sums of hours are not exact.
        session = bisect_left(hour, last + tables.apart_h[article] - 1e-6, session, end)
        while session < end and (
            tables.capacity_ms[session] < tables.need_ms[article] or hour[session] - last < tables.apart_h[article]
        ):
            session += 1
        if session >= end:
            break
        count, last = count + 1, hour[session]
        session += 1
    return count
