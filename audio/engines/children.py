"""Child processes that are asked over pipes: kept, shared between threads, watched by a time limit."""

from __future__ import annotations

import os
import queue
import selectors
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from audio.engines.errors import EngineError, EngineTimedOut, EngineUnreachable

_PIECE = 1 << 16


class Child:
    """One process with pipes. Not for two threads at once."""

    def __init__(self, command: Sequence[str]) -> None:
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise EngineUnreachable(f"Không chạy được {command[0]}: {error.strerror}.") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)

    def write(self, data: bytes) -> None:
        """Sends all of `data`. Raises EngineUnreachable when the process is gone."""
        try:
            self._input.write(data)
            self._input.flush()
        except OSError as error:
            raise EngineUnreachable("Tiến trình giọng đọc đã dừng đột ngột.") from error

    def read(self, count: int, *, within_s: float) -> bytes:
        """Exactly `count` bytes. Raises EngineTimedOut after `within_s`, EngineUnreachable when the process ends."""
        deadline = time.monotonic() + within_s
        held = bytearray()
        while len(held) < count:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                raise EngineTimedOut(f"Giọng đọc không trả lời trong {within_s:.0f} giây.")
            piece = os.read(self._output.fileno(), min(_PIECE, count - len(held)))
            if not piece:
                raise EngineUnreachable("Tiến trình giọng đọc đã dừng đột ngột.")
            held += piece
        return bytes(held)

    def end(self) -> None:
        """Stops the process and waits for it."""
        self._selector.close()
        self._process.kill()
        self._process.wait()
        self._output.close()
        # What was still buffered for a process that is gone is of no use to anyone.
        with suppress(BrokenPipeError):
            self._input.close()


class Crew:
    """Up to `size` children of one command, started when needed and lent to one thread at a time.

    A process that was forked from this one starts its own children: pipes shared by two would mix their answers.
    """

    def __init__(self, command: Sequence[str], size: int) -> None:
        self._command = tuple(command)
        self._size = size
        self._lock = threading.Lock()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._owner = os.getpid()
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(self._size):
            self._idle.put(None)

    def borrow(self) -> tuple[Child, bool]:
        """A child, and whether it has just been started; waits while all are busy. Give it back by `give_back`."""
        with self._lock:
            if self._owner != os.getpid():
                self._begin_anew()
        child = self._idle.get()
        if child is not None:
            return child, False
        try:
            return Child(self._command), True
        except EngineError:
            self._idle.put(None)
            raise

    def give_back(self, child: Child, *, usable: bool) -> None:
        """Returns a borrowed child; an unusable one is ended and replaced when needed."""
        if not usable:
            child.end()
        self._idle.put(child if usable else None)

    def close(self) -> None:
        """Ends every idle child; the next call starts new ones."""
        if self._owner != os.getpid():
            return
        for _ in range(self._size):
            child = self._idle.get()
            if child is not None:
                child.end()
            self._idle.put(None)
