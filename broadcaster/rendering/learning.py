"""Learns how quick each voice reads from what it has read, so that the next plan's estimates are those of this town."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.estimating import FEWEST_SAMPLES, Sample, learn
from broadcaster.models import Rendition, VoicePace

#: The newest so many articles of a voice tell how it reads now.
LOOKED_AT = 200


def learn_paces(session: Session, *, now: datetime) -> None:
    """Renews the pace of every voice that has read enough articles."""
    rows = session.scalars(
        select(Rendition).where(Rendition.article_id.is_not(None)).order_by(Rendition.id.desc()).limit(LOOKED_AT)
    )
    samples: dict[tuple[str, str], list[Sample]] = {}
    for row in rows:
        # At another pace it does not say how the voice reads, and of a person's recording nobody knows the sentences.
        if row.sentences and not row.pacing:
            spoken_ms = sum(one["ends_ms"] - one["starts_ms"] for one in row.sentences)
            spoken = " ".join(one["spoken"] for one in row.sentences)
            samples.setdefault((row.engine, row.voice), []).append(Sample(spoken, spoken_ms))
    for (engine, voice), held in samples.items():
        if len(held) < FEWEST_SAMPLES:
            continue
        pace = learn(held)
        known = session.get(VoicePace, (engine, voice))
        if known is None:
            known = VoicePace(engine=engine, voice=voice)
            session.add(known)
        known.syllable_ms, known.comma_ms, known.stop_ms = pace.syllable_ms, pace.comma_ms, pace.stop_ms
        known.samples, known.learnt_at = len(held), now
