"""One unit's month: its figures, its days, and every airing that makes them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.closing import AirtimeLine, month_of_unit
from broadcaster.models import Zone
from broadcaster.months import first_day, last_day, month_before, next_month
from broadcaster.reports.figures import length_words
from broadcaster.reports.session_on_air import titles_of
from broadcaster.web.charts import ColumnChart, column_chart
from broadcaster.web.desk.airtime.room import airtime, asked_month, own_unit
from broadcaster.web.desk.guard import allowed
from broadcaster.web.desk.house import books_reading, page, station_zone
from broadcaster.web.desk.paging import page_of_list


@airtime.get("/units/<unit>")
@allowed(Act.SEE_AIRTIME)
def unit(unit: str) -> Response:
    """The unit's line of the month and the lines below it, newest first; a foreign unit is not there."""
    asked, tz = asked_month(), station_zone()
    with books_reading() as books:
        own = own_unit(books)
        if own is not None and own != unit:
            raise NotFound
        report, lines = month_of_unit(books, asked, unit, tz=tz)
        found = next((one for one in report.units if one.unit == unit), None)
        if found is None:
            raise NotFound
        listed = page_of_list(list(reversed(lines)))
        titles = titles_of(books, [line.article for line in listed.rows])
        zones = dict(books.execute(select(Zone.code, Zone.name)).tuples().all())
    return page(
        "desk/airtime/unit.html",
        month=asked,
        before=month_before(asked),
        after=next_month(asked),
        unit=found,
        lines=listed,
        titles=titles,
        zones=zones,
        chart=_chart(asked, lines),
        late=[entry for entry in report.late if entry.unit == unit],
        session_moment=session_moment,
    )


def session_moment(starts_at: str) -> str:
    """A session's start as it stands in addresses: 20261110-0530."""
    return f"{datetime.fromisoformat(starts_at):%Y%m%d-%H%M}"


def _chart(month: str, lines: Sequence[AirtimeLine]) -> ColumnChart:
    heard_ms: Counter[str] = Counter()
    for line in lines:
        heard_ms[line.starts_at[:10]] += line.heard_ms
    first = first_day(month)
    days = [first + timedelta(days=number) for number in range((last_day(month) - first).days + 1)]
    return column_chart([(day, length_words(heard_ms[str(day)]), heard_ms[str(day)]) for day in days])
