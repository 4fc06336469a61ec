"""What really happened, as nobody in the station can know it: kept by the simulation, and counted in its own way.

Nothing here looks at the station's books or calls its code: airtime is added up from the plays themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: The station's own time, the whole year round.
LOCAL = timedelta(hours=7)


@dataclass(frozen=True, slots=True)
class Part:
    """An article in a programme."""

    article: str
    unit: str
    starts_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of one session's sound."""

    code: str
    zone: str
    starts_at: datetime
    length_ms: int
    parts: tuple[Part, ...]

    @property
    def slot(self) -> tuple[str, datetime]:
        """The session, whatever its version."""
        return self.zone, self.starts_at


@dataclass(frozen=True, slots=True)
class Play:
    """A player let a programme be heard for so long; a failure is heard for 0."""

    event_id: str
    player: str
    programme: Programme
    started_at: datetime
    played_ms: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """What a unit has in a month."""

    aired_ms: int = 0
    cluster_ms: int = 0
    first_run_ms: int = 0
    repeat_ms: int = 0
    first_runs: int = 0
    repeats: int = 0

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(*(getattr(self, name) + getattr(other, name) for name in Sums.__dataclass_fields__))


class Truth:
    """Every play of the year."""

    def __init__(self) -> None:
        self.plays: dict[tuple[str, str], Play] = {}

    def happened(self, play: Play) -> None:
        """Notes a play."""
        assert (play.player, play.event_id) not in self.plays
        self.plays[play.player, play.event_id] = play

    def turned_out(self, play: Play, played_ms: int) -> None:
        """Somebody found out that a play was heard for another time than the player had thought."""
        self.plays[play.player, play.event_id] = replace(play, played_ms=played_ms, failed=played_ms == 0)

    def sums(self) -> dict[tuple[str, str], Sums]:
        """By month and unit, second for second."""
        return sums_of(self.plays.values())


def sums_of(plays: Iterable[Play]) -> dict[tuple[str, str], Sums]:
    """What each unit had in each month of these plays."""
    #: By zone and article, then by session: the plays that reached the article, with how far into it.
    lines: defaultdict[tuple[str, str], defaultdict[datetime, list[tuple[Play, Part, int]]]]
    lines = defaultdict(lambda: defaultdict(list))
    for play in plays:
        for part in play.programme.parts:
            heard_ms = max(0, min(play.played_ms, part.starts_ms + part.length_ms) - part.starts_ms)
            if heard_ms and not play.failed:
                lines[play.programme.zone, part.article][play.programme.starts_at].append((play, part, heard_ms))
    found: defaultdict[tuple[str, str], Sums] = defaultdict(Sums)
    for sessions in lines.values():
        has_run = False
        for reached in sorted(sessions.values(), key=lambda some: min(play.started_at for play, _part, _ms in some)):
            began = min(play.started_at for play, _part, _ms in reached)
            most_ms = max(heard_ms for _play, _part, heard_ms in reached)
            is_run = any(heard_ms * 2 >= part.length_ms for _play, part, heard_ms in reached)
            local = began + LOCAL
            key = f"{local.year}-{local.month:02}", reached[0][1].unit
            found[key] = found[key].plus(
                Sums(
                    aired_ms=most_ms,
                    cluster_ms=sum(heard_ms for _play, _part, heard_ms in reached),
                    first_run_ms=0 if has_run else most_ms,
                    repeat_ms=most_ms if has_run else 0,
                    first_runs=int(is_run and not has_run),
                    repeats=int(is_run and has_run),
                )
            )
            has_run = has_run or is_run
    return dict(found)
