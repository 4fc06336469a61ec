"""Opens plain files below a folder, and nothing that a link leads to."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

#: NONBLOCK: a pipe somebody put there must not hang the server.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one version of a file from another: whatever has all three in common has the content in common."""

    changed_ns: int
    size_bytes: int
    inode: int


@dataclass(frozen=True, slots=True)
class PlainFile:
    """An open file, of which name, size and bytes belong together whatever is renamed meanwhile."""

    descriptor: int
    identity: Identity


def is_plain(path: str) -> bool:
    """Whether a path is made of plain names between single `/`: none hidden, none that leads up or elsewhere."""
    return not any(not name or name[0] == "." or "\\" in name or "\0" in name for name in path.split("/"))


def open_plain(root: Path | str, path: str) -> PlainFile | None:
    """Opens a file below a folder; None for what is not there, is not plainly named, or is reached by a link.

    Each folder on the way is opened from the one before, so that none can become a link between the look and the step.
    The root itself may be a link.
    """
    if not is_plain(path):
        return None
    try:
        descriptor = _descend(root, path.split("/"))
    except (OSError, ValueError):
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        return None
    return PlainFile(descriptor, Identity(status.st_mtime_ns, status.st_size, status.st_ino))


def _descend(root: Path | str, names: list[str]) -> int:
    folder = os.open(root, _FOLDER)
    try:
        for name in names[:-1]:
            below = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
        return os.open(names[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)
