"""Answers of the public tree that are kept: who asks the same again for a file that is the same gets the same answer.

The application answers first, by its one logic of tags, ranges, hosts and headers; what it said is kept under all of
the request that an answer can depend on. So there is no second logic that could say something else, and whatever is
unusual, unknown or changed goes back to the application.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from email.utils import formatdate
from io import FileIO
from pathlib import Path
from threading import Lock

from broadcaster.publishing import is_withheld
from broadcaster.web.plainfiles import Identity, open_plain

#: About a kilobyte each.
MOST_KEPT = 10_000
#: Under this name an answer of the tree says in its WSGI environment of which file it speaks.
SENT = "broadcaster.sent"
#: Lines that no answer of the tree depends on. Any other line is part of the question, also one nobody has heard of.
_IRRELEVANT = re.compile(
    rb"\r\n(?:user-agent|accept|accept-language|cache-control|pragma|referer|dnt|priority|icy-metadata|from|"
    rb"upgrade-insecure-requests|sec-[a-z-]+):[\t -~\x80-\xff]*(?=\r\n[^\t ])",
    re.IGNORECASE,
)
_DATE = re.compile(rb"(?<=\r\nDate: )[^\r]+")


@dataclass(frozen=True, slots=True)
class Sent:
    """The part of a file that an answer holds; nothing of it where it has no body."""

    path: str
    identity: Identity
    first: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer to be sent: its head, then the bytes of an open file, which whoever sends them closes."""

    head: bytes
    file: FileIO | None
    first: int
    size_bytes: int
    closes: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    before_date: bytes
    after_date: bytes
    sent: Sent
    closes: bool


class KeptAnswers:
    """Filled by the threads that answer, asked by the loop that receives. The first to come is the first to go."""

    def __init__(self, root: Path, most: int = MOST_KEPT) -> None:
        self._root = root
        self._most = most
        self._kept: dict[bytes, _Kept] = {}
        self._lock = Lock()
        self._date = (0, b"")
        #: How many answers were given again.
        self.given = 0

    def keep(self, question: bytes, head: bytes, sent: Sent, *, closes: bool) -> None:
        """Keeps the head of an answer. `question` is the whole head of the request, which had no body.

        What sets a cookie, and what has no date to be renewed, is for one asker and is not kept.
        """
        date = _DATE.search(head)
        if date is None or b"\r\nSet-Cookie:" in head:
            return
        kept = _Kept(head[: date.start()], head[date.end() :], sent, closes)
        with self._lock:
            self._kept[_question(question)] = kept
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]

    def find(self, question: bytes, now_s: int) -> Ready | None:
        """The answer to the head of a request, where it is known and the file is still the same."""
        key = _question(question)
        kept = self._kept.get(key)
        if kept is None:
            return None
        # Only askers without a key are answered from here, and a clock that went back may have marked the file again.
        withheld = is_withheld(self._root, kept.sent.path, None)
        file = None if withheld else open_plain(self._root, kept.sent.path)
        if file is None or file.identity != kept.sent.identity:
            if file is not None:
                os.close(file.descriptor)
            with self._lock:
                self._kept.pop(key, None)
            return None
        self.given += 1
        head = b"".join((kept.before_date, self._dated(now_s), kept.after_date))
        if kept.sent.size_bytes:
            return Ready(head, FileIO(file.descriptor), kept.sent.first, kept.sent.size_bytes, kept.closes)
        os.close(file.descriptor)
        return Ready(head, None, 0, 0, kept.closes)

    def _dated(self, now_s: int) -> bytes:
        if self._date[0] != now_s:
            self._date = (now_s, formatdate(now_s, usegmt=True).encode())
        return self._date[1]


def _question(head: bytes) -> bytes:
    return _IRRELEVANT.sub(b"", head)
