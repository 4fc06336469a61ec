"""When the first voice cannot be reached the next one speaks, for all that is left, and that is written down."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import Bulletin, Rendition
from broadcaster.rendering import RenderReport, render
from broadcaster.scripts import Voice
from broadcaster.tasks import tick
from tests.broadcaster.books import MONDAY as NOW
from tests.broadcaster.books import open_books, plan_and_bind, take_in
from tests.broadcaster.conftest import article

ARTICLES = [
    article(1, "Việc tốt một", "phuong-mot", "y-duc", "Một câu ngắn."),
    article(2, "Việc tốt hai", "phuong-hai", "nong-thon-moi", "Hai câu ngắn."),
    article(3, "Việc tốt ba", "xa-bai", "y-duc", "Ba câu ngắn."),
]


@pytest.fixture
def dead_address() -> str:
    """An address on this machine at which nobody listens."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{door.getsockname()[1]}"


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    return database


def with_voices(settings: Settings, tts: str, address: str) -> Settings:
    options = {"gtts.base_url": address, "gtts.least_between_requests_s": "0"}
    return Settings(**{**settings.model_dump(), "tts": tts, "engines": options})


def rendered(database: Database, settings: Settings, refs: list[str]) -> RenderReport:
    return render(database, settings, Voice.of_station(settings.tts), now=NOW, refs=refs)


@pytest.mark.parametrize("second", ["monotone", "espeak"])
def test_the_next_voice_speaks_for_the_rest_and_it_is_written_down(
    second: str, books: Database, settings: Settings, dead_address: str
) -> None:
    refs = ["T-01", "T-02", "T-03"] if second == "monotone" else ["T-01"]
    report = rendered(books, with_voices(settings, f"gtts,{second}", dead_address), refs)
    assert report.failures == []
    assert report.degraded == {"gtts": len(refs)}
    with books.reading() as session:
        rows = session.scalars(select(Rendition)).all()
    assert {row.engine for row in rows} == {second}
    assert all([one["engine"] for one in row.degraded] == ["gtts"] for row in rows)
    # At most the two that were spoken at once met the dead address; the breaker spared the others.
    met = [row for row in rows if row.degraded[0]["why"] != "breaker_open"]
    assert 1 <= len(met) <= 2


def test_a_bulletin_says_who_really_spoke(books: Database, settings: Settings, dead_address: str) -> None:
    plan_and_bind(books, now=NOW)
    voices = with_voices(settings, "gtts,monotone", dead_address)
    done = tick(books, voices, Voice.of_station(voices.tts), now=NOW)
    assert done.rendered.failures == []
    assert done.rendered.degraded["gtts"] == len(done.rendered.renditions)
    with books.reading() as session:
        speakers = {name for row in session.scalars(select(Bulletin)) for name in row.spoken_by}
    assert speakers
    assert all(name.startswith("monotone") for name in speakers)


def test_where_no_voice_speaks_each_article_is_named_and_nothing_is_made(
    books: Database, settings: Settings, dead_address: str
) -> None:
    report = rendered(books, with_voices(settings, "gtts", dead_address), ["T-01", "T-02"])
    assert report.renditions == []
    assert sorted(failure.split(":")[0] for failure in report.failures) == ["Việc tốt hai", "Việc tốt một"]
    with books.reading() as session:
        assert session.scalars(select(Rendition)).all() == []


def test_what_one_voice_could_not_speak_is_spoken_later(books: Database, settings: Settings, dead_address: str) -> None:
    rendered(books, with_voices(settings, "gtts", dead_address), ["T-01"])
    later = rendered(books, settings, ["T-01"])
    assert (later.renditions, later.degraded) == (["Việc tốt một"], {})
