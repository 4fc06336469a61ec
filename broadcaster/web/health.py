"""Whether the process lives, and whether it can do its work: for monitors and for `doctor`, as JSON."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from broadcaster.db import Database
from broadcaster.models import Zone

health = Blueprint("health", __name__)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TickOutcome:
    """How the last tick went; `error` is the kind of failure, its words stand in the log."""

    now: datetime
    ok: bool
    error: str | None = None
    failures_in_a_row: int = 0


class Pulse:
    """What is known of the embedded clock. Shared by the heartbeat's thread and those that answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: TickOutcome | None = None
        self._expected = False

    @property
    def last(self) -> TickOutcome | None:
        """The outcome of the last tick; None before the first."""
        with self._lock:
            return self._last

    @property
    def expected(self) -> bool:
        """Whether this process is to tick at all; another one may be the clock."""
        with self._lock:
            return self._expected

    def watched(self, tick: Callable[[datetime], None]) -> Callable[[datetime], None]:
        """The tick with its outcome written down; a failure is raised on, for the heartbeat to report."""
        with self._lock:
            self._expected = True

        def watched_tick(now: datetime) -> None:
            try:
                tick(now)
            except Exception as failure:
                self._note(TickOutcome(now, False, type(failure).__name__))
                raise
            self._note(TickOutcome(now, True))

        return watched_tick

    def _note(self, outcome: TickOutcome) -> None:
        with self._lock:
            before = self._last.failures_in_a_row if self._last else 0
            row = 0 if outcome.ok else before + 1
            self._last = TickOutcome(outcome.now, outcome.ok, outcome.error, row)


@health.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return _fresh(jsonify(status="ok"))


@health.get("/readyz")
def ready() -> Response:
    """Database and public tree can be reached; 503 where not.

    A tick that failed makes it `degraded`, not unready: what is published goes on being served.
    """
    database: Database = current_app.extensions["database"]
    pulse: Pulse = current_app.extensions["pulse"]
    checks = {
        "database": _check_database(database),
        "public_tree": _check_tree(current_app.config["PUBLIC_FOLDER"]),
        "tick": _check_tick(pulse),
    }
    reachable = checks["database"]["ok"] and checks["public_tree"]["ok"]
    status = "not ready" if not reachable else "ready" if checks["tick"]["ok"] else "degraded"
    response = _fresh(jsonify(status=status, checks=checks))
    response.status_code = 200 if reachable else 503
    return response


def _check_database(database: Database) -> dict[str, Any]:
    try:
        with database.reading() as session:
            session.execute(select(Zone.id).limit(1)).all()
    except SQLAlchemyError as failure:
        log.warning("database out of reach", kind=type(failure).__name__)
        return {"ok": False, "error": type(failure).__name__}
    return {"ok": True}


def _check_tree(folder: Path) -> dict[str, Any]:
    try:
        with os.scandir(folder) as entries:
            empty = next(entries, None) is None
    except OSError as failure:
        return {"ok": False, "error": type(failure).__name__}
    return {"ok": True, "empty": empty}


def _check_tick(pulse: Pulse) -> dict[str, Any]:
    last = pulse.last
    if last is None:
        return {"ok": True, "outcome": "awaited" if pulse.expected else "elsewhere"}
    outcome = {"ok": last.ok, "outcome": "done" if last.ok else "failed", "at": last.now.isoformat(timespec="seconds")}
    return outcome if last.ok else {**outcome, "error": last.error, "failures_in_a_row": last.failures_in_a_row}


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
