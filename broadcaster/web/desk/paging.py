"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")

ROWS_A_PAGE = 50
#: Beyond it lies no list of ours; a larger number is a slip or an attack.
_LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list. Pages are counted from 1."""

    rows: Sequence[Row]
    number: int
    total: int
    rows_a_page: int = ROWS_A_PAGE

    @property
    def last(self) -> int:
        """The number of the last page; a list without rows has one page as well."""
        return max(1, -(-self.total // self.rows_a_page))

    @property
    def first_row(self) -> int:
        """Which row of the whole list the first one here is, from 1; 0 where there is none."""
        return (self.number - 1) * self.rows_a_page + 1 if self.rows else 0

    def address(self, number: int) -> str:
        """The same list at another page, with all that was asked of it."""
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        return "?" + urlencode([*kept, ("page", number)])


def asked_page() -> int:
    """The page that the request asks for; the first where it asks for none or for nonsense."""
    text = request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    return min(max(1, number), _LAST_PAGE)


def page_of(books: Session, wanted: Select[Any], *, rows_a_page: int = ROWS_A_PAGE) -> Page[Any]:
    """The asked page of what a query finds. Two queries, however long the list; single entities come as themselves."""
    total = books.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    number = min(asked_page(), max(1, -(-total // rows_a_page)))
    cut = wanted.limit(rows_a_page).offset((number - 1) * rows_a_page)
    single = len(wanted.column_descriptions) == 1
    rows: Sequence[Any] = books.scalars(cut).unique().all() if single else books.execute(cut).unique().all()
    return Page(rows, number, total, rows_a_page)


def page_of_list(rows: Sequence[Row], *, rows_a_page: int = ROWS_A_PAGE) -> Page[Row]:
    """The asked page of a list that is at hand as a whole."""
    number = min(asked_page(), max(1, -(-len(rows) // rows_a_page)))
    return Page(rows[(number - 1) * rows_a_page : number * rows_a_page], number, len(rows), rows_a_page)
