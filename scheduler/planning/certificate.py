"""The certificate in the making: the relaxation is solved beside the search, on a core of its own if there is one."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from scheduler.planning.bound import Relaxed, open_pairs, relaxed
from scheduler.planning.layout import Layout
from scheduler.planning.quick_bound import quick_bound

#: Without this much time for each open (article, session), the relaxation would not be done in time: it is not begun.
SECONDS_PER_OPEN_PAIR = 8e-6


class Certificate:
    """A bound that exists at once and gets better when the relaxation is solved."""

    def __init__(self, layout: Layout, seconds: float | None) -> None:
        """Begins.

        Args:
            layout: the problem.
            seconds: until when the relaxation is waited for, from now; None: however long it takes.
        """
        self._quick = quick_bound(layout)
        self._threads = ThreadPoolExecutor(1)
        self._future: Future[Relaxed | None] | None = None
        if seconds is None or seconds > SECONDS_PER_OPEN_PAIR * open_pairs(layout):
            self._future = self._threads.submit(relaxed, layout, seconds=seconds)

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
        """The best bound there is; waits for the relaxation."""
        best = self.relaxed()
        self._threads.shutdown()
        return self._quick if best is None else min(self._quick, best.bound)
