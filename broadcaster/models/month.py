"""Closed months: what was counted then stays as it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.db import Base


class ClosedMonth(Base):
    """The airtime table of a month as it was closed, with the digest of that table."""

    __tablename__ = "closed_months"

    month: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]
    digest: Mapped[str]
    report: Mapped[dict[str, Any]]
