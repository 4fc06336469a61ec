"""The whole way from a problem to a plan: start, first plan, search, certificate, reasons."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scheduler.planning.backend import Backend, fastest, plain
from scheduler.planning.bound import finest_period
from scheduler.planning.certificate import Certificate
from scheduler.planning.checks import check_problem
from scheduler.planning.guide import GUIDING_PERIODS, round_into
from scheduler.planning.lanes import Lanes
from scheduler.planning.layout import Layout, hours, lay_out
from scheduler.planning.ordering import alternated
from scheduler.planning.reasons import unplaced_of
from scheduler.planning.score import score_of, unit_outcomes, wanting_pairs
from scheduler.planning.start import Start, started
from scheduler.planning.tables import State
from scheduler.planning.values import Placement, Plan, Problem

#: Work where neither time nor moves are given: enough for a good plan, a few seconds for a town.
MOVES_PER_SESSION = 1_000
#: Less work than this is done sooner than the compiled loops are loaded.
LITTLE_WORK, FEW_SESSIONS = 3_000, 200
#: Moves between two looks at the clock, and at what the other lanes did: with 150,000 instead of 5,000 the lanes tread
#: on each other's toes so much that a district ends at 0.105 % instead of 0.080 %.
ROUND_COMPILED, ROUND_PLAIN = 5_000, 1_000
#: By moves there are this many rounds, whatever the backend.
ROUNDS_BY_MOVES = 200
#: A loss of this size, in seconds of the score, is taken one time in e: at the beginning (from a first plan, and from
#: near the optimum) and at the end, with plenty of moves; with fewer, all is cooler by a power of their number.
WARM, GUIDED_WARM, COLD = 40.0, 15.0, 2.0
LEAST_WARM, LEAST_COLD = 2.0, 0.3
COOLER_WITH_FEWER = 0.7
PLENTY_PER_SESSION = 150_000
#: By time, the number of moves is guessed from so many a second.
COMPILED_A_SECOND, PLAIN_A_SECOND = 2_000_000, 20_000
#: The last part is searched in one lane, which sees all sums as they are.
TOGETHER_FROM = 0.97
#: A rounded relaxation that comes later than this part of the time is left alone.
GUIDED_UNTIL = 0.75
#: Kept for reasons and figures: a part of the time, and so many times what laying out took.
RESERVE, AFTERWARDS = 0.01, 4.0
POLISH_ROUNDS = 20
CHANCES = 4096
SOLVER_TOLERANCE = 1e-7


@dataclass(slots=True)
class _Run:
    """One run's parts as its backend wants them."""

    layout: Layout
    backend: Backend
    tables: Any
    by_time: Any
    pairs: Any
    ranks: Any
    surprise: Any
    seed: int
    tell: Callable[[float], None]


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
    start = started(layout)
    laying_out = time.monotonic() - began
    if seconds is None and moves is None:
        moves = MOVES_PER_SESSION * len(layout.sessions)
    little = moves is not None and moves <= LITTLE_WORK and len(layout.sessions) <= FEW_SESSIONS
    run = _prepared(layout, fastest() if compiled and not little else plain(), seed, progress or (lambda _: None))
    deadline = None
    if moves is None:
        assert seconds is not None
        deadline = began + (1 - RESERVE) * seconds - AFTERWARDS * laying_out
    certificate = Certificate(layout, deadline)
    first = run.backend.state(start.state)
    added = _first_plan(run, first)
    run.tell(0.05)
    candidates = [_plain_state(first)]
    done = 0
    if not _stands(layout, start, added, candidates[0]) and layout.sessions and layout.pair_zone:
        done = _searched(run, start, first, candidates, certificate, moves, deadline)
    best = _finished(run, max(candidates, key=lambda state: score_of(layout, state)))
    plan = _plan_of(layout, best, certificate.bound(), done, began)
    run.tell(1.0)
    return plan


def first_plan_only(problem: Problem) -> int:
    """Makes the plan that the search would start from, and no more; returns the number of airings in it."""
    check_problem(problem)
    layout = lay_out(problem)
    start = started(layout)
    run = _prepared(layout, fastest(), 0, lambda _: None)
    state = run.backend.state(start.state)
    _first_plan(run, state)
    return int(sum(state.item_count))


def _prepared(layout: Layout, backend: Backend, seed: int, tell: Callable[[float], None]) -> _Run:
    tables = layout.tables
    most = max((tables.zone_pairs[z + 1] - tables.zone_pairs[z] for z in range(len(layout.zones))), default=0) + 1
    by_time = sorted(range(len(layout.sessions)), key=lambda session: (tables.hour[session], session))
    return _Run(
        layout,
        backend,
        backend.tables(tables),
        backend.numbers(by_time),
        backend.numbers([0] * most),
        backend.reals([0.0] * most),
        backend.reals([-math.log((k + 0.5) / CHANCES) for k in range(CHANCES)]),
        ((seed * 2654435761 + 12345) & 0x3FFFFFFF) << 32 | 0x9E3779B1,
        tell,
    )


