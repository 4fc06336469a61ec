"""What the tree once held and was taken away: whoever asks for it is told 410, not that it never was.

A tombstone is an empty file under the same path in a folder beside the tree. So the web process and nginx learn of it
by a look at the disk, without a database and without being told to read anything anew.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

#: Kept for so long after the file went; by then nobody's player or reader still asks.
KEPT_DAYS = 400
_DAY_S = 24 * 3600


class Tombstones:
    """The tombstones of one tree, in `<tree>.gone` beside it."""

    def __init__(self, root: Path) -> None:
        self.folder = root.with_name(root.name + ".gone")

    def stands(self, path: str) -> bool:
        """Whether the file of this path was taken away. `path` is a tree's own: plain names between single `/`."""
        names = path.split("/")
        if any(not name or name.startswith(".") or "\\" in name or "\0" in name for name in names):
            return False
        with suppress(OSError):
            return self.folder.joinpath(*names).is_file()
        return False

    def raise_for(self, path: str) -> None:
        """Remembers that the file was there."""
        stone = self.folder / path
        stone.parent.mkdir(parents=True, exist_ok=True)
        stone.touch()

    def lift(self, path: str) -> None:
        """Forgets it: the file is coming back."""
        with suppress(FileNotFoundError, NotADirectoryError):
            (self.folder / path).unlink()

    def forget_old(self, now_s: float) -> int:
        """Clears tombstones that have stood long enough; how many."""
        count = 0
        for stone in sorted(self.folder.rglob("*"), reverse=True):
            if stone.is_file() and stone.stat().st_mtime < now_s - KEPT_DAYS * _DAY_S:
                stone.unlink()
                count += 1
        return count


def is_gone(public_folder: Path, path: str) -> bool:
    """Whether the tree once held this path and holds it no more by intent: 410 instead of 404."""
    return Tombstones(public_folder).stands(path)
