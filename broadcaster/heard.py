"""What has been heard: reported airings, article by article. Planning and the airtime ledger both start from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from broadcaster.models import Airing, Bulletin, BulletinItem, Outcome


@dataclass(frozen=True, slots=True)
class Heard:
    """An article as one session had it on the air, over all players that reported.

    `heard_ms` counts the session once, as its best player played it; `cluster_ms` adds up all players.
    `is_run` is False where less than half of the item was heard.
    """

    session_id: int
    zone_id: int
    starts_at: datetime
    started_at: datetime
    article_id: int
    heard_ms: int
    cluster_ms: int
    is_run: bool


def heard_items(airings: Iterable[Airing]) -> list[Heard]:
    """The articles heard in the airings, in order of time; an airing across midnight counts where it started.

    Cases: a failed airing counts for nothing; a partial one counts the items, or the part of an item, that lie before
    the moment it stopped; two players of one session count once, and twice in cluster time.
    """
    parts: dict[tuple[int, int], list[tuple[Airing, BulletinItem, int]]] = {}
    for airing in airings:
        if airing.outcome == Outcome.FAILED:
            continue
        for item in airing.bulletin.items:
            if item.article_id is None:
                continue
            heard_ms = min(max(0, airing.played_ms - item.starts_ms), item.length_ms)
            if heard_ms:
                parts.setdefault((airing.session_id, item.article_id), []).append((airing, item, heard_ms))
    found = []
    for (session_id, article_id), reports in parts.items():
        airing, item, best_ms = max(reports, key=lambda report: (report[2], -report[0].id))
        found.append(
            Heard(
                session_id=session_id,
                zone_id=airing.session.zone_id,
                starts_at=airing.session.starts_at,
                started_at=min(report[0].started_at for report in reports),
                article_id=article_id,
                heard_ms=best_ms,
                cluster_ms=sum(report[2] for report in reports),
                is_run=2 * best_ms >= item.length_ms,
            )
        )
    return sorted(found, key=lambda item: (item.started_at, item.session_id, item.article_id))


def all_heard(session: Session, *, before: datetime | None = None) -> list[Heard]:
    """Everything that was reported as heard, or what started before an instant."""
    query = select(Airing).options(
        selectinload(Airing.bulletin).selectinload(Bulletin.items), selectinload(Airing.session)
    )
    if before is not None:
        query = query.where(Airing.started_at < before)
    return heard_items(session.scalars(query.order_by(Airing.id)))
