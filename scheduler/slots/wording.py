"""How days and times are put into Vietnamese words."""

from __future__ import annotations

from datetime import date, time

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def weekday_words(weekday: int) -> str:
    """The name of the weekday, 0 is Monday."""
    return _WEEKDAYS[weekday]


def day_words(day: date) -> str:
    """A day with its weekday: "thứ Bảy 22/8/2026"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day}/{day.month}/{day.year}"


def time_words(at: time) -> str:
    """A time of day: "17:05", with seconds only where there are some."""
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def minutes_words(length_ms: int) -> str:
    """A length in minutes: "45 phút", "7,5 phút"."""
    minutes = length_ms / 60_000
    return f"{minutes:.10g} phút".replace(".", ",")
