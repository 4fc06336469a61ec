"""What has been heard: reported airings, article by article. Planning and the airtime ledger both start from here.

The database adds up; nothing of it is stored. An airing across midnight counts where it started. A failed airing counts
for nothing; a partial one counts the items, or the part of an item, that lie before the moment it stopped; two players
of one session count once, and twice in cluster time. The station's own lines, music and relays are nobody's article.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Select, case, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from broadcaster.models import Airing, Article, BroadcastSession, BulletinItem, Outcome

#: Ids that one query is asked about: databases bound the number of its parameters.
_AT_ONCE = 10_000

Sessions = Select[tuple[int]]
_Columns = Select[tuple[int, int, int, int, int, bool]]


class Heard(NamedTuple):
    """An article as one session had it on the air, over all players that reported.

    `heard_ms` counts the session once, as its best player played it; `cluster_ms` adds up all players.
    `is_run` is False where every player stopped before half of the item.
    """

    session_id: int
    zone_id: int
    article_id: int
    heard_ms: int
    cluster_ms: int
    is_run: bool


@dataclass(frozen=True, slots=True)
class HeardAt:
    """The same with its time: when the session was to start, and when the first player that reached the item started.

    The latter says in which month it counts.
    """

    heard: Heard
    starts_at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """An article heard in one session: as a first run (phát mới) or as a repeat (phát lại) in its zone."""

    heard: Heard
    first_run: bool


def heard_between(session: Session, begins: datetime, ends: datetime) -> list[Heard]:
    """What started from one instant up to another, that one not included, in order of time."""
    sessions = select(Airing.session_id).where(Airing.started_at >= begins, Airing.started_at < ends)
    lines = _lines(sessions)
    # A session with players on both sides of an instant lies where its first one started.
    query = _columns(lines).where(lines.c.began >= begins, lines.c.began < ends)
    return [Heard._make(row) for row in session.execute(_ordered(query, lines)).tuples()]


def heard_ms_by_unit(session: Session, begins: datetime, ends: datetime) -> dict[int, int]:
    """The milliseconds that each unit was heard with, by its id; the database adds them up."""
    lines = _lines(select(Airing.session_id).where(Airing.started_at >= begins, Airing.started_at < ends))
    query = (
        select(Article.unit_id, cast(func.sum(lines.c.heard_ms), BigInteger))
        .join(lines, lines.c.article_id == Article.id)
        .where(lines.c.began >= begins, lines.c.began < ends)
        .group_by(Article.unit_id)
    )
    return dict(session.execute(query).tuples().all())


def heard_of(session: Session, article_ids: Collection[int]) -> list[HeardAt]:
    """Everything that was ever heard of some articles, in order of time."""
    found: list[HeardAt] = []
    for some in _portions(article_ids):
        found += _heard_at(session, _lines(_sessions_with(some), some))
    return sorted(found, key=in_time)


def heard_since(session: Session, begins: datetime) -> list[HeardAt]:
    """Everything that was heard in sessions that any player started at an instant or later, in order of time."""
    return _heard_at(session, _lines(select(Airing.session_id).where(Airing.started_at >= begins)))


def in_time(line: HeardAt) -> tuple[datetime, int, int]:
    """Sorts by time; what started at once, by session and article."""
    return line.started_at, line.heard.session_id, line.heard.article_id


def runs(heard: Iterable[Heard], ran: Iterable[tuple[int, int]] = ()) -> list[Run]:
    """Sorts what was heard, in order of time, into first runs and repeats, zone by zone.

    An article is repeated once it has run in that zone; `ran` names the articles and zones of which that is known from
    before. What was heard for less than half does not use up the first run, but its seconds count.
    """
    known = set(ran)
    found = []
    for item in heard:
        key = (item.article_id, item.zone_id)
        found.append(Run(item, key not in known))
        if item.is_run:
            known.add(key)
    return found


def runs_between(session: Session, begins: datetime, ends: datetime) -> list[Run]:
    """What started from one instant up to another as first runs and repeats, in order of time.

    Reads the airings of that time, and of earlier ones only those of the same articles.
    """
    heard = heard_between(session, begins, ends)
    return runs(heard, _ran_before(session, {item.article_id for item in heard}, begins))


def runs_in_sessions(session: Session, sessions: Sessions) -> list[tuple[HeardAt, bool]]:
    """What was heard in the sessions that a query names, in order of time, and whether each was a first run.

    An article's whole history is looked at, so that it does not matter when a session was to be and when it was.
    """
    held = select(BulletinItem.article_id).join(Airing, Airing.bulletin_id == BulletinItem.bulletin_id)
    held = held.where(Airing.session_id.in_(sessions), BulletinItem.article_id.is_not(None)).distinct()
    lines = heard_of(session, {article_id for article_id in session.scalars(held) if article_id is not None})
    wanted = set(session.scalars(sessions))
    sorted_out = zip(lines, runs(line.heard for line in lines), strict=True)
    return [(line, run.first_run) for line, run in sorted_out if line.heard.session_id in wanted]


def _ran_before(session: Session, article_ids: Collection[int], begins: datetime) -> set[tuple[int, int]]:
    """The articles with the zones in which they had run before an instant."""
    found: set[tuple[int, int]] = set()
    for some in _portions(article_ids):
        lines = _lines(_sessions_with(some).where(Airing.started_at < begins), some)
        ran = select(lines.c.article_id, lines.c.zone_id).where(lines.c.began < begins, lines.c.is_run).distinct()
        found.update(session.execute(ran).tuples())
    return found


def _sessions_with(article_ids: Collection[int]) -> Sessions:
    """The sessions that were reported with any of the articles in them."""
    return (
        select(Airing.session_id)
        .join(BulletinItem, BulletinItem.bulletin_id == Airing.bulletin_id)
        .where(BulletinItem.article_id.in_(article_ids))
    )


def _lines(sessions: Sessions, article_ids: Collection[int] | None = None) -> Subquery:
    """One line for each session and article that was heard at all, of the sessions that a query names.

    Most players play the whole: those that stopped at the same place are counted together before the items are looked
    at, which spares most of the work.
    """
    plays = (
        select(
            Airing.session_id,
            Airing.bulletin_id,
            Airing.played_ms,
            func.min(Airing.started_at).label("began"),
            func.count().label("times"),
        )
        .where(Airing.outcome != Outcome.FAILED, Airing.played_ms > 0, Airing.session_id.in_(sessions))
        .group_by(Airing.session_id, Airing.bulletin_id, Airing.played_ms)
        .subquery()
    )
    reached_ms = plays.c.played_ms - BulletinItem.starts_ms
    heard_ms = case((reached_ms < BulletinItem.length_ms, reached_ms), else_=BulletinItem.length_ms)
    lines = (
        select(
            plays.c.session_id,
            BroadcastSession.zone_id,
            BulletinItem.article_id,
            func.max(heard_ms).label("heard_ms"),
            cast(func.sum(heard_ms * plays.c.times), BigInteger).label("cluster_ms"),
            (func.max(case((2 * heard_ms >= BulletinItem.length_ms, 1), else_=0)) == 1).label("is_run"),
            BroadcastSession.starts_at,
            func.min(plays.c.began).label("began"),
        )
        .join(BulletinItem, BulletinItem.bulletin_id == plays.c.bulletin_id)
        .join(BroadcastSession, BroadcastSession.id == plays.c.session_id)
        .where(BulletinItem.article_id.is_not(None), reached_ms > 0)
        .group_by(plays.c.session_id, BroadcastSession.zone_id, BroadcastSession.starts_at, BulletinItem.article_id)
    )
    if article_ids is not None:
        lines = lines.where(BulletinItem.article_id.in_(article_ids))
    return lines.subquery()


def _columns(lines: Subquery) -> _Columns:
    found = lines.c
    return select(
        found.session_id, found.zone_id, found.article_id, found.heard_ms, found.cluster_ms, found.is_run
    )  # the order of `Heard`


def _ordered(query: _Columns, lines: Subquery) -> _Columns:
    return query.order_by(lines.c.began, lines.c.session_id, lines.c.article_id)


def _heard_at(session: Session, lines: Subquery) -> list[HeardAt]:
    query = _ordered(_columns(lines), lines).add_columns(lines.c.starts_at, lines.c.began)
    return [
        HeardAt(Heard._make(columns), starts_at, began)
        for *columns, starts_at, began in session.execute(query).tuples()
    ]


def _portions(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE)]
