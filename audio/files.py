"""Files that appear whole or not at all."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: How the name of a file still being written begins; whoever walks a folder passes these by.
UNFINISHED = ".unfinished-"
#: After so many bytes more the disk is set to work, so that the final sync finds little left to do.
WRITE_BACK_EVERY_BYTES = 4 << 20


def sync_folder(folder: Path) -> None:
    """Makes a rename within `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class EarlyWriteBack:
    """Sets the disk to work on what has been written, while more is being written. Durable only after the sync."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._begun = 0
        # What lies in memory has no descriptor, and some systems no such advice.
        self._descriptor = file.fileno() if hasattr(os, "posix_fadvise") and not isinstance(file, io.BytesIO) else None

    def has_grown_to(self, size: int) -> None:
        """To be told after each write; does something every few megabytes."""
        if self._descriptor is None or size - self._begun < WRITE_BACK_EVERY_BYTES:
            return
        # Linux begins to write such pages out at once and does not wait for it; they stay readable meanwhile.
        self._file.flush()
        os.posix_fadvise(self._descriptor, self._begun, size - self._begun, os.POSIX_FADV_DONTNEED)
        self._begun = size


@contextmanager
def written_whole(path: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A file open for writing that takes the name `path` only when the block ends without an error.

    Written beside, synced, renamed, the folder synced. A process killed in between leaves the former file and,
    beside it, one whose name begins with `UNFINISHED`. `mode` says who may read it; until then only its writer may.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(mode)
        unfinished.replace(path)
    except BaseException:  # even an interrupt must not leave half a file behind; it is raised again
        with suppress(FileNotFoundError):
            unfinished.unlink()
        raise
    sync_folder(path.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Writes `data` so that `path` is never seen half written."""
    with written_whole(path) as file:
        file.write(data)