def _first_plan(run: _Run, state: Any) -> int:
    """Urgent items ahead, then the largest deficit first; returns how many airings were added, 0 if nothing changed."""
    tables = run.layout.tables
    state.random[0] = run.seed
    due = [pair for pair in range(len(run.layout.pair_zone)) if tables.due_end[pair]]
    due.sort(key=lambda pair: (tables.hour[tables.due_end[pair] - 1], pair))
    added = 0
    if due:
        added = run.backend.put_in_time(run.tables, state, run.backend.numbers(due))
        # Where all is full, something gives way now, before later airings use up what the article may have.
        still_late = [pair for pair in due if not state.pair_in_time[pair]]
        if still_late and run.backend.polish(run.tables, state, run.backend.numbers(still_late)) > 0:
            added += 1
    return added + run.backend.fill_all(run.tables, state, run.by_time, run.pairs, run.ranks)


def _stands(layout: Layout, start: Start, added: int, state: State) -> bool:
    """Whether a published plan may stay as it is: all of it still holds, nothing can be added, nothing is owed."""
    if not layout.problem.previous or start.dropped or added:
        return False
    tables = layout.tables
    late = any(due and not state.pair_in_time[pair] for pair, due in enumerate(tables.due_end))
    short = any(need > state.unit_articles[unit] for unit, need in enumerate(tables.unit_min_articles))
    return not late and not short


def _searched(
    run: _Run,
    start: Start,
    first: Any,
    candidates: list[State],
    certificate: Certificate,
    moves: int | None,
    deadline: float | None,
) -> int:
    """Local search until the time or the moves are used up; adds its plans to the candidates, returns the moves made.

    By moves, the rounded relaxation is waited for where there is one. By time, the search begins without it and goes
    over to it when it comes.
    """
    republishing = bool(run.layout.problem.previous)
    guiding = not republishing and certificate.begun and finest_period(run.layout) in GUIDING_PERIODS
    done = 0
    if guiding and deadline is not None:
        patience = time.monotonic() + GUIDED_UNTIL * (deadline - time.monotonic())

        def came_in_time() -> bool:
            return time.monotonic() < patience and certificate.ready()

        done += _annealed(run, first, WARM, None, deadline, came_in_time)
        candidates.append(_plain_state(first))
        guiding = certificate.ready() and time.monotonic() < deadline
    relaxed = certificate.relaxed() if guiding else None
    if relaxed is not None:
        state = State(*(list(column) for column in start.state))
        round_into(run.layout, state, relaxed)
        guided = run.backend.state(state)
        _first_plan(run, guided)
        done += _annealed(run, guided, GUIDED_WARM, moves, deadline, None)
        candidates.append(_plain_state(guided))
    elif not done:
        done += _annealed(run, first, GUIDED_WARM if republishing else WARM, moves, deadline, None)
        candidates.append(_plain_state(first))
    return done


def _annealed(
    run: _Run, state: Any, heat: float, moves: int | None, deadline: float | None, stop: Callable[[], bool] | None
) -> int:
    """Searches from the state on, cooling down, until the moves are made, the deadline is reached or ``stop`` says so.

    While something else is waited for (``stop``), one lane leaves the other core to it.
    """
    lanes = Lanes(run.layout, run.backend, run.tables, state, run.surprise)
    size = ROUND_COMPILED if run.backend.compiled else ROUND_PLAIN
    if moves is not None:
        size = max(1, min(ROUND_COMPILED, -(-moves // ROUNDS_BY_MOVES)))
    done = 0
    since = time.monotonic()
    expected = moves if moves is not None else _expected_moves(run, (deadline or since) - since)
    plenty = min(1.0, max(1.0, expected) / (PLENTY_PER_SESSION * len(run.layout.sessions)))
    cooler = plenty**COOLER_WITH_FEWER
    warm, cold = max(LEAST_WARM, heat * cooler), max(LEAST_COLD, COLD * cooler)
    try:
        while not (stop and stop()):
            if moves is not None:
                part = done / moves if moves else 1.0
                size = min(size, moves - done)
            else:
                assert deadline is not None
                part = (time.monotonic() - since) / max(1e-9, deadline - since)
            if part >= 1.0:
                break
            temperature = warm * (cold / warm) ** part
            lanes.round(size, temperature, together=stop is not None or part > TOGETHER_FROM)
            done += size
            run.tell(0.05 + 0.9 * part)
    finally:
        lanes.close()
    return done


def _expected_moves(run: _Run, seconds: float) -> float:
    return seconds * (COMPILED_A_SECOND if run.backend.compiled else PLAIN_A_SECOND)


def _finished(run: _Run, state: State) -> State:
    """Single exchanges for whoever lacks something, and whatever still fits, until neither changes anything."""
    last = run.backend.state(state)
    for _ in range(POLISH_ROUNDS):
        added = run.backend.fill_all(run.tables, last, run.by_time, run.pairs, run.ranks)
        wanting = wanting_pairs(run.layout, _plain_state(last))
        gained = run.backend.polish(run.tables, last, run.backend.numbers(wanting)) if wanting else 0.0
        if not added and not gained:
            break
    run.backend.fill_all(run.tables, last, run.by_time, run.pairs, run.ranks)
    return _plain_state(last)


def _plain_state(state: Any) -> State:
    return State(*(list(column) if isinstance(column, list) else column.tolist() for column in state))


def _plan_of(layout: Layout, state: State, bound: float, moves: int, began: float) -> Plan:
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
