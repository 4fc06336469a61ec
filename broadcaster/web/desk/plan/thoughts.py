"""Answers that take a while to think of, kept in this process until something in the books changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.language import current_language
from broadcaster.models import Airing, AuditEntry, Rendition

Answer = TypeVar("Answer")

#: Time alone changes an answer too: sessions begin, articles expire.
GROWS_OLD_AFTER = timedelta(minutes=10)
MOST_KEPT = 12


class Thoughts:
    """The newest answers by what was asked and how the books stood."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Any] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, key: tuple[object, ...], think: Callable[[], Answer]) -> Answer:
        """The kept answer, else a new one. Two who ask at the same time may both think; either answer is right."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: Answer = self._kept[key]
                return kept
        answer = think()
        with self._guard:
            self._kept[key] = answer
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return answer


def thought(books: Session, what: tuple[object, ...], now: datetime, think: Callable[[], Answer]) -> Answer:
    """An answer that holds as long as the books stand as they do, in the language of the moment."""
    thoughts: Thoughts = current_app.extensions.setdefault("plan-thoughts", Thoughts())
    stands = (
        books.scalar(select(func.max(AuditEntry.id))),
        books.scalar(select(func.max(Airing.id))),
        books.scalar(select(func.max(Rendition.id))),
    )
    age = int(now.timestamp() // GROWS_OLD_AFTER.total_seconds())
    return thoughts.of((*what, current_language(), age, *stands), think)
