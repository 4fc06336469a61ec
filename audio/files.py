"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: How the name of a file still being written begins; whoever walks a folder passes these by.
UNFINISHED = ".unfinished-"


def sync_folder(folder: Path) -> None:
    """Makes a rename within `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file open for writing that takes the name `path` only when the block ends without an error.

    Written beside, synced, renamed, the folder synced. A process killed in between leaves the former file and,
    beside it, one whose name begins with `UNFINISHED`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o644)
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
