"""From the state that the search ends in to the plan that is handed out."""

from __future__ import annotations

import time

from scheduler.planning.layout import Layout, hours
from scheduler.planning.ordering import alternated
from scheduler.planning.reasons import unplaced_of
from scheduler.planning.score import score_of, unit_outcomes
from scheduler.planning.tables import State
from scheduler.planning.values import Placement, Plan

SOLVER_TOLERANCE = 1e-7


def plan_of(layout: Layout, state: State, bound: float, moves: int, began: float) -> Plan:
    """The plan of a state, with its certificate; ``began`` on the monotonic clock."""
    score = round(score_of(layout, state), 3)
    # The solver's own tolerance, so that a plan that meets the bound never seems to pass it.
    bound = round(bound + SOLVER_TOLERANCE * abs(bound) + 0.001, 3)
    return Plan(
        placements=placements_of(layout, state),
        unplaced=unplaced_of(layout, state),
        units=unit_outcomes(layout, state),
        score=score,
        bound=bound,
        gap=(bound - score) / abs(bound) if bound else 0.0,
        moves=moves,
        elapsed_ms=round(1000 * (time.monotonic() - began)),
    )


def placements_of(layout: Layout, state: State) -> tuple[Placement, ...]:
    """By session as they go on the air (time, then name), in the order they are read."""
    tables = layout.tables
    heard: dict[tuple[str, str], float] = {}
    for airing in layout.problem.history:
        key, hour = (airing.article, airing.zone), hours(airing.session_starts_at)
        heard[key] = min(hour, heard.get(key, hour))
    placements = []
    order = sorted(range(len(layout.sessions)), key=lambda s: (tables.hour[s], layout.sessions[s].id))
    for session in order:
        base = session * tables.limits[0]
        # Priority decides who is read first; among equals the order of the tables, whatever the search left.
        pairs = sorted(int(state.item[base + k]) for k in range(state.item_count[session]))
        ranked = [
            (-round(tables.fresh_worth[a] / tables.length_ms[a] * 4000), tables.article_field[a])
            for a in (tables.pair_article[pair] for pair in pairs)
        ]
        zone = layout.sessions[session].zone
        for position, index in enumerate(alternated(ranked, same_field_allowed=tables.limits[4] == 1)):
            article = layout.articles[tables.pair_article[pairs[index]]].id
            hour = tables.hour[session]
            first_run = heard.get((article, zone), hour) >= hour
            heard[article, zone] = min(hour, heard.get((article, zone), hour))
            placements.append(Placement(layout.sessions[session].id, article, position, first_run))
    return tuple(placements)
