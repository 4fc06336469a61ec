"""The Vietnamese lunar calendar."""

from __future__ import annotations

from datetime import date

from lunar_vn import LunarDate, solar_to_lunar


def lunar_date(day: date) -> LunarDate:
    """The day in the Vietnamese lunar calendar (reckoned for UTC+7), known for the years 1900 to 2100."""
    return solar_to_lunar(day)


def lunar_words(day: date) -> str:
    """The lunar date as Vietnamese calendars print it: "10/3 âm lịch", "1/6 nhuận âm lịch"."""
    lunar = lunar_date(day)
    return f"{lunar.day}/{lunar.month}{' nhuận' if lunar.leap else ''} âm lịch"
