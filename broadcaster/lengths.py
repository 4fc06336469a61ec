"""How long articles are on the air: as rendered where they are, else estimated, so that planning needs no sound."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from broadcaster.models import Article, Rendition, Zone
from broadcaster.profiles import article_shaped_by, profile_of
from broadcaster.scripts import Voice, article_script, estimated_ms

#: An estimate is planned with this much to spare, so that a session still fits when the real length is known.
ESTIMATE_MARGIN = 1.05


def article_lengths_ms(session: Session, voice: Voice, only: Collection[int] | None = None) -> dict[int, int]:
    """The planned length of every article that is not withdrawn, by its id; the longest over the zones' masterings.

    With `only`, of these alone: what was never rendered is read aloud on paper for it, which takes its time.
    """
    rendered = dict(session.execute(select(Rendition.shaped_by, Rendition.length_ms)).tuples().all())
    profiles = {profile.digest: profile for profile in map(profile_of, session.scalars(select(Zone)))}
    lengths_ms = {}
    query = select(Article).options(selectinload(Article.recordings), joinedload(Article.unit))
    if only is not None:
        query = query.where(Article.id.in_(only))
    for article in session.scalars(query.where(Article.withdrawn_at.is_(None))):
        known = [rendered.get(article_shaped_by(article, profile, voice)) for profile in profiles.values()]
        lengths = [length for length in known if length is not None]
        if article.recording is not None:
            lengths.append(article.recording.length_ms)
        lengths_ms[article.id] = max(lengths) if lengths else _estimated_ms(article, voice)
    return lengths_ms


def _estimated_ms(article: Article, voice: Voice) -> int:
    return round(estimated_ms(article_script(article, voice), voice) * ESTIMATE_MARGIN)
