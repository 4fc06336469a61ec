"""Brings a tree in line with what it should hold: whole files, in an order that never points at nothing."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from broadcaster.publishing.storage import Content, FolderStorage, Storage

__all__ = ["Changes", "Content", "alone", "bring_in_line", "bring_storage_in_line"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a publication did to the tree, as paths in it; `.gz` twins go with their texts and are not named.

    `missing` is what the shelf could not supply.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(slots=True)
class _Log:
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One publisher at a time; a killed one lets go of the lock by dying."""
    root.mkdir(parents=True, exist_ok=True)
    with (root.parent / f".{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def bring_in_line(root: Path, wanted: Mapping[str, Content]) -> Changes:
    """Brings the folder of a tree in line, one publisher at a time."""
    with alone(root):
        return bring_storage_in_line(FolderStorage(root), wanted)


def bring_storage_in_line(storage: Storage, wanted: Mapping[str, Content]) -> Changes:
    """Puts what is new or different and removes what is not wanted, each file whole.

    Sound comes first, then what points at it, and removals last: at no moment does a feed name a file that is not
    there.

    Raises:
        StorageUnavailable: what was done stays; the next publication goes on from there.
    """
    log = _Log()
    there = storage.paths()
    for path in sorted(wanted, key=_turn):
        _put(storage, path, wanted[path], path in there, log)
    for path in sorted(set(there) - set(wanted), key=_turn, reverse=True):
        storage.remove(path)
        log.removed.append(path)
    storage.tidy()
    return Changes(*(tuple(sorted(paths)) for paths in (log.added, log.changed, log.removed, log.missing)))


def _turn(path: str) -> tuple[int, str]:
    turns = {"media": 0, "zones": 1, "articles": 2}
    return turns.get(path.split("/")[0], 3), path


def _put(storage: Storage, path: str, content: Content, there: bool, log: _Log) -> None:
    if content is None:
        if not (there and path.startswith("media/")):
            log.missing.append(path)
        return
    if there and storage.holds(path, content):
        return
    storage.put(path, content)
    (log.changed if there else log.added).append(path)
