"""The desk's first page: what waits for whoever is signed in."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from broadcaster.access import Act, may
from broadcaster.models import Unit
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, page

front = Blueprint("front", __name__)


@front.get(DESK)
@allowed()
def desk() -> Response:
    """What waits, and the ways to everything the role allows; an empty station begins with its first steps."""
    if may(user(), Act.CHANGE_SETTINGS):
        with books_reading() as books:
            if books.scalars(select(Unit.id).limit(1)).first() is None:
                return redirect(url_for("first_run.guide"))
    return page("desk/front.html")
