"""Airings: what operators and devices reported. Airtime is a query over these rows and never stored beside them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.bulletin import Bulletin
from broadcaster.models.player import Player
from broadcaster.models.slot import BroadcastSession


class Outcome(StrEnum):
    """How an airing went, as its reporter says."""

    PLAYED = "played"
    PARTIAL = "partial"
    FAILED = "failed"


class Airing(Base):
    """One player played one bulletin once, or failed to. `event_id` is the reporter's own: the same one counts once."""

    __tablename__ = "airings"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    item_id: Mapped[str]
    session_id: Mapped[int] = mapped_column(ForeignKey("broadcast_sessions.id"), index=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletins.id"), index=True)
    player_id: Mapped[int | None] = mapped_column(ForeignKey("players.id"))
    started_at: Mapped[datetime] = mapped_column(index=True)
    played_ms: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    reported_at: Mapped[datetime]

    session: Mapped[BroadcastSession] = relationship()
    bulletin: Mapped[Bulletin] = relationship()
    player: Mapped[Player | None] = relationship()
