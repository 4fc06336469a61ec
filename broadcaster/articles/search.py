"""Finds articles by their words, with marks or without: a word with marks is meant exactly, one without matches all."""

from __future__ import annotations

from sqlalchemy import Select, bindparam, column, select, text
from sqlalchemy.orm import Session

from broadcaster.folding import exact, folded, has_marks, words_of
from broadcaster.models import Article

#: More words than these narrow nothing down and only cost time.
MOST_WORDS = 12


def found_ids(session: Session, query: str) -> Select[tuple[int]] | None:
    """The ids of the articles that hold every word, the last perhaps unfinished; None where the query has no word."""
    words = words_of(query)[:MOST_WORDS]
    if not words:
        return None
    if session.get_bind().dialect.name == "sqlite":
        matching = text("SELECT rowid AS id FROM article_words WHERE article_words MATCH :query")
        return select(Article.id).where(
            Article.id.in_(
                select(
                    matching.bindparams(bindparam("query", _fts5(words), unique=True))
                    .columns(column("id"))
                    .subquery()
                    .c.id
                )
            )
        )
    matching = text(
        "SELECT article_id AS id FROM article_words WHERE to_tsvector('simple', exact) @@ to_tsquery('simple', :exact)"
        " AND to_tsvector('simple', folded) @@ to_tsquery('simple', :folded)"
    ).bindparams(
        bindparam("exact", _tsquery([exact(word) for word in words if has_marks(word)]), unique=True),
        bindparam("folded", _tsquery([folded(word) for word in words], unfinished=True), unique=True),
    )
    return select(Article.id).where(Article.id.in_(select(matching.columns(column("id")).subquery().c.id)))


def _fts5(words: list[str]) -> str:
    """Every term is quoted: what people type is never taken for the language of queries."""
    terms = [f'exact : "{exact(word)}"' for word in words if has_marks(word)]
    terms += [f'folded : "{folded(word)}"' + ("*" if word is words[-1] else "") for word in words]
    return " AND ".join(terms)


def _tsquery(words: list[str], *, unfinished: bool = False) -> str:
    terms = [f"'{word}'" for word in words]
    if unfinished and terms:
        terms[-1] += ":*"
    return " & ".join(terms)
