"""How an article is read: shown, heard, corrected, accepted, or read in by a person."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from audio.errors import AudioError
from audio.shelf import Shelf
from audio.speech import Entry
from broadcaster.access import Act, sees_unit
from broadcaster.approvals import article_of
from broadcaster.errors import BroadcasterError, NotFound
from broadcaster.hearing import Booth
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.lexicon import BadEntry, add_entries, checked_entry, station_voice
from broadcaster.models import Article, Rendition
from broadcaster.readings import accept_readings, doubts_of
from broadcaster.recordings import SUFFIXES, RecordingRefused, take_in, take_out
from broadcaster.rendering.pictures import SoundLost, rendition_picture
from broadcaster.scripts import Voice, article_script, estimated_ms
from broadcaster.web.desk.forms import Filled, HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, database, moment, page, settings
from broadcaster.web.desk.reading.lines import lines_of
from broadcaster.web.desk.waveforms import waveform_path
from broadcaster.web.private_files import private_sound

reading = Blueprint("reading", __name__, url_prefix=DESK + "/articles/<ref>/reading")

_LONGEST_TOKEN = 200
_WAVE_POINTS = 200


class EntryForm(HouseForm):
    """How a token is said from now on."""

    written = StringField(_("Chữ trong bài"), [Filled(), Length(max=_LONGEST_TOKEN)])
    spoken = StringField(
        _("Đọc là"),
        [Filled(), Length(max=_LONGEST_TOKEN)],
        description=_("Viết bằng chữ tiếng Việt bình thường, ví dụ: Ủy ban nhân dân."),
    )
    unit_only = BooleanField(_("Chỉ trong bài của đơn vị này"))


class RecordingForm(HouseForm):
    """A recording in place of speech."""

    file = FileField(_("Tệp thu âm"), [FileRequired(message=_("Hãy chọn một tệp."))], description=", ".join(SUFFIXES))


class CannotSpeakNow(BroadcasterError):
    """A voice cannot speak at the moment."""

    can_retry = True


@reading.get("")
@allowed(Act.SEE_ARTICLES)
def of_article(ref: str) -> Response:
    """The article as it is going to be read."""
    return _reading_page(ref, EntryForm(written=request.args.get("token")), RecordingForm())


@reading.get("/sentences/<int:number>.wav")
@allowed(Act.SEE_ARTICLES)
def sentence(ref: str, number: int) -> Response:
    """One sentence as sound, by the voice that is asked for."""
    with books_reading() as books:
        script = article_script(_article(books, ref), _voice())
    if number >= len(script.sentences):
        raise NotFound(gettext("bài không có câu ấy"))
    booth: Booth = current_app.extensions["booth"]
    try:
        heard = booth.hear(script.sentences[number].spoken, request.args.get("voice") or None)
    except AudioError as failure:
        raise CannotSpeakNow(str(failure)) from failure
    answer = Response(heard.wav, mimetype="audio/wav")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@reading.get("/sound/<int:rendition_id>.mp3")
@allowed(Act.SEE_ARTICLES)
def sound(ref: str, rendition_id: int) -> Response:
    """A finished rendition, as it goes on the air."""
    with books_reading() as books:
        article = _article(books, ref)
        row = books.get(Rendition, rendition_id)
    if row is None or row.article_id != article.id:
        raise NotFound(gettext("bài không có bản đọc ấy"))
    shelf = settings().shelf_folder
    path = Shelf(shelf).get(row.media_sha256)
    if path is None:
        raise NotFound(gettext("bản đọc này đang được làm lại"))
    return private_sound(path, shelf, row.media_sha256)


@reading.post("/say")
@allowed(Act.CORRECT_READINGS)
def say(ref: str) -> Response:
    """Puts an entry into the town's lexicon; the page shows at once how the article is read with it."""
    form = EntryForm()
    if form.validate():
        try:
            with books_writing() as books:
                unit = _article(books, ref).unit.code if form.unit_only.data else ""
                entry = checked_entry(Entry(form.written.data.strip(), form.spoken.data.strip(), unit=unit))
                add_entries(books, [entry], by=user().name, now=moment())
        except BadEntry as faults:
            form.refuse(form.spoken, str(faults))
        else:
            flash(gettext("Từ nay «{written}» đọc là: {spoken}", written=entry.written, spoken=entry.spoken))
            return redirect(url_for("reading.of_article", ref=ref))
    return _reading_page(ref, form, RecordingForm(formdata=None), status=422)


