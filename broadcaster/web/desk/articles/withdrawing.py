"""Withdrawal: everything it touches, before; and what was mended, afterwards."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.approvals import withdraw
from broadcaster.language import gettext
from broadcaster.lexicon import station_voice
from broadcaster.models import Article
from broadcaster.web.desk.articles.forms import WithdrawForm
from broadcaster.web.desk.articles.room import articles, seen
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, database, moment, page, settings
from broadcaster.withdrawals import bulletins_with, followed, mend, touched_by_withdrawal


@articles.get("/<ref>/withdraw")
@allowed(Act.WITHDRAW_ARTICLES)
def withdrawing(ref: str) -> Response:
    """What would be taken off, from where, and what airs next."""
    with books_reading() as books:
        article = seen(books, ref)
        if article.withdrawn_at is not None:
            return redirect(url_for("articles.after_withdrawal", ref=ref))
        return _preview(article, WithdrawForm())


@articles.post("/<ref>/withdraw")
@allowed(Act.WITHDRAW_ARTICLES)
def withdrawn(ref: str) -> Response:
    """Takes the article off, joins what held it anew and brings the public tree in line, and only then answers."""
    form = WithdrawForm()
    now = moment()
    if not form.validate():
        with books_reading() as books:
            return _preview(seen(books, ref), form, status=422)
    with books_writing() as books:
        held = bulletins_with(books, settings(), seen(books, ref), now=now)
        withdraw(books, ref, why=form.why.data.strip(), by=user().name, now=now)
    mended = mend(database(), settings(), station_voice(database(), settings()), held, now=now)
    flash(
        gettext(
            "Đã rút bài {ref}: ghép lại {bulletins} bản tin, cập nhật {paths} tệp công khai.",
            ref=ref,
            bulletins=len(mended.bulletins),
            paths=len(mended.paths),
        )
    )
    for failure in mended.failures:
        flash(gettext("Chưa ghép lại được, đồng hồ sẽ thử lại: {failure}", failure=failure))
    return redirect(url_for("articles.after_withdrawal", ref=ref))


@articles.get("/<ref>/withdrawn")
@allowed(Act.WITHDRAW_ARTICLES)
def after_withdrawal(ref: str) -> Response:
    """What became of the sessions that held the article, as the books stand now."""
    with books_reading() as books:
        article = seen(books, ref)
        left = bulletins_with(books, settings(), article, now=moment())
        return page("desk/articles/withdrawn.html", article=article, sessions=followed(books, article), left=left)


def _preview(article: Article, form: WithdrawForm, *, status: int = 200) -> Response:
    now = moment()
    with books_reading() as books:
        touched = touched_by_withdrawal(books, settings(), seen(books, article.ref), now=now)
    wait_s = int((touched.next.starts_at - now).total_seconds()) if touched.next else 0
    return page(
        "desk/articles/withdraw.html", status=status, article=article, form=form, touched=touched, wait_s=wait_s
    )
