"""What people call the things of a plan, so that explanations read as the house speaks."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import defaults
from broadcaster.language import current_language
from broadcaster.models import Article, Unit, Zone
from scheduler import planning


def names_of(session: Session) -> planning.Names:
    """Articles by reference and title, units, zones and fields by name. Nothing of any cover sheet."""
    return planning.Names(
        articles={
            ref: f"{ref} «{title}»" for ref, title in session.execute(select(Article.ref, Article.title)).tuples()
        },
        units=dict(session.execute(select(Unit.code, Unit.name)).tuples().all()),
        zones=dict(session.execute(select(Zone.code, Zone.name)).tuples().all()),
        fields=defaults.FIELDS,
    )


def spoken_language() -> planning.Language:
    """The language of the moment as the library names it."""
    return "en" if current_language() == "en" else "vi"
