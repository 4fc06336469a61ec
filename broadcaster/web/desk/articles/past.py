"""What happened to an article, the texts it had, and why it is or is not in the plan."""

from __future__ import annotations

from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.articles.differences import differences, whole_text
from broadcaster.articles.history import acts_on, heard_of, places_of
from broadcaster.errors import NotFound
from broadcaster.language import gettext
from broadcaster.lexicon import station_voice
from broadcaster.planning.explain import explain
from broadcaster.web.desk.articles import words
from broadcaster.web.desk.articles.room import articles, seen
from broadcaster.web.desk.guard import allowed
from broadcaster.web.desk.house import books_reading, database, moment, page, settings, station_zone
from broadcaster.web.desk.paging import page_of


@articles.get("/<ref>/history")
@allowed(Act.SEE_ARTICLES)
def history(ref: str) -> Response:
    """Acts, texts, places and airings."""
    with books_reading() as books:
        article = seen(books, ref)
        return page(
            "desk/articles/history.html",
            article=article,
            acts=page_of(books, acts_on(article)),
            places=places_of(books, article),
            heard=heard_of(books, article),
            say=words,
        )


@articles.get("/<ref>/versions/<digest>")
@allowed(Act.SEE_ARTICLES)
def version(ref: str, digest: str) -> Response:
    """One text that the article had, and what the present one changed in it."""
    with books_reading() as books:
        article = seen(books, ref)
        kept = next((one for one in article.versions if one.text_digest == digest), None)
        if kept is None:
            raise NotFound(gettext("bài không có bản ấy"))
        present = article.version
        changes = differences(whole_text(kept), whole_text(present)) if present and present is not kept else ()
        return page("desk/articles/version.html", article=article, kept=kept, changes=changes)


@articles.get("/<ref>/why")
@allowed(Act.SEE_ARTICLES)
def why(ref: str) -> Response:
    """Where and why the article airs this month, or why not and what would have to give way."""
    with books_reading() as books:
        article = seen(books, ref)
        voice = station_voice(database(), settings())
        try:
            account = explain(books, article, voice=voice, now=moment(), tz=station_zone())
        except NotFound as unplanned:
            account = str(unplanned)
        return page("desk/articles/why.html", article=article, lines=account.split("\n"))
