"""Endorsement, the dossier's checklist, and approval: separate acts of separate people."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.approvals import approve, check_digest
from broadcaster.articles.dossier import Findings, keep_findings
from broadcaster.articles.endorsing import Paper, endorse, record_paper
from broadcaster.errors import NotAllowed, OutOfDate
from broadcaster.language import gettext
from broadcaster.lexicon import station_voice
from broadcaster.web.desk.articles.forms import ApproveForm, DossierForm, EndorseForm, PaperForm
from broadcaster.web.desk.articles.room import articles, seen
from broadcaster.web.desk.articles.sheet import CHECKS, sheet
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, database, moment, settings, station_zone


@articles.post("/<ref>/endorse")
@allowed(Act.ENDORSE_ARTICLES)
def endorsed(ref: str) -> Response:
    """The unit's head confirms the text on the page."""
    form = EndorseForm()
    if not form.validate():
        return _again(ref, endorse_form=form)
    try:
        with books_writing() as books:
            endorse(
                books,
                ref,
                user(),
                form.position.data.strip(),
                digest=form.digest.data,
                now=moment(),
                tz=station_zone(),
            )
    except (NotAllowed, OutOfDate) as refused:
        return _again(ref, fault=str(refused))
    flash(gettext("Đã xác nhận bài {ref}.", ref=ref))
    return redirect(url_for("articles.one", ref=ref))


@articles.post("/<ref>/record-endorsement")
@allowed(Act.ENTER_ARTICLES)
def paper_recorded(ref: str) -> Response:
    """Staff write down who signed the paper."""
    form = PaperForm()
    if not form.validate():
        return _again(ref, paper_form=form)
    paper = Paper(form.name.data.strip(), form.position.data.strip(), form.endorsed_on.data)
    try:
        with books_writing() as books:
            record_paper(books, ref, user(), paper, digest=form.digest.data, now=moment(), tz=station_zone())
    except (NotAllowed, OutOfDate) as refused:
        return _again(ref, fault=str(refused))
    flash(gettext("Đã ghi nhận xác nhận của đơn vị cho bài {ref}.", ref=ref))
    return redirect(url_for("articles.one", ref=ref))


@articles.post("/<ref>/dossier")
@allowed(Act.APPROVE_ARTICLES)
def dossier_checked(ref: str) -> Response:
    """The reviewer signs for the article, and what its dossier holds is written down."""
    form = DossierForm()
    if not form.validate():
        return _again(ref, dossier_form=form)
    findings = Findings(**{name: bool(getattr(form, name).data) for name in CHECKS}, copies=form.copies.data)
    with books_writing() as books:
        keep_findings(books, seen(books, ref), findings, by=user().name, now=moment())
    flash(gettext("Đã ghi kết quả xem hồ sơ bài {ref}.", ref=ref))
    return redirect(url_for("articles.one", ref=ref))


@articles.post("/<ref>/approve")
@allowed(Act.APPROVE_ARTICLES)
def approved(ref: str) -> Response:
    """Approves exactly the text on the page."""
    form = ApproveForm()
    voice = station_voice(database(), settings())
    try:
        with books_writing() as books:
            check_digest(seen(books, ref), form.digest.data or "")
            approve(books, [ref], voice=voice, by=user().name, now=moment())
    except (NotAllowed, OutOfDate) as refused:
        return _again(ref, fault=str(refused))
    flash(gettext("Đã duyệt bài {ref}.", ref=ref))
    return redirect(url_for("articles.one", ref=ref))


def _again(ref: str, *, fault: str = "", **forms: object) -> Response:
    """The article as it is now, with what stood in the way."""
    with books_reading() as books:
        return sheet(books, seen(books, ref), status=422, fault=fault, **forms)
