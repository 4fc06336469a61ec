"""Which days a station works: weekends, public holidays, swaps set by hand and days of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from scheduler.slots.key_dates import KEY_DATES, KeyDate, key_date_words, key_dates_on
from scheduler.slots.public_holidays import public_holidays
from scheduler.slots.values import SlotError
from scheduler.slots.wording import day_words

STATION_TZ = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY = 5
LONGEST_SEARCH_DAYS = 366  # more days off in a row than a year has are a mistake in the calendar

DayOffCode = Literal["holiday", "holiday_moved", "swap_off", "own_day_off"]


@dataclass(frozen=True, slots=True)
class SwapDay:
    """One working day exchanged for one day of rest (hoán đổi ngày làm việc), as the Government decides it.

    Attributes:
        off: The working day that is given off.
        worked: The day of rest that is worked instead; it carries the sessions of `off`'s weekday.
        reason: Vietnamese, with the number of the decision where there is one.
    """

    off: date
    worked: date
    reason: str


# Decided for offices of the State; a station adopts them by putting them into its calendar.
DECIDED_SWAP_DAYS: tuple[SwapDay, ...] = (
    SwapDay(date(2024, 4, 29), date(2024, 5, 4), "Hoán đổi dịp 30/4 và 1/5 (văn bản 2450/VPCP-KGVX)"),
    SwapDay(date(2025, 5, 2), date(2025, 4, 26), "Hoán đổi dịp 30/4 và 1/5 (thông báo 6150/TB-BLĐTBXH)"),
    SwapDay(date(2026, 1, 2), date(2026, 1, 10), "Hoán đổi dịp Tết Dương lịch (văn bản 12729/VPCP-KGVX)"),
    SwapDay(date(2026, 8, 31), date(2026, 8, 22), "Hoán đổi dịp Quốc khánh 2/9"),
)


@dataclass(frozen=True, slots=True)
class DayOff:
    """Why a day that the weekday would make a working day is none: `code` for programs, `reason` in Vietnamese."""

    date: date
    code: DayOffCode
    reason: str


@dataclass(frozen=True)
class StationCalendar:
    """The station's days. What is set by hand outranks what the law says, and days of its own outrank all.

    Attributes:
        tz: Station time.
        own_days_off: The town's own days off with their reason.
        swap_days: Swaps set by hand.
        own_working_days: Holidays on which the station works all the same, with the reason.
        key_dates: Days worth a programme.
    """

    tz: ZoneInfo = STATION_TZ
    own_days_off: Mapping[date, str] = field(default_factory=dict)
    swap_days: tuple[SwapDay, ...] = ()
    own_working_days: Mapping[date, str] = field(default_factory=dict)
    key_dates: tuple[KeyDate, ...] = KEY_DATES

    def holiday_name(self, day: date) -> str | None:
        """Vietnamese name of the public holiday, or of the one that this day makes up for; None on other days."""
        holiday = public_holidays(day.year).get(day)
        return holiday.name if holiday else None

    def key_date_names(self, day: date) -> tuple[str, ...]:
        """Vietnamese names of the key dates of the day, with the count of years."""
        return tuple(key_date_words(key_date, day.year) for key_date in key_dates_on(day, self.key_dates))

    def swap_worked_on(self, day: date) -> SwapDay | None:
        """The swap that makes `day` a working day."""
        return next((swap for swap in self.swap_days if swap.worked == day), None)

    def day_off(self, day: date) -> DayOff | None:
        """Why sessions of the day fall away; None when the calendar takes nothing away. A weekend alone is no day off.

        Cases, first that holds: own day off; own working day (none); worked in a swap (none); off in a swap; public
        holiday, or the day that makes up for one.
        """
        if day in self.own_days_off:
            return DayOff(day, "own_day_off", f"Nghỉ theo lịch của địa phương: {self.own_days_off[day]}")
        if day in self.own_working_days or self.swap_worked_on(day):
            return None
        swap = next((swap for swap in self.swap_days if swap.off == day), None)
        if swap:
            words = f"Nghỉ hoán đổi, làm bù {day_words(swap.worked)}"
            return DayOff(day, "swap_off", f"{words}: {swap.reason}" if swap.reason else words)
        holiday = public_holidays(day.year).get(day)
        if holiday is None:
            return None
        return DayOff(day, "holiday_moved" if holiday.made_up else "holiday", f"Nghỉ lễ: {holiday.name}")

    def is_working_day(self, day: date) -> bool:
        """True from Monday to Friday unless off, and on days worked in a swap or by the station's own decision."""
        if self.day_off(day):
            return False
        worked_by_hand = day in self.own_working_days or self.swap_worked_on(day) is not None
        return worked_by_hand or day.weekday() < SATURDAY

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`. Raises SlotError when a year holds none."""
        return self._step(day, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it, if negative); `day` itself for 0."""
        for _ in range(abs(count)):
            day = self._step(day, 1 if count > 0 else -1)
        return day

    def _step(self, day: date, direction: int) -> date:
        for distance in range(1, LONGEST_SEARCH_DAYS + 1):
            candidate = day + timedelta(days=direction * distance)
            if self.is_working_day(candidate):
                return candidate
        raise SlotError(f"Lịch nghỉ không còn ngày làm việc nào trong vòng một năm quanh {day_words(day)}.")
