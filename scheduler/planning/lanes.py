"""The search on all cores: each lane has zones of its own and sees the others' airtime as it stood at the last round.

Zones share nothing but the sums of units and articles. After each round the lanes' changes of these sums are added up.
A lane does the same whichever thread runs it and whenever, so the plan does not depend on the number of cores.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scheduler.planning.backend import Backend
from scheduler.planning.layout import Layout
from scheduler.planning.tables import State

LANES = 2
#: Sums that all zones share, and what each lane needs for itself.
SHARED_SUMS = ("article_airings", "unit_ms", "unit_articles")


class Lanes:
    """Runs rounds of the search over one state."""

    def __init__(self, layout: Layout, backend: Backend, tables: Any, state: Any, surprise: Any) -> None:
        self._layout = layout
        self._backend, self._tables, self._state, self._surprise = backend, tables, state, surprise
        self._heard_before = backend.numbers(list(layout.empty.unit_articles))
        self._everything = backend.numbers(list(range(len(layout.sessions))))
        self._sessions = [backend.numbers(sessions) for sessions in _split(layout) if sessions]
        self._lanes: list[Any] = []
        for number in range(len(self._sessions)):
            own = {name: getattr(state, name).copy() for name in (*SHARED_SUMS, "random", "scratch")}
            own["random"][0] = int(state.random[0]) ^ (0x5DEECE66 * number)
            self._lanes.append(state._replace(**own))
        # Plain Python holds the interpreter anyway: there the lanes take turns.
        self._threads = ThreadPoolExecutor(len(self._lanes)) if backend.compiled and len(self._lanes) > 1 else None

    def close(self) -> None:
        """Ends the threads."""
        if self._threads is not None:
            self._threads.shutdown()

    def round(self, moves: int, temperature: float, *, together: bool) -> None:
        """Makes the moves: shared out among the lanes, or ``together``, on all zones in one lane."""
        if together or len(self._lanes) < 2:
            self._backend.search(self._tables, self._state, self._everything, moves, temperature, self._surprise)
            return
        for lane in self._lanes:
            for name in SHARED_SUMS:
                getattr(lane, name)[:] = getattr(self._state, name)
        shares = [moves // len(self._lanes)] * len(self._lanes)
        shares[0] += moves - sum(shares)
        jobs = list(zip(self._lanes, self._sessions, shares, strict=True))
        if self._threads is None:
            for lane, sessions, share in jobs:
                self._search(lane, sessions, share, temperature)
        else:
            running = [self._threads.submit(self._search, *job, temperature) for job in jobs]
            for each in running:
                each.result()
        self._add_up()

    def _search(self, lane: Any, sessions: Any, moves: int, temperature: float) -> None:
        self._backend.search(self._tables, lane, sessions, moves, temperature, self._surprise)

    def _add_up(self) -> None:
        for name in ("article_airings", "unit_ms"):
            total = getattr(self._state, name)
            columns = [getattr(lane, name) for lane in self._lanes]
            if self._backend.compiled:
                total[:] = sum(columns) - (len(columns) - 1) * total
            else:
                others = len(columns) - 1
                total[:] = [sum(row) - others * before for before, *row in zip(total, *columns, strict=True)]
        self._count_articles()

    def _count_articles(self) -> None:
        """Distinct articles do not add up: two lanes may both have aired one for the first time."""
        state = self._state
        if self._backend.compiled:
            import numpy as np

            aired = self._tables.article_unit[(state.article_airings > 0) & (self._tables.heard_in_period == 0)]
            state.unit_articles[:] = self._heard_before + np.bincount(aired, minlength=len(state.unit_articles))
            return
        tables = self._layout.tables
        counts = list(self._heard_before)
        for article, times in enumerate(state.article_airings):
            if times and not tables.heard_in_period[article]:
                counts[tables.article_unit[article]] += 1
        state.unit_articles[:] = counts


def _split(layout: Layout) -> list[list[int]]:
    """The sessions of each lane: zones in canonical order, always to the lane that has the fewest sessions."""
    lanes: list[list[int]] = [[] for _ in range(LANES)]
    bounds = layout.tables.zone_sessions
    for zone in range(len(layout.zones)):
        lane = min(range(LANES), key=lambda number: (len(lanes[number]), number))
        lanes[lane] += range(bounds[zone], bounds[zone + 1])
    return lanes


def copied(state: Any) -> State:
    """A copy that later rounds do not touch."""
    return State(*(column.copy() for column in state))
