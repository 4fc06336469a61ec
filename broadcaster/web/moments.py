"""Days, hours and lengths in words, always in the station's time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from broadcaster.moments import (
    clock_words,
    day_words,
    minutes_words,
    month_words,
    short_day_words,
    weekday_words,
)

__all__ = [
    "clock_words",
    "day_words",
    "instant_words",
    "minutes_words",
    "month_words",
    "short_day_words",
    "weekday_words",
    "zone_words",
]


def zone_words(now: datetime, tz: ZoneInfo) -> str:
    """The time zone by name and offset: "Asia/Ho_Chi_Minh (UTC+7)"."""
    offset = now.astimezone(tz).utcoffset()
    assert offset is not None  # astimezone makes it aware
    minutes = round(offset.total_seconds() / 60)
    sign, minutes = ("+" if minutes >= 0 else "−"), abs(minutes)
    rest = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"{tz.key} (UTC{sign}{minutes // 60}{rest})"


def instant_words(instant: datetime, tz: ZoneInfo) -> str:
    """An instant for a list: "05:30 10/11/2026"."""
    return f"{instant.astimezone(tz):%H:%M %d/%m/%Y}"
