"""The stages of one run: first plan, cooling search, last exchanges; on the backend's own copy of everything."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scheduler.planning.backend import Backend
from scheduler.planning.lanes import Lanes
from scheduler.planning.layout import Layout
from scheduler.planning.score import wanting_pairs
from scheduler.planning.tables import State

#: Moves between two looks at the clock, and at what the other lanes did: with 150,000 instead of 5,000 the lanes tread
#: on each other's toes so much that a district ends at 0.105 % instead of 0.080 %.
ROUND_COMPILED, ROUND_PLAIN = 5_000, 1_000
#: By moves there are at least this many rounds, whatever the backend.
ROUNDS_BY_MOVES = 200
#: A loss of this size, in seconds of the score, is taken one time in e: at the beginning (from a first plan, and from
#: near the optimum) and at the end, with plenty of moves; with fewer, all is cooler by a power of their number.
WARM, GUIDED_WARM, COLD = 40.0, 15.0, 2.0
LEAST_WARM, LEAST_COLD = 2.0, 0.3
COOLER_WITH_FEWER = 0.7
PLENTY_PER_SESSION = 150_000
#: By time, the number of moves is guessed from so many a second.
COMPILED_A_SECOND, PLAIN_A_SECOND = 2_000_000, 90_000
#: The last part is searched in one lane, which sees all sums as they are.
TOGETHER_FROM = 0.97
POLISH_ROUNDS = 20
CHANCES = 4096


@dataclass(slots=True)
class Run:
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


def prepared(layout: Layout, backend: Backend, seed: int, tell: Callable[[float], None]) -> Run:
    """The parts of a run with this backend and this seed."""
    tables = layout.tables
    most = max((tables.zone_pairs[z + 1] - tables.zone_pairs[z] for z in range(len(layout.zones))), default=0) + 1
    by_time = sorted(range(len(layout.sessions)), key=lambda session: (tables.hour[session], session))
    return Run(
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


def first_plan(run: Run, state: Any) -> int:
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


def annealed(
    run: Run, state: Any, heat: float, moves: int | None, deadline: float | None, stop: Callable[[], bool] | None
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


def _expected_moves(run: Run, seconds: float) -> float:
    return seconds * (COMPILED_A_SECOND if run.backend.compiled else PLAIN_A_SECOND)


def finished(run: Run, state: State) -> State:
    """Single exchanges for whoever lacks something, and whatever still fits, until neither changes anything."""
    last = run.backend.state(state)
    for _ in range(POLISH_ROUNDS):
        added = run.backend.fill_all(run.tables, last, run.by_time, run.pairs, run.ranks)
        wanting = wanting_pairs(run.layout, plain_state(last))
        gained = run.backend.polish(run.tables, last, run.backend.numbers(wanting)) if wanting else 0.0
        if not added and not gained:
            break
    run.backend.fill_all(run.tables, last, run.by_time, run.pairs, run.ranks)
    return plain_state(last)


def plain_state(state: Any) -> State:
    """A copy as lists, whatever backend the state is of."""
    return State(*(list(column) if isinstance(column, list) else column.tolist() for column in state))
