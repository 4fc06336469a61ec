"""How long articles are on the air: as rendered where they are, else estimated, so that planning needs no sound."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.models import Article, Rendition, Zone
from broadcaster.profiles import profile_of, shaped_by
from broadcaster.scripts import Voice, article_script, estimated_ms

#: An estimate is planned with this much to spare, so that a session still fits when the real length is known.
ESTIMATE_MARGIN = 1.05


def article_lengths_ms(session: Session, voice: Voice) -> dict[int, int]:
    """The planned length of every article that is not withdrawn, by its id; the longest over the zones' masterings."""
    rendered = dict(session.execute(select(Rendition.shaped_by, Rendition.length_ms)).tuples().all())
    profiles = {profile.digest: profile for profile in map(profile_of, session.scalars(select(Zone)))}
    lengths_ms = {}
    for article in session.scalars(select(Article).where(Article.withdrawn_at.is_(None))):
        script = article_script(article, voice)
        known = [rendered.get(shaped_by(script.digest, profile)) for profile in profiles.values()]
        lengths = [length for length in known if length is not None]
        lengths_ms[article.id] = max(lengths) if lengths else round(estimated_ms(script, voice) * ESTIMATE_MARGIN)
    return lengths_ms
