"""What keeps the house itself: the audit chain, and the clock's diary."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.db import Base


class AuditEntry(Base):
    """One act. Each entry holds the digest of the one before, so that none can be taken out unseen."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    act: Mapped[str]
    what: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    digest: Mapped[str]


class JobRun(Base):
    """One job, done for one due instant."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
    outcome: Mapped[str]


class ClockJob(Base):
    """A recurring job: everything due up to `done_through` is done, and who holds the right to go on.

    The fencing token grows with every taking, so that a process that slept through its lease is told by its old token.
    """

    __tablename__ = "clock_jobs"

    job: Mapped[str] = mapped_column(primary_key=True)
    every_s: Mapped[int]
    done_through: Mapped[datetime]
    token: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None]
