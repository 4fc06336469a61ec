"""What a publication asks of the place that keeps the tree."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from broadcaster.errors import BroadcasterError

#: Text is given as its bytes, sound as the file on the shelf that holds it; None where the shelf has lost it.
Content = bytes | Path | None


class StorageUnavailable(BroadcasterError):
    """The place that keeps the tree cannot be reached or refuses; what was done stays, the rest follows next time."""

    can_retry = True


class Storage(Protocol):
    """Files under paths with `/`. Each appears whole or not at all; a text brings its `.gz` with it, unasked."""

    def paths(self) -> Collection[str]:
        """What is kept now, without the `.gz` twins. Looks anew at each call."""

    def holds(self, path: str, content: bytes | Path) -> bool:
        """Whether exactly this is kept under the path, twin included."""

    def put(self, path: str, content: bytes | Path) -> None:
        """Keeps the content under the path, in place of what was there.

        Raises:
            StorageUnavailable: it could not be kept.
        """

    def remove(self, path: str) -> None:
        """Takes the file and its twin away, and remembers that it was there where the place can."""

    def tidy(self) -> None:
        """Clears away what killed publishers left and folders that are empty."""
