"""A SHA-256 that is computed in a thread of its own, while the caller reads and writes on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread

#: Pieces that may wait for the thread; they bound what is held in memory.
WAITING = 8


class HashedAside:
    """Takes pieces in order. The digest is there when the block that `hashed_aside` opens has ended."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pieces: Queue[bytes | None] = Queue(WAITING)
        # Hashing lets go of the interpreter's lock, so it runs beside the copying on a second core.
        self._thread = Thread(target=self._work, name="hashing", daemon=True)
        self._thread.start()

    def update(self, piece: bytes) -> None:
        """Hands over the next piece; waits where too many are waiting already."""
        self._pieces.put(piece)

    def finish(self) -> None:
        """Waits until everything is hashed."""
        self._pieces.put(None)
        self._thread.join()

    def hexdigest(self) -> str:
        """The digest of all pieces, hexadecimal; only after `finish`."""
        return self._digest.hexdigest()

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._digest.update(piece)


@contextmanager
def hashed_aside() -> Iterator[HashedAside]:
    """A hasher whose thread ends with the block, whatever happens in it."""
    hasher = HashedAside()
    try:
        yield hasher
    finally:
        hasher.finish()
