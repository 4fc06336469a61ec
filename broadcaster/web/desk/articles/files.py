"""Scans of an article's papers: attached, shown to those who may see the article, taken off."""

from __future__ import annotations

from flask import flash, redirect, send_file, url_for
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.articles.scans import LARGEST_BYTES, TYPES, ScanRefused, attach, detach, file_of, scan_of
from broadcaster.language import gettext
from broadcaster.models import ScanKind
from broadcaster.web.desk.articles.forms import ScanForm
from broadcaster.web.desk.articles.room import articles, seen
from broadcaster.web.desk.articles.sheet import sheet
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, settings


@articles.post("/<ref>/scans/attach")
@allowed(Act.ENTER_ARTICLES, Act.ENDORSE_ARTICLES, Act.APPROVE_ARTICLES)
def scan_attached(ref: str) -> Response:
    """Keeps a scan; what it is, its content says."""
    form = ScanForm()
    form.offer()
    if form.validate():
        data = form.file.data.stream.read(LARGEST_BYTES + 1)
        try:
            with books_writing() as books:
                article = seen(books, ref)
                attach(books, settings(), article, data, ScanKind(form.kind.data), by=user().name, now=moment())
        except ScanRefused as refused:
            form.refuse(form.file, str(refused))
        else:
            flash(gettext("Đã thêm bản quét."))
            return redirect(url_for("articles.one", ref=ref))
    with books_reading() as books:
        return sheet(books, seen(books, ref), status=422, scan_form=form)


@articles.get("/<ref>/scans/<int:scan_id>")
@allowed(Act.SEE_ARTICLES)
def scan(ref: str, scan_id: int) -> Response:
    """A scan to be kept and opened by the reader's own program, never shown as a page of ours."""
    with books_reading() as books:
        row = scan_of(seen(books, ref), scan_id)
    answer = send_file(
        file_of(settings(), row),
        mimetype=TYPES[row.suffix],
        as_attachment=True,
        download_name=f"{row.kind}-{row.sha256[:8]}{row.suffix}",
        etag=row.sha256,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@articles.post("/<ref>/scans/<int:scan_id>/remove")
@allowed(Act.ENTER_ARTICLES, Act.APPROVE_ARTICLES)
def scan_removed(ref: str, scan_id: int) -> Response:
    """Takes a scan off the article."""
    with books_writing() as books:
        detach(books, seen(books, ref), scan_id, by=user().name, now=moment())
    flash(gettext("Đã bỏ bản quét."))
    return redirect(url_for("articles.one", ref=ref))
