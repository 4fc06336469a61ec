"""The month, the week and the day by zone: as a table, which is the truth, and as a calendar to drag in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, jsonify, request, url_for
from sqlalchemy import and_
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from broadcaster.access import Act, may
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import BroadcastSession, Zone
from broadcaster.months import day_start
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, page
from broadcaster.web.desk.plan.asked import Period, View, asked_period
from broadcaster.web.desk.plan.books import days_of, sittings_where
from broadcaster.web.desk.plan.house import all_zones, month_state, reader
from broadcaster.web.desk.plan.values import Item, Sitting
from broadcaster.web.moments import clock_words

calendar = Blueprint("plan", __name__, url_prefix=DESK + "/plan")

#: So many zones stand side by side; a station with more turns the page.
ZONES_A_PAGE = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """Which zones a page shows: one that was asked for, or a page of all."""

    every: Sequence[Zone]
    zones: Sequence[Zone]
    code: str
    number: int
    pages: int


@calendar.get("")
@allowed(Act.SEE_PLAN)
def table() -> Response:
    """The plan as a table."""
    period, who = asked_period(), reader()
    with books_reading() as books:
        shown = _zones(books)
        with_items = period.view is not View.MONTH
        return page(
            "desk/plan/table.html",
            period=period,
            shown=shown,
            days=days_of(books, period, shown.zones, who, with_items=with_items),
            state=month_state(books, period.month, who.now),
            today=who.now.astimezone(who.tz).date(),
            is_open=period.view is View.DAY or len(shown.zones) == 1,
        )


@calendar.get("/calendar")
@allowed(Act.SEE_PLAN)
def drag() -> Response:
    """The plan as a calendar in which an editor drags items from session to session."""
    period, who = asked_period(), reader()
    with books_reading() as books:
        shown = _zones(books, single=period.view is not View.DAY)
        return page(
            "desk/plan/calendar.html",
            period=period,
            shown=shown,
            state=month_state(books, period.month, who.now),
            today=who.now.astimezone(who.tz).date(),
            offset=_offset(day_start(period.day, who.tz)),
        )


@calendar.get("/events")
@allowed(Act.SEE_PLAN)
def events() -> Response:
    """What the calendar shows: the items of a period, and the sessions that they may be dropped on."""
    period, who = asked_period(), reader()
    with books_reading() as books:
        shown = _zones(books, single=period.view is not View.DAY)
        first, after = _grid(period)
        within = and_(
            BroadcastSession.starts_at >= day_start(first, who.tz),
            BroadcastSession.starts_at < day_start(after, who.tz),
            BroadcastSession.zone_id.in_([zone.id for zone in shown.zones]),
        )
        found = sittings_where(books, within, who, with_items=True)
        codes = {zone.id: zone.code for zone in shown.zones}
    may_change = may(user(), Act.CHANGE_PLAN)
    answer = jsonify(
        sessions=[_session_value(one, codes[one.zone_id], may_change) for one in found],
        resources=[{"id": zone.code, "title": zone.name} for zone in shown.zones],
        events=[value for one in found for value in _item_values(one, codes[one.zone_id], may_change)],
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _grid(period: Period) -> tuple[date, date]:
    """A month is shown in whole weeks."""
    if period.view is not View.MONTH:
        return period.first, period.after
    first = period.first - timedelta(days=period.first.weekday())
    return first, period.after + timedelta(days=(7 - period.after.weekday()) % 7)


def _zones(books: Session, *, single: bool = False) -> Shown:
    """The zone that the address names, or the asked page of all zones; `single`: one in any case.

    Raises:
        NotFound: there is no such zone.
    """
    every = all_zones(books)
    code = request.args.get("zone", "")
    if code:
        zones = [zone for zone in every if zone.code == code]
        if not zones:
            raise NotFound(_("không có địa bàn «{code}»", code=code))
        return Shown(every, zones, code, 1, 1)
    if single and every:
        return Shown(every, every[:1], every[0].code, 1, 1)
    pages = max(1, -(-len(every) // ZONES_A_PAGE))
    text = request.args.get("zones", "1")
    number = min(max(1, int(text)), pages) if text.isascii() and text.isdecimal() and len(text) < 5 else 1
    return Shown(every, every[(number - 1) * ZONES_A_PAGE : number * ZONES_A_PAGE], "", number, pages)


def _offset(at: datetime) -> str:
    """The station's distance from UTC as the calendar wants it: "+07:00"."""
    text = f"{at:%z}"
    return f"{text[:3]}:{text[3:5]}"


def _session_value(one: Sitting, zone: str, may_change: bool) -> dict[str, object]:
    return {
        "id": one.id,
        "zone": zone,
        "start": _wall(one.starts_at),
        "version": one.version,
        "open": may_change and one.may_change,
    }


def _item_values(one: Sitting, zone: str, may_change: bool) -> list[dict[str, object]]:
    """The session's items one after the other, as the library of the calendar wants them: wall times, no zone."""
    values = []
    at = one.starts_at
    for item in one.items:
        ends = at + timedelta(milliseconds=item.length_ms)
        values.append(_item_value(one, item, zone, at, ends, may_change))
        at = ends
    return values or [_empty_value(one, zone)]


def _item_value(
    one: Sitting, item: Item, zone: str, at: datetime, ends: datetime, may_change: bool
) -> dict[str, object]:
    classes = ["item", f"item-{one.room}"]
    classes += [name for name, holds in (("item-own", item.is_own), ("item-urgent", item.is_urgent)) if holds]
    return {
        "id": f"{one.id}-{item.ref}",
        "resourceId": zone,
        "start": _wall(at),
        "end": _wall(ends),
        "title": f"{at:%H:%M} {item.title}",
        "startEditable": may_change and one.may_change and not item.is_locked,
        "classNames": classes,
        "extendedProps": {
            "session": one.id,
            "ref": item.ref,
            "address": url_for("plan_sittings.session", session_id=one.id),
            "hint": f"{item.unit} · {clock_words(item.length_ms)}",
        },
    }


def _empty_value(one: Sitting, zone: str) -> dict[str, object]:
    words = _("hủy") if one.cancelled_why is not None else _("tin khẩn") if one.is_interrupt else _("trống")
    return {
        "id": f"{one.id}-",
        "resourceId": zone,
        "start": _wall(one.starts_at),
        "end": _wall(one.starts_at + timedelta(milliseconds=one.length_ms)),
        "title": f"{one.starts_at:%H:%M} {words}",
        "startEditable": False,
        "classNames": ["item", f"item-{one.room}"],
        "extendedProps": {
            "session": one.id,
            "ref": "",
            "address": url_for("plan_sittings.session", session_id=one.id),
            "hint": "",
        },
    }


def _wall(at: datetime) -> str:
    """What the station's clocks show, without a zone: the browser's own must not shift it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}"
