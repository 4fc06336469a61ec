"""What players say: their plays, each row with its answer, and how they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from broadcaster.airing import Exchange, record_airings
from broadcaster.errors import Fault
from broadcaster.intake.rows import Row
from broadcaster.language import gettext as _
from broadcaster.players import Heartbeat, note_heartbeat
from broadcaster.web.api import schemas
from broadcaster.web.api.bearer import require_player
from broadcaster.web.api.bodies import body_row, listed, raise_faults
from broadcaster.web.api.house import instant
from broadcaster.web.desk.house import books_reading, books_writing, moment, settings

MOST_ROWS = 500
LONGEST_ID = 200
#: More is no disk that we know.
MOST_BYTES = 2**62


def take_airings() -> schemas.AiringsOut:
    """Records the plays of the player that asks. A device that lost our answer sends again and is told `duplicate`."""
    with books_reading() as session:
        require_player(session)
    body, faults = body_row()
    sent_at = body.instant("sent_at")
    raise_faults(faults)
    rows = [
        (values if isinstance(values, Mapping) else {}, f"airings[{number}]")
        for number, values in enumerate(listed(body, "airings", most=MOST_ROWS))
    ]
    now = moment()
    with books_writing() as session:
        player = require_player(session)
        exchange = Exchange(player, sent_at, settings().airings_late_days)
        results = record_airings(session, rows, by=player.code, now=now, exchange=exchange)
    return schemas.AiringsOut(results=[schemas.AiringResult(**asdict(result)) for result in results])


def take_heartbeat() -> schemas.HeartbeatOut:
    """Notes what the player that asks says of itself."""
    with books_reading() as session:
        require_player(session)
    beat = _heartbeat()
    now = moment()
    with books_writing() as session:
        status = note_heartbeat(session, require_player(session), beat, now=now)
        skew_ms = status.skew_ms
    return schemas.HeartbeatOut(now=instant(now) or "", skew_ms=skew_ms, poll_s=settings().poll_s)


def _heartbeat() -> Heartbeat:
    row, faults = body_row()
    beat = Heartbeat(
        sent_at=row.instant("sent_at"),
        pulled=row.flag("pulled", default=False),
        generation=row.text("generation"),
        valid_until=row.instant("valid_until"),
        holds=_ids(row),
        free_bytes=_bytes(row),
        airings_waiting=row.number("airings_waiting", default=0),
        airings_rejected=row.number("airings_rejected", default=0),
        agent=row.text("agent"),
        problem=row.text("problem"),
    )
    raise_faults(faults)
    return beat


def _ids(row: Row) -> tuple[str, ...]:
    values = row.values.get("holds") or []
    if not isinstance(values, list) or len(values) > MOST_ROWS:
        row.faults.append(Fault("holds", _("phải là danh sách tối đa {most} dòng", most=MOST_ROWS)))
        return ()
    ids = [value for value in values if isinstance(value, str) and value.isprintable() and len(value) <= LONGEST_ID]
    if len(ids) != len(values):
        row.faults.append(Fault("holds", _("phải là chữ")))
    return tuple(ids)


def _bytes(row: Row) -> int | None:
    """Disks are larger than what other numbers may be."""
    value = row.values.get("free_bytes")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_BYTES:
        row.fault("free_bytes", _("phải là số nguyên từ {least} đến {most}", least=0, most=MOST_BYTES))
        return None
    return value
