"""Byte ranges of a file (RFC 9110, section 14): one range is served, several are answered with the whole file."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: One range: first and last byte, either of which may be missing. Digits are bounded: nobody has such a file.
_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE | re.ASCII)


class Unsatisfiable(Exception):
    """The range lies behind the end of the file: 416."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` to `last` of a file, both included."""

    first: int
    last: int

    @property
    def size_bytes(self) -> int:
        return self.last - self.first + 1


def asked_span(header: str | None, size_bytes: int) -> Span | None:
    """The part of a file that a Range header asks for; None: the whole.

    Cases: no header, a header that makes no sense, another unit or several ranges: the whole file, as the RFC allows;
    an end behind the file's: up to its end; `-n`: the last n bytes, of a shorter file all of them.

    Raises:
        Unsatisfiable: there is no such byte, as always in an empty file.
    """
    found = _ONE_RANGE.fullmatch(header or "")
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        suffix_bytes = min(int(last), size_bytes)
        if suffix_bytes == 0:
            raise Unsatisfiable
        return Span(size_bytes - suffix_bytes, size_bytes - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size_bytes:
        raise Unsatisfiable
    return Span(int(first), min(int(last), size_bytes - 1) if last else size_bytes - 1)
