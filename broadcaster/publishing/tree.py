"""Brings a folder in line with what it should hold: whole files, in an order that never points at nothing."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from audio.files import UNFINISHED, sync_folder, write_whole

#: Text is given as its bytes, sound as the file on the shelf that holds it; None where the shelf has lost it.
Content = bytes | Path | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a publication did to the tree, as paths in it. `missing` is what the shelf could not supply."""

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
    """Writes what is new or different and removes what is not wanted, each file whole.

    Sound comes first, then what points at it, and removals last: at no moment does a feed name a file that is not
    there. Sound under `media/` is named by its digest and so never rewritten.
    """
    log = _Log()
    with alone(root):
        for path in sorted(wanted, key=_turn):
            _write(root, path, wanted[path], log)
        _remove_unwanted(root, wanted, log)
    return Changes(*(tuple(sorted(paths)) for paths in (log.added, log.changed, log.removed, log.missing)))


def _turn(path: str) -> tuple[int, str]:
    turns = {"media": 0, "zones": 1, "articles": 2}
    return turns.get(path.split("/")[0], 3), path


def _write(root: Path, path: str, content: Content, log: _Log) -> None:
    target = root / path
    there = target.exists()
    if content is None:
        if not (there and path.startswith("media/")):
            log.missing.append(path)
        return
    if there and _is_same(target, content, immutable=path.startswith("media/")):
        return
    if isinstance(content, bytes):
        write_whole(target, content)
    else:
        _link_whole(content, target)
    (log.changed if there else log.added).append(path)


def _is_same(target: Path, content: bytes | Path, *, immutable: bool) -> bool:
    if isinstance(content, bytes):
        return target.read_bytes() == content
    if target.samefile(content):
        return True
    if target.stat().st_size != content.stat().st_size:
        return False
    return immutable or _digest(target) == _digest(content)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _link_whole(source: Path, target: Path) -> None:
    """Gives the shelf's file a second name, or copies it where the tree lies on another disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.parent / f"{UNFINISHED}{secrets.token_hex(8)}"
    try:
        os.link(source, unfinished)
    except OSError as refused:
        if refused.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
            raise
        write_whole(target, source.read_bytes())
        return
    # Renaming one name of a file onto another name of the same file does nothing, so the old name goes first.
    unfinished.replace(target)
    with suppress(FileNotFoundError):
        unfinished.unlink()
    sync_folder(target.parent)


def _remove_unwanted(root: Path, wanted: Mapping[str, Content], log: _Log) -> None:
    for folder, _folders, files in os.walk(root, topdown=False):
        here = Path(folder)
        for name in sorted(files):
            path = (here / name).relative_to(root).as_posix()
            if path in wanted:
                continue
            (here / name).unlink()
            if not name.startswith(UNFINISHED):
                log.removed.append(path)
        if here != root and not any(here.iterdir()):
            here.rmdir()
