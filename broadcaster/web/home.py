"""The pages: the station's day and month on one page, and the airtime of any month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, current_app, make_response, render_template, request
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _
from broadcaster.months import month_of
from broadcaster.publishing.addresses import Addresses
from broadcaster.web.books import Books, read_books
from broadcaster.web.bulletins import days_of_bulletins
from broadcaster.web.ledger import ledger_of
from broadcaster.web.portal import columns_of, zone_links
from broadcaster.web.timetable import monday_of, next_session_at, week_of
from broadcaster.web.waiting import reasons_of, waiting_of

home = Blueprint("home", __name__)

#: Beyond these years a date is a slip of the pen, and beyond 9999 no date at all.
_YEARS = range(2000, 2200)


class BadDay(BroadcasterError):
    """A day was not written as 2026-04-28."""


@home.get("/")
def front() -> Response:
    """Today, tomorrow, the week, the columns, the month."""
    settings: Settings = current_app.extensions["settings"]
    with _reading() as (session, books):
        tomorrow = books.today + timedelta(days=1)
        today_bulletins, tomorrow_bulletins = days_of_bulletins(
            session, (books.today, tomorrow), books, settings.public_folder
        )
        next_at = next_session_at(session, books)
        month = month_of(books.now, books.tz)
        monday = _asked_monday(books, next_at)
        return _page(
            "home.html",
            today=today_bulletins,
            tomorrow=tomorrow_bulletins,
            next_at=books.local(next_at) if next_at else None,
            week=week_of(session, monday, books),
            this_monday=monday_of(books.today),
            columns=columns_of(session, books),
            zones=zone_links(books),
            opml_path=books.addresses.opml(),
            ledger=ledger_of(session, month, now=books.now, tz=books.tz),
            waiting=waiting_of(session, books),
            reasons=reasons_of(session, month, books),
        )


@home.get("/airtime")
def airtime() -> Response:
    """The airtime of the month that is asked for, else of this one."""
    with _reading() as (session, books):
        this_month = month_of(books.now, books.tz)
        month = request.args.get("month") or this_month
        ledger = ledger_of(session, _checked_month(month), now=books.now, tz=books.tz)
        return _page("airtime.html", ledger=ledger, this_month=this_month)


@home.get("/favicon.ico")
def mark() -> Response:
    """Browsers ask for it on pages that name no mark of their own, such as those of the public tree."""
    return current_app.send_static_file("mark.svg")


@contextmanager
def _reading() -> Iterator[tuple[Session, Books]]:
    settings: Settings = current_app.extensions["settings"]
    database: Database = current_app.extensions["database"]
    clock: Callable[[], datetime] = current_app.extensions["clock"]
    with database.reading() as session:
        addresses = Addresses(settings.public_url, settings.zone_info)
        yield session, read_books(session, addresses, now=clock())


def _page(template: str, **values: object) -> Response:
    response = make_response(render_template(template, **values))
    # It tells the state of this minute, in the language of this reader.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def _asked_monday(books: Books, next_at: datetime | None) -> date:
    """The week asked for; else the one whose sessions are still to come, so that a Sunday shows Monday."""
    asked = request.args.get("week")
    if asked:
        return monday_of(_checked_day(asked))
    this = monday_of(books.today)
    following = monday_of(books.local(next_at).date()) if next_at else this
    return following if following == this + timedelta(days=7) else this


def _checked_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or len(text) != 10 or day.year not in _YEARS:
        raise BadDay(_("«{day}» không phải ngày (viết như 2026-04-28)", day=text))
    return day


def _checked_month(month: str) -> str:
    """Leaves to the ledger what is no month, but not what overflows the calendar."""
    if month[:4].isdecimal() and int(month[:4]) not in _YEARS:
        raise BadDay(_("«{month}» nằm ngoài những năm có sổ sách", month=month))
    return month
