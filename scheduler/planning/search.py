"""The whole way from a problem to a plan: start, first plan, search, certificate, reasons."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from scheduler.planning.annealing import GUIDED_WARM, WARM, Run, annealed, finished, first_plan, plain_state, prepared
from scheduler.planning.assembly import plan_of
from scheduler.planning.backend import fastest, is_loaded, plain
from scheduler.planning.bound import finest_period
from scheduler.planning.certificate import Certificate
from scheduler.planning.checks import check_problem
from scheduler.planning.guide import GUIDING_PERIODS, round_into
from scheduler.planning.layout import Layout, lay_out
from scheduler.planning.score import score_of
from scheduler.planning.start import Start, started
from scheduler.planning.tables import State
from scheduler.planning.values import Plan, Problem

#: Work where neither time nor moves are given: enough for a good plan, a few seconds for a town.
MOVES_PER_SESSION = 1_000
#: Less work than this is done sooner than the compiled loops are loaded.
LITTLE_WORK, FEW_SESSIONS = 3_000, 200
#: Where there is less time than this, loading them would take most of it: a town is planned anew by the plain ones.
LITTLE_TIME_S = 1.2
#: A rounded relaxation that comes later than this part of the time is left alone.
GUIDED_UNTIL = 0.75
#: Kept for reasons and figures: a part of the time, and so many times what laying out took.
RESERVE, AFTERWARDS = 0.01, 4.0


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
    little = len(layout.sessions) <= FEW_SESSIONS and _is_little(seconds, moves)
    run = prepared(layout, fastest() if compiled and not little else plain(), seed, _rising(progress))
    deadline = None
    if moves is None:
        assert seconds is not None
        deadline = began + (1 - RESERVE) * seconds - AFTERWARDS * laying_out
    certificate = Certificate(layout, deadline)
    first = run.backend.state(start.state)
    added = first_plan(run, first)
    run.tell(0.05)
    candidates = [plain_state(first)]
    done = 0
    if not _stands(layout, start, added, candidates[0]) and layout.sessions and layout.pair_zone:
        done = _searched(run, start, first, candidates, certificate, moves, deadline)
    best = finished(run, max(candidates, key=lambda state: score_of(layout, state)))
    plan = plan_of(layout, best, certificate.bound(), done, began)
    run.tell(1.0)
    return plan


def _is_little(seconds: float | None, moves: int | None) -> bool:
    if moves is not None:
        return moves <= LITTLE_WORK
    return seconds is not None and seconds <= LITTLE_TIME_S and not is_loaded()


def _rising(progress: Callable[[float], None] | None) -> Callable[[float], None]:
    """Tells no part that is less than one told before: a search that starts over is no step back."""
    told = 0.0

    def tell(part: float) -> None:
        nonlocal told
        told = max(told, part)
        if progress is not None:
            progress(told)

    return tell


def first_plan_only(problem: Problem) -> int:
    """Makes the plan that the search would start from, and no more; returns the number of airings in it."""
    check_problem(problem)
    layout = lay_out(problem)
    start = started(layout)
    run = prepared(layout, fastest(), 0, _rising(None))
    state = run.backend.state(start.state)
    first_plan(run, state)
    return int(sum(state.item_count))


def _stands(layout: Layout, start: Start, added: int, state: State) -> bool:
    """Whether a published plan may stay as it is: all of it still holds, nothing can be added, nothing is owed."""
    if not layout.problem.previous or start.dropped or added:
        return False
    tables = layout.tables
    late = any(due and not state.pair_in_time[pair] for pair, due in enumerate(tables.due_end))
    short = any(need > state.unit_articles[unit] for unit, need in enumerate(tables.unit_min_articles))
    return not late and not short


def _searched(
    run: Run,
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

        done += annealed(run, first, WARM, None, deadline, came_in_time)
        candidates.append(plain_state(first))
        guiding = certificate.ready() and time.monotonic() < deadline
    relaxed = certificate.relaxed() if guiding else None
    if relaxed is not None:
        state = State(*(list(column) for column in start.state))
        round_into(run.layout, state, relaxed)
        guided = run.backend.state(state)
        first_plan(run, guided)
        done += annealed(run, guided, GUIDED_WARM, moves, deadline, None)
        candidates.append(plain_state(guided))
    elif not done:
        done += annealed(run, first, GUIDED_WARM if republishing else WARM, moves, deadline, None)
        candidates.append(plain_state(first))
    return done
