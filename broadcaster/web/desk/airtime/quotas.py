"""The campaign's quotas against its deadline."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.errors import NotFound
from broadcaster.reports.campaign import campaign_report
from broadcaster.reports.campaign_paper import deadline_words, state_words
from broadcaster.web.desk.airtime.room import airtime, own_unit
from broadcaster.web.desk.guard import allowed
from broadcaster.web.desk.house import books_reading, moment, page, station_zone
from broadcaster.web.desk.paging import page_of_list


@airtime.get("/campaign")
@allowed(Act.SEE_AIRTIME)
def campaign() -> Response:
    """Who has met the quota, those that lack most first; without a campaign, a page that says so."""
    code = request.args.get("campaign")
    with books_reading() as books:
        try:
            report = campaign_report(books, code, now=moment(), tz=station_zone())
        except NotFound:
            if code:
                raise
            return page("desk/airtime/no_campaign.html")
        own = own_unit(books)
    units = sorted(report.units, key=lambda unit: (-unit.missing, not unit.quota, unit.name))
    if own is not None:
        units = [unit for unit in units if unit.unit == own]
        report = replace(report, units=tuple(units))
    return page(
        "desk/airtime/campaign.html",
        report=report,
        units=page_of_list(units),
        deadline=deadline_words(report),
        state_words=state_words,
    )
