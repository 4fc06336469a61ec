"""The whole way from a problem to a plan: start, first plan, search, certificate, reasons."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scheduler.planning.backend import Backend, fastest, plain
from scheduler.planning.bound import upper_bound
from scheduler.planning.checks import check_problem
from scheduler.planning.layout import Layout, hours, lay_out
from scheduler.planning.ordering import alternated
from scheduler.planning.quick_bound import quick_bound
from scheduler.planning.reasons import unplaced_of
from scheduler.planning.score import score_of, unit_outcomes
from scheduler.planning.start import place_locked, place_previous, settle_fields
from scheduler.planning.tables import State
from scheduler.planning.values import Placement, Plan, Problem

#: Work where neither time nor moves are given: enough for a good plan, a few seconds for a town.
MOVES_PER_SESSION = 1_000
#: The certificate gets at most this part of the time.
BOUND_SHARE = 0.4
ROUND_COMPILED, ROUND_PLAIN = 20_000, 1_000
#: Losses of this size, in seconds of the score, are taken one time in e, at the beginning and at the end.
WARM, COLD = 200.0, 5.0
CHANCES = 4096
SOLVER_TOLERANCE = 1e-7


@dataclass(slots=True)
class _Run:
    """One run's parts as its backend wants them."""

    layout: Layout
    backend: Backend
    tables: Any
    state: Any
    by_time: Any
    pairs: Any
    ranks: Any


def make_plan(
    problem: Problem,
    *,
    seconds: float | None = None,
    moves: int | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
    compiled: bool = True,
) -> Plan:
    """Makes a plan and its certificate.

    Args:
        problem: what to plan.
        seconds: the time to take in all, on the wall's clock; a first plan is made even if it takes longer.
        moves: bounds the search by work instead: same problem, seed and moves make the same plan anywhere.
        seed: of the random source.
        progress: is told the part that is done, from 0 to 1.
        compiled: whether a compiled inner loop is used where there is one. The plan is the same.

    Raises:
        ProblemError: names every fault of the problem, and what is locked that cannot be.
    """
    began = time.monotonic()
    check_problem(problem)
    layout = lay_out(problem)
    tell = progress or (lambda _: None)
    state = _started(layout)
    run = _prepared(layout, state, fastest() if compiled else plain(), seed)
    _first_plan(run)
    tell(0.05)
    certificate = _certificate(layout, None if seconds is None else BOUND_SHARE * seconds)
    tell(0.1)
    if seconds is None and moves is None:
        moves = MOVES_PER_SESSION * len(layout.sessions)
    done = _searched(run, began, seconds, moves, tell)
    run.backend.fill_all(run.tables, run.state, run.by_time, run.pairs, run.ranks)
    plan = _plan_of(layout, _plain_state(run.state), certificate, done, began)
    tell(1.0)
    return plan


def _started(layout: Layout) -> State:
    state = State(*(list(column) for column in layout.empty))
    place_locked(layout, state)
    settle_fields(layout, state, drop=False)
    place_previous(layout, state)
    settle_fields(layout, state, drop=True)
    return state


def _prepared(layout: Layout, state: State, backend: Backend, seed: int) -> _Run:
    tables = layout.tables
    state.random[0] = (((seed * 2654435761 + 12345) & 0x3FFFFFFF) << 32) | 0x9E3779B1
    most = max((tables.zone_pairs[z + 1] - tables.zone_pairs[z] for z in range(len(layout.zones))), default=0) + 1
    by_time = sorted(range(len(layout.sessions)), key=lambda session: (tables.hour[session], session))
    return _Run(
        layout,
        backend,
        backend.tables(tables),
        backend.state(state),
        backend.numbers(by_time),
        backend.numbers([0] * most),
        backend.reals([0.0] * most),
    )


def _first_plan(run: _Run) -> None:
    """Urgent items ahead, then the largest deficit first."""
    tables = run.layout.tables
    due = [pair for pair in range(len(run.layout.pair_zone)) if tables.due_end[pair]]
    due.sort(key=lambda pair: (tables.hour[tables.due_end[pair] - 1], pair))
    run.backend.put_in_time(run.tables, run.state, run.backend.numbers(due))
    run.backend.fill_all(run.tables, run.state, run.by_time, run.pairs, run.ranks)


def _certificate(layout: Layout, seconds: float | None) -> float:
    quick = quick_bound(layout)
    exact = upper_bound(layout, seconds=seconds)
    return quick if exact is None else min(quick, exact)


def _searched(run: _Run, began: float, seconds: float | None, moves: int | None, tell: Callable[[float], None]) -> int:
    """Local search until the time or the moves are used up; returns the moves made."""
    if not run.layout.sessions or not run.layout.pair_zone:
        return 0
    backend = run.backend
    surprise = backend.reals([-math.log((k + 0.5) / CHANCES) for k in range(CHANCES)])
    sessions = backend.numbers(list(range(len(run.layout.sessions))))
    size = ROUND_COMPILED if backend.compiled else ROUND_PLAIN
    if moves is not None:
        size = max(1, min(1_000, moves // 100))
    best_score = score_of(run.layout, run.state)
    best = _copied(run.state)
    done = 0
    searching_since = time.monotonic()
    while True:
        part = done / moves if moves else 1.0
        if moves is None:
            assert seconds is not None
            now = time.monotonic()
            part = (now - searching_since) / max(1e-9, began + seconds * 0.97 - searching_since)
        if part >= 1.0:
            break
        temperature = WARM * (COLD / WARM) ** part
        step = size if moves is None else min(size, moves - done)
        backend.search(run.tables, run.state, sessions, step, temperature, surprise)
        done += step
        tell(0.1 + 0.85 * part)
    if score_of(run.layout, run.state) < best_score:
        run.state = best
    return done


def _copied(state: Any) -> Any:
    return State(*(column.copy() for column in state))


def _plain_state(state: Any) -> State:
    return State(*(column if isinstance(column, list) else column.tolist() for column in state))


def _plan_of(layout: Layout, state: State, bound: float, moves: int, began: float) -> Plan:
    score = round(score_of(layout, state), 3)
    # The solver's own tolerance, so that a plan that meets the bound never seems to pass it.
    bound += SOLVER_TOLERANCE * abs(bound)
    return Plan(
        placements=_placements(layout, state),
        unplaced=unplaced_of(layout, state),
        units=unit_outcomes(layout, state),
        score=score,
        bound=round(bound, 3),
        gap=(bound - score) / abs(bound) if bound else 0.0,
        moves=moves,
        elapsed_ms=round(1000 * (time.monotonic() - began)),
    )


def _placements(layout: Layout, state: State) -> tuple[Placement, ...]:
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
