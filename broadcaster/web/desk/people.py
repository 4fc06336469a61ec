"""People and their accounts: made, invited, closed; for administrators."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import Length, Regexp

from broadcaster.access import Act
from broadcaster.accounts import AccountData, disable, enable, invite, save_account, user_named
from broadcaster.errors import NotAllowed
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Role, Unit, User
from broadcaster.web.desk.forms import Filled, HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, settings
from broadcaster.web.desk.paging import page_of
from broadcaster.web.desk.words import role_words

people = Blueprint("people", __name__, url_prefix=DESK + "/people")

_NAME = r"^[a-z0-9][a-z0-9.-]*$"


class AccountForm(HouseForm):
    """What is known of an account."""

    name = StringField(
        _("Tên tài khoản"),
        [
            Filled(),
            Length(max=60),
            Regexp(r"^[a-z0-9][a-z0-9.-]*$", message=_("Chỉ chữ thường không dấu, số, «-» và «.».")),
        ],
    )
    full_name = StringField(_("Họ và tên"), [Filled(), Length(max=100)])
    role = SelectField(_("Vai trò"))
    unit = SelectField(_("Đơn vị"), description=_("Cần cho cộng tác viên và thủ trưởng đơn vị."))

    def offer(self, books: Session) -> None:
        """Fills the choices."""
        self.role.choices = [(role.value, role_words(role)) for role in Role]
        self.unit.choices = [("", gettext("không thuộc đơn vị nào")), *_units(books)]

    def data_of_account(self) -> AccountData:
        return AccountData(self.name.data, self.full_name.data.strip(), Role(self.role.data), self.unit.data or None)


@people.get("")
@allowed(Act.MANAGE_PEOPLE)
def all_people() -> Response:
    """Every account, a page at a time."""
    with books_reading() as books:
        wanted = select(User).options(joinedload(User.unit)).order_by(User.disabled_at.is_not(None), User.name)
        return page("desk/people.html", people=page_of(books, wanted))


@people.get("/new")
@allowed(Act.MANAGE_PEOPLE)
def new() -> Response:
    """The form for a new account."""
    return _form_page(AccountForm(), None)


@people.post("/new")
@allowed(Act.MANAGE_PEOPLE)
def made() -> Response:
    """Makes the account and shows its letter of invitation, once."""
    form = AccountForm()
    with books_reading() as books:
        form.offer(books)
        known = books.scalars(select(User.id).where(User.name == form.name.data)).first()
    if known is not None:
        form.validate()
        form.refuse(form.name, gettext("Đã có tài khoản tên này."))
    elif _saved(form):
        return _invited(form.name.data)
    return _form_page(form, None, status=422)


@people.get("/<name>")
@allowed(Act.MANAGE_PEOPLE)
def one(name: str) -> Response:
    """An account, to be changed."""
    with books_reading() as books:
        known = user_named(books, name)
        unit = books.get(Unit, known.unit_id) if known.unit_id else None
    form = AccountForm(
        data={"name": name, "full_name": known.full_name, "role": known.role, "unit": unit and unit.code}
    )
    return _form_page(form, known)


@people.post("/<name>")
@allowed(Act.MANAGE_PEOPLE)
def changed(name: str) -> Response:
    """Keeps what was changed; an account's name stays what it is, for the books are written under it."""
    form = AccountForm()
    with books_reading() as books:
        known = user_named(books, name)
        form.offer(books)
    form.name.data = name
    if _saved(form):
        flash(gettext("Đã lưu tài khoản {name}.", name=name))
        return redirect(url_for("people.all_people"))
    return _form_page(form, known, status=422)


@people.post("/<name>/invite")
@allowed(Act.MANAGE_PEOPLE)
def invited(name: str) -> Response:
    """A new letter of invitation, also for whoever forgot the password."""
    return _invited(name)


@people.post("/<name>/disable")
@allowed(Act.MANAGE_PEOPLE)
def disabled(name: str) -> Response:
    """Closes the account and signs it out everywhere."""
    with books_writing() as books:
        disable(books, name, by=user().name, now=moment())
    flash(gettext("Đã khóa tài khoản {name} và đăng xuất ở mọi nơi.", name=name))
    return redirect(url_for("people.all_people"))


@people.post("/<name>/enable")
@allowed(Act.MANAGE_PEOPLE)
def enabled(name: str) -> Response:
    """Opens a closed account again."""
    with books_writing() as books:
        enable(books, name, by=user().name, now=moment())
    flash(gettext("Đã mở lại tài khoản {name}.", name=name))
    return redirect(url_for("people.all_people"))


def _saved(form: AccountForm) -> bool:
    if not form.validate():
        return False
    try:
        with books_writing() as books:
            save_account(books, form.data_of_account(), by=user().name, now=moment())
    except NotAllowed as refused:
        form.refuse(form.unit, str(refused))
        return False
    return True


def _invited(name: str) -> Response:
    with books_writing() as books:
        token = invite(books, name, by=user().name, now=moment())
    address = settings().public_url + url_for("account.invitation", token=token)
    return page("desk/invited.html", name=name, address=address)


def _form_page(form: AccountForm, known: User | None, *, status: int = 200) -> Response:
    with books_reading() as books:
        form.offer(books)
    return page("desk/person.html", status=status, form=form, known=known)


def _units(books: Session) -> Sequence[tuple[str, str]]:
    return [(code, name) for code, name in books.execute(select(Unit.code, Unit.name).order_by(Unit.name))]
