"""The certificate in the making: the relaxation is solved beside the search, on a core of its own if there is one."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

from scheduler.planning.bound import Relaxed, finest_period, open_pairs, relaxed
from scheduler.planning.layout import Layout
from scheduler.planning.quick_bound import quick_bound

#: Without this much time for each open (article, session), the relaxation would not be done in time: it is not begun.
SECONDS_PER_OPEN_PAIR = 8e-6


class Certificate:
    """A bound that exists at once and gets better when the relaxation is solved."""

    def __init__(self, layout: Layout, deadline: float | None) -> None:
        """Begins.

        Args:
            layout: the problem.
            deadline: until when the relaxation is waited for, on the monotonic clock; None: however long it takes.
        """
        self._layout, self._deadline = layout, deadline
        self._best = quick_bound(layout)
        self._threads = ThreadPoolExecutor(1)
        self._future: Future[Relaxed | None] | None = None
        if deadline is None or deadline - time.monotonic() > SECONDS_PER_OPEN_PAIR * open_pairs(layout):
            self._future = self._threads.submit(self._solve)

    def _solve(self) -> Relaxed | None:
        """By time, the week's relaxation goes ahead of the day's: it takes a twentieth of the time."""
        if self._deadline is not None and finest_period(self._layout) == "day":
            coarse = relaxed(self._layout, period="week", deadline=self._deadline)
            if coarse is not None:
                self._best = min(self._best, coarse.bound)
        fine = relaxed(self._layout, deadline=self._deadline)
        if fine is not None:
            self._best = min(self._best, fine.bound)
        return fine

    @property
    def begun(self) -> bool:
        """Whether there is time for the relaxation at all."""
        return self._future is not None

    def ready(self) -> bool:
        """Whether waiting is over: the relaxation is solved, or never will be."""
        return self._future is None or self._future.done()

    def relaxed(self) -> Relaxed | None:
        """Waits for the relaxation; None where there was no time for it."""
        return None if self._future is None else self._future.result()

    def bound(self) -> float:
        """The best bound there is; waits for the relaxation, until the deadline."""
        self.relaxed()
        self._threads.shutdown()
        return self._best
