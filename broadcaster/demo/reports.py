"""What the town's players would have reported: mostly played, sometimes cut short, failed or silent.

Chance is drawn from the names of things, so that the same town always has the same accidents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from broadcaster.models import Bulletin, Player

#: Of a thousand plays: how many fail, are cut short, or are never reported.
FAILED, CUT_SHORT, SILENT = 30, 50, 25
#: Of a thousand sessions: how many fall to a power cut in their whole zone.
POWER_CUT = 45


@dataclass(frozen=True, slots=True)
class Play:
    """One player's account of one bulletin."""

    player: Player
    bulletin: Bulletin


def reports_of(plays: Iterable[Play]) -> list[dict[str, object]]:
    """The rows of an as-run report, in the import format."""
    rows = (_row(play) for play in plays)
    return [row for row in rows if row is not None]


def _row(play: Play) -> dict[str, object] | None:
    bulletin, player = play.bulletin, play.player
    played_ms, outcome, reason = bulletin.length_ms, "played", None
    drawn = _drawn(bulletin.code, player.code)
    if _drawn(bulletin.code) < POWER_CUT:
        played_ms, outcome, reason = 0, "failed", "mất điện toàn cụm"
    elif drawn < FAILED:
        played_ms, outcome, reason = 0, "failed", "tăng âm không lên nguồn"
    elif drawn < FAILED + CUT_SHORT:
        played_ms, outcome, reason = bulletin.length_ms * (20 + drawn) // 100, "partial", "mưa dông, phải ngắt loa"
    elif drawn < FAILED + CUT_SHORT + SILENT:
        return None
    return {
        "event_id": f"{bulletin.code}@{player.code}",
        "item_id": bulletin.code,
        "started_at": bulletin.session.starts_at.isoformat(),
        "played_ms": played_ms,
        "outcome": outcome,
        "reason": reason,
        "player": player.code,
    }


def _drawn(*names: str) -> int:
    """A number below 1000 that follows from the names."""
    return int.from_bytes(hashlib.sha256("/".join(names).encode()).digest()[:4]) % 1000
