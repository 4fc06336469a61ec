"""Public holidays of Viet Nam, with the days off that make up for holidays on a weekend.

Source: Labour Code 2019 (45/2019/QH14), article 112 (the days) and article 111.3 (a holiday on a weekly day of rest
is made up for on the next working day), as kept by the `holidays` package. Swaps of single working days, which the
Government decides from year to year, are left out on purpose: they are entered by hand, so that a newer version of
the package never moves a session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays import country_holidays

from scheduler.slots.lunar import lunar_date

_SWAP_PREFIX = "Ngày nghỉ (thay cho"
_MADE_UP_SUFFIX = " (nghỉ bù)"
_TWO_DAYS_BEFORE_TET = "29 Tết"  # the package's name even in years whose last month has 29 days, not 30


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A day off by law.

    Attributes:
        name: Vietnamese name.
        made_up: True for the working day given off because the holiday itself fell on a weekend.
    """

    name: str
    made_up: bool


@lru_cache(maxsize=64)
def public_holidays(year: int) -> Mapping[date, PublicHoliday]:
    """The year's days off by law. Pure: a year's answer never changes while the program runs."""
    known = country_holidays("VN", years=year, language="vi", expand=False)
    found: dict[date, PublicHoliday] = {}
    for day in sorted(known):
        names = [_right_name(name, day) for name in known.get_list(day) if not name.startswith(_SWAP_PREFIX)]
        if names:
            found[day] = PublicHoliday("; ".join(names), all(name.endswith(_MADE_UP_SUFFIX) for name in names))
    return MappingProxyType(found)


def _right_name(name: str, day: date) -> str:
    return f"{lunar_date(day).day} Tết" if name == _TWO_DAYS_BEFORE_TET else name
