"""What somebody should look at: alerts that stand, sessions not heard as planned, what could make up for them."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.alerts import open_alerts
from broadcaster.makeups import make_ups
from broadcaster.months import day_start
from broadcaster.reconciliation import reconcile, tolerances_of
from broadcaster.reports.terms import verdict_words
from broadcaster.verdicts import Verdict
from broadcaster.web.desk.airtime.words import verdict_tag
from broadcaster.web.desk.guard import DESK, allowed
from broadcaster.web.desk.house import books_reading, moment, page, settings, station_zone
from broadcaster.web.desk.paging import page_of_list

alerts = Blueprint("alerts", __name__, url_prefix=DESK + "/alerts")

#: Sessions of so many past days are looked through.
LOOKED_BACK = timedelta(days=7)
#: So many proposals stand on the page; the command `reconcile` lists them all.
MOST_MAKE_UPS = 20


@alerts.get("")
@allowed(Act.SEE_HEALTH)
def standing() -> Response:
    """Alerts first, then the sessions of the last days that were not heard as planned, the newest first."""
    now, tz, known = moment(), station_zone(), settings()
    begins = day_start((now - LOOKED_BACK).astimezone(tz).date(), tz)
    with books_reading() as books:
        found = open_alerts(books, tz)
        judged = reconcile(books, begins, now, now=now, tolerances=tolerances_of(known), tz=tz)
        proposed = make_ups(books, now=now, awaited=timedelta(hours=known.reports_awaited_h), tz=tz)
    wrong = [one for one in reversed(judged) if one.verdict != Verdict.AS_PLANNED]
    return page(
        "desk/alerts.html",
        alerts=found,
        sessions=page_of_list(wrong),
        make_ups=proposed[:MOST_MAKE_UPS],
        more_make_ups=max(0, len(proposed) - MOST_MAKE_UPS),
        days=LOOKED_BACK.days,
        verdict_words=verdict_words,
        verdict_tag=verdict_tag,
    )
