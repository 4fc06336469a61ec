"""A circuit breaker: an engine that is out of reach is left alone for a while instead of costing seconds each time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class BreakerSettings:
    """When an engine is left alone, and for how long."""

    #: Failures in a row after which it opens; a missing connection opens it at once.
    failures_to_open: int = 3
    #: After this it lets one call through to see whether things are better.
    rest_s: float = 300.0


class Breaker:
    """Closed: all calls pass. Open: none do. After the rest one call passes, and its outcome decides.

    Safe to share between threads. `clock` gives seconds that never run backwards.
    """

    def __init__(self, settings: BreakerSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until: float | None = None

    def lets_pass(self) -> bool:
        """Whether a call may be made now. The first to ask after the rest gets the trial, others await its outcome."""
        with self._lock:
            if self._open_until is None:
                return True
            if self._clock() < self._open_until:
                return False
            self._open_until = self._clock() + self._settings.rest_s
            return True

    def succeeded(self) -> None:
        """A call went well: closed."""
        with self._lock:
            self._failures = 0
            self._open_until = None

    def failed(self, *, at_once: bool) -> None:
        """A call failed; `at_once` opens without waiting for more failures."""
        with self._lock:
            self._failures += 1
            if at_once or self._open_until is not None or self._failures >= self._settings.failures_to_open:
                self._open_until = self._clock() + self._settings.rest_s
