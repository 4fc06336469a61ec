"""The town's own lexicon as a list: what is said how, since when, by whom."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy import or_, select
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from audio.speech import Entry
from broadcaster.access import Act
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.lexicon import BadEntry, add_entries, checked_entry, remove_entry
from broadcaster.models import LexiconRow
from broadcaster.web.desk.forms import Filled, HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page
from broadcaster.web.desk.paging import page_of

lexicon = Blueprint("lexicon", __name__, url_prefix=DESK + "/station/lexicon")


class LexiconForm(HouseForm):
    """An entry for the whole town."""

    written = StringField(_("Viết"), [Filled(), Length(max=200)])
    spoken = StringField(_("Đọc là"), [Filled(), Length(max=200)])
    before = StringField(_("Chỉ khi đứng sau từ"), [Length(max=200)], description=_("Nhiều từ cách nhau bằng «|»."))
    after = StringField(_("Chỉ khi đứng trước từ"), [Length(max=200)])


@lexicon.get("")
@allowed(Act.CORRECT_READINGS)
def entries() -> Response:
    """What the town says otherwise than the shipped lexicon."""
    return _page(LexiconForm())


@lexicon.post("/add")
@allowed(Act.CORRECT_READINGS)
def added() -> Response:
    """Adds an entry, in place of the one it contradicts."""
    form = LexiconForm()
    if form.validate():
        before, after = _words(form.before.data), _words(form.after.data)
        try:
            entry = checked_entry(
                Entry(form.written.data.strip(), form.spoken.data.strip(), before=before, after=after)
            )
        except BadEntry as faults:
            form.refuse(form.written, str(faults))
        else:
            with books_writing() as books:
                add_entries(books, [entry], by=user().name, now=moment())
            flash(gettext("Từ nay «{written}» đọc là: {spoken}", written=entry.written, spoken=entry.spoken))
            return redirect(url_for("lexicon.entries"))
    return _page(form, status=422)


@lexicon.post("/remove")
@allowed(Act.CORRECT_READINGS)
def removed() -> Response:
    """Takes the town's reading of a token back."""
    written = request.form.get("written", "")
    with books_writing() as books:
        remove_entry(books, written, by=user().name, now=moment())
    flash(gettext("Đã bỏ «{written}»", written=written))
    return redirect(url_for("lexicon.entries"))


def _page(form: LexiconForm, *, status: int = 200) -> Response:
    wanted = select(LexiconRow).where(LexiconRow.removed_at.is_(None)).order_by(LexiconRow.written, LexiconRow.id)
    sought = request.args.get("q", "").strip()
    if sought:
        pattern = f"%{sought}%"
        wanted = wanted.where(or_(LexiconRow.written.like(pattern), LexiconRow.spoken.like(pattern)))
    with books_reading() as books:
        return page(
            "desk/station/lexicon.html", status=status, form=form, sought=sought, entries=page_of(books, wanted)
        )


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split("|") if word.strip())
