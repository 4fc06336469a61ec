"""Units, what each owes, and what each is owed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.zone import Zone


class UnitKind(StrEnum):
    """The kinds of units of the plan; the codes are those of the import format."""

    COMMUNE = "xa"
    WARD = "phuong"
    FRONT = "mttq"
    ASSOCIATION = "doan-the"
    POLICE = "cong-an"
    MILITARY = "quan-su"
    EDUCATION = "giao-duc"
    DEPARTMENT = "phong-ban"
    ENTERPRISE = "doanh-nghiep"
    OTHER = "khac"


class Unit(Base):
    """A unit of the town. Renamed, merged or split units stay: they end, and others succeed them."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    zone: Mapped[Zone | None] = relationship()

    def is_valid_on(self, day: date) -> bool:
        """Whether the unit exists on a day; `valid_to` is its last day."""
        return self.exists_within(day, day)

    def exists_within(self, first: date, last: date) -> bool:
        """Whether the unit exists on any of these days, both included."""
        return (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or first <= self.valid_to
        )


class Succession(Base):
    """One unit takes up the line of another (renaming, merger, split). Old logs keep the old unit."""

    __tablename__ = "successions"

    successor_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)


class Campaign(Base):
    """A year's campaign. Whether the deadline's day itself still counts is a choice, for plans say "trước ngày"."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    starts_on: Mapped[date] = mapped_column(Date)
    deadline_on: Mapped[date] = mapped_column(Date)
    deadline_inclusive: Mapped[bool] = mapped_column(default=False)


class Quota(Base):
    """How many articles about distinct subjects a unit owes a campaign, at least."""

    __tablename__ = "quotas"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    min_articles: Mapped[int]


class AirtimeTarget(Base):
    """The airtime and articles a unit is to have each month from `from_month` on, until a later row takes over."""

    __tablename__ = "airtime_targets"
    __table_args__ = (UniqueConstraint("unit_id", "from_month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    from_month: Mapped[str]
    min_ms: Mapped[int]
    min_articles: Mapped[int] = mapped_column(default=1)
