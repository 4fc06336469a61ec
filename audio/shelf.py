"""A shelf of things made, each under the digest of everything that shaped it: never wrong, at worst missing."""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from audio.digests import digest_of as digest_of  # keys are made by it; whoever has the shelf has it at hand
from audio.files import UNFINISHED, sync_folder, write_whole

#: An unfinished file older than this belongs to no living process.
ORPHAN_AGE_S = 3600.0
#: A thing is marked as used at most this often: a mark is a write.
MARK_EVERY_S = 600.0
_KEY = re.compile(r"[0-9a-f]{16,128}")
_LOCKS = ".locks"


@dataclass(frozen=True)
class Held:
    """One thing on the shelf. `used_at_s` is when it was last put or asked for, in seconds of the epoch."""

    key: str
    path: Path
    bytes: int
    used_at_s: float


class Shelf:
    """Shared by processes. A key is a hex digest (see `digest_of`), held as `<2 hex>/<key><suffix>`.

    Only plain reads and atomic renames: a process killed at any moment leaves every thing whole or absent.
    """

    def __init__(self, root: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.root = root
        self._clock = clock
        root.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Path | None:
        """Where the thing lies, or None; marks it as used."""
        path = self._find(key)
        if path is not None:
            self._mark(path)
        return path

    def put(self, key: str, suffix: str, data: bytes) -> Path:
        """Keeps `data` (with a suffix such as `.wav`) under `key`; what is there already stays."""
        return self._find(key) or self.replace(key, suffix, data)

    def replace(self, key: str, suffix: str, data: bytes) -> Path:
        """Keeps `data` under `key` in place of what is there, which is never missed in between."""
        folder = self._folder(key)
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            sync_folder(self.root)
        path = folder / (key + suffix)
        write_whole(path, data)
        return path

    def get_or_make(self, key: str, suffix: str, make: Callable[[], bytes]) -> Path:
        """The thing under `key`, made now if it is missing. Of many processes that ask at once, one makes it."""
        there = self.get(key)
        if there is not None:
            return there
        with self.alone(key):
            # Another process may have made it while this one waited.
            return self.get(key) or self.put(key, suffix, make())

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Only one process or thread at a time makes what belongs under `key`; a killed one lets go by dying."""
        folder = self.root / _LOCKS
        folder.mkdir(exist_ok=True)
        path = folder / key
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # The holder before us may have deleted the file we locked; then it guards nothing and we begin again.
            with suppress(FileNotFoundError):
                if path.stat().st_ino == os.fstat(descriptor).st_ino:
                    break
            os.close(descriptor)
        try:
            yield
        finally:
            with suppress(FileNotFoundError):
                path.unlink()
            os.close(descriptor)

    def remove(self, key: str) -> bool:
        """Takes the thing away; False when it was not there."""
        path = self._find(key)
        if path is None:
            return False
        with suppress(FileNotFoundError):  # another process was faster
            path.unlink()
        return True

    def walk(self) -> Iterator[Held]:
        """Everything held, in order of key."""
        for folder in sorted(self.root.iterdir()):
            if folder.name == _LOCKS or not folder.is_dir():
                continue
            for path in sorted(folder.iterdir()):
                if path.name.startswith(UNFINISHED):
                    continue
                with suppress(FileNotFoundError):  # taken away while we walk
                    status = path.stat()
                    yield Held(path.name.partition(".")[0], path, status.st_size, status.st_atime)

    def collect_orphans(self, *, older_than_s: float = ORPHAN_AGE_S) -> int:
        """Deletes what killed processes left half written; how many files that was."""
        oldest = self._clock() - older_than_s
        count = 0
        for path in self.root.glob(f"*/{UNFINISHED}*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= oldest:
                    path.unlink()
                    count += 1
        return count

    def evict(self, *, limit_bytes: int, keep: Collection[str]) -> tuple[str, ...]:
        """Takes away the least recently used until at most `limit_bytes` are held; keys in `keep` are never touched.

        Returns what was taken. When what must be kept is larger than the limit, that stays.
        """
        held = list(self.walk())
        surplus = sum(thing.bytes for thing in held) - limit_bytes
        kept = frozenset(keep)
        taken = []
        for thing in sorted(held, key=lambda one: (one.used_at_s, one.key)):
            if surplus <= 0:
                break
            if thing.key not in kept and self.remove(thing.key):
                surplus -= thing.bytes
                taken.append(thing.key)
        return tuple(taken)

    def _folder(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a hex digest: {key!r}")
        return self.root / key[:2]

    def _find(self, key: str) -> Path | None:
        try:
            entries = os.scandir(self._folder(key))
        except FileNotFoundError:  # nothing with these two digits has been put yet
            return None
        with entries:
            for entry in entries:
                if entry.name.partition(".")[0] == key:
                    return Path(entry.path)
        return None

    def _mark(self, path: Path) -> None:
        # The access time is ours to keep: file systems are mounted with noatime. The modification time stays.
        with suppress(FileNotFoundError):
            status = path.stat()
            now = self._clock()
            if now - status.st_atime > MARK_EVERY_S:
                os.utime(path, ns=(int(now * 1e9), status.st_mtime_ns))
