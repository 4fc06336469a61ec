"""What is not on the air and why: counts for everybody, names for nobody, since none of it has been published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Exists, case, exists, func, select
from sqlalchemy.orm import Session

from broadcaster.models import Approval, Article, Endorsement, Plan, PlanReason, PlanState
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


def waiting_of(session: Session, books: Books) -> Waiting:
    """Counts the articles; the database does, however many there are."""
    state = case(
        (Article.withdrawn_at.is_not(None), "withdrawn"),
        (Article.expires_at <= books.now, "expired"),
        (Endorsement.article_id.is_(None), "unendorsed"),
        (~_is_approved(), "unapproved"),
        (Article.not_before > books.now, "embargoed"),
        else_="ready",
    ).label("state")
    rows = session.execute(
        select(state, func.count()).outerjoin(Endorsement, Endorsement.article_id == Article.id).group_by(state)
    ).tuples()
    counts = dict(rows.all())
    return Waiting(**{name: counts.get(name, 0) for name in Waiting.__dataclass_fields__})


def _is_approved() -> Exists:
    """Whether an approval of the very text is in force."""
    return exists().where(
        Approval.article_id == Article.id, Approval.dropped_at.is_(None), Approval.text_digest == Article.text_digest
    )


def reasons_of(session: Session, month: str, books: Books) -> list[ReasonLine]:
    """Why articles air nowhere in the binding plan of a month, the most frequent reason first."""
    query = (
        select(PlanReason.reason, Article.unit_id, func.count(PlanReason.article_id))
        .select_from(PlanReason)
        .join(Plan, Plan.id == PlanReason.plan_id)
        .join(Article, Article.id == PlanReason.article_id)
        .where(
            Plan.month == month,
            Plan.state == PlanState.PUBLISHED,
            PlanReason.zone_code.is_(None),
            Article.withdrawn_at.is_(None),
            _is_approved(),
        )
        .group_by(PlanReason.reason, Article.unit_id)
    )
    counts: Counter[str] = Counter()
    units: dict[str, set[str]] = {}
    for reason, unit_id, count in session.execute(query).tuples():
        counts[reason] += count
        units.setdefault(reason, set()).add(books.units[unit_id].name)
    ordered = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    return [ReasonLine(reason_words(code), count, sorted(units[code])) for code, count in ordered]
