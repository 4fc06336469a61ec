"""Airings: what operators and devices reported. Airtime is a query over these rows and never stored beside them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
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
    """One player played one bulletin once, or failed to. `event_id` is the reporter's own: the same one counts once.

    Two players may use one `event_id` for different plays: devices count from one, and neither play may be lost.
    """

    __tablename__ = "airings"
    __table_args__ = (
        UniqueConstraint("player_id", "event_id"),
        # An unknown player is no player, and to a database two unknowns are never alike.
        Index(
            "uq_airings_event_without_player",
            "event_id",
            unique=True,
            sqlite_where=text("player_id IS NULL"),
            postgresql_where=text("player_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str]
    item_id: Mapped[str]
    session_id: Mapped[int] = mapped_column(ForeignKey("broadcast_sessions.id"), index=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletins.id"), index=True)
    player_id: Mapped[int | None] = mapped_column(ForeignKey("players.id"))
    #: By our clock: what the device said, less what its clock ran ahead.
    started_at: Mapped[datetime] = mapped_column(index=True)
    #: How far the device's clock was found to run ahead of ours; `None` where nothing tells.
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    played_ms: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    #: The interrupt that cut it short; what is missing to the bulletin's length is that one's doing.
    interrupted_by: Mapped[str | None]
    reported_at: Mapped[datetime]

    session: Mapped[BroadcastSession] = relationship()
    bulletin: Mapped[Bulletin] = relationship()
    player: Mapped[Player | None] = relationship()

    @property
    def truncated_ms(self) -> int:
        """What an interrupt took from the bulletin; 0 where none did."""
        return max(0, self.bulletin.length_ms - self.played_ms) if self.interrupted_by is not None else 0
