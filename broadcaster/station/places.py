"""Zones of loudspeakers with their rules, and the portal's columns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster import audit, defaults
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Column, Zone
from broadcaster.station.timetable import refuse_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneData:
    """What an administrator says of a zone; the meaning of each field stands with `models.Zone`."""

    name: str
    earliest_start: time
    longest_session_ms: int
    gap_ms: int
    frame_ms: int
    max_airings: int
    min_between_airings_h: int
    max_airings_in_days_count: int
    max_airings_in_days_days: int
    max_per_unit_in_session: int
    adjacent_same_field: bool
    target_lufs: float
    filler: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnData:
    """What an administrator says of a column."""

    name: str
    description: str
    posts_a_day: int
    posts_at: time


def zone_of(session: Session, code: str) -> Zone:
    """The zone of a code.

    Raises:
        NotFound: there is none.
    """
    zone = session.scalars(select(Zone).where(Zone.code == code)).first()
    if zone is None:
        raise NotFound(_("không có địa bàn «{code}»", code=code))
    return zone


def column_of(session: Session, code: str) -> Column:
    """The column of a code.

    Raises:
        NotFound: there is none.
    """
    column = session.scalars(select(Column).where(Column.code == code)).first()
    if column is None:
        raise NotFound(_("không có chuyên mục «{code}»", code=code))
    return column


def save_zone(session: Session, code: str, data: ZoneData, *, by: str, now: datetime) -> Zone:
    """Makes a zone, with the two usual sessions a working day, or changes its rules.

    Raises:
        BadTimetable: a session of the zone would break the new rules.
    """
    zone = session.scalars(select(Zone).where(Zone.code == code)).first()
    is_new = zone is None
    if zone is None:
        zone = defaults.new_zone(code, session.scalar(select(func.count(Zone.id))) or 0)
        session.add(zone)
    for name, value in asdict(data).items():
        setattr(zone, name, value)
    session.flush()
    if is_new:
        session.add_all(defaults.slot_rules_of(zone, now.date().replace(day=1)))
        session.flush()
    refuse_faults(session)
    audit.record(session, "zones.save", code, by=by, now=now, name=data.name)
    return zone


def save_column(session: Session, code: str, data: ColumnData, *, by: str, now: datetime) -> Column:
    """Makes a column or changes it."""
    column = session.scalars(select(Column).where(Column.code == code)).first()
    if column is None:
        column = defaults.new_column(code, session.scalar(select(func.count(Column.id))) or 0)
        session.add(column)
    for name, value in asdict(data).items():
        setattr(column, name, value)
    audit.record(session, "columns.save", code, by=by, now=now, name=data.name)
    return column
