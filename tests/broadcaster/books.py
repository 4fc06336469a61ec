"""Short hands for tests on the books: a month's set-up without sound, and the moments tests speak of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from broadcaster.db import Database
from broadcaster.intake.articles import import_articles
from broadcaster.intake.station import import_station
from broadcaster.intake.units import Imported, import_units
from broadcaster.models import Article
from broadcaster.planning import Drafted, make_draft, publish_plan
from broadcaster.planning.publish import Published
from broadcaster.scripts import Voice
from tests.broadcaster.conftest import STATION, TARGETS, UNITS

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
MONTH = "2026-11"


def at(local: str) -> datetime:
    """An instant in station time, written as 2026-11-10T05:00."""
    return datetime.fromisoformat(local).replace(tzinfo=TZ)


#: The Monday on which most of these stories begin, before anything is on the air.
MONDAY = at("2026-11-09T04:00")


def written(folder: Path, name: str, document: object) -> Path:
    path = folder / name
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def open_books(database: Database, folder: Path, *, now: datetime = MONDAY) -> None:
    """The station and the units of the small town, without any article."""
    with database.writing() as session:
        import_station(session, written(folder, "station.json", STATION), now=now, tz=TZ, by="quan-tri")
        import_units(session, written(folder, "units.json", {"units": UNITS}), now=now, tz=TZ, by="quan-tri")
        import_station(session, written(folder, "targets.json", {"targets": TARGETS}), now=now, tz=TZ, by="quan-tri")


def take_in(
    database: Database,
    folder: Path,
    articles: Sequence[Mapping[str, object]],
    *,
    now: datetime = MONDAY,
    by: str = "van-thu",
    dry_run: bool = False,
) -> Imported:
    path = written(folder, "bai.json", {"articles": articles})
    with database.writing() as session:
        return import_articles(session, path, now=now, tz=TZ, by=by, dry_run=dry_run)


def draft(database: Database, *, now: datetime = MONDAY, month: str = MONTH, zone: str | None = None) -> Drafted:
    voice = Voice.of_station("monotone")
    return make_draft(database, month, voice=voice, now=now, tz=TZ, by="bien-tap", moves=300, zone_code=zone)


def bind(database: Database, *, now: datetime = MONDAY, month: str = MONTH) -> Published:
    with database.writing() as session:
        return publish_plan(session, month, by="bien-tap", now=now, tz=TZ)


def plan_and_bind(database: Database, *, now: datetime = MONDAY, month: str = MONTH) -> Drafted:
    drafted = draft(database, now=now, month=month)
    bind(database, now=now, month=month)
    return drafted


def stored_refs(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Article.ref).order_by(Article.ref)))
