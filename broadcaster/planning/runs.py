"""Planning in the background of a process, with a state that any process can ask for."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.db import Database
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _
from broadcaster.models import PlanRun, RunState
from broadcaster.planning.drafts import make_draft
from broadcaster.scripts import Voice
from scheduler.planning import ProblemError

#: How often a run says how far it is, and after how long a silent one is taken for dead with its process.
TELL_EVERY_S = 1.0
SILENT_FOR = timedelta(seconds=120)

log = structlog.get_logger()


class AlreadyPlanning(BroadcasterError):
    """The month is being planned already; the run that is under way serves both."""

    can_retry = True

    def __init__(self, run: RunStatus) -> None:
        self.run = run
        super().__init__(_("tháng {month} đang được {by} lập lịch", month=run.month, by=run.by))


@dataclass(frozen=True, slots=True)
class RunStatus:
    """How far a run is. `lost`: its process died or is stuck; start another."""

    id: int
    month: str
    zone_code: str | None
    by: str
    state: RunState
    share: float
    started_at: datetime
    ended_at: datetime | None
    message: str | None
    plan_id: int | None
    lost: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be planned, and how long may be thought about it."""

    month: str
    by: str
    zone_code: str | None = None
    seconds: float | None = None
    moves: int | None = None
    seed: int = 0


def start_planning(
    database: Database, wanted: Wanted, *, voice: Voice, tz: ZoneInfo, clock: Callable[[], datetime]
) -> RunStatus:
    """Begins to plan a month in a thread of this process, and answers at once.

    The draft appears when the run is done; `run_status` says how far it is, in whatever process it is asked.

    Raises:
        AlreadyPlanning: somebody is planning the month.
    """
    now = clock()
    with database.writing() as session:
        running = _running(session, wanted.month, now)
        if running is not None:
            raise AlreadyPlanning(running)
        row = PlanRun(month=wanted.month, zone_code=wanted.zone_code, by=wanted.by, state=RunState.RUNNING)
        row.started_at = row.told_at = now
        session.add(row)
        session.flush()
        status = _status(row, now)
    # The thread speaks the language of whoever asked.
    context = contextvars.copy_context()
    work = threading.Thread(
        target=context.run,
        args=(_work, database, status.id, wanted, voice, tz, clock),
        name=f"plan-{wanted.month}",
        daemon=True,
    )
    work.start()
    return status


def run_status(session: Session, run_id: int, *, now: datetime) -> RunStatus | None:
    """How far a run is; None where there is no such run."""
    row = session.get(PlanRun, run_id)
    return None if row is None else _status(row, now)


def latest_run(session: Session, month: str, *, now: datetime) -> RunStatus | None:
    """The newest run of a month, whatever became of it."""
    row = session.scalars(select(PlanRun).where(PlanRun.month == month).order_by(PlanRun.id.desc()).limit(1)).first()
    return None if row is None else _status(row, now)


def _running(session: Session, month: str, now: datetime) -> RunStatus | None:
    """The run that is under way; those that fell silent are closed as failed."""
    found = None
    for row in session.scalars(select(PlanRun).where(PlanRun.month == month, PlanRun.state == RunState.RUNNING)):
        status = _status(row, now)
        if status.lost:
            row.state, row.ended_at = RunState.FAILED, now
            row.message = _("tiến trình lập lịch đã dừng giữa chừng")
        else:
            found = status
    return found


def _status(row: PlanRun, now: datetime) -> RunStatus:
    state = RunState(row.state)
    return RunStatus(
        row.id,
        row.month,
        row.zone_code,
        row.by,
        state,
        row.permille / 1000,
        row.started_at,
        row.ended_at,
        row.message,
        row.plan_id,
        lost=state is RunState.RUNNING and now - row.told_at > SILENT_FOR,
    )


def _work(
    database: Database, run_id: int, wanted: Wanted, voice: Voice, tz: ZoneInfo, clock: Callable[[], datetime]
) -> None:
    teller = _Teller(database, run_id, clock)
    try:
        drafted = make_draft(
            database,
            wanted.month,
            voice=voice,
            now=clock(),
            tz=tz,
            by=wanted.by,
            zone_code=wanted.zone_code,
            seconds=wanted.seconds,
            moves=wanted.moves,
            seed=wanted.seed,
            progress=teller.tell,
        )
    except (BroadcasterError, ProblemError) as refused:
        teller.end(RunState.FAILED, message=str(refused))
    except Exception as failure:
        log.error("planning failed", month=wanted.month, kind=type(failure).__name__, exc_info=failure)
        message = _("Lỗi ngoài dự kiến: {kind}. Chi tiết trong nhật ký.", kind=type(failure).__name__)
        teller.end(RunState.FAILED, message=message)
    else:
        teller.end(RunState.DONE, plan_id=drafted.plan_id)


class _Teller:
    """Writes down how far a run is, now and then."""

    def __init__(self, database: Database, run_id: int, clock: Callable[[], datetime]) -> None:
        self._database, self._run_id, self._clock = database, run_id, clock
        self._next = time.monotonic()

    def tell(self, share: float) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TELL_EVERY_S
        with self._database.writing() as session:
            row = session.get_one(PlanRun, self._run_id)
            row.permille, row.told_at = round(1000 * share), self._clock()

    def end(self, state: RunState, *, message: str | None = None, plan_id: int | None = None) -> None:
        with self._database.writing() as session:
            row = session.get_one(PlanRun, self._run_id)
            row.state, row.message, row.plan_id = state, message, plan_id
            row.ended_at = row.told_at = self._clock()
            if state is RunState.DONE:
                row.permille = 1000
