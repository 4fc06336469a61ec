"""The inbox: every article by where it stands, searched and filtered."""

from __future__ import annotations

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from broadcaster import defaults
from broadcaster.access import Act, acts_for_one_unit
from broadcaster.articles.inbox import State, Wanted, counts, listed
from broadcaster.models import Kind, Priority, Unit
from broadcaster.web.desk.articles import words
from broadcaster.web.desk.articles.room import articles
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, moment, page
from broadcaster.web.desk.paging import page_of

_LONGEST_QUERY = 200


@articles.get("")
@allowed(Act.SEE_ARTICLES)
def inbox() -> Response:
    """The list; what is not among the choices is taken for no choice."""
    wanted = _wanted()
    now = moment()
    with books_reading() as books:
        units = (
            [] if acts_for_one_unit(user()) else books.execute(select(Unit.code, Unit.name).order_by(Unit.name)).all()
        )
        return page(
            "desk/articles/inbox.html",
            wanted=wanted,
            counts=counts(books, wanted, user(), now=now),
            found=page_of(books, listed(books, wanted, user(), now=now)),
            units=units,
            kinds=list(Kind),
            fields=list(defaults.FIELDS),
            priorities=list(Priority),
            say=words,
        )


def _wanted() -> Wanted:
    state = _choice("state", list(State))
    return Wanted(
        state=state,
        unit=request.args.get("unit", "")[:_LONGEST_QUERY],
        kind=_choice("kind", list(Kind)),
        field=_choice("field", list(defaults.FIELDS)),
        priority=_choice("priority", list(Priority)),
        words=request.args.get("q", "")[:_LONGEST_QUERY].replace("\0", ""),
    )


def _choice(name: str, options: list[str]) -> str:
    value = request.args.get(name, "")
    return value if value in options else ""
