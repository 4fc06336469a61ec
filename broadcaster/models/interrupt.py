"""Interrupts: what players play at once, and what they said of drills."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.article import Article
from broadcaster.models.player import Player
from broadcaster.models.slot import BroadcastSession
from broadcaster.models.zone import Zone


class Interrupt(Base):
    """One zone is interrupted with one article.

    A real one is on the air as a session of its own, made for it; a drill has none, so that nothing counts it.
    """

    __tablename__ = "interrupts"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_sessions.id"))
    drill: Mapped[bool]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    length_ms: Mapped[int]
    sent_at: Mapped[datetime]
    sent_by: Mapped[str]
    expires_at: Mapped[datetime]
    #: When somebody called it off before it expired.
    ended_at: Mapped[datetime | None]

    zone: Mapped[Zone] = relationship()
    article: Mapped[Article] = relationship()
    session: Mapped[BroadcastSession | None] = relationship()

    def is_on(self, now: datetime) -> bool:
        """Whether players that ask now are to play it."""
        return self.sent_at <= now < self.expires_at and (self.ended_at is None or now < self.ended_at)


class DrillReport(Base):
    """A player played a drill, or failed to. Kept to be looked at, and counted nowhere."""

    __tablename__ = "drill_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str]
    interrupt_id: Mapped[int] = mapped_column(ForeignKey("interrupts.id"), index=True)
    player_id: Mapped[int | None] = mapped_column(ForeignKey("players.id"))
    started_at: Mapped[datetime]
    played_ms: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    reported_at: Mapped[datetime]

    interrupt: Mapped[Interrupt] = relationship()
    player: Mapped[Player | None] = relationship()
