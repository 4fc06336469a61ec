"""Months and days in the station's own time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _


class BadMonth(BroadcasterError):
    """A month was not written as 2026-04."""


def first_day(month: str) -> date:
    """The first day of a month written as `2026-04`.

    Raises:
        BadMonth: it is written otherwise.
    """
    try:
        if len(month) != 7:
            raise ValueError
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise BadMonth(_("«{month}» không phải tháng (viết như 2026-04)", month=month)) from None


def last_day(month: str) -> date:
    """The last day of a month written as `2026-04`."""
    return first_day(next_month(month)) - timedelta(days=1)


def next_month(month: str) -> str:
    """The month after."""
    return f"{first_day(month) + timedelta(days=32):%Y-%m}"


def month_before(month: str) -> str:
    """The month before."""
    return f"{first_day(month) - timedelta(days=1):%Y-%m}"


def month_of(instant: datetime, tz: ZoneInfo) -> str:
    """The month in which an instant falls, in station time."""
    return f"{instant.astimezone(tz):%Y-%m}"


def day_start(day: date, tz: ZoneInfo) -> datetime:
    """The first instant of a day in station time."""
    return datetime.combine(day, time(0), tzinfo=tz)


def bounds(month: str, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of a month and the first of the next, in station time."""
    return day_start(first_day(month), tz), day_start(first_day(next_month(month)), tz)
