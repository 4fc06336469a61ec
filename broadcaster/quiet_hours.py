"""Quiet hours: nobody is woken for what can wait until the morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day up to another, in station time; over midnight where the end comes first."""

    begins: time
    ends: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """Reads `21:00-05:00`; None for an empty text.

        Raises:
            ValueError: it is written otherwise, or both times are the same.
        """
        if not text:
            return None
        begins, _dash, ends = text.partition("-")
        hours = cls(time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip()))
        if hours.begins == hours.ends:
            raise ValueError("begins when it ends")
        return hours

    def over_at(self, now: datetime, tz: ZoneInfo) -> datetime:
        """The present outside of them, else the moment at which they are over."""
        local = now.astimezone(tz)
        at = local.time()
        over_midnight = self.ends < self.begins
        is_quiet = (at >= self.begins or at < self.ends) if over_midnight else self.begins <= at < self.ends
        if not is_quiet:
            return now
        day = local.date() + timedelta(days=1) if over_midnight and at >= self.begins else local.date()
        return datetime.combine(day, self.ends, tzinfo=tz)
