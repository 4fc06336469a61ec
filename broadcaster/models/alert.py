"""Alerts: what somebody should look at, once while it stands, and who was told of it by which way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base


class Alert(Base):
    """Something that is not as it should be. It stands until it is gone; then the row stays as its history."""

    __tablename__ = "alerts"
    __table_args__ = (
        # Two ticks at once open it once.
        Index(
            "uq_alerts_one_standing",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: What it is about: a player, a session, a unit in a month, an engine.
    subject: Mapped[str]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]]


class AlertDelivery(Base):
    """A message about an alert, by one way: that it opened, or that it is resolved. Tried again until it arrives."""

    __tablename__ = "alert_deliveries"
    __table_args__ = (UniqueConstraint("alert_id", "channel", "event"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    channel: Mapped[str]
    event: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    #: When it was no longer worth telling: it was gone before anybody was told, or nobody could be told for too long.
    dropped_at: Mapped[datetime | None]
    failure: Mapped[str | None]

    alert: Mapped[Alert] = relationship()
