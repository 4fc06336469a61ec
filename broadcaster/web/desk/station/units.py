"""Units: the list, one to be changed, and renaming, merging and splitting."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from broadcaster.access import Act
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Unit, UnitKind
from broadcaster.station.units import UnitData, predecessors_of, save_unit, succeed, successors_of, unit_of
from broadcaster.web.desk.forms import Filled, HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page
from broadcaster.web.desk.paging import page_of
from broadcaster.web.desk.station.choices import CODE, NAME, zones_to_choose
from broadcaster.web.desk.words import unit_kind_words

units = Blueprint("units", __name__, url_prefix=DESK + "/station/units")


class UnitForm(HouseForm):
    """What is known of a unit."""

    name = StringField(_("Tên đơn vị"), NAME)
    kind = SelectField(_("Loại"))
    zone = SelectField(_("Địa bàn"))
    valid_from = DateField(_("Hoạt động từ ngày"), [Optional()])
    valid_to = DateField(_("Đến hết ngày"), [Optional()])

    def offer(self, books: Session) -> None:
        """Fills the choices."""
        self.kind.choices = [(kind.value, unit_kind_words(kind)) for kind in UnitKind]
        self.zone.choices = zones_to_choose(books, otherwise=gettext("cả thị xã"))

    def unit_data(self) -> UnitData:
        return UnitData(
            name=self.name.data.strip(),
            kind=UnitKind(self.kind.data),
            zone=self.zone.data or None,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )


class NewUnitForm(UnitForm):
    """A unit that is not there yet."""

    code = StringField(_("Mã"), CODE)


class SuccessionForm(HouseForm):
    """Units that end, and those that take up their work."""

    olds = SelectMultipleField(_("Đơn vị kết thúc"), [InputRequired()])
    news = TextAreaField(
        _("Đơn vị mới"),
        [Filled()],
        description=_(
            "Mỗi dòng một đơn vị: mã, dấu phẩy, tên. Một dòng là đổi tên hoặc sáp nhập; nhiều dòng là chia tách."
        ),
    )
    from_day = DateField(_("Từ ngày"), [InputRequired()])


@units.get("")
@allowed(Act.CHANGE_SETTINGS)
def all_units() -> Response:
    """Every unit, those at work first."""
    with books_reading() as books:
        wanted = select(Unit).options(joinedload(Unit.zone)).order_by(Unit.valid_to.is_not(None), Unit.name)
        return page("desk/station/units.html", units=page_of(books, wanted))


@units.get("/new")
@allowed(Act.CHANGE_SETTINGS)
def new_unit() -> Response:
    """The form for a unit."""
    return _unit_page(NewUnitForm(), gettext("Thêm đơn vị"))


@units.post("/new")
@allowed(Act.CHANGE_SETTINGS)
def unit_made() -> Response:
    """Makes the unit."""
    form = NewUnitForm()
    with books_reading() as books:
        taken = books.scalars(select(Unit.id).where(Unit.code == form.code.data)).first() is not None
    if taken:
        form.refuse(form.code, gettext("Đã có đơn vị mang mã này."))
        return _unit_page(form, gettext("Thêm đơn vị"), status=422)
    return _unit_kept(form, form.code.data, gettext("Thêm đơn vị"))


@units.get("/succession")
@allowed(Act.CHANGE_SETTINGS)
def succession() -> Response:
    """The form for renaming, merging and splitting."""
    return _succession_page(SuccessionForm())


@units.post("/succession")
@allowed(Act.CHANGE_SETTINGS)
def succeeded() -> Response:
    """Ends the old units and begins the new ones, all or nothing."""
    form = SuccessionForm()
    with books_reading() as books:
        form.olds.choices = _at_work(books)
    if form.validate():
        news = [line.partition(",") for line in form.news.data.splitlines() if line.strip()]
        try:
            with books_writing() as books:
                first = unit_of(books, form.olds.data[0])
                zone = first.zone.code if first.zone else None
                listed = [
                    (code.strip(), _like(first, name.strip() or code.strip(), zone)) for code, _sign, name in news
                ]
                succeed(books, form.olds.data, listed, from_day=form.from_day.data, by=user().name, now=moment())
        except BroadcasterError as refused:
            form.refuse(form.news, str(refused))
        else:
            flash(gettext("Đã ghi; sổ cũ vẫn mang tên cũ, dòng kế thừa nối sang đơn vị mới."))
            return redirect(url_for("units.all_units"))
    return _succession_page(form, status=422)


@units.get("/<unit_code>")
@allowed(Act.CHANGE_SETTINGS)
def unit(unit_code: str) -> Response:
    """A unit, to be corrected."""
    with books_reading() as books:
        known = unit_of(books, unit_code)
        before, after = predecessors_of(books, known), successors_of(books, known)
    fields = {name: getattr(known, name) for name in ("name", "kind", "valid_from", "valid_to")}
    form = UnitForm(data={**fields, "zone": known.zone.code if known.zone else ""})
    return _unit_page(form, known.name, before=before, after=after)


@units.post("/<unit_code>")
@allowed(Act.CHANGE_SETTINGS)
def unit_changed(unit_code: str) -> Response:
    """Keeps what was corrected."""
    with books_reading() as books:
        known = unit_of(books, unit_code)
    return _unit_kept(UnitForm(), unit_code, known.name)


def _unit_kept(form: UnitForm, code: str, title: str) -> Response:
    with books_reading() as books:
        form.offer(books)
    if form.validate():
        try:
            with books_writing() as books:
                save_unit(books, code, form.unit_data(), by=user().name, now=moment())
        except BroadcasterError as refused:
            form.refuse(form.valid_to, str(refused))
        else:
            flash(gettext("Đã lưu đơn vị {name}.", name=form.name.data))
            return redirect(url_for("units.all_units"))
    return _unit_page(form, title, status=422)


def _unit_page(form: UnitForm, title: str, *, status: int = 200, before: object = (), after: object = ()) -> Response:
    with books_reading() as books:
        form.offer(books)
    back = url_for("units.all_units")
    return page("desk/station/unit.html", status=status, form=form, title=title, back=back, before=before, after=after)


def _succession_page(form: SuccessionForm, *, status: int = 200) -> Response:
    with books_reading() as books:
        form.olds.choices = _at_work(books)
    title, back = gettext("Đổi tên, sáp nhập, chia tách"), url_for("units.all_units")
    return page("desk/station/form.html", status=status, form=form, title=title, back=back)


def _at_work(books: Session) -> list[tuple[str, str]]:
    wanted = select(Unit.code, Unit.name).where(Unit.valid_to.is_(None)).order_by(Unit.name)
    return [(code, name) for code, name in books.execute(wanted)]


def _like(old: Unit, name: str, zone: str | None) -> UnitData:
    return UnitData(name=name, kind=UnitKind(old.kind), zone=zone)
