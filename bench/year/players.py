"""Players of a simulated town: each holds what it pulled, plays it, keeps its reports until they are answered.

Chance breaks their line, their power, their disk and their clock. What follows for an airing is known when it happens,
so that the station's verdict can be held against it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.year.truth import Play, Programme, Truth

#: In a working day of one player.
LINE_LOST, DISK_LOST, CLOCK_WRONG = 0.02, 0.004, 0.015
#: In one session of one player.
POWER_LOST, POWER_CUT, REPLAYED, MOVED, ANSWER_LOST = 0.02, 0.02, 0.005, 0.005, 0.03

#: Minutes that a device's clock may be off, and what comes of playing by it.
CLOCKS_MIN = {-900: "displaced", -50: "displaced", -20: "late", -7: "late", 4: "displaced", 15: "displaced"}


@dataclass
class Entry:
    """A report that waits for its answer."""

    play: Play
    reason: str | None
    #: By the device's clock.
    told_at: datetime
    #: Whether the device still knows, by a clock of its own that nobody sets, how long ago it was.
    has_age: bool

    def is_over(self, now: datetime) -> bool:
        """Whether the play has ended, so that there is something to report."""
        return self.play.started_at + timedelta(milliseconds=self.play.played_ms) <= now


@dataclass
class Device:
    """One player. `clock_min` is how far its clock runs ahead, minutes."""

    code: str
    zone: str
    chance: random.Random
    faults: Counter[str]
    rough: float = 1.0
    held: dict[tuple[str, datetime], Programme] = field(default_factory=dict)
    journal: list[Entry] = field(default_factory=list)
    #: What only people know any more, since the disk that held the reports is gone.
    on_paper: list[Entry] = field(default_factory=list)
    offline_until: datetime | None = None
    clock_min: int = 0
    clock_until: datetime | None = None
    counter: int = 0

    def is_online(self, now: datetime) -> bool:
        """Whether it reaches the station."""
        return self.offline_until is None or self.offline_until <= now

    def wakes(self, now: datetime) -> None:
        """Draws what breaks today, and lets end what ends."""
        if self.is_online(now) and self.chance.random() < LINE_LOST * self.rough:
            self.faults["line"] += 1
            self.offline_until = now + timedelta(hours=self.chance.choice((8, 30, 80, 200, 400)))
        if self.chance.random() < DISK_LOST * self.rough:
            self.faults["disk"] += 1
            self.held.clear()
            self.on_paper += self.journal
            self.journal = []
        if self.clock_until is not None and self.clock_until <= now:
            self.clock_min, self.clock_until = 0, None
        elif self.clock_until is None and self.chance.random() < CLOCK_WRONG * self.rough:
            self.faults["clock"] += 1
            self.clock_min = self.chance.choice(list(CLOCKS_MIN))
            self.clock_until = now + timedelta(days=self.chance.randint(1, 4))

    def pulls(self, programmes: Iterable[Programme], now: datetime) -> None:
        """Brings its folder in line with the manifest; what is past goes."""
        if self.is_online(now):
            self.held = {programme.slot: programme for programme in programmes}

    def plays(self, starts_at: datetime, truth: Truth) -> str:
        """Its part in a session of its zone; answers what a just verdict says of it."""
        programme = self.held.get((self.zone, starts_at))
        if programme is None:
            return "missed"
        drawn = self.chance.random() / self.rough
        ahead = timedelta(minutes=self.clock_min)
        started = starts_at - ahead + timedelta(seconds=self.chance.randint(0, 15))
        verdict = CLOCKS_MIN[self.clock_min] if self.clock_min else "as_planned"
        if drawn < POWER_LOST:
            self.faults["power"] += 1
            if self.chance.random() < 0.5:
                self._note(programme, started, 0, truth, reason="mất điện")
            return "missed"
        if drawn < POWER_LOST + POWER_CUT:
            self.faults["power"] += 1
            played_ms = self.chance.randint(1_000, programme.length_ms - 20_000)
            self._note(programme, started, played_ms, truth, reason="mất điện giữa chừng")
            return "partial"
        if drawn < POWER_LOST + POWER_CUT + REPLAYED:
            self.faults["replayed"] += 1
            self._note(programme, started, programme.length_ms, truth)
            again = started + timedelta(milliseconds=programme.length_ms, minutes=1)
            self._note(programme, again, programme.length_ms, truth)
            return "duplicate"
        if drawn < POWER_LOST + POWER_CUT + REPLAYED + MOVED:
            self.faults["moved"] += 1
            started, verdict = starts_at + timedelta(hours=self.chance.choice((1, 2, 3))), "displaced"
        self._note(programme, started, programme.length_ms, truth)
        return verdict

    def _note(
        self, programme: Programme, started: datetime, played_ms: int, truth: Truth, reason: str | None = None
    ) -> None:
        self.counter += 1
        play = Play(f"e{self.counter}", self.code, programme, started, played_ms, failed=played_ms == 0)
        truth.happened(play)
        told_at = started + timedelta(minutes=self.clock_min)
        self.journal.append(Entry(play, reason, told_at, has_age=True))

    def report_rows(self, now: datetime) -> list[dict[str, object]]:
        """What it sends: everything that is over and waits, in no particular order."""
        rows = [row_of(entry, now) for entry in self.journal if entry.is_over(now)]
        self.chance.shuffle(rows)
        return rows

    def answered(self, statuses: dict[str, str], *, is_sure: bool) -> None:
        """Forgets what the station has; an answer that was lost on the way changes nothing."""
        if not is_sure and self.chance.random() < ANSWER_LOST:
            self.faults["answer"] += 1
            return
        self.journal = [entry for entry in self.journal if statuses.get(entry.play.event_id) not in _TAKEN]


_TAKEN = frozenset({"recorded", "duplicate"})


def row_of(entry: Entry, now: datetime) -> dict[str, object]:
    """A report as devices send it."""
    play = entry.play
    row: dict[str, object] = {
        "event_id": play.event_id,
        "item_id": play.programme.code,
        "started_at": entry.told_at.isoformat(),
        "played_ms": play.played_ms,
        "outcome": outcome_of(play),
        "reason": entry.reason,
    }
    if entry.has_age:
        row["age_ms"] = round((now - play.started_at).total_seconds() * 1000)
    return row


def outcome_of(play: Play) -> str:
    """The outcome as a device tells it."""
    if play.failed:
        return "failed"
    return "played" if play.played_ms == play.programme.length_ms else "partial"
