"""The tree as a folder: whole files, hard links to the shelf where that is possible, tombstones for what is gone."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from audio.files import UNFINISHED, sync_folder, written_whole
from broadcaster.publishing.gone import Tombstones
from broadcaster.publishing.storage.packing import TWIN, has_twin, holds_the_same, is_twin, packed


class FolderStorage:
    """Sound under `media/` is named by its digest and so never rewritten."""

    def __init__(self, root: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.root = root
        self._clock = clock
        self._gone = Tombstones(root)

    def paths(self) -> Collection[str]:
        found: set[str] = set()
        for folder, _folders, names in os.walk(self.root):
            here = Path(folder).relative_to(self.root).as_posix()
            prefix = "" if here == "." else here + "/"
            found.update(prefix + name for name in names if not is_twin(name) and not name.startswith(UNFINISHED))
        return found

    def holds(self, path: str, content: bytes | Path) -> bool:
        target = self.root / path
        try:
            if isinstance(content, bytes):
                return target.read_bytes() == content and self._has_right_twin(path, content)
            if target.samefile(content):
                return True
            if target.stat().st_size != content.stat().st_size:
                return False
            return path.startswith("media/") or _digest(target) == _digest(content)
        except FileNotFoundError:
            return False

    def put(self, path: str, content: bytes | Path) -> None:
        target = self.root / path
        self._gone.lift(path)
        if isinstance(content, Path):
            self._link_whole(content, target)
            return
        # The twin first: a text that is as it should be is then never looked at again for its twin's sake alone.
        if has_twin(path):
            self._write(target.with_name(target.name + TWIN), packed(content))
        self._write(target, content)

    def remove(self, path: str) -> None:
        target = self.root / path
        # The tombstone first: whoever asks in between still gets the file, never a plain "not found".
        self._gone.raise_for(path)
        for name in (target.with_name(target.name + TWIN), target):
            with suppress(FileNotFoundError):
                name.unlink()

    def tidy(self) -> None:
        for folder, _folders, names in os.walk(self.root, topdown=False):
            here = Path(folder)
            for name in names:
                left_over = is_twin(name) and name.removesuffix(TWIN) not in names
                if left_over or name.startswith(UNFINISHED):
                    (here / name).unlink()
            if here != self.root and not any(here.iterdir()):
                here.rmdir()

    def forget_old_tombstones(self, now_s: float) -> None:
        """What went long ago is not told of any more."""
        self._gone.forget_old(now_s)

    def _has_right_twin(self, path: str, content: bytes) -> bool:
        if not has_twin(path):
            return True
        return holds_the_same((self.root / (path + TWIN)).read_bytes(), content)

    def _write(self, target: Path, content: bytes) -> None:
        """Servers that know a file by its second of change must see that it changed, also within one second."""
        changed_at = int(self._clock())
        with suppress(FileNotFoundError):
            changed_at = max(changed_at, int(target.stat().st_mtime) + 1)
        with written_whole(target) as file:
            file.write(content)
            file.flush()
            os.utime(file.fileno(), (changed_at, changed_at))

    def _link_whole(self, source: Path, target: Path) -> None:
        """Gives the shelf's file a second name, or copies it where the tree lies on another disk."""
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.parent / f"{UNFINISHED}{secrets.token_hex(8)}"
        try:
            os.link(source, unfinished)
        except OSError as refused:
            if refused.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
                raise
            self._write(target, source.read_bytes())
            return
        # Renaming one name of a file onto another name of the same file does nothing, so the old name goes first.
        unfinished.replace(target)
        with suppress(FileNotFoundError):
            unfinished.unlink()
        sync_folder(target.parent)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
