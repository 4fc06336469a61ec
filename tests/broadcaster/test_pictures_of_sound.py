"""What pages draw of a sound: its waveform, and its sentences where they are heard."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sqlalchemy import select

from audio import waveform
from audio.shelf import Shelf
from audio.transcoding import decode
from broadcaster.approvals import article_of
from broadcaster.models import Bulletin, ItemKind, Rendition
from broadcaster.rendering.pictures import (
    Picture,
    SoundLost,
    article_picture,
    bulletin_picture,
    by_letters,
    picture_key,
    rendition_picture,
)
from tests.broadcaster.conftest import Town

EVENING = "tt-20261110-1700"


def evening(town: Town) -> tuple[Bulletin, Picture]:
    with town.database.reading() as session:
        query = select(Bulletin).where(Bulletin.code.startswith(EVENING), Bulletin.superseded_at.is_(None))
        bulletin = session.scalars(query).one()
        assert bulletin.items
        return bulletin, bulletin_picture(town.settings, bulletin, points=400)


def article(town: Town, ref: str) -> Picture | None:
    with town.database.reading() as session:
        return article_picture(session, town.settings, article_of(session, ref), town.voice, points=200)


def test_an_article_is_drawn_with_its_sentences_in_order_within_its_length(small_town: Town) -> None:
    picture = article(small_town, "T-01")
    assert picture is not None
    assert len(picture.peaks) == 200
    assert 0.3 < max(picture.peaks) <= 1
    assert picture.cues[0].text == "Chiếc cầu tre thành cầu bê tông."
    assert picture.cues[1].text == "Bài của Phường Một."
    assert len(picture.cues) >= 5
    for one, following in itertools.pairwise(picture.cues):
        assert one.starts_ms < one.ends_ms <= following.starts_ms
    assert picture.cues[-1].ends_ms <= picture.length_ms


def test_between_two_sentences_the_waveform_is_low(small_town: Town) -> None:
    with small_town.database.reading() as session:
        rendition = session.scalars(select(Rendition).where(Rendition.article_id.is_not(None))).first()
        assert rendition is not None
        picture = rendition_picture(small_town.settings, rendition, points=10**6)
    steps = picture.peaks
    for one, following in itertools.pairwise(picture.cues):
        pause = steps[one.ends_ms // 100 + 2 : following.starts_ms // 100 - 1]
        assert max(pause, default=0.0) < 0.05
        assert max(steps[one.starts_ms // 100 : one.ends_ms // 100]) > 0.1


def test_an_article_that_was_never_rendered_has_no_picture(small_town: Town) -> None:
    assert article(small_town, "T-08") is None


def test_a_bulletin_is_drawn_as_a_decoder_hears_it(small_town: Town) -> None:
    bulletin, _picture = evening(small_town)
    path = Shelf(small_town.settings.shelf_folder).get(bulletin.sha256)
    assert path is not None
    heard = decode(path)
    real = waveform.step_peaks(heard.samples / 32768, heard.rate_hz)
    with small_town.database.reading() as session:
        stored = session.get_one(Bulletin, bulletin.id)
        reckoned = bulletin_picture(small_town.settings, stored, points=10**6).peaks
    assert abs(len(real) - len(reckoned)) <= 1
    # Parts begin on frames of 24 ms, peaks are kept each 100 ms: single steps differ a little, the shape does not.
    together = np.corrcoef(real[: len(reckoned)], reckoned[: len(real)])[0, 1]
    moved = np.corrcoef(real[5 : len(reckoned)], reckoned[: len(real) - 5])[0, 1]
    assert together > 0.9
    assert together > moved + 0.1
    assert max(reckoned) == pytest.approx(max(real), abs=0.02)


def test_a_bulletin_is_told_sentence_by_sentence_at_the_places_of_its_items(small_town: Town) -> None:
    bulletin, picture = evening(small_town)
    items = [item for item in bulletin.items if item.kind == ItemKind.ITEM]
    starts = {cue.text: cue.starts_ms for cue in picture.cues}
    for item in items:
        assert 0 <= starts[f"{item.title}."] - item.starts_ms <= 60
    assert [cue.starts_ms for cue in picture.cues] == sorted(cue.starts_ms for cue in picture.cues)


def test_a_picture_that_was_lost_is_drawn_again_from_the_sound(small_town: Town) -> None:
    shelf = Shelf(small_town.settings.shelf_folder)
    bulletin, before = evening(small_town)
    assert shelf.remove(picture_key(bulletin.sha256))
    _bulletin, after = evening(small_town)
    assert len(after.peaks) == len(before.peaks)
    assert max(after.peaks) == pytest.approx(max(before.peaks), abs=0.05)


def test_where_the_sound_is_lost_too_it_is_said_so(small_town: Town) -> None:
    shelf = Shelf(small_town.settings.shelf_folder)
    bulletin, _picture = evening(small_town)
    shelf.remove(picture_key(bulletin.sha256))
    shelf.remove(bulletin.sha256)
    with pytest.raises(SoundLost, match="render"):
        evening(small_town)


def test_words_that_nobody_timed_follow_their_letters() -> None:
    cues = list(by_letters(["một", "hai ba", ""], 1_000, 900))
    assert [(cue.starts_ms, cue.ends_ms, cue.text) for cue in cues] == [(1000, 1300, "một"), (1300, 1900, "hai ba")]
