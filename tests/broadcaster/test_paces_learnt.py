"""Estimates are learnt, voice by voice, from what has been rendered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from broadcaster.approvals import article_of
from broadcaster.lengths import article_lengths_ms
from broadcaster.lexicon import station_voice
from broadcaster.models import Rendition, VoicePace
from broadcaster.rendering.learning import learn_paces
from tests.broadcaster.conftest import Town


def paces(town: Town) -> dict[str, VoicePace]:
    with town.database.reading() as session:
        return {row.engine: row for row in session.scalars(select(VoicePace))}


def slowed(town: Town, share: float) -> None:
    """The voice reads slower than it did."""
    with town.database.writing() as session:
        for row in session.scalars(select(Rendition).where(Rendition.article_id.is_not(None))):
            row.sentences = [
                {**one, "starts_ms": round(one["starts_ms"] * share), "ends_ms": round(one["ends_ms"] * share)}
                for one in row.sentences
            ]
        learn_paces(session, now=town.now)


def test_what_was_rendered_teaches_how_its_voice_reads(small_town: Town) -> None:
    learnt = paces(small_town)["monotone"]
    assert learnt.samples == 8
    # It hums 250 ms a syllable; trimming takes a little off the ends of sentences.
    assert learnt.syllable_ms == pytest.approx(250, rel=0.03)


def test_the_station_estimates_by_what_it_has_learnt(small_town: Town) -> None:
    slowed(small_town, 1.2)
    voice = station_voice(small_town.database, small_town.settings)
    assert voice.pace.syllable_ms == pytest.approx(300, rel=0.03)
    with small_town.database.writing() as session:
        article = article_of(session, "T-01")
        (row,) = session.scalars(select(Rendition).where(Rendition.article_id == article.id))
        real_ms = row.length_ms
        session.delete(row)
        session.flush()
        usual = article_lengths_ms(session, small_town.voice)[article.id]
        learnt = article_lengths_ms(session, voice)[article.id]
    assert usual == pytest.approx(real_ms * 1.05, rel=0.08), "an estimate has five per cent to spare"
    assert learnt > usual * 1.08


def test_a_voice_that_has_hardly_read_anything_teaches_nothing(small_town: Town) -> None:
    with small_town.database.writing() as session:
        for pace in session.scalars(select(VoicePace)):
            session.delete(pace)
        for row in session.scalars(select(Rendition).where(Rendition.article_id.is_not(None)).limit(3)):
            session.delete(row)
        session.flush()
        learn_paces(session, now=small_town.now)
    assert paces(small_town) == {}
    assert station_voice(small_town.database, small_town.settings).pace == small_town.voice.pace


def test_what_was_hurried_says_nothing_about_how_a_voice_reads(small_town: Town) -> None:
    with small_town.database.writing() as session:
        for row in session.scalars(select(Rendition).where(Rendition.article_id.is_not(None))):
            row.pacing = {"pauses": 0.7, "rate": 1.0, "stretch": 1.05}
        for pace in session.scalars(select(VoicePace)):
            session.delete(pace)
        session.flush()
        learn_paces(session, now=small_town.now)
    assert paces(small_town) == {}
