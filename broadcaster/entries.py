"""What a late report or a correction changes of closed months: entries of their own, booked in the month that is open.

A closed month is never counted again. Whoever changes an airing does so under `watching`: what the change makes of the
closed months is written down as differences, so that closed tables, entries and open months always add up to what the
airings say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.heard import HeardAt, Run, heard_of, runs
from broadcaster.models import Airing, Article, BroadcastSession, BulletinItem, ClosedMonth, LateEntry
from broadcaster.months import bounds, month_of, next_month


class _Figures(NamedTuple):
    """What one article in one session adds to its month."""

    aired_ms: int = 0
    cluster_ms: int = 0
    first_run_ms: int = 0
    repeat_ms: int = 0
    first_runs: int = 0
    repeats: int = 0


class _Place(NamedTuple):
    """What an entry is about."""

    month: str
    session_id: int
    article_id: int


@dataclass(frozen=True, slots=True)
class ClosedMonths:
    """The months that are closed, and the zone of time in which they were cut; `until` is the end of the last one."""

    months: frozenset[str]
    tz: ZoneInfo | None
    until: datetime | None

    @classmethod
    def read(cls, session: Session) -> ClosedMonths:
        """As the books have them."""
        months = session.scalars(select(ClosedMonth.month).order_by(ClosedMonth.month)).all()
        if not months:
            return cls(frozenset(), None, None)
        zone = session.scalar(select(ClosedMonth.report["tz"].as_string()).where(ClosedMonth.month == months[-1]))
        tz = ZoneInfo(str(zone))
        return cls(frozenset(months), tz, bounds(months[-1], tz)[1])

    @contextmanager
    def watching(
        self,
        session: Session,
        *,
        session_id: int,
        bulletin_id: int,
        started_at: datetime,
        by: str,
        why: str,
        now: datetime,
    ) -> Iterator[None]:
        """Books what the block changes of closed months, where it changes one session's airings of one bulletin.

        `started_at` is when the airing in question started, or is to have started, whichever is earlier.
        """
        if not self._touches(session, session_id, started_at):
            yield
            return
        before = self._standing(session, session_id, bulletin_id)
        yield
        session.flush()
        after = self._standing(session, session_id, bulletin_id)
        booked = self._open_month(now)
        for place in sorted(before.keys() | after.keys()):
            old, new = before.get(place, _Figures()), after.get(place, _Figures())
            if old == new:
                continue
            change = _Figures(*(to - was for was, to in zip(old, new, strict=True)))
            entry = LateEntry(month=booked, about_month=place.month, session_id=place.session_id)
            entry.article_id, entry.unit_id = place.article_id, session.get_one(Article, place.article_id).unit_id
            for name, figure in change._asdict().items():
                setattr(entry, name, figure)
            entry.at, entry.by, entry.why = now, by, why
            session.add(entry)
        session.flush()

    def _touches(self, session: Session, session_id: int, started_at: datetime) -> bool:
        if self.until is None:
            return False
        if started_at < self.until:
            return True
        # Another player of the session may have started before midnight, and the session counts there.
        earlier = select(Airing.id).where(Airing.session_id == session_id, Airing.started_at < self.until)
        return session.scalars(earlier.limit(1)).first() is not None

    def _standing(self, session: Session, session_id: int, bulletin_id: int) -> dict[_Place, _Figures]:
        """What the closed months hold, as the airings say now, of the bulletin's articles in the session's zone."""
        article_ids = session.scalars(
            select(BulletinItem.article_id).where(
                BulletinItem.bulletin_id == bulletin_id, BulletinItem.article_id.is_not(None)
            )
        ).all()
        zone_id = session.scalars(select(BroadcastSession.zone_id).where(BroadcastSession.id == session_id)).one()
        ids = {article_id for article_id in article_ids if article_id is not None}
        lines = [line for line in heard_of(session, ids) if line.heard.zone_id == zone_id]
        return {
            self._place(line): _figures(run)
            for line, run in zip(lines, runs(line.heard for line in lines), strict=True)
            if self._place(line).month in self.months
        }

    def _place(self, line: HeardAt) -> _Place:
        assert self.tz is not None  # where a month is closed, its zone of time is known
        return _Place(month_of(line.started_at, self.tz), line.heard.session_id, line.heard.article_id)

    def _open_month(self, now: datetime) -> str:
        """The month of the moment; the first one after the closed ones where a clock was set back."""
        assert self.tz is not None  # as above
        present = month_of(now, self.tz)
        return next_month(max(self.months)) if present in self.months else present


def _figures(run: Run) -> _Figures:
    heard, first = run.heard, run.first_run
    return _Figures(
        aired_ms=heard.heard_ms,
        cluster_ms=heard.cluster_ms,
        first_run_ms=heard.heard_ms if first else 0,
        repeat_ms=0 if first else heard.heard_ms,
        first_runs=int(first and heard.is_run),
        repeats=int(not first and heard.is_run),
    )
