"""The desk's first page: what waits for whoever is signed in."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from broadcaster.web.desk.guard import DESK, allowed
from broadcaster.web.desk.house import page

front = Blueprint("front", __name__)


@front.get(DESK)
@allowed()
def desk() -> Response:
    """What waits, and the ways to everything the role allows."""
    return page("desk/front.html")