@reading.post("/accept")
@allowed(Act.CORRECT_READINGS, Act.APPROVE_ARTICLES)
def accepted(ref: str) -> Response:
    """Accepts every doubtful token as it is going to be said."""
    voice = _voice()
    with books_writing() as books:
        newly = accept_readings(books, _article(books, ref), voice, by=user().name, now=moment())
    flash(gettext("Đã chấp nhận cách đọc của {count} chỗ.", count=len(newly)))
    return redirect(url_for("reading.of_article", ref=ref))


@reading.post("/record")
@allowed(Act.CORRECT_READINGS)
def recorded(ref: str) -> Response:
    """Takes a recording in, after it was listened to by the inspection."""
    form = RecordingForm()
    if form.validate():
        try:
            words = _taken_in(ref, form)
        except RecordingRefused as refused:
            form.refuse(form.file, str(refused))
        else:
            flash(" ".join((gettext("Đã nhận bản thu âm; bài sẽ phát bằng bản thu này."), *words)))
            return redirect(url_for("reading.of_article", ref=ref))
    return _reading_page(ref, EntryForm(formdata=None), form, status=422)


def _taken_in(ref: str, form: RecordingForm) -> tuple[str, ...]:
    """What the inspection had to say of a recording that was taken in."""
    sent = form.file.data
    suffix = Path(sent.filename or "").suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"recording{suffix if suffix in SUFFIXES else ''}"
        sent.save(path)
        with books_writing() as books:
            _article(books, ref)
            recording = take_in(books, settings(), ref, path, by=user().name, now=moment())
            return tuple(str(words) for words in recording.warnings)


@reading.post("/speak-again")
@allowed(Act.CORRECT_READINGS)
def spoken_again(ref: str) -> Response:
    """Takes the recording out; a voice of the house reads the article again."""
    with books_writing() as books:
        _article(books, ref)
        take_out(books, ref, by=user().name, now=moment())
    flash(gettext("Đã bỏ bản thu âm; bài sẽ được giọng máy đọc."))
    return redirect(url_for("reading.of_article", ref=ref))


def _reading_page(ref: str, entry: EntryForm, recording: RecordingForm, *, status: int = 200) -> Response:
    voice = _voice()
    with books_reading() as books:
        article = _article(books, ref)
        doubts = doubts_of(books, article, voice)
        script = article_script(article, voice)
        renditions = books.scalars(
            select(Rendition).where(Rendition.article_id == article.id).order_by(Rendition.made_at.desc()).limit(5)
        ).all()
        return page(
            "desk/reading.html",
            status=status,
            article=article,
            lines=lines_of(script, doubts),
            doubts=doubts,
            estimated_ms=estimated_ms(script, voice),
            renditions=renditions,
            waves={row.id: _wave(row) for row in renditions},
            voices=current_app.extensions["booth"].voices,
            voice=_asked_voice(),
            entry_form=entry,
            recording_form=recording,
        )


def _wave(rendition: Rendition) -> str:
    """The outline of a rendition; empty while the shelf has lost it, until the next tick brings it back."""
    try:
        return waveform_path(rendition_picture(settings(), rendition, points=_WAVE_POINTS).peaks)
    except SoundLost:
        return ""


def _asked_voice() -> str:
    voices: tuple[str, ...] = current_app.extensions["booth"].voices
    asked = request.args.get("voice", "")
    return asked if asked in voices else voices[0]


def _article(books: Session, ref: str) -> Article:
    article = article_of(books, ref)
    if not sees_unit(user(), article.unit_id):
        raise NotFound(gettext("không có bài «{ref}»", ref=ref))
    return article


def _voice() -> Voice:
    return station_voice(database(), settings())
