"""The gate of readings: doubtful tokens of an article are seen by an editor before it is approved for air."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.speech import Suspicion
from broadcaster import audit
from broadcaster.models import AcceptedReading, Article
from broadcaster.scripts import Voice, article_script

#: What keeps an article from approval until somebody has looked; other suspicions are shown and stop nothing.
STOPPING = frozenset({"unknown", "ambiguous", "odd_character"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubtful token of an article, how it is going to be said, and whether an editor has accepted that."""

    suspicion: Suspicion
    accepted: bool

    @property
    def stops(self) -> bool:
        """Whether the article cannot be approved as long as nobody has settled this."""
        return not self.accepted and self.suspicion.kind in STOPPING


def doubts_of(session: Session, article: Article, voice: Voice) -> tuple[Doubt, ...]:
    """The doubtful tokens of the article's present text, each once, in the order of the text."""
    accepted = set(
        session.execute(
            select(AcceptedReading.token, AcceptedReading.spoken).where(
                AcceptedReading.article_id == article.id, AcceptedReading.text_digest == article.text_digest
            )
        )
        .tuples()
        .all()
    )
    found = dict.fromkeys(article_script(article, voice).suspicions)
    return tuple(Doubt(one, (one.token, one.proposed) in accepted) for one in found)


def accept_readings(session: Session, article: Article, voice: Voice, *, by: str, now: datetime) -> tuple[Doubt, ...]:
    """Accepts every doubtful token of the present text as it is going to be said; answers what was accepted now.

    The acceptance holds for this text and this reading: another text, or another lexicon entry, asks anew.
    """
    newly = tuple(doubt for doubt in doubts_of(session, article, voice) if not doubt.accepted)
    for doubt in newly:
        row = AcceptedReading(article_id=article.id, text_digest=article.text_digest, by=by, at=now)
        row.token, row.spoken = doubt.suspicion.token, doubt.suspicion.proposed
        session.merge(row)
    if newly:
        audit.record(session, "readings.accept", article.ref, by=by, now=now, count=len(newly))
    return newly
