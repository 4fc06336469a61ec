"""Bulletins in the books without a sound, and reports about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.airing import Result, record_airings
from broadcaster.db import Database
from broadcaster.models import Article, BroadcastSession, Bulletin, BulletinItem, ItemKind, Zone
from tests.broadcaster.books import TZ

#: The station's own words before the first item of a bulletin.
HEAD_MS = 10_000
#: Between two items.
GAP_MS = 3_000


@dataclass(frozen=True)
class Programme:
    """A session of a zone with its items: the article's reference and the length of each."""

    zone: str
    starts_at: datetime
    items: Sequence[tuple[str, int]]

    @property
    def code(self) -> str:
        return f"{self.zone}-{self.starts_at.astimezone(TZ):%Y%m%d-%H%M}-0a0b0c0d"

    @property
    def length_ms(self) -> int:
        return HEAD_MS + sum(length_ms + GAP_MS for _ref, length_ms in self.items)


def add_programme(session: Session, programme: Programme) -> None:
    """A session and its bulletin as rendering would have written them down."""
    zone = session.scalars(select(Zone).where(Zone.code == programme.zone)).one()
    broadcast = BroadcastSession(zone=zone, starts_at=programme.starts_at, length_ms=15 * 60_000)
    bulletin = Bulletin(
        session=broadcast,
        code=programme.code,
        composition=programme.code,
        sha256="0" * 64,
        size_bytes=1,
        length_ms=programme.length_ms,
        made_at=programme.starts_at - timedelta(hours=10),
        synthetic=True,
        spoken_by=[],
        notes=[],
    )
    at_ms = HEAD_MS
    bulletin.items = [BulletinItem(position=0, kind=ItemKind.IDENT, title="Lời xướng", starts_ms=0, length_ms=HEAD_MS)]
    for position, (ref, length_ms) in enumerate(programme.items, start=1):
        article = session.scalars(select(Article).where(Article.ref == ref)).one()
        bulletin.items.append(
            BulletinItem(
                position=position,
                kind=ItemKind.ITEM,
                article=article,
                title=article.title,
                starts_ms=at_ms,
                length_ms=length_ms,
            )
        )
        at_ms += length_ms + GAP_MS
    session.add_all([broadcast, bulletin])
    session.flush()


def row(programme: Programme, **changes: object) -> dict[str, object]:
    """A report that the whole programme was played on time by the zone's player."""
    player = f"loa-{programme.zone}"
    whole: dict[str, object] = {
        "event_id": f"{player}/{programme.code}",
        "item_id": programme.code,
        "started_at": programme.starts_at.isoformat(),
        "played_ms": programme.length_ms,
        "outcome": "played",
        "player": player,
    }
    return {**whole, **changes}


def report(database: Database, rows: Sequence[dict[str, object]], *, now: datetime) -> tuple[Result, ...]:
    with database.writing() as session:
        return record_airings(session, [(one, f"dòng {number}") for number, one in enumerate(rows)], by="loa", now=now)
