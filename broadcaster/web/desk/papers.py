"""All papers of the office, to be printed or taken along."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from broadcaster.access import Act
from broadcaster.errors import NotFound
from broadcaster.language import LANGUAGES, SOURCE_LANGUAGE, speaking
from broadcaster.language import gettext as _
from broadcaster.models import Campaign, Zone
from broadcaster.months import month_of
from broadcaster.reconciliation import tolerances_of
from broadcaster.reports.city_package import write_city_package
from broadcaster.reports.office import office_of
from broadcaster.reports.shapes import (
    BadDays,
    Report,
    airtime_shapes,
    campaign_shapes,
    committee_shapes,
    log_shapes,
    schedule_shapes,
    shaped,
)
from broadcaster.reports.weekly_schedule import week_of_day
from broadcaster.web.desk.forms import HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, database, moment, page, settings, station_zone
from broadcaster.web.pages import LANGUAGE_NAMES

papers = Blueprint("papers", __name__, url_prefix=DESK + "/papers")

TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class CityForm(HouseForm):
    """The campaign whose copies go to the City; the button is the act."""


def today() -> date:
    """The day on which papers of this minute are dated."""
    return moment().astimezone(station_zone()).date()


@papers.get("")
@allowed(Act.PRINT_PAPERS)
def all_papers() -> AnyResponse:
    """Every paper with what it can be asked for."""
    with books_reading() as books:
        zones = books.scalars(select(Zone).order_by(Zone.position, Zone.code)).all()
        campaigns = books.scalars(select(Campaign).order_by(Campaign.starts_on.desc(), Campaign.code)).all()
    return page(
        "desk/papers.html",
        month=month_of(moment(), station_zone()),
        week=week_of_day(today()),
        today=today(),
        zones=zones,
        campaigns=campaigns,
        form=CityForm(),
        paper_languages=tuple(LANGUAGE_NAMES.items()),
    )


@papers.get("/<any(airtime, log, schedule, campaign, committee):paper>.<any(json, csv, xlsx, pdf):form>")
@allowed(Act.PRINT_PAPERS)
def paper(paper: str, form: str) -> AnyResponse:
    """A paper in one of its shapes; Vietnamese unless `paper_lang` asks for English."""
    return _handed_over(paper, form)


@papers.get("/print")
@allowed(Act.PRINT_PAPERS)
def chosen() -> AnyResponse:
    """The same, for a form that chooses paper and shape by fields."""
    paper, form = request.args.get("paper", ""), request.args.get("form", "")
    if paper not in _READ or form not in TYPES:
        raise NotFound(f"{paper}.{form}")
    return _handed_over(paper, form)


@papers.post("/city.zip")
@allowed(Act.EXPORT_DOSSIERS)
def city() -> AnyResponse:
    """The City's copies; who took them stands in the audit chain."""
    code = request.form.get("campaign") or None
    # In a folder of its own that is gone before the answer is: the open file lives on until it is sent.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.zip"
        with speaking(_language(request.form.get("paper_lang"))):
            packed = write_city_package(
                database(), path, code, office_of(settings()), by=user().name, now=moment(), tz=station_zone()
            )
        file = path.open("rb")
    answer = send_file(
        file, mimetype="application/zip", as_attachment=True, download_name=f"ho-so-{packed.campaign}.zip"
    )
    return _private(answer)


def _handed_over(paper: str, form: str) -> AnyResponse:
    with books_reading() as books:
        report = _READ[paper](books)
    with speaking(_language(request.args.get("paper_lang"))):
        data = shaped(report, form, office_of(settings()), dated=today())
    answer = Response(data, content_type=TYPES[form])
    shown = "inline" if form == "pdf" else "attachment"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{report.name}.{form}"'
    return _private(answer)


def _airtime(books: Session) -> Report:
    return airtime_shapes(books, _month(), now=moment(), tz=station_zone())


def _log(books: Session) -> Report:
    first = _day(request.args.get("first")) or today()
    last = _day(request.args.get("last")) or first
    tolerances = tolerances_of(settings())
    return log_shapes(books, first, last, now=moment(), tz=station_zone(), tolerances=tolerances)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDays(_("«{value}» không phải ngày (viết như 2026-11-10)", value=text)) from None


def _schedule(books: Session) -> Report:
    week = request.args.get("week") or week_of_day(today())
    return schedule_shapes(books, week, tz=station_zone(), zone=request.args.get("zone") or None)


def _campaign(books: Session) -> Report:
    return campaign_shapes(books, request.args.get("campaign") or None, now=moment(), tz=station_zone())


def _committee(books: Session) -> Report:
    return committee_shapes(books, _month(), now=moment(), tz=station_zone())


_READ = {"airtime": _airtime, "log": _log, "schedule": _schedule, "campaign": _campaign, "committee": _committee}


def _month() -> str:
    return request.args.get("month") or month_of(moment(), station_zone())


def _language(asked: str | None) -> str:
    return asked if asked in LANGUAGES else SOURCE_LANGUAGE


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Vary"] = "Cookie"
    return answer
