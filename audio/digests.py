"""Names for things made from other things: the digest of everything that shaped them."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

Part: TypeAlias = str | bytes | int | float | bool | None


def digest_of(*parts: Part) -> str:
    """SHA-256, in hex, of the parts in order.

    Every part goes in with its kind and its length, so that ("ab", "c"), ("a", "bc") and ("1",), (1,) differ.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(f"{type(part).__name__}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
