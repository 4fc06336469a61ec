"""When the zones broadcast: weekly sessions, single days, decisions about days, and the coming weeks as they follow."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from broadcaster.access import Act
from broadcaster.errors import NotFound
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import CalendarDay, DayKind, SlotException, SlotRule, Zone
from broadcaster.station.timetable import (
    BadTimetable,
    ExceptionData,
    RuleData,
    add_exception,
    coming_days,
    decide_day,
    end_rule,
    remove_exception,
    rule_of,
    save_rule,
    undecide_day,
)
from broadcaster.web.desk.forms import HouseForm, MinutesField
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, station_zone
from broadcaster.web.desk.station.choices import CODE, REASON, zones_to_choose
from broadcaster.web.moments import weekday_words

timetable = Blueprint("timetable", __name__, url_prefix=DESK + "/station/sessions")

#: Any Monday: weekdays have names of their own.
_MONDAY = date(2026, 1, 5)


class WeekdaysField(SelectMultipleField):  # type: ignore[misc]  # wtforms is published without types
    """Days of the week as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RuleForm(HouseForm):
    """A session of every week."""

    zone = SelectField(_("Địa bàn"))
    weekdays = WeekdaysField(_("Các ngày trong tuần"), [InputRequired()])
    starts_at = TimeField(_("Bắt đầu lúc"), [InputRequired()])
    length_ms = MinutesField(_("Dài (phút)"), [InputRequired(), NumberRange(min=1, max=180)])
    valid_from = DateField(_("Từ ngày"), [InputRequired()])
    valid_to = DateField(_("Đến hết ngày"), [Optional()])
    on_holidays = BooleanField(_("Phát cả ngày lễ"))

    def offer(self, books: Session) -> None:
        """Fills the choices."""
        self.zone.choices = zones_to_choose(books)
        self.weekdays.choices = [(str(day), weekday_words(_MONDAY + timedelta(days=day))) for day in range(7)]

    def rule_data(self) -> RuleData:
        return RuleData(
            zone=self.zone.data,
            weekdays="".join(sorted(self.weekdays.data)),
            starts_at=self.starts_at.data,
            length_ms=self.length_ms.length_ms or 0,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            on_holidays=self.on_holidays.data,
        )


class NewRuleForm(RuleForm):
    """A weekly session that is not there yet."""

    code = StringField(_("Mã"), CODE)


class ExceptionForm(HouseForm):
    """A single day that differs."""

    day = DateField(_("Ngày"), [InputRequired()])
    action = SelectField(_("Việc"))
    zone = SelectField(_("Địa bàn"))
    rule = SelectField(_("Buổi"))
    starts_at = TimeField(_("Bắt đầu lúc"), [Optional()], description=_("Khi thêm hoặc dời buổi."))
    length_ms = MinutesField(_("Dài (phút)"), [Optional(), NumberRange(min=1, max=180)])
    reason = StringField(_("Lý do"), REASON)

    def offer(self, books: Session) -> None:
        """Fills the choices."""
        self.action.choices = [
            ("cancel", gettext("nghỉ")),
            ("add", gettext("thêm buổi")),
            ("move", gettext("dời giờ hoặc đổi độ dài")),
        ]
        self.zone.choices = zones_to_choose(books, otherwise=gettext("mọi địa bàn"))
        rules = books.scalars(select(SlotRule.code).order_by(SlotRule.code))
        self.rule.choices = [("", gettext("mọi buổi trong ngày")), *((code, code) for code in rules)]

    def exception_data(self) -> ExceptionData:
        return ExceptionData(
            day=self.day.data,
            action=self.action.data,
            zone=self.zone.data or None,
            rule=self.rule.data or None,
            starts_at=self.starts_at.data,
            length_ms=self.length_ms.length_ms,
            reason=self.reason.data.strip(),
        )


