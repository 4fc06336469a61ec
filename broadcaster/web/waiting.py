"""What is not on the air and why: counts for everybody, names for nobody, since none of it has been published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.models import Article, Plan, PlanReason, PlanState
from broadcaster.web.books import Books
from broadcaster.web.words import reason_words


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many articles stand where. Each is counted once, at the first thing that keeps it off the air."""

    unendorsed: int
    unapproved: int
    embargoed: int
    expired: int
    withdrawn: int
    ready: int


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why some articles do not air in what is left of the month's plan, and whose they are."""

    words: str
    articles: int
    units: Sequence[str]


def waiting_of(books: Books) -> Waiting:
    """Counts the articles."""
    states = [_state(article, books) for article in books.articles.values()]
    return Waiting(**{state: states.count(state) for state in Waiting.__dataclass_fields__})


def _state(article: Article, books: Books) -> str:
    if article.withdrawn_at is not None:
        return "withdrawn"
    if article.expires_at is not None and article.expires_at <= books.now:
        return "expired"
    if article.endorsement is None:
        return "unendorsed"
    if article.approval is None:
        return "unapproved"
    return "ready" if books.may_be_named(article) else "embargoed"


def reasons_of(session: Session, month: str, books: Books) -> list[ReasonLine]:
    """Why articles air nowhere in the binding plan of a month, the most frequent reason first."""
    query = (
        select(PlanReason)
        .join(Plan, Plan.id == PlanReason.plan_id)
        .where(Plan.month == month, Plan.state == PlanState.PUBLISHED, PlanReason.zone_code.is_(None))
    )
    by_reason: dict[str, list[Article]] = {}
    for row in session.scalars(query):
        article = books.articles[row.article_id]
        if article.withdrawn_at is None and article.approval is not None:
            by_reason.setdefault(row.reason, []).append(article)
    ordered = sorted(by_reason.items(), key=lambda found: (-len(found[1]), found[0]))
    return [ReasonLine(reason_words(code), len(articles), _units(articles, books)) for code, articles in ordered]


def _units(articles: Sequence[Article], books: Books) -> list[str]:
    return sorted({books.units[article.unit_id].name for article in articles})
