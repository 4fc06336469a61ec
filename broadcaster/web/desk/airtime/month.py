"""The month per unit, the worst served first."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.airtime import UnitAirtime, month_airtime
from broadcaster.models import ClosedMonth
from broadcaster.months import bounds, month_before, next_month
from broadcaster.reports.figures import percent_words
from broadcaster.web.charts import BarChart, bar_chart
from broadcaster.web.desk.airtime.room import airtime, asked_month, own_unit, seen
from broadcaster.web.desk.guard import allowed
from broadcaster.web.desk.house import books_reading, moment, page, station_zone
from broadcaster.web.desk.paging import page_of_list

#: So many of the units that lack most are drawn; the table has them all.
DRAWN = 10


@airtime.get("")
@allowed(Act.SEE_AIRTIME)
def month() -> Response:
    """The table of a month with its chart."""
    asked, now, tz = asked_month(), moment(), station_zone()
    with books_reading() as books:
        report = month_airtime(books, asked, now=now, tz=tz)
        own = own_unit(books)
        closed = books.get(ClosedMonth, asked)
    units = seen(report.units, own)
    return page(
        "desk/airtime/month.html",
        month=asked,
        before=month_before(asked),
        after=next_month(asked),
        units=page_of_list(units),
        totals=report.totals,
        total_percent=_percent(report.totals),
        total_change=sum(unit.aired_ms - unit.previous_month_ms for unit in report.units),
        exemplars=sum(unit.exemplar_articles for unit in report.units),
        spontaneous=sum(unit.spontaneous_articles for unit in report.units),
        sees_all=own is None,
        late=[entry for entry in report.late if own is None or entry.unit == own],
        chart=_chart(units[:DRAWN]),
        closed=closed,
        is_over=now >= bounds(asked, tz)[1],
        has_begun=now >= bounds(asked, tz)[0],
    )


def _percent(totals: dict[str, int]) -> float:
    return 100 * totals["aired_ms"] / totals["target_ms"] if totals["target_ms"] else 100.0


def _chart(units: Sequence[UnitAirtime]) -> BarChart:
    def share(length_ms: int, unit: UnitAirtime) -> float:
        return length_ms / unit.target_ms if unit.target_ms else 1.0

    return bar_chart(
        [
            (unit.name, percent_words(unit.percent), share(unit.planned_ms, unit), share(unit.aired_ms, unit))
            for unit in units
        ]
    )
