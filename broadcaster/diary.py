"""The diary of jobs: what was done for which due instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from broadcaster.db import Database
from broadcaster.models import JobRun


def once(database: Database, job: str, due_at: datetime, work: Callable[[], str], *, now: datetime) -> bool:
    """Does a job's work for one due instant unless it is done; True if it was done now.

    The work must bear being begun again: a process killed in the middle leaves the job undone, and the next one starts
    over. Two processes at once may both do the work; it is marked as done once.
    """
    with database.reading() as session:
        if session.get(JobRun, (job, due_at)) is not None:
            return False
    outcome = work()
    with database.writing() as session:
        if session.get(JobRun, (job, due_at)) is None:
            session.add(JobRun(job=job, due_at=due_at, done_at=now, outcome=outcome))
    return True


def last_done(database: Database, job: str) -> datetime | None:
    """The newest due instant for which a job was done."""
    with database.reading() as session:
        return session.scalar(select(func.max(JobRun.due_at)).where(JobRun.job == job))
