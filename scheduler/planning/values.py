"""The values that planning takes and gives: frozen, comparable, free of any database or clock.

Instants are aware datetimes, durations integers in milliseconds. What the fields mean in full, the hard rules and the
score stand in ``docs/planning.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """How urgent an article is (Circular 39/2020/TT-BTTTT); urgent stands ahead of all others."""

    NORMAL = "normal"
    PRIORITY = "priority"
    URGENT = "urgent"


class Reason(StrEnum):
    """Why an article airs nowhere, or not in one of its zones."""

    EXPIRED = "expired"
    NOT_YET = "not_yet"
    WRONG_ZONE = "wrong_zone"
    NO_ROOM = "no_room"
    AIRINGS_USED = "airings_used"
    TOO_SOON = "too_soon"
    UNIT_ALREADY_IN = "unit_already_in"
    OUTRANKED = "outranked"


@dataclass(frozen=True, slots=True)
class Session:
    """A slot on the air in one zone; ``capacity_ms`` is what is left for items within ``length_ms``."""

    id: str
    zone: str
    starts_at: datetime
    length_ms: int
    capacity_ms: int


@dataclass(frozen=True, slots=True)
class Article:
    """What may be put on the air: from ``not_before`` until before ``expires_at``, in ``zones`` (empty: in all)."""

    id: str
    unit: str
    field: str
    length_ms: int
    priority: Priority = Priority.NORMAL
    kind: str = "exemplar"
    not_before: datetime | None = None
    expires_at: datetime | None = None
    air_by: datetime | None = None
    zones: tuple[str, ...] = ()
    max_airings: int | None = None
    min_between_airings_h: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a unit is owed in the period: airtime, and a number of distinct articles heard."""

    unit: str
    min_ms: int | None = None
    min_articles: int | None = None


@dataclass(frozen=True, slots=True)
class PastAiring:
    """An airing that took place before this plan."""

    article: str
    unit: str
    session_starts_at: datetime
    zone: str
    length_ms: int


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """An article in a session: locked there, or published there before."""

    session: str
    article: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the period. ``max_airings_in_days`` is (airings, days); None is no limit."""

    gap_ms: int = 0
    min_between_airings_h: float = 0
    max_airings_in_days: tuple[int, int] | None = None
    max_per_unit_in_session: int | None = None
    adjacent_same_field: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """All that a plan depends on. ``now`` closes every session that starts before it, but for what is locked there."""

    tz: str
    now: datetime | None = None
    period_starts_at: datetime | None = None
    sessions: tuple[Session, ...] = ()
    articles: tuple[Article, ...] = ()
    targets: tuple[Target, ...] = ()
    history: tuple[PastAiring, ...] = ()
    locked: tuple[Pair, ...] = ()
    previous: tuple[Pair, ...] = ()
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True)
class Placement:
    """An article at a position (0, 1, 2, …) of a session; ``first_run``: not heard in that zone before."""

    session: str
    article: str
    position: int
    first_run: bool


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An article that airs nowhere (``zone`` None) or not in one of its zones, and the one reason why."""

    article: str
    zone: str | None
    reason: Reason
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """What a unit gets. ``reachable_ms`` is set where no plan whatever could give the unit its minimum."""

    unit: str
    target_ms: int | None
    planned_ms: int
    short_ms: int
    articles: int
    reachable_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with its certificate: no plan can score above ``bound``; ``gap`` is (bound - score) / abs(bound)."""

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    units: tuple[UnitOutcome, ...]
    score: float
    bound: float
    gap: float
    moves: int
    elapsed_ms: int = field(compare=False)
