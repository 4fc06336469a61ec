"""What a session is called outside the books, and the session that goes by such a name."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import BroadcastSession, Zone


def session_code(row: BroadcastSession, tz: ZoneInfo) -> str:
    """What players, operators and editors call a session: its zone, day and time in station time."""
    return f"{row.zone.code}-{row.starts_at.astimezone(tz):%Y%m%d-%H%M}"


def session_of(session: Session, code: str, tz: ZoneInfo) -> BroadcastSession:
    """The session that goes by this code.

    Raises:
        NotFound: there is none.
    """
    zone_code, _dash, moment = code.rpartition("-")
    zone_code, _dash, day = zone_code.rpartition("-")
    try:
        starts_at = datetime.strptime(f"{day} {moment}", "%Y%m%d %H%M").replace(tzinfo=tz)
    except ValueError:
        raise NotFound(_("không có buổi «{code}» (viết như tt-20261110-1700)", code=code)) from None
    row = session.scalars(
        select(BroadcastSession)
        .join(Zone, Zone.id == BroadcastSession.zone_id)
        .where(Zone.code == zone_code, BroadcastSession.starts_at == starts_at)
    ).first()
    if row is None:
        raise NotFound(_("không có buổi «{code}» (viết như tt-20261110-1700)", code=code))
    return row
