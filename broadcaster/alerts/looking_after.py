"""One look at everything, as the clock takes it after each tick: alerts kept, messages sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from broadcaster.alerts.conditions import (
    AlertKind,
    Condition,
    player_conditions,
    session_conditions,
    tick_conditions,
    unit_conditions,
    voice_conditions,
)
from broadcaster.alerts.deliveries import Send, channels_of, deliver
from broadcaster.alerts.keeping import keep
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.language import speaking
from broadcaster.models import JobRun

#: What takes longer to find out is looked at once an hour.
HOURLY = "alerts.hourly"
_HOURLY_KINDS = (AlertKind.UNIT_SHORT, AlertKind.SESSION_UNREPORTED)
_KINDS = tuple(kind for kind in AlertKind if kind not in _HOURLY_KINDS)


def look_after(
    database: Database,
    settings: Settings,
    *,
    now: datetime,
    failures: Sequence[str] = (),
    channels: Mapping[str, Send] | None = None,
) -> int:
    """Opens, keeps and resolves alerts as things stand, and sends what is due; answers how many messages arrived.

    `failures` are what this tick could not do. Messages are in the station's language.
    """
    ways = channels_of(settings) if channels is None else channels
    hour = now.replace(minute=0, second=0, microsecond=0)
    with database.reading() as session:
        found: list[Condition] = [
            *player_conditions(session, settings, now=now),
            *voice_conditions(session, now=now),
            *tick_conditions(failures),
        ]
        is_hourly = session.get(JobRun, (HOURLY, hour)) is None
        if is_hourly:
            found += [*unit_conditions(session, settings, now=now), *session_conditions(session, settings, now=now)]
    looked_at = (*_KINDS, *_HOURLY_KINDS) if is_hourly else _KINDS
    with database.writing() as session:
        keep(session, found, looked_at, list(ways), now=now)
        if is_hourly and session.get(JobRun, (HOURLY, hour)) is None:
            session.add(JobRun(job=HOURLY, due_at=hour, done_at=now, outcome=f"{len(found)}"))
    with speaking(settings.language):
        return deliver(database, settings, ways, now=now)
