"""The tree as a bucket of an S3-compatible service: each object with its type and its time to be kept.

A bucket cannot say 410: what was taken away is simply not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from broadcaster.publishing.storage.kinds import caching_of, type_of
from broadcaster.publishing.storage.packing import TWIN, has_twin, is_twin, packed
from broadcaster.publishing.storage.s3 import Client, Kept, Keys, Place

_SHA256 = "x-amz-meta-sha256"


class BucketStorage:
    """Objects appear whole by the protocol itself. What is there is known from one listing a publication."""

    def __init__(self, client: Client, prefix: str = "") -> None:
        self._client, self._prefix = client, prefix
        self._kept: dict[str, Kept] = {}

    @classmethod
    def at(cls, url: str) -> BucketStorage:
        """The bucket of a setting, with the keys of the environment. Raises BadSetting."""
        place = Place.of(url)
        return cls(Client(place, Keys.from_environment()), place.prefix)

    def paths(self) -> Collection[str]:
        self._kept = {one.key.removeprefix(self._prefix): one for one in self._client.list(self._prefix)}
        return {path for path in self._kept if not is_twin(path)}

    def holds(self, path: str, content: bytes | Path) -> bool:
        kept = self._kept.get(path)
        if kept is None or (has_twin(path) and path + TWIN not in self._kept):
            return False
        if isinstance(content, Path) and path.startswith("media/"):
            return kept.size_bytes == content.stat().st_size
        data = content if isinstance(content, bytes) else content.read_bytes()
        if kept.size_bytes != len(data):
            return False
        if kept.etag == hashlib.md5(data, usedforsecurity=False).hexdigest():
            return True
        # Services that encrypt give tags of their own making; ours is beside the object.
        headers = self._client.head(self._prefix + path)
        return headers is not None and headers.get(_SHA256) == hashlib.sha256(data).hexdigest()

    def put(self, path: str, content: bytes | Path) -> None:
        data = content if isinstance(content, bytes) else content.read_bytes()
        if has_twin(path) and isinstance(content, bytes):
            self._put(path + TWIN, packed(content), path, {"Content-Encoding": "gzip"})
        self._put(path, data, path, {})

    def remove(self, path: str) -> None:
        for name in (path, path + TWIN):
            if name in self._kept:
                self._client.delete(self._prefix + name)

    def tidy(self) -> None:
        """A bucket has neither folders nor half-written files."""

    def _put(self, name: str, data: bytes, path: str, more: dict[str, str]) -> None:
        headers = {
            "Content-Type": type_of(path),
            "Cache-Control": caching_of(path),
            _SHA256: hashlib.sha256(data).hexdigest(),
            **more,
        }
        self._client.put(self._prefix + name, data, headers)
