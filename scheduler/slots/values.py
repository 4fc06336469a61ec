"""What the slots are made of: rules, exceptions, and the sessions and gaps that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from scheduler.slots.instants import plus_ms

ExceptionAction = Literal["cancel", "add", "move"]
MissingCode = Literal["holiday", "holiday_moved", "swap_off", "own_day_off", "cancelled"]


class SlotError(ValueError):
    """Rules or exceptions that cannot be worked with as they are; the message is Vietnamese, for people.

    Trying again does not help: somebody has to change what was entered.
    """

    retry_helps = False


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """Sessions that come back every week in one zone.

    A rule may have several versions: the same `id` and `zone` with validities that do not overlap. `repeats` and
    exceptions name the id, so they hold for every version.

    Attributes:
        id: The rule's own code.
        zone: The zone of speakers that the sessions belong to.
        weekdays: Days of the week, 0 is Monday.
        starts_at: Start in station time, naive.
        length_ms: Length of a session.
        valid_from: First day of validity.
        valid_to: Last day of validity, itself included; None: open.
        repeats: Id of the rule of the same zone whose latest session is repeated; None: a programme of its own.
        on_holidays: True for a rule that plays by the weekday alone, whatever the calendar says.
    """

    id: str
    zone: str
    weekdays: frozenset[int]
    starts_at: time
    length_ms: int
    valid_from: date
    valid_to: date | None = None
    repeats: str | None = None
    on_holidays: bool = False

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class SlotException:
    """A single departure from the rules on one day.

    Cases: `cancel` takes away the rule's sessions of that day (`rule` None: every session that a rule makes).
    `move` gives the rule's session of that day another start, another length, or both. `add` adds a session: of a
    rule (on a holiday, say; start and length are the rule's unless given) or, `rule` None, one of its own.
    Additions come last, so "cancel all, add one at ten" means what it says.

    Attributes:
        zone: None means every zone.
        date: The day in station time.
        rule: Id of the rule that it concerns.
        action: `cancel`, `add` or `move`.
        starts_at: New start in station time.
        length_ms: New length.
        reason: Why, in Vietnamese, for people.
    """

    zone: str | None
    date: date
    rule: str | None
    action: ExceptionAction
    starts_at: time | None = None
    length_ms: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One session that takes place.

    Attributes:
        zone: Where.
        rule: Id of the rule that made it; None: a session added by hand that belongs to no rule.
        starts_at: Aware, in station time.
        length_ms: Length.
        repeats_starts_at: Start of the session of the repeated rule whose programme is heard again, if there is one.
        note: What is special about it, in Vietnamese ("" when nothing is).
    """

    zone: str
    rule: str | None
    starts_at: datetime
    length_ms: int
    repeats_starts_at: datetime | None = None
    note: str = ""

    @property
    def ends_at(self) -> datetime:
        return plus_ms(self.starts_at, self.length_ms)


@dataclass(frozen=True, slots=True)
class MissingDay:
    """A day on which a rule's weekday comes but its session does not.

    `code` is for programs, `reason` says the same in Vietnamese.
    """

    zone: str
    rule: str
    date: date
    reason: str
    code: MissingCode


@dataclass(frozen=True, slots=True)
class Schedule:
    """All sessions of a stretch of days in order of time, and the days missing from it in order of date."""

    occurrences: tuple[Occurrence, ...]
    missing: tuple[MissingDay, ...]

    def on_day(self, day: date, zone: str | None = None) -> tuple[Occurrence, ...]:
        """Sessions that start on `day` in station time."""
        return tuple(
            occurrence
            for occurrence in self.occurrences
            if occurrence.starts_at.date() == day and zone in (None, occurrence.zone)
        )

    def missing_on(self, day: date, zone: str | None = None) -> tuple[MissingDay, ...]:
        return tuple(missing for missing in self.missing if missing.date == day and zone in (None, missing.zone))
