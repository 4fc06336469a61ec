"""A month's airtime cut finer: by unit, zone, channel and first run or repeat."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster.airtime import portal_posts
from broadcaster.closing import month_lines

#: What is heard and what is read; the one is timed, the other counted.
LOUDSPEAKERS, PORTAL = "loudspeakers", "portal"


@dataclass(frozen=True, slots=True)
class Share:
    """One cell: loudspeakers by zone and kind of run, the portal without either and counted in `items`."""

    unit: str
    channel: str
    zone: str | None
    first_run: bool | None
    items: int
    heard_ms: int
    cluster_ms: int


def month_breakdown(session: Session, month: str, *, tz: ZoneInfo) -> tuple[Share, ...]:
    """Every cell of a month that is not empty; a closed month's loudspeakers as they were closed.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    cells: defaultdict[tuple[str, str, bool], list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in month_lines(session, month, tz=tz):
        cell = cells[line.unit, line.zone, line.first_run]
        cell[0] += line.counts_as_run
        cell[1] += line.heard_ms
        cell[2] += line.cluster_ms
    heard = [Share(unit, LOUDSPEAKERS, zone, first_run, *figures) for (unit, zone, first_run), figures in cells.items()]
    read = [Share(unit, PORTAL, None, None, count, 0, 0) for unit, count in portal_posts(session, month, tz).items()]
    return tuple(sorted(heard + read, key=lambda one: (one.unit, one.channel, one.zone or "", not one.first_run)))
