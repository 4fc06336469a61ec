"""Articles for the province's source information system: what may be told anyway, in that system's names.

Not yet confirmed with the operator of any such system; see `feeds.provincial`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from broadcaster import defaults
from broadcaster.config import Settings
from broadcaster.lengths import article_lengths_ms
from broadcaster.models import Article, Kind, Zone
from broadcaster.publishing.addresses import guid_of_article
from broadcaster.scripts import Voice
from feeds.provincial import ProvincialArticle

KINDS = {Kind.EXEMPLAR: "Điển hình tiên tiến, người tốt việc tốt", Kind.SPONTANEOUS: "Thành tích đột xuất"}


def provincial_articles(
    session: Session, settings: Settings, voice: Voice, *, now: datetime
) -> tuple[ProvincialArticle, ...]:
    """Every article that may be heard and read now, oldest first. Of its cover sheet, only the title and the unit."""
    zones = [zone.name for zone in session.scalars(select(Zone).order_by(Zone.position, Zone.code))]
    lengths_ms = article_lengths_ms(session, voice)
    judging = joinedload(Article.endorsement), selectinload(Article.approvals)
    query = select(Article).order_by(Article.written_on, Article.ref)
    articles = session.scalars(query.options(joinedload(Article.unit), selectinload(Article.zones), *judging))
    return tuple(
        ProvincialArticle(
            # The sender's own reference may hold anything; the name that feeds know the article by does not.
            id=guid_of_article(article.ref),
            title=article.title,
            field=defaults.FIELDS[article.field],
            kind=KINDS[Kind(article.kind)],
            priority=article.priority,
            source_id=article.unit.code,
            paragraphs=article.paragraphs,
            summary=article.summary or "",
            length_ms=lengths_ms[article.id],
            source=settings.station,
            areas=tuple(zone.name for zone in article.zones) or tuple(zones),
            author=article.unit.name,
        )
        for article in articles
        if article.is_airable(now)
    )
