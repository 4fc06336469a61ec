"""What the things of a plan are called for a reader: people of a unit know other units' articles by their code only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import defaults
from broadcaster.models import Article, Unit, Zone
from scheduler import planning


def names_for(books: Session, unit_id: int | None, refs: Sequence[str] | None = None) -> planning.Names:
    """Names for explanations; with `refs` only of these articles. `unit_id`: the only unit whose titles are told."""
    wanted = select(Article.ref, Article.title)
    if unit_id is not None:
        wanted = wanted.where(Article.unit_id == unit_id)
    if refs is not None:
        wanted = wanted.where(Article.ref.in_(refs))
    return planning.Names(
        articles={ref: f"{ref} «{title}»" for ref, title in books.execute(wanted).tuples()},
        units=dict(books.execute(select(Unit.code, Unit.name)).tuples().all()),
        zones=dict(books.execute(select(Zone.code, Zone.name)).tuples().all()),
        fields=defaults.FIELDS,
    )
