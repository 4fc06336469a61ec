"""The first page of the settings: what is set up, the voices, and the addresses of the feeds."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from audio.errors import AudioError
from broadcaster.access import Act
from broadcaster.hearing import Booth
from broadcaster.language import gettext
from broadcaster.models import Column, Player, SlotRule, Unit, Zone
from broadcaster.publishing.addresses import Addresses
from broadcaster.web.desk.guard import DESK, allowed
from broadcaster.web.desk.house import books_reading, page, settings, station_zone

overview = Blueprint("station", __name__, url_prefix=DESK + "/station")

#: Said by a voice that is tried: it has figures, a date and an abbreviation in it.
TRIAL = "Ủy ban nhân dân thị xã kính chào bà con. Hôm nay là ngày mùng một tháng sáu, đúng mười bảy giờ ba mươi phút."


@dataclass(frozen=True, slots=True)
class Feed:
    """An address to give to a portal, a podcast program or a calendar."""

    name: str
    kind: str
    address: str


@overview.get("")
@allowed(Act.CHANGE_SETTINGS)
def all_settings() -> Response:
    """How many of everything, and the ways to change it."""
    with books_reading() as books:
        counts = {kind.__tablename__: _count(books, kind) for kind in (Zone, Column, SlotRule, Unit, Player)}
    booth: Booth = current_app.extensions["booth"]
    return page("desk/station/overview.html", counts=counts, voices=booth.voices, station_settings=settings())


@overview.get("/voices/<voice>.wav")
@allowed(Act.CHANGE_SETTINGS)
def trial(voice: str) -> Response:
    """A voice says a sentence, so that one hears whether it works; what went wrong is said in words."""
    booth: Booth = current_app.extensions["booth"]
    try:
        heard = booth.hear(TRIAL, voice)
    except AudioError as failure:
        return page(
            "refusal.html", status=503, code=503, title=gettext("Giọng này chưa đọc được"), message=str(failure)
        )
    answer = Response(heard.wav, mimetype="audio/wav")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@overview.get("/feeds")
@allowed(Act.CHANGE_SETTINGS, Act.CHANGE_PLAN)
def feeds() -> Response:
    """Every public address, to be copied."""
    addresses = Addresses(settings().public_url, station_zone())
    with books_reading() as books:
        columns = books.scalars(select(Column).order_by(Column.position)).all()
        zones = books.scalars(select(Zone).order_by(Zone.position)).all()
    found = [Feed(column.name, "RSS", addresses.url(addresses.column_feed(column.code))) for column in columns]
    found += [
        Feed(column.name, "JSON Feed", addresses.url(addresses.column_feed(column.code, "json"))) for column in columns
    ]
    for zone in zones:
        found.append(Feed(zone.name, "Podcast", addresses.url(addresses.zone_feed(zone.code))))
        found.append(Feed(zone.name, "iCalendar", addresses.url(addresses.calendar(zone.code))))
    found.append(Feed(settings().station, "OPML", addresses.url(addresses.opml())))
    return page("desk/station/feeds.html", feeds=found)


def _count(books: Session, kind: type[Zone] | type[Column] | type[SlotRule] | type[Unit] | type[Player]) -> int:
    return books.scalar(select(func.count(kind.id))) or 0
