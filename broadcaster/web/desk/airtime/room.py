"""What all pages of the room stand on: the blueprint, the asked month, and which units somebody may see."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.access import acts_for_one_unit
from broadcaster.airtime import UnitAirtime
from broadcaster.models import Unit
from broadcaster.months import first_day, month_of
from broadcaster.reports.figures import change_words, length_words
from broadcaster.web.desk.guard import DESK, user
from broadcaster.web.desk.house import moment, station_zone

airtime = Blueprint("airtime", __name__, url_prefix=DESK + "/airtime")
airtime.add_app_template_filter(length_words, "length_words")
airtime.add_app_template_filter(change_words, "change_words")


def asked_month() -> str:
    """The month that the request asks for; without one, the present.

    Raises:
        BadMonth: it is not written as 2026-04.
    """
    month = request.args.get("month") or month_of(moment(), station_zone())
    first_day(month)
    return month


def own_unit(books: Session) -> str | None:
    """The code of the only unit that whoever is signed in may see; None for those who see all.

    Somebody of a unit that is gone sees an empty code, which no unit has.
    """
    if not acts_for_one_unit(user()):
        return None
    return books.scalar(select(Unit.code).where(Unit.id == user().unit_id)) or ""


def seen(units: Sequence[UnitAirtime], own: str | None) -> list[UnitAirtime]:
    """What may be seen of a month's units, the worst served first; of equals the one that lacks more."""
    mine = [unit for unit in units if own is None or unit.unit == own]
    return sorted(mine, key=lambda unit: (unit.percent, -unit.shortfall_ms, unit.name))
