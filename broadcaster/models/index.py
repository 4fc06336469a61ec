"""The index of words, kept with every article in the same transaction: FTS5 on SQLite, a plain table on PostgreSQL.

Whoever writes an article writes its words: the mapper does it, so that no use case can forget. Rows that were written
past the mapper are made up for by `index_again`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Mapper, Session

from broadcaster.folding import exact, folded
from broadcaster.models.article import Article

_DELETE = text("DELETE FROM article_words WHERE rowid = :id")
_DELETE_ROW = text("DELETE FROM article_words WHERE article_id = :id")
_INSERT = text("INSERT INTO article_words (rowid, exact, folded) VALUES (:id, :exact, :folded)")
_INSERT_ROW = text("INSERT INTO article_words (article_id, exact, folded) VALUES (:id, :exact, :folded)")
_ALL = text("SELECT id, ref, title, summary, body FROM articles ORDER BY id")
_CLEAR = text("DELETE FROM article_words")


def words_to_index(ref: str, title: str, summary: str | None, body: str) -> dict[str, str]:
    """What an article is found by. Nothing of its cover sheet."""
    whole = "\n".join((ref, title, summary or "", body))
    return {"exact": exact(whole), "folded": folded(whole)}


def index_again(connection: Connection) -> int:
    """Makes the index anew from the articles; answers how many there are."""
    connection.execute(_CLEAR)
    rows = connection.execute(_ALL).all()
    _insert(connection, ({"id": row[0], **words_to_index(*row[1:])} for row in rows))
    return len(rows)


def _insert(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    if listed:
        connection.execute(_INSERT if connection.dialect.name == "sqlite" else _INSERT_ROW, listed)


def _keep(_mapper: Mapper[Article], connection: Connection, article: Article) -> None:
    connection.execute(_DELETE if connection.dialect.name == "sqlite" else _DELETE_ROW, {"id": article.id})
    words = words_to_index(article.ref, article.title, article.summary, article.body)
    _insert(connection, [{"id": article.id, **words}])


def _changed(mapper: Mapper[Article], connection: Connection, article: Article) -> None:
    session = Session.object_session(article)
    if session is None or session.is_modified(article, include_collections=False):
        _keep(mapper, connection, article)


def _drop(_mapper: Mapper[Article], connection: Connection, article: Article) -> None:
    connection.execute(_DELETE if connection.dialect.name == "sqlite" else _DELETE_ROW, {"id": article.id})


event.listen(Article, "after_insert", _keep)
event.listen(Article, "after_update", _changed)
event.listen(Article, "before_delete", _drop)
