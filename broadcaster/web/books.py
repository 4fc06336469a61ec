"""What every part of a page leans on, read in a fixed number of queries however much there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, subqueryload

from broadcaster.language import gettext as _
from broadcaster.models import Article, Column, Unit, Zone
from broadcaster.publishing.addresses import Addresses


class Articles:
    """The articles that a page speaks of, by id; asked for together, whoever has years of others behind him.

    Their texts stay where they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, Article] = {}

    def ask(self, article_ids: Iterable[int | None]) -> None:
        """Reads those that are not known yet, in a fixed number of queries."""
        unknown = {article_id for article_id in article_ids if article_id is not None} - self._known.keys()
        if not unknown:
            return
        query = select(Article).where(Article.id.in_(unknown))
        found = self._session.scalars(
            query.options(
                defer(Article.body),
                defer(Article.summary),
                joinedload(Article.endorsement),
                # Not selectinload: its queries grow in number with the rows.
                subqueryload(Article.approvals),
            )
        )
        self._known.update({article.id: article for article in found})

    def __getitem__(self, article_id: int) -> Article:
        self.ask([article_id])
        return self._known[article_id]

    def titles_under_embargo(self, now: datetime) -> list[str]:
        """The titles that may not be named yet."""
        return list(self._session.scalars(select(Article.title).where(Article.not_before > now)))


@dataclass(frozen=True, slots=True)
class Books:
    """The rows that others point to. Held here, they are found in the session without asking the database again."""

    now: datetime
    tz: ZoneInfo
    addresses: Addresses
    zones: Sequence[Zone]
    columns: Sequence[Column]
    units: Mapping[int, Unit]
    articles: Articles

    @property
    def today(self) -> date:
        """The day that the station's clocks show."""
        return self.now.astimezone(self.tz).date()

    def local(self, instant: datetime) -> datetime:
        """An instant in station time."""
        return instant.astimezone(self.tz)

    def may_be_named(self, article: Article) -> bool:
        """Whether a title may be shown: an embargo is on the news, not only on the sound."""
        return article.not_before is None or article.not_before <= self.now

    def title_of(self, article: Article) -> str:
        """The title of something scheduled, or what stands for it where it may not be seen, any more or again.

        What has expired was on the air under its name; what was withdrawn, or rewritten since, may have to go unnamed.
        """
        if article.withdrawn_at is not None:
            return _("Bài đã rút")
        if article.endorsement is None or article.approval is None:
            return _("Bài đang chờ duyệt lại")
        return article.title if self.may_be_named(article) else _("Bài sẽ được giới thiệu trong buổi phát")


def read_books(session: Session, addresses: Addresses, *, now: datetime) -> Books:
    """Reads them; articles are read when a part of the page asks for them."""
    return Books(
        now=now,
        tz=addresses.tz,
        addresses=addresses,
        zones=session.scalars(select(Zone).order_by(Zone.position, Zone.code)).all(),
        columns=session.scalars(select(Column).order_by(Column.position, Column.code)).all(),
        units={unit.id: unit for unit in session.scalars(select(Unit))},
        articles=Articles(session),
    )
