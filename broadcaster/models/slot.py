"""When a zone broadcasts: weekly rules, single exceptions, and the sessions that follow from them."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Date, ForeignKey, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.zone import Zone


class SlotRule(Base):
    """A session of every week. `weekdays` holds digits, 0 for Monday."""

    __tablename__ = "slot_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    weekdays: Mapped[str]
    starts_at: Mapped[time] = mapped_column(Time)
    length_ms: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    on_holidays: Mapped[bool] = mapped_column(default=False)

    zone: Mapped[Zone] = relationship()


class SlotException(Base):
    """One day that differs from the rules: `cancel`, `add` or `move`, with the reason that staff gave."""

    __tablename__ = "slot_exceptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    rule_code: Mapped[str | None]
    day: Mapped[date] = mapped_column(Date)
    action: Mapped[str]
    starts_at: Mapped[time | None] = mapped_column(Time)
    length_ms: Mapped[int | None]
    reason: Mapped[str]

    zone: Mapped[Zone | None] = relationship()


#: The "rule" of a session that an interrupt made; no rule of a station can be called so.
INTERRUPT_RULE = "!interrupt"


class BroadcastSession(Base):
    """A session (buổi) on one day in one zone, materialised from the rules."""

    __tablename__ = "broadcast_sessions"
    __table_args__ = (UniqueConstraint("zone_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    length_ms: Mapped[int]
    rule_code: Mapped[str | None]
    cancelled_why: Mapped[str | None]
    #: Grows with every change of what is published for the session; `programme_changed_at` is the last one by hand.
    programme_version: Mapped[int] = mapped_column(default=0)
    programme_changed_at: Mapped[datetime | None]

    zone: Mapped[Zone] = relationship()

    @property
    def is_interrupt(self) -> bool:
        """Whether an interrupt made it: nothing is planned into it, and its sound is what was sent."""
        return self.rule_code == INTERRUPT_RULE

    @property
    def is_open(self) -> bool:
        return self.cancelled_why is None

    @property
    def capacity_ms(self) -> int:
        """What the items and the gaps after them may take."""
        return max(0, self.length_ms - self.zone.frame_ms)
