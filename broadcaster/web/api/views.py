"""The addresses of the interface."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from broadcaster.web.api import reading, reports, sending
from broadcaster.web.api.house import answer
from broadcaster.web.api.openapi import openapi_document
from broadcaster.web.protection import forgery_guard

#: Five hundred articles or plays are well within it.
LONGEST_BODY_BYTES = 4 * 1024 * 1024

api = Blueprint("api", __name__, url_prefix="/api")
# A forged form rides on a browser's cookie; programs show a token that no browser adds by itself.
forgery_guard.exempt(api)


@api.before_request
def limit_body() -> None:
    """Programs send text; the recordings of the desk may be larger."""
    request.max_content_length = LONGEST_BODY_BYTES


@api.get("/openapi.json")
def description() -> Response:
    """The interface described; no token is asked for."""
    response = jsonify(openapi_document())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@api.post("/v1/airings")
def post_airings() -> Response:
    """Plays of the player that asks."""
    return answer(reports.take_airings())


@api.post("/v1/heartbeat")
def post_heartbeat() -> Response:
    """How the player that asks is."""
    return answer(reports.take_heartbeat())


@api.post("/v1/articles")
def post_articles() -> Response:
    """Articles in the import format."""
    return answer(sending.take_articles())


@api.get("/v1/airtime")
def get_airtime() -> Response:
    """A month's airtime."""
    response = jsonify(reading.read_airtime())
    response.headers["Cache-Control"] = "no-store"
    return response


@api.get("/v1/schedule")
def get_schedule() -> Response:
    """What is on the air on the days asked for."""
    return answer(reading.read_schedule())


@api.get("/v1/articles")
def get_articles() -> Response:
    """Articles as they stand."""
    return answer(reading.read_articles())


@api.get("/v1/units")
def get_units() -> Response:
    """The units."""
    return answer(reading.read_units())
