"""Zones of loudspeakers with their rules, and the portal's columns."""

from __future__ import annotations

from datetime import time

from sqlalchemy import Time
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.db import Base


class Zone(Base):
    """An area (địa bàn) of speaker clusters that hears one programme, and its rules of broadcasting."""

    __tablename__ = "zones"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)

    earliest_start: Mapped[time] = mapped_column(Time, default=time(5, 30))
    longest_session_ms: Mapped[int] = mapped_column(default=45 * 60_000)
    #: Chime and breath after each item.
    gap_ms: Mapped[int] = mapped_column(default=3_000)
    #: Kept free in each session for the signature tune, the ident and the sign-off.
    frame_ms: Mapped[int] = mapped_column(default=60_000)
    max_airings: Mapped[int] = mapped_column(default=6)
    min_between_airings_h: Mapped[int] = mapped_column(default=11)
    max_airings_in_days_count: Mapped[int] = mapped_column(default=3)
    max_airings_in_days_days: Mapped[int] = mapped_column(default=7)
    max_per_unit_in_session: Mapped[int] = mapped_column(default=1)
    adjacent_same_field: Mapped[bool] = mapped_column(default=False)
    target_lufs: Mapped[float] = mapped_column(default=-16.0)
    #: What fills a session that is too short: `none`, `music`, `silence`, or `repeat` (items again, then music).
    filler: Mapped[str] = mapped_column(default="none")


class Column(Base):
    """A column (chuyên mục) of the portal, fed by one feed."""

    __tablename__ = "columns"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    posts_a_day: Mapped[int] = mapped_column(default=2)
    posts_at: Mapped[time] = mapped_column(Time, default=time(7, 0))