class DayForm(HouseForm):
    """A decision about a day."""

    day = DateField(_("Ngày"), [InputRequired()])
    kind = SelectField(_("Quyết định"))
    worked_on = DateField(_("Làm bù vào ngày"), [Optional()], description=_("Chỉ khi hoán đổi."))
    reason = StringField(_("Lý do"), REASON)

    def offer(self) -> None:
        """Fills the choices."""
        self.kind.choices = [
            (DayKind.OFF.value, gettext("nghỉ theo lịch của địa phương")),
            (DayKind.WORKING.value, gettext("ngày lễ nhưng vẫn làm việc")),
            (DayKind.SWAP.value, gettext("hoán đổi với một ngày khác")),
        ]


@timetable.get("")
@allowed(Act.CHANGE_SETTINGS, Act.CHANGE_PLAN)
def sessions() -> Response:
    """All of it on one page, with the coming eight weeks and why a day is silent."""
    return _sessions_page(ExceptionForm(), DayForm())


def _sessions_page(exception: ExceptionForm, day: DayForm, *, status: int = 200) -> Response:
    now, tz = moment(), station_zone()
    with books_reading() as books:
        exception.offer(books)
        day.offer()
        zones = books.scalars(select(Zone).order_by(Zone.position)).all()
        wanted = request.args.get("zone")
        zone = next((zone for zone in zones if zone.code == wanted), zones[0] if zones else None)
        today = now.astimezone(tz).date()
        decided = select(CalendarDay).where(CalendarDay.day >= today).order_by(CalendarDay.day)
        coming = select(SlotException).where(SlotException.day >= today).options(joinedload(SlotException.zone))
        return page(
            "desk/station/timetable.html",
            status=status,
            zones=zones,
            zone=zone,
            rules=books.scalars(select(SlotRule).options(joinedload(SlotRule.zone)).order_by(SlotRule.code)).all(),
            exceptions=books.scalars(coming.order_by(SlotException.day)).all(),
            decisions=books.scalars(decided).all(),
            days=coming_days(books, now=now, tz=tz, zone=zone.code if zone else None),
            exception_form=exception,
            day_form=day,
            day_kinds=dict(day.kind.choices),
            actions=dict(exception.action.choices),
            weekday_names=[weekday_words(_MONDAY + timedelta(days=number)) for number in range(7)],
        )


@timetable.get("/rules/new")
@allowed(Act.CHANGE_SETTINGS)
def new_rule() -> Response:
    """The form for a weekly session."""
    today = moment().astimezone(station_zone()).date()
    form = NewRuleForm(data={"weekdays": list("01234"), "valid_from": today, "length_ms": 15 * 60_000})
    return _rule_page(form, gettext("Thêm buổi phát hằng tuần"))


@timetable.post("/rules/new")
@allowed(Act.CHANGE_SETTINGS)
def rule_made() -> Response:
    """Makes the session, if all sessions of its zone hold together with it."""
    form = NewRuleForm()
    with books_reading() as books:
        taken = books.scalars(select(SlotRule.id).where(SlotRule.code == form.code.data)).first() is not None
    if taken:
        form.refuse(form.code, gettext("Đã có buổi mang mã này."))
        return _rule_page(form, gettext("Thêm buổi phát hằng tuần"), status=422)
    return _rule_kept(form, form.code.data, gettext("Thêm buổi phát hằng tuần"))


@timetable.get("/rules/<rule_code>")
@allowed(Act.CHANGE_SETTINGS)
def rule(rule_code: str) -> Response:
    """A weekly session, to be changed."""
    with books_reading() as books:
        known = rule_of(books, rule_code)
        zone = known.zone.code
    fields = ("starts_at", "length_ms", "valid_from", "valid_to", "on_holidays")
    values = {name: getattr(known, name) for name in fields}
    return _rule_page(RuleForm(data={**values, "zone": zone, "weekdays": list(known.weekdays)}), known.code)


@timetable.post("/rules/<rule_code>")
@allowed(Act.CHANGE_SETTINGS)
def rule_changed(rule_code: str) -> Response:
    """Keeps the session as it is wanted; sessions that have begun stay as they were."""
    with books_reading() as books:
        rule_of(books, rule_code)
    return _rule_kept(RuleForm(), rule_code, rule_code)


