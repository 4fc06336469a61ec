"""The SHA-256 of served files, kept as long as a file stays the same file."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from io import BufferedReader
from threading import Lock

from broadcaster.web.plainfiles import Identity

#: A town's tree holds some hundreds of files; a hundred bytes each.
MOST_KEPT = 20_000


class Digests:
    """Shared by threads. A file is known by its path and its identity."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, Identity], str] = OrderedDict()
        self._lock = Lock()

    def of(self, file: BufferedReader, path: str, identity: Identity) -> str:
        """The digest of an open file, so that it is that of the bytes that are sent whatever is renamed meanwhile."""
        key = (path, identity)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        # Two threads may both hash a new file: cheaper than making one wait behind the other's large file.
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        with self._lock:
            self._kept[key] = digest
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return digest
