"""Watching over the house: the health of everything, and who did what."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, current_app, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.doctor import Finding, examine
from broadcaster.language import current_language, speaking
from broadcaster.models import AuditEntry
from broadcaster.web.desk.guard import DESK, allowed
from broadcaster.web.desk.house import books_reading, database, moment, page, settings
from broadcaster.web.desk.paging import page_of

watch = Blueprint("watch", __name__, url_prefix=DESK)


@dataclass
class HealthBoard:
    """The last look at everything. Looking takes seconds, so it is done beside the pages, one look at a time."""

    findings: tuple[Finding, ...] = ()
    looked_at: datetime | None = None
    is_looking: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, known: Settings, books: Database, *, now: datetime) -> None:
        """Begins a look, unless one is under way."""
        with self._lock:
            if self.is_looking:
                return
            self.is_looking = True
        language = current_language()
        threading.Thread(target=self._look, args=(known, books, now, language), daemon=True).start()

    def _look(self, known: Settings, books: Database, now: datetime, language: str) -> None:
        try:
            with speaking(language):
                self.findings, self.looked_at = tuple(examine(known, books, now=now)), now
        finally:
            self.is_looking = False


@watch.get("/health")
@allowed(Act.SEE_HEALTH)
def health() -> Response:
    """What the last look found, and how to mend it; the first visit begins a look."""
    board = _board()
    if board.looked_at is None:
        board.look(settings(), database(), now=moment())
    return page("desk/health.html", board=board)


@watch.post("/health/look")
@allowed(Act.SEE_HEALTH)
def looked() -> Response:
    """Looks at everything again."""
    _board().look(settings(), database(), now=moment())
    return redirect(url_for("watch.health"))


@watch.get("/audit")
@allowed(Act.READ_AUDIT)
def audit_log() -> Response:
    """Every act, the newest first; of one person or about one thing where that is asked for."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc())
    by, what = request.args.get("by", "").strip(), request.args.get("what", "").strip()
    if by:
        wanted = wanted.where(AuditEntry.by == by)
    if what:
        wanted = wanted.where(AuditEntry.what == what)
    with books_reading() as books:
        return page("desk/audit.html", entries=page_of(books, wanted), by=by, what=what)


def _board() -> HealthBoard:
    board: HealthBoard = current_app.extensions.setdefault("health_board", HealthBoard())
    return board
