"""The plan as pages show it: sessions with what they hold, and the portal's posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

#: A session that keeps more of its room than this is worth a look.
LOOSE_SHARE = 0.25


class Room(StrEnum):
    """How a session is filled."""

    CANCELLED = "cancelled"
    URGENT = "urgent"
    OVERFULL = "overfull"
    EMPTY = "empty"
    LOOSE = "loose"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Item:
    """An article in a session: a first run (PM) or a repeat (PL)."""

    ref: str
    title: str
    unit: str
    length_ms: int
    first_run: bool
    is_urgent: bool
    is_locked: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session with what it holds. Items take `filled_ms`, the pause after each included, of `capacity_ms`.

    `clash` names a session of the zone that begins before this one ends.
    """

    id: int
    code: str
    zone_id: int
    zone: str
    starts_at: datetime
    length_ms: int
    capacity_ms: int
    filled_ms: int
    count: int
    own_count: int
    version: int
    cancelled_why: str | None
    is_over: bool
    has_begun: bool
    is_interrupt: bool
    clash: datetime | None
    items: Sequence[Item] = ()

    @property
    def over_ms(self) -> int:
        return max(0, self.filled_ms - self.capacity_ms)

    @property
    def free_ms(self) -> int:
        return max(0, self.capacity_ms - self.filled_ms)

    @property
    def percent(self) -> int:
        """How much of the room is taken, in hundredths; more than 100 where it is too much."""
        return round(100 * self.filled_ms / self.capacity_ms) if self.capacity_ms else (100 if self.filled_ms else 0)

    @property
    def room(self) -> Room:
        if self.cancelled_why is not None:
            return Room.CANCELLED
        if self.is_interrupt:
            return Room.URGENT
        if self.over_ms:
            return Room.OVERFULL
        if not self.count:
            return Room.EMPTY
        return Room.LOOSE if self.free_ms > LOOSE_SHARE * self.capacity_ms else Room.FULL

    @property
    def may_change(self) -> bool:
        """Whether an editor may still change what it holds."""
        return not self.has_begun and self.cancelled_why is None and not self.is_interrupt


@dataclass(frozen=True, slots=True)
class PostLine:
    """An article in a column of the portal."""

    posts_at: datetime
    column: str
    title: str
    unit: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class ZoneDay:
    """One zone's sessions of a day; `why` says why sessions of the week's rules are missing."""

    zone: str
    sittings: Sequence[Sitting]
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the zones that are shown."""

    day: date
    is_today: bool
    is_over: bool
    zones: Sequence[ZoneDay]
    posts: Sequence[PostLine] = field(default=())
