"""What became of a session on the air, player by player: decided on values alone, so that anybody can check it.

A zone's verdict is that of its best player: the programme was heard there as well as the best loudspeakers had it. How
many clusters did worse stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """How what was heard compares with what was planned, from the best to the worst."""

    #: Whole and at its time.
    AS_PLANNED = "as_planned"
    #: More than once.
    DUPLICATE = "duplicate"
    #: Whole, and later than tolerated.
    LATE = "late"
    #: At another time: so late that it is no longer the same session, or before its time.
    DISPLACED = "displaced"
    #: Cut short.
    PARTIAL = "partial"
    #: Nothing was planned, and something was heard.
    UNPLANNED = "unplanned"
    #: No report yet, and it is too early to say that there will be none.
    AWAITED = "awaited"
    #: Not heard: reported as failed, or never reported.
    MISSED = "missed"


_ORDER = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What still counts as planned. Later than `displaced_ms` a programme is at another time rather than late."""

    late_ms: int = 120_000
    short_ms: int = 10_000
    displaced_ms: int = 30 * 60_000
    #: Without a report for so long after its end a session is missed.
    awaited_ms: int = 48 * 3_600_000


@dataclass(frozen=True, slots=True)
class Play:
    """One report. `length_ms` is that of the version that was played; a play that failed has `played_ms` 0."""

    started_at: datetime
    played_ms: int
    length_ms: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What was planned: whether anything was, when, how long the slot is, and which players were to play it."""

    is_planned: bool
    starts_at: datetime
    length_ms: int
    players: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlayerVerdict:
    """One player's part. `late_ms` is negative where it started early; None where it did not play."""

    player: str
    verdict: Verdict
    started_at: datetime | None
    late_ms: int | None
    played_ms: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneVerdict:
    """What became of a session in its zone, and each player's part in it by name."""

    verdict: Verdict
    players: tuple[PlayerVerdict, ...]


def judge(
    expected: Expected, plays: Mapping[str, Sequence[Play]], *, now: datetime, tolerances: Tolerances
) -> ZoneVerdict | None:
    """The verdict on a session; None where nothing was planned and nothing was heard, or its time has not come.

    `plays` are the reports by player; operators without a player of their own report under an empty name.
    """
    names = sorted(expected.players | plays.keys()) if expected.is_planned else sorted(plays)
    found = [judge_player(name, expected, plays.get(name, ()), now=now, tolerances=tolerances) for name in names]
    if not found:
        return ZoneVerdict(_silent(expected, now, tolerances), ()) if _is_due(expected, now) else None
    if not expected.is_planned and all(one.verdict == Verdict.MISSED for one in found):
        return None
    if not any(plays.values()) and not _is_due(expected, now):
        return None
    return ZoneVerdict(min((one.verdict for one in found), key=_ORDER.__getitem__), tuple(found))


def judge_player(
    name: str, expected: Expected, plays: Sequence[Play], *, now: datetime, tolerances: Tolerances
) -> PlayerVerdict:
    """One player's part in a session.

    Cases: a play that failed and one that was whole make a whole one; two that were cut short are one that was cut
    short, unless together they are longer than the programme; a whole play after a cut one is a duplicate of what was
    heard before the cut.
    """
    heard = sorted((play for play in plays if play.played_ms > 0), key=lambda play: (play.started_at, -play.played_ms))
    reasons = tuple(dict.fromkeys(play.reason for play in plays if play.reason))
    if not heard:
        verdict = Verdict.MISSED if plays else _silent(expected, now, tolerances)
        return PlayerVerdict(name, verdict, None, None, 0, reasons)
    best = max(heard, key=lambda play: play.played_ms)
    late_ms = round((best.started_at - expected.starts_at).total_seconds() * 1000)
    verdict = _of_plays(expected, heard, best, late_ms, tolerances)
    return PlayerVerdict(name, verdict, best.started_at, late_ms, best.played_ms, reasons)


def _of_plays(expected: Expected, heard: Sequence[Play], best: Play, late_ms: int, tolerances: Tolerances) -> Verdict:
    if not expected.is_planned:
        return Verdict.UNPLANNED
    if len(heard) > 1 and sum(play.played_ms for play in heard) > best.length_ms + tolerances.short_ms:
        return Verdict.DUPLICATE
    if best.played_ms < best.length_ms - tolerances.short_ms:
        return Verdict.PARTIAL
    if late_ms > tolerances.displaced_ms or late_ms < -tolerances.late_ms:
        return Verdict.DISPLACED
    return Verdict.LATE if late_ms > tolerances.late_ms else Verdict.AS_PLANNED


def _is_due(expected: Expected, now: datetime) -> bool:
    return expected.is_planned and _ends_at(expected) <= now


def _silent(expected: Expected, now: datetime, tolerances: Tolerances) -> Verdict:
    """What the silence of a player means: at first nothing, in the end that it did not play."""
    if not expected.is_planned:
        return Verdict.MISSED
    overdue = _ends_at(expected) + timedelta(milliseconds=tolerances.awaited_ms)
    return Verdict.MISSED if overdue <= now else Verdict.AWAITED


def _ends_at(expected: Expected) -> datetime:
    return expected.starts_at + timedelta(milliseconds=expected.length_ms)
