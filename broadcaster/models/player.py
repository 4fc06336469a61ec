"""Players: devices and operators' computers that pull a zone's audio."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.zone import Zone


class Player(Base):
    """The read key is part of the manifest's address and can be revoked; the write token is known by its hash alone."""

    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    read_key: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str]
    revoked_at: Mapped[datetime | None]

    zone: Mapped[Zone] = relationship()

    def __repr__(self) -> str:
        return f"<Player {self.code}>"
