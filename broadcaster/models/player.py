"""Players: devices and operators' computers that pull a zone's audio, and what each last said of itself."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.zone import Zone


class Technology(StrEnum):
    """How the sound gets from a player to its loudspeakers."""

    WIRED = "wired"
    FM = "fm"
    IP = "ip"


class Player(Base):
    """The read key is part of the manifest's address and can be revoked; the write token is known by its hash alone."""

    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    technology: Mapped[str] = mapped_column(default=Technology.IP.value)
    read_key: Mapped[str] = mapped_column(unique=True)
    #: How the write token begins, so that people can tell tokens apart; never enough to use it.
    token_prefix: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(index=True)
    token_made_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    zone: Mapped[Zone] = relationship()
    status: Mapped[PlayerStatus | None] = relationship(back_populates="player", cascade="all, delete-orphan")

    def __repr__(self) -> str:
        return f"<Player {self.code}>"


class PlayerStatus(Base):
    """What a player last said of itself. `skew_ms` is how far its clock runs ahead of ours, negative where behind."""

    __tablename__ = "player_status"

    player_id: Mapped[int] = mapped_column(ForeignKey("players.id"), primary_key=True)
    #: When we last heard of it, by our clock.
    heard_at: Mapped[datetime]
    #: When it last brought its folder in line, by our clock.
    pulled_at: Mapped[datetime | None]
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    #: The manifest it works by, and until when that holds.
    generation: Mapped[str | None]
    valid_until: Mapped[datetime | None]
    #: Ids of the items that it holds whole.
    holds: Mapped[list[Any]] = mapped_column(default=list)
    free_bytes: Mapped[int | None] = mapped_column(BigInteger)
    #: Airings that it has not been able to send yet, and those that we rejected.
    airings_waiting: Mapped[int] = mapped_column(default=0)
    airings_rejected: Mapped[int] = mapped_column(default=0)
    agent: Mapped[str | None]
    #: What it cannot mend by itself, in its own words.
    problem: Mapped[str | None]

    player: Mapped[Player] = relationship(back_populates="status")
