"""The sample town put into an empty station with one press, and taken out again without a trace."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audio.shelf import Shelf
from broadcaster import audit
from broadcaster.config import Settings
from broadcaster.db import Base, Database
from broadcaster.errors import NotAllowed
from broadcaster.intake.articles import import_articles
from broadcaster.intake.station import import_station
from broadcaster.intake.units import import_units
from broadcaster.language import gettext as _
from broadcaster.lexicon import station_voice
from broadcaster.models import Article, AuditEntry, ClockJob, Invitation, JobRun, SignIn, Unit, User, Zone, index_again
from broadcaster.months import next_month
from broadcaster.planning import NothingToPlan, make_draft, publish_plan
from broadcaster.publishing import publish
from broadcaster.publishing.gone import Tombstones
from broadcaster.publishing.held import Markers
from broadcaster.sample.sources import lay_out

#: Under this name the sample was entered, so that whoever looks on may approve what is still to be approved.
BY = "sample"
_LOADED = "sample.load"
_PLAN_MOVES = 20_000
#: From this day of the month on the next month is planned too.
_PLAN_AHEAD_FROM_DAY = 22
#: What stays when the sample goes: accounts with their sign-ins, the chain of acts up to it, the clock's diary.
_KEPT = frozenset(table.__tablename__ for table in (User, Invitation, SignIn, AuditEntry, ClockJob, JobRun))


@dataclass(frozen=True, slots=True)
class SampleState:
    """Whether the sample is in the station, and whether it may be put there."""

    is_loaded: bool
    may_load: bool
    #: Articles that somebody entered since: they would go with the sample.
    own_articles: int = 0


def sample_state(session: Session) -> SampleState:
    """How things stand with the sample."""
    if _load_entry(session) is not None:
        own = session.scalar(select(func.count(Article.id)).where(Article.entered_by != BY)) or 0
        return SampleState(is_loaded=True, may_load=False, own_articles=own)
    return SampleState(is_loaded=False, may_load=_is_empty(session))


def load_sample(database: Database, settings: Settings, *, by: str, now: datetime) -> None:
    """Puts the sample town into an empty station and plans its month; the clock's next ticks make it sound.

    Raises:
        NotAllowed: the station is not empty.
    """
    tz = settings.zone_info
    with tempfile.TemporaryDirectory() as name, database.writing() as session:
        if not _is_empty(session):
            raise NotAllowed(_("Chỉ nạp được dữ liệu mẫu vào một đài còn trống."))
        _remember(session, by=by, now=now)
        today = now.astimezone(tz).date()
        folder = Path(name)
        arrivals = lay_out(folder, today=today, first_day=today.replace(day=1), tz=tz, with_users=False)
        import_station(session, folder / "station.json", now=now, tz=tz, by=BY)
        import_units(session, folder / "units.json", now=now, tz=tz, by=BY)
        import_station(session, folder / "duties.json", now=now, tz=tz, by=BY)
        for day, path in arrivals.items():
            if day <= today:
                import_articles(session, path, now=now, tz=tz, by=BY)
    _plan(database, settings, now=now)


def remove_sample(database: Database, settings: Settings, *, now: datetime) -> None:
    """Takes everything out that has come since the sample was loaded: rows, sound, the public tree, its tombstones.

    Raises:
        NotAllowed: the sample is not in the station.
    """
    with database.writing() as session:
        entry = _load_entry(session)
        if entry is None:
            raise NotAllowed(_("Đài không có dữ liệu mẫu."))
        known = set(entry.detail["users"])
        later = [user.id for user in session.scalars(select(User)) if user.name not in known]
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in _KEPT:
                session.execute(delete(table))
        index_again(session.connection())
        for kind in (SignIn, Invitation):
            session.execute(delete(kind).where(kind.user_id.in_(later)))
        session.execute(delete(User).where(User.id.in_(later)))
        # The chain stays whole: what is cut off is its end.
        session.execute(delete(AuditEntry).where(AuditEntry.id >= entry.id))
    publish(database, settings, station_voice(database, settings), now=now)
    for beside in (Tombstones(settings.public_folder).folder, Markers(settings.public_folder).folder):
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(settings.scans_folder, ignore_errors=True)
    for folder in (settings.shelf_folder, settings.speech_folder):
        Shelf(folder).evict(limit_bytes=0, keep=())


def _is_empty(session: Session) -> bool:
    return all(session.scalars(select(kind.id).limit(1)).first() is None for kind in (Zone, Unit, Article))


def _load_entry(session: Session) -> AuditEntry | None:
    return session.scalars(select(AuditEntry).where(AuditEntry.act == _LOADED).order_by(AuditEntry.id).limit(1)).first()


def _remember(session: Session, *, by: str, now: datetime) -> None:
    """Writes down who was there before, so that taking the sample out knows what to leave."""
    names = list(session.scalars(select(User.name).order_by(User.id)))
    audit.record(session, _LOADED, "sample", by=by, now=now, users=names)


def _plan(database: Database, settings: Settings, *, now: datetime) -> None:
    tz, voice = settings.zone_info, station_voice(database, settings)
    today = now.astimezone(tz).date()
    months = [f"{today:%Y-%m}"]
    if today.day >= _PLAN_AHEAD_FROM_DAY or (today + timedelta(days=1)).month != today.month:
        months.append(next_month(months[0]))
    for month in months:
        try:
            make_draft(database, month, voice=voice, now=now, tz=tz, by=BY, moves=_PLAN_MOVES)
        except NothingToPlan:
            continue  # the last days of a month may be free of sessions
        with database.writing() as session:
            publish_plan(session, month, by=BY, now=now, tz=tz)
