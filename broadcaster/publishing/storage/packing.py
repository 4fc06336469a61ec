"""The compressed twins of text files: servers send them as they are to whoever can unpack."""

from __future__ import annotations

import gzip
import zlib
from pathlib import PurePosixPath

#: Kinds of files that shrink; sound and pictures do not.
TEXTS = frozenset({".xml", ".json", ".opml", ".ics", ".m3u", ".xspf", ".html", ".css", ".vtt", ".txt"})
TWIN = ".gz"


def has_twin(path: str) -> bool:
    """Whether a file of the tree is kept compressed as well."""
    return PurePosixPath(path).suffix in TEXTS


def is_twin(path: str) -> bool:
    """Whether this is the compressed twin of a text, going by its name."""
    return path.endswith(TWIN) and has_twin(path.removesuffix(TWIN))


def packed(content: bytes) -> bytes:
    """The same bytes for the same content: the time of packing is left out."""
    return gzip.compress(content, compresslevel=6, mtime=0)


def holds_the_same(twin: bytes, content: bytes) -> bool:
    """Whether a twin unpacks to exactly this content; what cannot be unpacked does not."""
    try:
        return gzip.decompress(twin) == content
    except (OSError, EOFError, zlib.error):
        return False
