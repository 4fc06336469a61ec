"""Closing a month: first what is going to be frozen and what is still missing, then the act."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.airtime import month_airtime
from broadcaster.closing import close_month
from broadcaster.errors import NotAllowed
from broadcaster.language import gettext as _
from broadcaster.models import ClosedMonth
from broadcaster.months import BadMonth, bounds
from broadcaster.reconciliation import counts_of, reconcile, tolerances_of
from broadcaster.reports.terms import verdict_words
from broadcaster.verdicts import Verdict
from broadcaster.web.desk.airtime.room import airtime
from broadcaster.web.desk.forms import HouseForm
from broadcaster.web.desk.guard import allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, settings, station_zone


class ClosingForm(HouseForm):
    """Nothing to fill in: the button is the act, and guarded like every form."""


@airtime.get("/closing/<month>")
@allowed(Act.CLOSE_MONTHS)
def preview(month: str) -> Response:
    """What closing the month freezes, and what has not been reported yet."""
    return _preview(month)


@airtime.post("/closing/<month>")
@allowed(Act.CLOSE_MONTHS)
def close(month: str) -> Response:
    """Closes the month."""
    form = ClosingForm()
    if not form.validate():
        return _preview(month, status=422)
    try:
        with books_writing() as books:
            close_month(books, month, by=user().name, now=moment(), tz=station_zone())
    except NotAllowed as refused:
        return _preview(month, why=str(refused), status=409)
    flash(_("Đã chốt tháng. Báo muộn và đính chính từ nay ghi sang tháng đang mở."))
    return redirect(url_for("airtime.month", month=month))


def _preview(month: str, *, why: str = "", status: int = 200) -> Response:
    now, tz = moment(), station_zone()
    try:
        ends = bounds(month, tz)[1]
    except BadMonth:
        raise NotFound from None
    with books_reading() as books:
        report = month_airtime(books, month, now=now, tz=tz)
        begins = bounds(month, tz)[0]
        verdicts = reconcile(books, begins, ends, now=now, tolerances=tolerances_of(settings()), tz=tz)
        closed = books.get(ClosedMonth, month)
    return page(
        "desk/airtime/closing.html",
        status=status,
        form=ClosingForm(),
        month=month,
        report=report,
        verdicts=[(Verdict(code), count) for code, count in counts_of(verdicts).items()],
        sessions=len(verdicts),
        verdict_words=verdict_words,
        closed=closed,
        is_over=now >= ends,
        why=why,
    )
