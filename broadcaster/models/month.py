"""Closed months: what was counted then stays as it was. What is found out later is an entry of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.airing import Airing
from broadcaster.models.article import Article
from broadcaster.models.slot import BroadcastSession
from broadcaster.models.unit import Unit


class ClosedMonth(Base):
    """The airtime table of a month as it was closed, the lines that it was added up from, and the digest of both."""

    __tablename__ = "closed_months"

    month: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]
    digest: Mapped[str]
    report: Mapped[dict[str, Any]]
    #: Thousands of lines: read by those who ask for them alone. None where the month was closed before lines were kept.
    lines: Mapped[list[Any] | None] = mapped_column(deferred=True)


class LateEntry(Base):
    """What a late report or a correction changed of a closed month: booked in the month that was open then.

    The figures are differences and may be negative. One entry is about one article in one session.
    """

    __tablename__ = "late_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The open month in which it is booked.
    month: Mapped[str] = mapped_column(index=True)
    #: The closed month that it is about.
    about_month: Mapped[str]
    session_id: Mapped[int] = mapped_column(ForeignKey("broadcast_sessions.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    aired_ms: Mapped[int]
    cluster_ms: Mapped[int]
    first_run_ms: Mapped[int]
    repeat_ms: Mapped[int]
    first_runs: Mapped[int]
    repeats: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]

    session: Mapped[BroadcastSession] = relationship()
    article: Mapped[Article] = relationship()
    unit: Mapped[Unit] = relationship()


class AiringCorrection(Base):
    """Somebody corrected what had been reported of an airing, and said why. The airing itself holds what counts now.

    `was_…` is what it held before, so that the first word of the reporter is never lost.
    """

    __tablename__ = "airing_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    airing_id: Mapped[int] = mapped_column(ForeignKey("airings.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]
    was_started_at: Mapped[datetime]
    was_played_ms: Mapped[int]
    was_outcome: Mapped[str]
    was_reason: Mapped[str | None]

    airing: Mapped[Airing] = relationship()
