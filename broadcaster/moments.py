"""Days, months and lengths in words, for pages and papers alike."""

from __future__ import annotations

from datetime import date

from broadcaster.language import gettext as _


def weekday_words(day: date) -> str:
    """The name of a day of the week."""
    names = (
        _("Thứ Hai"),
        _("Thứ Ba"),
        _("Thứ Tư"),
        _("Thứ Năm"),
        _("Thứ Sáu"),
        _("Thứ Bảy"),
        _("Chủ nhật"),
    )
    return names[day.weekday()]


def day_words(day: date) -> str:
    """A day with its weekday: "Thứ Ba, 10/11/2026"."""
    return f"{weekday_words(day)}, {day:%d/%m/%Y}"


def short_day_words(day: date) -> str:
    """A day of this year: "10/11"."""
    return f"{day:%d/%m}"


def month_words(month: str) -> str:
    """A month written as 2026-11: "tháng 11/2026"."""
    year, number = month.split("-")
    return _("tháng {month}/{year}", month=int(number), year=year)


def clock_words(length_ms: int) -> str:
    """A length as players show it: "2:50", "1:02:05"; started seconds do not count."""
    minutes, seconds = divmod(length_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def minutes_words(length_ms: int) -> str:
    """A length for reading: "45 giây", "2 phút 50 giây", "15 phút"."""
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    if not minutes:
        return _("{seconds} giây", seconds=seconds)
    if not seconds:
        return _("{minutes} phút", minutes=minutes)
    return _("{minutes} phút {seconds} giây", minutes=minutes, seconds=seconds)


def time_of_day_words(hour: int) -> str:
    """What part of the day an hour belongs to."""
    if hour < 11:
        return _("Sáng")
    if hour < 13:
        return _("Trưa")
    return _("Chiều") if hour < 18 else _("Tối")


def part_of_day_words(hour: int) -> str:
    """What a session of that hour is called."""
    if hour < 11:
        return _("Bản tin sáng")
    if hour < 13:
        return _("Bản tin trưa")
    return _("Bản tin chiều") if hour < 18 else _("Bản tin tối")
