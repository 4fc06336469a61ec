"""Slots: weekly rules, holidays and exceptions in; dated sessions out.

Pure values: no database, no clock, no files. Days are days in station time.
"""

from scheduler.slots.change import change_rule
from scheduler.slots.checks import (
    EARLIEST_START,
    TOWN_LONGEST_SESSION_MS,
    URBAN_LONGEST_SESSION_MS,
    Fault,
    ZoneLimits,
    check_occurrences,
    check_rules,
)
from scheduler.slots.instants import local_instant
from scheduler.slots.key_dates import KEY_DATES, KeyDate
from scheduler.slots.lunar import lunar_date, lunar_words
from scheduler.slots.occurrences import occurrences
from scheduler.slots.preview import PreviewDay, preview
from scheduler.slots.public_holidays import PublicHoliday, public_holidays
from scheduler.slots.recurrence import RecurrenceError, from_recurrence, from_rrule, to_recurrence, to_rrule
from scheduler.slots.station_calendar import DECIDED_SWAP_DAYS, STATION_TZ, DayOff, StationCalendar, SwapDay
from scheduler.slots.values import MissingDay, Occurrence, Schedule, SlotError, SlotException, WeeklyRule

__all__ = [
    "DECIDED_SWAP_DAYS",
    "EARLIEST_START",
    "KEY_DATES",
    "STATION_TZ",
    "TOWN_LONGEST_SESSION_MS",
    "URBAN_LONGEST_SESSION_MS",
    "DayOff",
    "Fault",
    "KeyDate",
    "MissingDay",
    "Occurrence",
    "PreviewDay",
    "PublicHoliday",
    "RecurrenceError",
    "Schedule",
    "SlotError",
    "SlotException",
    "StationCalendar",
    "SwapDay",
    "WeeklyRule",
    "ZoneLimits",
    "change_rule",
    "check_occurrences",
    "check_rules",
    "from_recurrence",
    "from_rrule",
    "local_instant",
    "lunar_date",
    "lunar_words",
    "occurrences",
    "preview",
    "public_holidays",
    "to_recurrence",
    "to_rrule",
]
