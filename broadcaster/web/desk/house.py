"""What every view of the desk needs: the books to read or to write, the settings, the moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, current_app, make_response, render_template
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.db import Database


def settings() -> Settings:
    """The installation's settings."""
    known: Settings = current_app.extensions["settings"]
    return known


def database() -> Database:
    """The installation's database, for use cases that make their own transactions."""
    known: Database = current_app.extensions["database"]
    return known


def books_reading() -> AbstractContextManager[Session]:
    """A consistent view of the books."""
    return database().reading()


def books_writing() -> AbstractContextManager[Session]:
    """One transaction: kept whole, or dropped whole when the block raises."""
    return database().writing()


def moment() -> datetime:
    """What time it is, as an aware instant."""
    clock: Callable[[], datetime] = current_app.extensions["clock"]
    return clock()


def station_zone() -> ZoneInfo:
    """The zone in which people at the desk read and write times."""
    return settings().zone_info


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page of this minute for this reader: kept by nobody on the way."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Cookie"
    return response