@timetable.post("/rules/<rule_code>/end")
@allowed(Act.CHANGE_SETTINGS)
def rule_ended(rule_code: str) -> Response:
    """Lets the session end with yesterday."""
    with books_writing() as books:
        end_rule(books, rule_code, by=user().name, now=moment(), tz=station_zone())
    flash(gettext("Từ hôm nay không còn buổi {code}.", code=rule_code))
    return redirect(url_for("timetable.sessions"))


def _rule_kept(form: RuleForm, code: str, title: str) -> Response:
    with books_reading() as books:
        form.offer(books)
    if form.validate():
        try:
            with books_writing() as books:
                save_rule(books, code, form.rule_data(), by=user().name, now=moment(), tz=station_zone())
        except BadTimetable as faults:
            form.refuse(form.starts_at, str(faults))
        else:
            flash(gettext("Đã lưu buổi {code}.", code=code))
            return redirect(url_for("timetable.sessions", zone=form.zone.data))
    return _rule_page(form, title, status=422)


def _rule_page(form: RuleForm, title: str, *, status: int = 200) -> Response:
    with books_reading() as books:
        form.offer(books)
    return page("desk/station/form.html", status=status, form=form, title=title, back=url_for("timetable.sessions"))


@timetable.post("/exceptions/add")
@allowed(Act.CHANGE_SETTINGS)
def exception_added() -> Response:
    """Adds a day that differs."""
    form = ExceptionForm()
    with books_reading() as books:
        form.offer(books)
    if form.action.data in {"add", "move"} and form.starts_at.data is None and form.length_ms.data is None:
        form.validate()
        form.refuse(form.starts_at, gettext("Cần giờ bắt đầu hoặc độ dài mới."))
    elif form.validate():
        try:
            with books_writing() as books:
                add_exception(books, form.exception_data(), by=user().name, now=moment(), tz=station_zone())
        except (BadTimetable, NotFound) as refused:
            form.refuse(form.day, str(refused))
        else:
            flash(gettext("Đã ghi ngày {day}.", day=f"{form.day.data:%d/%m/%Y}"))
            return redirect(url_for("timetable.sessions"))
    return _sessions_page(form, DayForm(formdata=None), status=422)


@timetable.post("/exceptions/<int:exception_id>/remove")
@allowed(Act.CHANGE_SETTINGS)
def exception_removed(exception_id: int) -> Response:
    """Takes a day that differs back."""
    with books_writing() as books:
        remove_exception(books, exception_id, by=user().name, now=moment(), tz=station_zone())
    flash(gettext("Đã bỏ ngày ngoại lệ."))
    return redirect(url_for("timetable.sessions"))


@timetable.post("/days/decide")
@allowed(Act.CHANGE_SETTINGS)
def day_decided() -> Response:
    """Decides about a day."""
    form = DayForm()
    form.offer()
    if form.validate():
        try:
            with books_writing() as books:
                decide_day(
                    books,
                    form.day.data,
                    DayKind(form.kind.data),
                    worked_on=form.worked_on.data,
                    reason=form.reason.data.strip(),
                    by=user().name,
                    now=moment(),
                    tz=station_zone(),
                )
        except BadTimetable as refused:
            form.refuse(form.day, str(refused))
        else:
            flash(gettext("Đã ghi ngày {day}.", day=f"{form.day.data:%d/%m/%Y}"))
            return redirect(url_for("timetable.sessions"))
    return _sessions_page(ExceptionForm(formdata=None), form, status=422)


@timetable.post("/days/<day>/undecide")
@allowed(Act.CHANGE_SETTINGS)
def day_undecided(day: str) -> Response:
    """Takes a decision back; the law's calendar counts again."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound(gettext("chưa quyết định gì về ngày ấy")) from None
    with books_writing() as books:
        undecide_day(books, wanted, by=user().name, now=moment(), tz=station_zone())
    flash(gettext("Ngày ấy lại theo lịch chung."))
    return redirect(url_for("timetable.sessions"))
