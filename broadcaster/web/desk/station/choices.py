"""Choices that several forms of the settings offer, and checks that they share."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.validators import Length, Regexp

from broadcaster.language import later as _
from broadcaster.models import Zone
from broadcaster.web.desk.forms import Filled

#: Codes stand in addresses and files for ever.
CODE = (
    Filled(),
    Length(max=60),
    Regexp(r"^[a-z0-9][a-z0-9-]*$", message=_("Chỉ chữ thường không dấu, số và «-»; mã không đổi về sau.")),
)
NAME = (Filled(), Length(max=200))
REASON = (Filled(), Length(max=300))


def zones_to_choose(books: Session, *, otherwise: object | None = None) -> list[tuple[str, str]]:
    """Every zone; `otherwise` says what an empty choice means, where one is offered."""
    zones = [(code, name) for code, name in books.execute(select(Zone.code, Zone.name).order_by(Zone.position))]
    return [("", str(otherwise)), *zones] if otherwise is not None else zones
