"""The gate of readings: what nobody knows how to say is seen, and settled, before an article is approved."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from audio.speech import Entry
from broadcaster.approvals import approve, article_of
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.lexicon import BadEntry, add_entries, entries_of_table, own_entries, remove_entry, station_voice
from broadcaster.models import AcceptedReading, LexiconRow
from broadcaster.readings import accept_readings, doubts_of
from broadcaster.scripts import Voice, article_script
from tests.broadcaster.books import MONDAY, open_books, take_in
from tests.broadcaster.conftest import article

BODY = "Mô hình QXZ được nhiều hộ làm theo. Từ tháng 6, cả tổ có 12 hộ tham gia."


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, [article(1, "Cách làm mới", "phuong-mot", "nong-thon-moi", BODY, approved=False)])
    return database


def voice_of(books: Database, settings: Settings) -> Voice:
    return station_voice(books, settings)


def stopping_tokens(books: Database, settings: Settings) -> list[str]:
    with books.reading() as session:
        found = doubts_of(session, article_of(session, "T-01"), voice_of(books, settings))
    return [doubt.suspicion.token for doubt in found if doubt.stops]


def spoken(books: Database, settings: Settings) -> str:
    with books.reading() as session:
        return article_script(article_of(session, "T-01"), voice_of(books, settings)).spoken


def test_an_unknown_token_stops_approval_and_shows_how_it_would_be_said(books: Database, settings: Settings) -> None:
    with pytest.raises(NotAllowed, match="«QXZ» → quy ích dét"), books.writing() as session:
        approve(session, ["T-01"], voice=voice_of(books, settings), by="thu-ky", now=MONDAY)
    with books.reading() as session:
        assert article_of(session, "T-01").approval is None


def test_accepting_the_proposed_reading_opens_the_way(books: Database, settings: Settings) -> None:
    voice = voice_of(books, settings)
    with books.writing() as session:
        newly = accept_readings(session, article_of(session, "T-01"), voice, by="bien-tap", now=MONDAY)
        assert [doubt.suspicion.token for doubt in newly] == ["QXZ"]
    with books.writing() as session:
        assert accept_readings(session, article_of(session, "T-01"), voice, by="bien-tap", now=MONDAY) == ()
        assert approve(session, ["T-01"], voice=voice, by="thu-ky", now=MONDAY) == ("T-01",)


def test_the_approver_may_accept_in_the_same_step(books: Database, settings: Settings) -> None:
    with books.writing() as session:
        voice = voice_of(books, settings)
        assert approve(session, ["T-01"], voice=voice, by="thu-ky", now=MONDAY, accept_doubts=True) == ("T-01",)
        assert session.scalars(select(AcceptedReading.by)).all() == ["thu-ky"]


def test_an_acceptance_holds_for_its_text_alone(books: Database, settings: Settings, tmp_path: Path) -> None:
    with books.writing() as session:
        accept_readings(session, article_of(session, "T-01"), voice_of(books, settings), by="bien-tap", now=MONDAY)
    assert stopping_tokens(books, settings) == []
    changed = article(1, "Cách làm mới", "phuong-mot", "nong-thon-moi", BODY + " Ai cũng vui.", approved=False)
    take_in(books, tmp_path, [changed])
    assert stopping_tokens(books, settings) == ["QXZ"]


def test_a_correction_goes_into_the_towns_lexicon_and_is_heard_at_once(books: Database, settings: Settings) -> None:
    assert "quy ích dét" in spoken(books, settings)
    with books.writing() as session:
        assert add_entries(session, [Entry("QXZ", "quỹ xanh xóm")], by="bien-tap", now=MONDAY) == 1
        assert add_entries(session, [Entry("QXZ", "quỹ xanh xóm")], by="bien-tap", now=MONDAY) == 0
    assert "quỹ xanh xóm" in spoken(books, settings)
    assert stopping_tokens(books, settings) == []


def test_a_new_reading_takes_the_place_of_the_old_which_stays_in_the_books(books: Database) -> None:
    with books.writing() as session:
        add_entries(session, [Entry("QXZ", "quỹ xanh xóm")], by="bien-tap", now=MONDAY)
        add_entries(session, [Entry("QXZ", "quỹ xóm xanh")], by="bien-tap", now=MONDAY)
    with books.reading() as session:
        assert [entry.spoken for entry in own_entries(session)] == ["quỹ xóm xanh"]
        assert len(session.scalars(select(LexiconRow)).all()) == 2


def test_an_entry_of_one_unit_is_not_said_in_anothers_article(books: Database, settings: Settings) -> None:
    with books.writing() as session:
        add_entries(session, [Entry("QXZ", "quỹ xanh xóm", unit="phuong-hai")], by="bien-tap", now=MONDAY)
    assert "quy ích dét" in spoken(books, settings)


def test_taking_an_entry_back_brings_the_shipped_reading_back(books: Database, settings: Settings) -> None:
    with books.writing() as session:
        add_entries(session, [Entry("QXZ", "quỹ xanh xóm")], by="bien-tap", now=MONDAY)
    with books.writing() as session:
        assert remove_entry(session, "QXZ", by="bien-tap", now=MONDAY) == 1
    assert "quy ích dét" in spoken(books, settings)
    with pytest.raises(NotFound, match="QXZ"), books.writing() as session:
        remove_entry(session, "QXZ", by="bien-tap", now=MONDAY)


def test_a_table_with_faults_is_refused_with_every_line(books: Database) -> None:
    with pytest.raises(BadEntry) as refused:
        entries_of_table("written\tspoken\nABC\t\n\txin chào\n")
    assert "2" in str(refused.value)
    assert "3" in str(refused.value)


def test_regional_wording_is_a_setting(books: Database, settings: Settings) -> None:
    southern = settings.model_copy(update={"read_thousand": "ngàn", "read_zero_tens": "lẻ"})
    body = "Cả tổ góp 5.000 đồng và 105 ngày công."
    changed = article(1, "Cách làm mới", "phuong-mot", "nong-thon-moi", body, approved=False)
    take_in(books, settings.data.parent, [changed])
    assert "năm nghìn đồng" in spoken(books, settings)
    assert "một trăm linh năm ngày" in spoken(books, settings)
    assert "năm ngàn đồng" in spoken(books, southern)
    assert "một trăm lẻ năm ngày" in spoken(books, southern)
