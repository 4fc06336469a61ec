"""Station time to instants and back, right in zones with daylight saving too.

Viet Nam has had none since 1975, but arithmetic on two local times of one zone ignores a change of offset in Python,
so every sum and every comparison here goes through UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo


def local_instant(day: date, at: time, tz: tzinfo) -> datetime:
    """The instant of a local time on a day.

    Cases: a time that the clocks skip counts with the offset before the jump (RFC 5545, 3.3.5), so 02:30 becomes
    03:30; a time that comes twice means the first.
    """
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=tz)
    return local.astimezone(UTC).astimezone(tz)


def plus_ms(instant: datetime, length_ms: int) -> datetime:
    """The instant that many milliseconds later, in the same zone."""
    later = instant.astimezone(UTC) + timedelta(milliseconds=length_ms)
    return later.astimezone(instant.tzinfo)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included; none when `last` comes before `first`."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
