"""Human recordings are equals of speech: judged, kept, mastered, planned and aired alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from audio.pcm import from_floats, write_wave
from broadcaster.approvals import article_of
from broadcaster.errors import NotFound
from broadcaster.lengths import article_lengths_ms
from broadcaster.models import BroadcastSession, Bulletin, BulletinItem, Rendition
from broadcaster.recordings import RecordingRefused, take_in, take_out
from broadcaster.rendering import render
from broadcaster.tasks import tick
from tests.broadcaster.conftest import Town

REF = "T-04"
SECONDS = 21


@pytest.fixture
def voice_file(tmp_path: Path) -> Path:
    """Something like a voice: tones that come and go, with room at the top."""
    rate_hz = 24_000
    moments = np.arange(SECONDS * rate_hz) / rate_hz
    loudness = 0.15 + 0.1 * np.sin(2 * np.pi * 3 * moments)
    sound = loudness * (np.sin(2 * np.pi * 180 * moments) + 0.5 * np.sin(2 * np.pi * 950 * moments))
    fade = np.clip(np.minimum(moments, SECONDS - moments) / 0.2, 0, 1)
    path = tmp_path / "doc.wav"
    write_wave(from_floats(sound * fade * 0.6, rate_hz), path)
    return path


def rendition_of(town: Town) -> Rendition | None:
    with town.database.reading() as session:
        article = article_of(session, REF)
        rows = session.scalars(select(Rendition).where(Rendition.article_id == article.id).order_by(Rendition.id))
        return list(rows)[-1]


def read_in(town: Town, path: Path) -> None:
    with town.database.writing() as session:
        take_in(session, town.settings, REF, path, by="bien-tap", now=town.now)


def test_a_recording_is_aired_in_place_of_speech_and_says_so(small_town: Town, voice_file: Path) -> None:
    town = small_town
    read_in(town, voice_file)
    assert tick(town.database, town.settings, town.voice, now=town.now).rendered.failures == []
    rendition = rendition_of(town)
    assert rendition is not None
    assert (rendition.engine, rendition.synthetic) == ("recorded", False)
    assert abs(rendition.loudness_lufs - -16.0) <= 0.5
    with town.database.reading() as session:
        items = session.scalars(
            select(BulletinItem)
            .join(Bulletin)
            .join(BroadcastSession)
            .where(
                # This morning's programme stays as it was on the air.
                BroadcastSession.starts_at > town.now,
                Bulletin.superseded_at.is_(None),
                BulletinItem.article_id == article_of(session, REF).id,
            )
        ).all()
    assert items
    assert {item.spoken_by for item in items} == {"thu âm"}
    assert all(abs(item.length_ms - SECONDS * 1000) < 300 for item in items)


def test_planning_reckons_with_its_length_before_it_is_mastered(small_town: Town, voice_file: Path) -> None:
    read_in(small_town, voice_file)
    with small_town.database.reading() as session:
        lengths_ms = article_lengths_ms(session, small_town.voice)
        assert lengths_ms[article_of(session, REF).id] == SECONDS * 1000


def test_the_same_file_again_is_the_same_recording(small_town: Town, voice_file: Path) -> None:
    read_in(small_town, voice_file)
    read_in(small_town, voice_file)
    with small_town.database.reading() as session:
        assert len(article_of(session, REF).recordings) == 1


def test_taking_it_out_lets_speech_come_back(small_town: Town, voice_file: Path) -> None:
    town = small_town
    read_in(town, voice_file)
    render(town.database, town.settings, town.voice, now=town.now, refs=[REF])
    with town.database.writing() as session:
        take_out(session, REF, by="bien-tap", now=town.now)
        assert article_of(session, REF).recording is None
    with pytest.raises(NotFound, match=REF), town.database.writing() as session:
        take_out(session, REF, by="bien-tap", now=town.now)


def test_a_recording_of_another_text_is_not_aired(small_town: Town, voice_file: Path) -> None:
    read_in(small_town, voice_file)
    with small_town.database.writing() as session:
        article_of(session, REF).text_digest = "another"
    with small_town.database.reading() as session:
        assert article_of(session, REF).recording is None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bai.mp3", "chỉ là chữ".encode() * 50, "không chứa âm thanh"),
        ("bai.txt", b"", "chỉ nhận"),
        ("bai.wav", b"", "không chứa âm thanh"),
    ],
)
def test_what_is_no_recording_is_refused_and_leaves_nothing(
    name: str, content: bytes, words: str, small_town: Town, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RecordingRefused, match=words):
        read_in(small_town, path)
    assert not list(small_town.settings.recordings_folder.glob("*"))
    with small_town.database.reading() as session:
        assert article_of(session, REF).recordings == []


def test_a_file_that_is_not_there_is_named(small_town: Town, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"vang\.mp3"):
        read_in(small_town, tmp_path / "vang.mp3")
