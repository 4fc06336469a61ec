"""How the interface writes: instants in station time, and answers that nobody keeps on the way."""

from __future__ import annotations

from datetime import datetime

from flask import Response, jsonify
from pydantic import BaseModel

from broadcaster.web.desk.house import station_zone


def instant(at: datetime | None) -> str | None:
    """An instant in station time."""
    return at.astimezone(station_zone()).isoformat(timespec="seconds") if at else None


def answer(document: BaseModel) -> Response:
    """A document as it was described."""
    response = jsonify(document.model_dump(mode="json"))
    response.headers["Cache-Control"] = "no-store"
    return response
