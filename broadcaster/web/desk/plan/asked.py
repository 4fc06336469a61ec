"""What a page of the plan was asked for: which days, seen how, of which zone. Wrong words are named, never guessed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from flask import request

from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _
from broadcaster.months import first_day, month_of
from broadcaster.web.desk.house import moment, station_zone

#: Beyond these years a date is a slip of the pen.
_YEARS = range(2000, 2200)


class BadQuestion(BroadcasterError):
    """A page was asked for with a day, a view or a number that does not exist."""


class View(StrEnum):
    """How much of the plan is seen at once."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a view shows around the day that was asked for: from `first` up to `after`, that not included."""

    view: View
    day: date

    @property
    def first(self) -> date:
        if self.view is View.MONTH:
            return self.day.replace(day=1)
        return self.day if self.view is View.DAY else self.day - timedelta(days=self.day.weekday())

    @property
    def after(self) -> date:
        days = {View.DAY: 1, View.WEEK: 7, View.MONTH: monthrange(self.day.year, self.day.month)[1]}
        return self.first + timedelta(days=days[self.view])

    @property
    def before_it(self) -> date:
        """A day of the period before."""
        return self.first - timedelta(days=1)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=offset) for offset in range((self.after - self.first).days)]

    @property
    def month(self) -> str:
        """The month whose plan the period belongs to: that of the day that was asked for."""
        return f"{self.day:%Y-%m}"


def asked_period() -> Period:
    """The view and the day that the address names; without them this week.

    Raises:
        BadQuestion: there is no such view or day.
    """
    view = request.args.get("view") or View.WEEK
    if view not in [known.value for known in View]:
        raise BadQuestion(_("không có kiểu xem «{view}»", view=view))
    text = request.args.get("day")
    if not text:
        return Period(View(view), _today())
    try:
        day = date.fromisoformat(text)
        if len(text) != 10 or day.year not in _YEARS:
            raise ValueError
    except ValueError:
        raise BadQuestion(_("«{text}» không phải ngày (viết như 2026-04-28)", text=text)) from None
    return Period(View(view), day)


def asked_month() -> str:
    """The month that the address names; without one the month that runs.

    Raises:
        BadMonth: it is written otherwise than 2026-04.
        BadQuestion: it lies in no sensible year.
    """
    month = request.args.get("month") or month_of(moment(), station_zone())
    return checked_month(month)


def checked_month(month: str) -> str:
    """The month, if it is one.

    Raises:
        BadMonth: it is written otherwise than 2026-04.
        BadQuestion: it lies in no sensible year.
    """
    if first_day(month).year not in _YEARS:
        raise BadQuestion(_("«{text}» không phải tháng của lịch phát", text=month))
    return month


def _today() -> date:
    local: datetime = moment().astimezone(station_zone())
    return local.date()


def number_sent(name: str) -> int:
    """A whole number of a form.

    Raises:
        BadQuestion: there is none.
    """
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise BadQuestion(_("biểu mẫu thiếu «{name}»; hãy tải lại trang", name=name))
    return int(text)


def way_back(otherwise: str) -> str:
    """Where a form wants to return to, if that is a page of the plan; else the page named."""
    back = request.form.get("back", "")
    parts = urlsplit(back)
    is_ours = not parts.scheme and not parts.netloc and back.startswith("/desk/plan") and "\\" not in back
    return back if is_ours else otherwise
