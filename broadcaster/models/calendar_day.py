"""Days that the station itself has decided about: its own days off, holidays on which it works, swapped days."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.db import Base


class DayKind(StrEnum):
    """What was decided of a day."""

    OFF = "off"
    WORKING = "working"
    #: The day is off, and another one (`worked_on`) is worked in its place.
    SWAP = "swap"


class CalendarDay(Base):
    """One decision. It outranks what the law says of the day."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str]
    worked_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str]
