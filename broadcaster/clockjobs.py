"""Recurring jobs, worked by whoever comes first: each due instant takes effect once, whatever is killed or frozen.

The decisions are the clockwork's; here they are read from and written to the database. Long work is done between two
short transactions: one takes the lease, the other writes the effect together with "done", if the lease's token is
still the newest.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.db import Database
from broadcaster.models import ClockJob
from scheduler.clockwork import Claim, JobState, Lease, LeaseLost, complete, decide, give_back_lease, missed_ticks

LEASE_MS = 10 * 60_000


def _nothing(_session: Session, _due: datetime) -> None:
    """A job whose work leaves nothing to write down."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recurring job.

    `perform` may take long and must bear being done again; `record` writes its effect in the transaction that marks
    the instant as done, and so happens exactly once. With `each` every missed instant is worked, oldest first; without,
    only the newest, where one run makes up for all.
    """

    name: str
    every_s: int
    perform: Callable[[datetime], None]
    record: Callable[[Session, datetime], None] = _nothing
    each: bool = True
    lease_ms: int = LEASE_MS


def run_due(
    database: Database, job: Job, *, claimant: str, clock: Callable[[], datetime], at_most: int | None = None
) -> tuple[datetime, ...]:
    """Works what is due until nothing is, somebody else holds the job, or `at_most` instants are done; answers those.

    A job that was never seen begins with the present: the past is not made up for.

    Raises:
        Exception: what `perform` raises; the instant stays due.
    """
    done: list[datetime] = []
    while at_most is None or len(done) < at_most:
        claim = _claim(database, job, claimant, clock())
        if claim is None:
            break
        try:
            job.perform(claim.due)
        except Exception:  # whatever went wrong, the next beat must not wait for the lease to run out; raised again
            _give_back(database, job, claim)
            raise
        if not _finish(database, job, claim):
            break
        done.append(claim.due)
    return tuple(done)


def _claim(database: Database, job: Job, claimant: str, now: datetime) -> Claim | None:
    with database.writing() as session:
        row = _row(session, job)
        if row is None:
            row = ClockJob(job=job.name, done_through=now - timedelta(seconds=job.every_s), token=0)
            session.add(row)
        state = _state(row, job)
        decision = decide(state, claimant, now, job.lease_ms)
        if not isinstance(decision, Claim):
            return None
        if not job.each:
            decision = replace(decision, due=missed_ticks(state, now)[-1])
        _store(row, replace(state, lease=decision.lease))
        return decision


def _give_back(database: Database, job: Job, claim: Claim) -> None:
    """Frees the lease of work that failed; nothing where somebody else has it by now."""
    with suppress(LeaseLost), database.writing() as session:
        row = _row(session, job)
        assert row is not None  # jobs are never deleted
        state = _state(row, job)
        _store(row, replace(state, lease=give_back_lease(state.lease, claim.lease.token)))


def _finish(database: Database, job: Job, claim: Claim) -> bool:
    """Writes the effect and that it is done, in one transaction; False where somebody else has taken over."""
    try:
        with database.writing() as session:
            row = _row(session, job)
            assert row is not None  # jobs are never deleted
            state = complete(_state(row, job), claim)
            job.record(session, claim.due)
            _store(row, state)
    except LeaseLost:
        return False
    return True


def _row(session: Session, job: Job) -> ClockJob | None:
    # The lock matters where writers are not one at a time by themselves, as they are in SQLite.
    return session.scalars(select(ClockJob).where(ClockJob.job == job.name).with_for_update()).first()


def _state(row: ClockJob, job: Job) -> JobState:
    lease = Lease(row.token, row.holder, row.lease_expires_at)
    return JobState(row.job, job.every_s, row.done_through, lease)


def _store(row: ClockJob, state: JobState) -> None:
    row.every_s, row.done_through = state.every_s, state.done_through
    row.token, row.holder, row.lease_expires_at = state.lease.token, state.lease.holder, state.lease.expires_at
