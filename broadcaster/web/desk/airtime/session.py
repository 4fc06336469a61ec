"""One session: what it said, what its players reported, the verdict; and a report put right."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from broadcaster.access import Act
from broadcaster.closing import correct_airing
from broadcaster.errors import NotAllowed
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Airing, BroadcastSession, Outcome
from broadcaster.reconciliation import tolerances_of
from broadcaster.reports.session_on_air import session_on_air, session_row
from broadcaster.reports.terms import verdict_words
from broadcaster.web.bulletins import stage_of
from broadcaster.web.desk.airtime.room import airtime
from broadcaster.web.desk.airtime.words import outcome_words, reach_words, verdict_tag
from broadcaster.web.desk.forms import Filled, HouseForm
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, settings, station_zone


class CorrectionForm(HouseForm):
    """What really was on the air, and how that is known."""

    outcome = SelectField(_("Kết quả thật"))
    played_s = IntegerField(_("Số giây đã phát"), [Optional(), NumberRange(min=0, max=86_400)])
    why = StringField(_("Lý do đính chính"), [Filled(), Length(max=300)])

    def offer(self) -> None:
        """Fills the choices."""
        self.outcome.choices = [(outcome.value, outcome_words(outcome)) for outcome in Outcome]


@airtime.get("/sessions/<zone>/<start>")
@allowed(Act.SEE_AIRTIME)
def session(zone: str, start: str) -> Response:
    """What became of the session that starts at a moment, written as 20261110-0530."""
    now, tz = moment(), station_zone()
    try:
        starts_at = datetime.strptime(start, "%Y%m%d-%H%M").replace(tzinfo=tz)
    except ValueError:
        raise NotFound from None
    with books_reading() as books:
        row = session_row(books, zone, starts_at)
        found = session_on_air(books, row, now=now, tz=tz, tolerances=tolerances_of(settings()))
        stage = stage_of(row, found.outcomes, now)
    return page(
        "desk/airtime/session.html",
        session=found,
        stage=stage,
        reach_words=reach_words,
        verdict_words=verdict_words,
        verdict_tag=verdict_tag,
        local=lambda instant: instant.astimezone(tz),
        outcome_words=outcome_words,
    )


@airtime.get("/airings/<int:airing_id>")
@allowed(Act.CLOSE_MONTHS)
def airing(airing_id: int) -> Response:
    """The form that puts a report right."""
    with books_reading() as books:
        row = _airing(books, airing_id)
        form = CorrectionForm(data={"outcome": row.outcome, "played_s": round(row.played_ms / 1000)})
        return _form_page(row, form)


@airtime.post("/airings/<int:airing_id>")
@allowed(Act.CLOSE_MONTHS)
def correct(airing_id: int) -> Response:
    """Puts a report right; what was said before stays in the books."""
    form = CorrectionForm()
    form.offer()
    with books_reading() as books:
        row = _airing(books, airing_id)
        if not form.validate():
            return _form_page(row, form, status=422)
        address = _session_address(row.session)
    try:
        with books_writing() as books:
            row = _airing(books, airing_id)
            correct_airing(
                books,
                row.event_id,
                player=row.player.code if row.player else None,
                outcome=Outcome(form.outcome.data),
                played_ms=None if form.played_s.data is None else form.played_s.data * 1000,
                why=form.why.data,
                by=user().name,
                now=moment(),
            )
    except NotAllowed as refused:
        form.refuse(form.played_s, str(refused))
        with books_reading() as books:
            return _form_page(_airing(books, airing_id), form, status=422)
    flash(gettext("Đã đính chính; số cũ vẫn lưu trong sổ."))
    return redirect(address)


def _airing(books: Session, airing_id: int) -> Airing:
    query = (
        select(Airing)
        .where(Airing.id == airing_id)
        .options(
            joinedload(Airing.player),
            joinedload(Airing.bulletin),
            joinedload(Airing.session).joinedload(BroadcastSession.zone),
        )
    )
    row = books.scalars(query).first()
    if row is None:
        raise NotFound
    return row


def _session_address(row: BroadcastSession) -> str:
    start = f"{row.starts_at.astimezone(station_zone()):%Y%m%d-%H%M}"
    return url_for("airtime.session", zone=row.zone.code, start=start)


def _form_page(row: Airing, form: CorrectionForm, *, status: int = 200) -> Response:
    form.offer()
    return page(
        "desk/airtime/correction.html", status=status, airing=row, form=form, back=_session_address(row.session)
    )
