"""Finished pieces of feeds, kept between two buildings.

Most of the work of a feed lies in items that have not changed. A fragment depends on nothing but its value, so it can
be kept for as long as the value lives; only the caller knows how long that is, so the caller owns the cache.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

Value = TypeVar("Value")


class FragmentCache:
    """Keeps the most recently used fragments, at most `most` of them; may be shared by threads.

    The longest unused goes first. A cache smaller than a feed is of no use to it: allow for every item of every format
    that is built with it (an item of 3 kB of text takes about 10 kB).
    """

    def __init__(self, most: int = 20_000) -> None:
        if most < 1:
            raise ValueError("the cache must hold at least one fragment")
        self._most = most
        self._kept: dict[Hashable, bytes] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, make: Callable[[Value], bytes], value: Value) -> bytes:
        """The fragment of that key, made of the value if it is not here.

        Equal keys must mean equal fragments. Two threads may both make one: they make the same.
        """
        with self._lock:
            fragment = self._kept.pop(key, None)
            if fragment is not None:
                self._kept[key] = fragment
                return fragment
        fragment = make(value)
        with self._lock:
            self._kept[key] = fragment
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return fragment
