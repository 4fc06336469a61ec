"""Articles entered and changed by form; a Word file becomes a form to be corrected before anything is stored."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.articles.entry import change, check_changeable, enter, sender_of, values_of
from broadcaster.errors import ImportRefused, NotAllowed, OutOfDate
from broadcaster.intake.files import units_by_name
from broadcaster.intake.packed import LARGEST_PACKED_BYTES
from broadcaster.intake.papers import article_of_paper, read_paper
from broadcaster.language import gettext
from broadcaster.models import Article
from broadcaster.web.desk.articles.forms import ArticleForm, UploadForm, form_values
from broadcaster.web.desk.articles.room import articles, seen
from broadcaster.web.desk.articles.sheet import sheet
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, station_zone


@articles.get("/new")
@allowed(Act.ENTER_ARTICLES)
def new() -> Response:
    """An empty form."""
    return _form_page(ArticleForm())


@articles.post("/new")
@allowed(Act.ENTER_ARTICLES)
def entered() -> Response:
    """Stores a new article under a reference of the house's own."""
    form = ArticleForm()
    with books_reading() as books:
        form.offer(books, user())
    if form.validate():
        try:
            with books_writing() as books:
                ref = enter(books, form.values(), user(), now=moment(), tz=station_zone())
        except ImportRefused as refused:
            form.refuse_all(refused)
        else:
            flash(gettext("Đã nhận bài {ref}.", ref=ref))
            return redirect(url_for("articles.one", ref=ref))
    return _form_page(form, status=422)


@articles.get("/word")
@allowed(Act.ENTER_ARTICLES)
def word() -> Response:
    """Where a Word file is chosen."""
    return page("desk/articles/word.html", form=UploadForm())


@articles.post("/word")
@allowed(Act.ENTER_ARTICLES)
def word_read() -> Response:
    """Shows what was found in the file, to be corrected; nothing is stored yet."""
    form = UploadForm()
    if not form.validate():
        return page("desk/articles/word.html", status=422, form=form)
    name, data = form.file.data.filename or "docx", form.file.data.stream.read(LARGEST_PACKED_BYTES + 1)
    try:
        with books_reading() as books:
            paper = read_paper(data, name, units_by_name(books))
            own_unit = sender_of(books, user()).unit
    except ImportRefused as refused:
        form.refuse(form.file, " ".join(fault.message for fault in refused.faults))
        return page("desk/articles/word.html", status=422, form=form)
    values = form_values(article_of_paper(paper))
    if own_unit is not None:
        values["unit"] = own_unit
    found = ArticleForm(formdata=None, data=values)
    return _form_page(found, from_word=True)


@articles.get("/<ref>")
@allowed(Act.SEE_ARTICLES)
def one(ref: str) -> Response:
    """The article with everything that belongs to it."""
    with books_reading() as books:
        return sheet(books, seen(books, ref))


@articles.get("/<ref>/edit")
@allowed(Act.ENTER_ARTICLES)
def edit(ref: str) -> Response:
    """The form, filled with what is stored."""
    with books_reading() as books:
        article = seen(books, ref)
        try:
            check_changeable(article, user())
        except NotAllowed as closed:
            flash(str(closed))
            return redirect(url_for("articles.one", ref=ref))
        form = ArticleForm(data={**form_values(values_of(article)), "seen": article.changed_at.isoformat()})
        return _form_page(form, article)


@articles.post("/<ref>/edit")
@allowed(Act.ENTER_ARTICLES)
def edited(ref: str) -> Response:
    """Keeps what was changed; a changed text loses its approval, and the page says so."""
    form = ArticleForm()
    with books_reading() as books:
        article = seen(books, ref)
        form.offer(books, user())
        if form.validate():
            try:
                with books_writing() as writing:
                    done = change(
                        writing, ref, form.values(), user(), seen=form.seen.data, now=moment(), tz=station_zone()
                    )
            except ImportRefused as refused:
                form.refuse_all(refused)
            except OutOfDate as overtaken:
                form.refuse(form.body, str(overtaken))
                return _form_page(form, article, status=409)
            else:
                for note in done.notes:
                    flash(note)
                flash(gettext("Đã lưu bài {ref}.", ref=ref) if done.changed else gettext("Không có gì thay đổi."))
                return redirect(url_for("articles.one", ref=ref))
        return _form_page(form, article, status=422)


def _form_page(
    form: ArticleForm, article: Article | None = None, *, status: int = 200, from_word: bool = False
) -> Response:
    with books_reading() as books:
        form.offer(books, user())
    return page("desk/articles/form.html", status=status, form=form, article=article, from_word=from_word)
