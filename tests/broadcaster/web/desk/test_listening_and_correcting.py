"""An editor hears an article sentence by sentence, corrects what is said wrong, and a person may read it in instead."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from audio.pcm import Pcm, wave_bytes
from broadcaster.approvals import article_of
from broadcaster.lexicon import own_entries
from broadcaster.models import Article, Rendition, Role, Unit
from broadcaster.web.desk.reading.lines import Line, Stretch, lines_of

PAGE = "/desk/articles/T-01/reading"


@pytest.fixture
def doubtful(staffed_town: Any) -> Any:
    """Article T-09, of another unit and not yet approved, now has a token that nobody knows."""
    with staffed_town.database.writing() as session:
        article = article_of(session, "T-09")
        article.body = "Tổ QZX của phường giúp 15 hộ. UBND phường khen tổ QZX."
    return staffed_town


def speech_like(seconds: float) -> bytes:
    """A sound that the inspection takes for a recording: it swells and fades as speech does."""
    at = np.arange(int(16_000 * seconds)) / 16_000
    loud = 0.4 * np.sin(2 * np.pi * 220 * at) * (0.55 + 0.45 * np.sin(2 * np.pi * 3 * at))
    return wave_bytes(Pcm((loud * 32_767).astype(np.int16), 16_000))


def test_what_is_said_stands_beside_what_is_written(desk: Callable[..., Any]) -> None:
    text = desk(Role.EDITOR).get(PAGE).text
    assert "Ngày 12/9/2026, bà con tổ 4 khánh thành cầu mới dài 18 m." in text
    assert "mười hai tháng chín năm hai nghìn không trăm hai mươi sáu" in text


def test_every_sentence_can_be_heard(desk: Callable[..., Any]) -> None:
    editor = desk(Role.EDITOR)
    answer = editor.get(PAGE + "/sentences/0.wav")
    assert answer.mimetype == "audio/wav"
    with wave.open(io.BytesIO(answer.data)) as sound:
        assert sound.getnframes() > sound.getframerate() / 10
    assert editor.get(PAGE + "/sentences/999.wav").status_code == 404
    assert editor.get(PAGE + "/sentences/0.wav?voice=khong-co").status_code == 404


def test_a_finished_rendition_is_heard_as_it_airs_and_only_under_its_own_article(
    desk: Callable[..., Any], staffed_town: Any
) -> None:
    with staffed_town.database.reading() as session:
        row = session.scalars(select(Rendition).join(Article).where(Article.ref == "T-01")).first()
    assert row is not None
    editor = desk(Role.EDITOR)
    assert '<path d="M0.0,' in editor.get(PAGE).text
    answer = editor.get(f"{PAGE}/sound/{row.id}.mp3")
    assert (answer.status_code, len(answer.data)) == (200, row.media_bytes)
    assert editor.get(f"/desk/articles/T-02/reading/sound/{row.id}.mp3").status_code == 404


def test_an_unknown_token_is_corrected_in_place_and_the_rest_accepted(desk: Callable[..., Any], doubtful: Any) -> None:
    editor, page = desk(Role.EDITOR), "/desk/articles/T-09/reading"
    assert "<mark" in editor.get(page).text
    said = editor.send(page, page + "/say", written="QZX", spoken="quyết dét ích")
    assert said.status_code == 302
    text = editor.get(page).text
    assert "quyết dét ích" in text
    assert "<mark" not in text
    with doubtful.database.reading() as session:
        assert [(entry.written, entry.spoken) for entry in own_entries(session)] == [("QZX", "quyết dét ích")]


def test_an_entry_that_cannot_be_said_is_refused_beside_its_field(desk: Callable[..., Any], doubtful: Any) -> None:
    page = "/desk/articles/T-09/reading"
    answer = desk(Role.EDITOR).send(page, page + "/say", written="QZX", spoken="  ")
    assert answer.status_code == 422
    assert "Cần điền ô này." in answer.text
    with doubtful.database.reading() as session:
        assert own_entries(session) == ()


def test_accepting_is_for_who_edits_or_approves(desk: Callable[..., Any], doubtful: Any) -> None:
    page = "/desk/articles/T-09/reading"
    assert desk(Role.REVIEWER).send(page, page + "/accept").status_code == 302
    assert "đã chấp nhận" in desk(Role.REVIEWER).get(page).text
    assert desk(Role.OPERATOR).get(page).status_code == 403


def test_another_units_article_is_not_there(desk: Callable[..., Any], staffed_town: Any) -> None:
    contributor = desk(Role.CONTRIBUTOR)
    assert contributor.get(PAGE).status_code == 200
    with staffed_town.database.writing() as session:
        article_of(session, "T-01").unit = session.scalars(select(Unit).where(Unit.code == "phuong-hai")).one()
    assert contributor.get(PAGE).status_code == 404
    assert contributor.get(PAGE + "/sentences/0.wav").status_code == 404


def test_a_recording_takes_the_voices_place_and_gives_it_back(desk: Callable[..., Any], staffed_town: Any) -> None:
    editor = desk(Role.EDITOR)
    sent = editor.send(PAGE, PAGE + "/record", file=(io.BytesIO(speech_like(8)), "doc.wav"))
    assert sent.status_code == 302, sent.text[-3000:]
    assert "bản thu âm do bien-tap" in editor.get(PAGE).text
    assert editor.send(PAGE, PAGE + "/speak-again").status_code == 302
    assert "bản thu âm do bien-tap" not in editor.get(PAGE).text


@pytest.mark.parametrize(("content", "name"), [(b"text", "doc.mp3"), (b"", "doc.wav"), (b"x", "doc.exe")])
def test_what_is_no_recording_is_refused_in_words(desk: Callable[..., Any], content: bytes, name: str) -> None:
    answer = desk(Role.EDITOR).send(PAGE, PAGE + "/record", file=(io.BytesIO(content), name))
    assert answer.status_code == 422
    assert 'class="faults"' in answer.text


def test_tokens_are_marked_whole_and_nowhere_inside_other_words() -> None:
    from audio.speech import Script, Sentence, Suspicion
    from broadcaster.readings import Doubt

    doubt = Doubt(Suspicion("QZ", "unknown", "", ""), accepted=False)
    longer = Doubt(Suspicion("QZ-1", "unknown", "", ""), accepted=False)
    (line,) = lines_of(Script((Sentence("QZ, QZX và QZ-1", "quy dét", 0, (), 0),), ()), (doubt, longer))
    assert line == Line(
        0,
        True,
        (Stretch("QZ", doubt), Stretch(", QZX và "), Stretch("QZ-1", longer)),
        "quy dét",
    )
    assert line.differs


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}], ids=str)
def test_an_editor_corrects_a_reading_and_hears_it_with_the_keyboard(
    doubtful: Any, town_app: Flask, visiting: Callable[..., AbstractContextManager[Any]], options: dict[str, Any]
) -> None:
    assert doubtful
    with visiting(town_app, **options) as visit:
        visit.sign_in("bien-tap")
        for language in ("vi", "en"):
            page = visit.go(f"/desk/articles/T-09/reading?lang={language}")
            assert visit.barriers() == []
            assert visit.overflow() == 0
        page.focus("tbody a[href*='token=QZX']")
        page.keyboard.press("Enter")
        page.wait_for_url("**#say")
        assert page.input_value("input[name=written]") == "QZX"
        page.focus("input[name=spoken]")
        page.keyboard.type("quyết dét ích")
        page.keyboard.press("Enter")
        page.wait_for_selector(".flash")
        assert page.locator("mark").count() == 0
        page.focus("a[data-listen]")
        page.keyboard.press("Enter")
        page.wait_for_selector("tr.sounding")
        page.wait_for_selector("tr.sounding", state="detached")
        page.click("[data-listen-all]")
        page.wait_for_selector("tbody tr:nth-child(3).sounding")
        assert visit.complaints == []
