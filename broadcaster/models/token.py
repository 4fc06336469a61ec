"""Tokens of programs that are no players: a unit's own software, the portal, another system of the town."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.unit import Unit


class Scope(StrEnum):
    """What a token is good for. Approving is a scope of its own: who sends articles in must not approve them too."""

    READ = "read"
    WRITE_ARTICLES = "articles:write"
    APPROVE_ARTICLES = "articles:approve"


class ApiToken(Base):
    """The token is shown once and known by its hash alone. A unit's own sees and writes that unit's articles."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    scopes: Mapped[list[Any]]
    token_prefix: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    revoked_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship()

    def __repr__(self) -> str:
        return f"<ApiToken {self.name}>"
