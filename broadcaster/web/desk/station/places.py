"""Zones with their rules, and the portal's columns."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from broadcaster.access import Act
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Column, Zone
from broadcaster.station.places import ColumnData, ZoneData, column_of, save_column, save_zone, zone_of
from broadcaster.station.timetable import BadTimetable
from broadcaster.web.desk.forms import HouseForm, MinutesField, SecondsField
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page
from broadcaster.web.desk.station.choices import CODE, NAME

places = Blueprint("places", __name__, url_prefix=DESK + "/station")

_COUNT = (InputRequired(), NumberRange(min=1, max=1_000))


class ZoneForm(HouseForm):
    """A zone and its rules of broadcasting."""

    name = StringField(_("Tên địa bàn"), NAME)
    earliest_start = TimeField(
        _("Không phát sớm hơn"), [InputRequired()], description=_("Người dân phàn nàn khi loa phát trước 05:30.")
    )
    longest_session_ms = MinutesField(
        _("Mỗi buổi dài nhất (phút)"),
        [InputRequired(), NumberRange(min=1, max=180)],
        description=_("Thường là 45 phút ở thị xã, 15 phút ở quận nội thành."),
    )
    frame_ms = SecondsField(
        _("Giây dành cho nhạc hiệu, lời xướng, lời chào"), [InputRequired(), NumberRange(min=0, max=600)]
    )
    gap_ms = SecondsField(_("Giây nghỉ sau mỗi bài"), [InputRequired(), NumberRange(min=0, max=60)])
    max_airings = IntegerField(_("Mỗi bài phát nhiều nhất (lượt)"), _COUNT)
    min_between_airings_h = IntegerField(
        _("Hai lượt của một bài cách nhau (giờ)"), [InputRequired(), NumberRange(0, 720)]
    )
    max_airings_in_days_count = IntegerField(_("Nhiều nhất (lượt) trong số ngày dưới đây"), _COUNT)
    max_airings_in_days_days = IntegerField(_("Số ngày"), _COUNT)
    max_per_unit_in_session = IntegerField(_("Bài của một đơn vị trong một buổi"), _COUNT)
    adjacent_same_field = BooleanField(_("Cho hai bài cùng lĩnh vực đứng liền nhau"))
    target_lufs = DecimalField(_("Độ to (LUFS)"), [InputRequired(), NumberRange(min=-30, max=-10)], places=1)
    filler = SelectField(_("Buổi còn thừa thời gian thì"))

    def offer(self) -> None:
        """Fills the choices."""
        self.filler.choices = [
            ("none", gettext("kết thúc sớm")),
            ("music", gettext("phát nhạc nền")),
            ("silence", gettext("để im lặng")),
            ("repeat", gettext("nhắc lại bài, rồi phát nhạc nền")),
        ]

    def zone_data(self) -> ZoneData:
        return ZoneData(
            name=self.name.data.strip(),
            earliest_start=self.earliest_start.data,
            longest_session_ms=self.longest_session_ms.length_ms or 0,
            gap_ms=self.gap_ms.length_ms or 0,
            frame_ms=self.frame_ms.length_ms or 0,
            max_airings=self.max_airings.data,
            min_between_airings_h=self.min_between_airings_h.data,
            max_airings_in_days_count=self.max_airings_in_days_count.data,
            max_airings_in_days_days=self.max_airings_in_days_days.data,
            max_per_unit_in_session=self.max_per_unit_in_session.data,
            adjacent_same_field=self.adjacent_same_field.data,
            target_lufs=float(self.target_lufs.data),
            filler=self.filler.data,
        )


class NewZoneForm(ZoneForm):
    """A zone that is not there yet."""

    code = StringField(_("Mã"), CODE)


class ColumnForm(HouseForm):
    """A column of the portal."""

    name = StringField(_("Tên chuyên mục"), NAME)
    description = TextAreaField(_("Giới thiệu ngắn"), [Length(max=500)])
    posts_a_day = IntegerField(_("Số bài mỗi ngày"), [InputRequired(), NumberRange(min=1, max=50)])
    posts_at = TimeField(_("Đăng lúc"), [InputRequired()])

    def column_data(self) -> ColumnData:
        return ColumnData(
            name=self.name.data.strip(),
            description=(self.description.data or "").strip(),
            posts_a_day=self.posts_a_day.data,
            posts_at=self.posts_at.data,
        )


class NewColumnForm(ColumnForm):
    """A column that is not there yet."""

    code = StringField(_("Mã"), CODE)


@places.get("/zones")
@allowed(Act.CHANGE_SETTINGS)
def all_places() -> Response:
    """Every zone and every column."""
    with books_reading() as books:
        zones = books.scalars(select(Zone).order_by(Zone.position)).all()
        columns = books.scalars(select(Column).order_by(Column.position)).all()
    return page("desk/station/places.html", zones=zones, columns=columns)


@places.get("/zones/new")
@allowed(Act.CHANGE_SETTINGS)
def new_zone() -> Response:
    """The form for a zone, filled with the usual rules."""
    return _zone_page(NewZoneForm(obj=_usual_zone()), gettext("Thêm địa bàn"))


@places.post("/zones/new")
@allowed(Act.CHANGE_SETTINGS)
def zone_made() -> Response:
    """Makes the zone; two usual sessions a working day come with it."""
    form = NewZoneForm()
    with books_reading() as books:
        taken = books.scalars(select(Zone.id).where(Zone.code == form.code.data)).first() is not None
    if taken:
        form.refuse(form.code, gettext("Đã có địa bàn mang mã này."))
        return _zone_page(form, gettext("Thêm địa bàn"), status=422)
    return _zone_kept(form, form.code.data, gettext("Thêm địa bàn"))


@places.get("/zones/<zone_code>")
@allowed(Act.CHANGE_SETTINGS)
def zone(zone_code: str) -> Response:
    """A zone, to be changed."""
    with books_reading() as books:
        known = zone_of(books, zone_code)
    return _zone_page(ZoneForm(obj=known), known.name)


@places.post("/zones/<zone_code>")
@allowed(Act.CHANGE_SETTINGS)
def zone_changed(zone_code: str) -> Response:
    """Keeps the rules, if every session of the zone respects them."""
    with books_reading() as books:
        known = zone_of(books, zone_code)
    return _zone_kept(ZoneForm(), zone_code, known.name)


def _zone_kept(form: ZoneForm, code: str, title: str) -> Response:
    form.offer()
    if form.validate():
        try:
            with books_writing() as books:
                save_zone(books, code, form.zone_data(), by=user().name, now=moment())
        except BadTimetable as faults:
            form.refuse(form.name, str(faults))
        else:
            flash(gettext("Đã lưu địa bàn {name}.", name=form.name.data))
            return redirect(url_for("places.all_places"))
    return _zone_page(form, title, status=422)


def _zone_page(form: ZoneForm, title: str, *, status: int = 200) -> Response:
    form.offer()
    return page("desk/station/form.html", status=status, form=form, title=title, back=url_for("places.all_places"))


@places.get("/columns/new")
@allowed(Act.CHANGE_SETTINGS)
def new_column() -> Response:
    """The form for a column."""
    return _column_page(NewColumnForm(data={"posts_a_day": 2}), gettext("Thêm chuyên mục"))


@places.post("/columns/new")
@allowed(Act.CHANGE_SETTINGS)
def column_made() -> Response:
    """Makes the column; its feed appears with the next publication."""
    form = NewColumnForm()
    with books_reading() as books:
        taken = books.scalars(select(Column.id).where(Column.code == form.code.data)).first() is not None
    if taken:
        form.refuse(form.code, gettext("Đã có chuyên mục mang mã này."))
        return _column_page(form, gettext("Thêm chuyên mục"), status=422)
    return _column_kept(form, form.code.data, gettext("Thêm chuyên mục"))


@places.get("/columns/<column_code>")
@allowed(Act.CHANGE_SETTINGS)
def column(column_code: str) -> Response:
    """A column, to be changed."""
    with books_reading() as books:
        known = column_of(books, column_code)
    return _column_page(ColumnForm(obj=known), known.name)


@places.post("/columns/<column_code>")
@allowed(Act.CHANGE_SETTINGS)
def column_changed(column_code: str) -> Response:
    """Keeps what was changed."""
    with books_reading() as books:
        known = column_of(books, column_code)
    return _column_kept(ColumnForm(), column_code, known.name)


def _column_kept(form: ColumnForm, code: str, title: str) -> Response:
    if not form.validate():
        return _column_page(form, title, status=422)
    with books_writing() as books:
        save_column(books, code, form.column_data(), by=user().name, now=moment())
    flash(gettext("Đã lưu chuyên mục {name}.", name=form.name.data))
    return redirect(url_for("places.all_places"))


def _column_page(form: ColumnForm, title: str, *, status: int = 200) -> Response:
    return page("desk/station/form.html", status=status, form=form, title=title, back=url_for("places.all_places"))


def _usual_zone() -> Zone:
    """A zone as the model's own defaults have it, for a form to begin with."""
    defaults = {
        column.name: column.default.arg
        for column in Zone.__table__.columns
        if column.default is not None and getattr(column.default, "is_scalar", False)
    }
    return Zone(code="", name="", **{name: value for name, value in defaults.items() if name != "position"})
