"""Which bulletins lie in the tree for players alone: until shortly before they air, their names must not be enough.

A bulletin's stable name can be worked out from the public calendar, and players may hold it days before. So until the
last minute it is marked: an empty file under the same path in a folder beside the tree. The web process and nginx learn
of it by a look at the disk, without a database, and give a marked file only to who shows a player's read key.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from audio.files import sync_folder

#: So long before its session a bulletin may be fetched by its name alone: players without a key need it in time, and a
#: publication comes each minute.
OPEN_AHEAD = timedelta(minutes=1)
#: The letters of a read key, as they may stand in an address; `deploy/nginx.conf` has the same.
_READ_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")


class Markers:
    """The markers of one tree, in `<tree>.held` beside it."""

    def __init__(self, root: Path) -> None:
        self.folder = root.with_name(root.name + ".held")

    def stands(self, path: str) -> bool:
        """Whether the file of this path is for players alone."""
        return may_wait(path) and os.path.isfile(self.folder / path)  # noqa: PTH113  # False, not an error, for a name too long

    def paths(self) -> set[str]:
        """Everything that is marked."""
        return {
            (Path(folder) / name).relative_to(self.folder).as_posix()
            for folder, _folders, names in os.walk(self.folder)
            for name in names
        }

    def raise_for(self, paths: Collection[str]) -> None:
        """Marks what is to wait, before it lies in the tree: on the disk when this returns."""
        folders = set()
        for path in sorted(set(paths) - self.paths()):
            marker = self.folder / path
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
            folders.add(marker.parent)
        for folder in folders:
            sync_folder(folder)

    def lift(self, paths: Collection[str]) -> None:
        """Takes markers away, and the folders that are empty without them."""
        for path in sorted(paths):
            marker = self.folder / path
            with suppress(FileNotFoundError):
                marker.unlink()
            with suppress(OSError):  # another marker is in it
                for folder in list(marker.parents)[: len(Path(path).parts)]:
                    folder.rmdir()


def may_wait(path: str) -> bool:
    """Whether files of this name are marked at all: bulletins under their stable names."""
    return path.startswith("zones/") and path.endswith(".mp3")


def is_withheld(root: Path, path: str, read_key: str | None) -> bool:
    """Whether who shows this key, or none, is to be told that there is no such file.

    A player's manifest is its key: it lies in the tree for as long as the player is not revoked, and names its zone.
    """
    return Markers(root).stands(path) and not (read_key and _zone_of(root, read_key) == path.split("/")[1])


def _zone_of(root: Path, read_key: str) -> str | None:
    if not _READ_KEY.fullmatch(read_key):
        return None
    try:
        manifest = json.loads((root / "players" / read_key / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return None
    zone = manifest.get("zone") if isinstance(manifest, dict) else None
    return zone if isinstance(zone, str) else None
