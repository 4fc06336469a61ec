"""Signing in and out, the letter of invitation, and one's own account."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_login import current_user, login_user
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, Length

from broadcaster.accounts import (
    SignInRefused,
    accept_invitation,
    change_password,
    end_sign_in,
    end_sign_ins,
    invitation_of,
    open_sign_ins,
    sign_in_of,
    somebody_can_sign_in,
    user_named,
)
from broadcaster.accounts import sign_in as begin
from broadcaster.db import Database
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import SignIn
from broadcaster.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, WeakPassword
from broadcaster.web.askers import address_of
from broadcaster.web.desk.forms import Filled, HouseForm
from broadcaster.web.desk.guard import DESK, Person, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, database, moment, page
from broadcaster.web.protection import rate_guard

account = Blueprint("account", __name__)

_LONGEST_NAME = 100


class SignInForm(HouseForm):
    """Name and password."""

    name = StringField(_("Tên tài khoản"), [Filled(), Length(max=_LONGEST_NAME)])
    password = PasswordField(_("Mật khẩu"), [Filled(), Length(max=LONGEST_PASSWORD)])


class NewPasswordForm(HouseForm):
    """A password chosen, twice."""

    new = PasswordField(
        _("Mật khẩu mới"),
        [Filled(), Length(max=LONGEST_PASSWORD)],
        description=_("Ít nhất {count} ký tự; một câu ngắn dễ nhớ là tốt nhất.", count=SHORTEST_PASSWORD),
    )
    again = PasswordField(_("Nhập lại mật khẩu mới"), [Filled(), EqualTo("new")])


class ChangePasswordForm(NewPasswordForm):
    """One's own password changed."""

    old = PasswordField(_("Mật khẩu hiện tại"), [Filled(), Length(max=LONGEST_PASSWORD)])


@account.get("/sign-in")
def sign_in() -> Response:
    """The form; whoever is signed in goes on to the desk."""
    if current_user.is_authenticated:
        return redirect(_onward())
    return _sign_in_page(SignInForm())


@account.post("/sign-in")
@rate_guard.limit("20 per minute")
def sign_in_sent() -> Response:
    """Signs in, or says that name and password do not fit without saying which."""
    form = SignInForm()
    if form.validate():
        token = _token_for(database(), form)
        if token is not None:
            remember(token)
            return redirect(_onward())
    return _sign_in_page(form, status=422)


def _sign_in_page(form: SignInForm, *, status: int = 200) -> Response:
    with books_reading() as rows:
        is_new = not somebody_can_sign_in(rows)
    return page("desk/sign_in.html", status=status, form=form, is_new=is_new)


def _token_for(books: Database, form: SignInForm) -> str | None:
    try:
        with books.writing() as rows:
            token = begin(
                rows,
                form.name.data.strip(),
                form.password.data,
                address=address_of(request),
                browser=str(request.user_agent),
                now=moment(),
            )
    except SignInRefused as waiting:
        form.refuse(form.password, str(waiting))
        return None
    if token is None:
        form.refuse(form.password, gettext("Tên tài khoản hoặc mật khẩu không đúng."))
    return token


def remember(token: str) -> None:
    """Keeps a new sign-in in the browser's cookie."""
    with books_reading() as rows:
        row = sign_in_of(rows, token, now=moment())
    assert row is not None  # it was made a moment ago
    session.clear()  # nothing that was set for a stranger goes on to somebody who signed in
    session.permanent = True
    login_user(Person(row, token))


def _onward() -> str:
    """Where the visitor wanted to go, if that is a page of ours."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    own = not parts.scheme and not parts.netloc and (parts.path == DESK or parts.path.startswith(DESK + "/"))
    return wanted if own and "\\" not in wanted else url_for("front.desk")


@account.post("/sign-out")
def sign_out() -> Response:
    """Ends this browser's sign-in."""
    if current_user.is_authenticated:
        sign_in_id = _own_sign_in().id
        with books_writing() as rows:
            row = rows.get(SignIn, sign_in_id)
            if row is not None:
                row.ended_at = moment()
    session.clear()
    return redirect(url_for("account.sign_in"))


@account.get("/invitation/<token>")
@rate_guard.limit("30 per minute")
def invitation(token: str) -> Response:
    """Where somebody who was invited chooses a password."""
    with books_reading() as rows:
        letter = invitation_of(rows, token, now=moment())
    return page("desk/invitation.html", form=NewPasswordForm(), invited=letter.user)


@account.post("/invitation/<token>")
@rate_guard.limit("30 per minute")
def invitation_answered(token: str) -> Response:
    """Sets the password; signing in with it is the next step, so that it is known to work."""
    form = NewPasswordForm()
    with books_reading() as rows:
        letter = invitation_of(rows, token, now=moment())
    if form.validate():
        try:
            with books_writing() as rows:
                accept_invitation(rows, token, form.new.data, now=moment())
        except WeakPassword as weak:
            form.refuse(form.new, str(weak))
        else:
            flash(gettext("Đã đặt mật khẩu. Hãy đăng nhập."))
            return redirect(url_for("account.sign_in"))
    return page("desk/invitation.html", status=422, form=form, invited=letter.user)


@account.get(DESK + "/account")
@allowed()
def own() -> Response:
    """One's account: password, and the browsers one is signed in with."""
    return _own_page(ChangePasswordForm())


@account.post(DESK + "/account/password")
@allowed()
@rate_guard.limit("10 per minute")
def password_changed() -> Response:
    """Changes the password; other browsers are signed out."""
    form = ChangePasswordForm()
    if form.validate():
        try:
            with books_writing() as rows:
                keep = rows.get(SignIn, _own_sign_in().id)
                change_password(
                    rows, user_named(rows, user().name), form.old.data, form.new.data, keep=keep, now=moment()
                )
        except SignInRefused as wrong:
            form.refuse(form.old, str(wrong))
        except WeakPassword as weak:
            form.refuse(form.new, str(weak))
        else:
            flash(gettext("Đã đổi mật khẩu; các trình duyệt khác đã được đăng xuất."))
            return redirect(url_for("account.own"))
    return _own_page(form, status=422)


@account.post(DESK + "/account/sign-ins/<int:sign_in_id>/end")
@allowed()
def sign_in_ended(sign_in_id: int) -> Response:
    """Signs one of one's other browsers out."""
    with books_writing() as rows:
        end_sign_in(rows, user(), sign_in_id, now=moment())
    flash(gettext("Đã đăng xuất trình duyệt ấy."))
    return redirect(url_for("account.own"))


@account.post(DESK + "/account/sign-ins/end-others")
@allowed()
def others_ended() -> Response:
    """Signs all of one's other browsers out."""
    with books_writing() as rows:
        end_sign_ins(rows, user(), now=moment(), keep=rows.get(SignIn, _own_sign_in().id))
    flash(gettext("Đã đăng xuất mọi trình duyệt khác."))
    return redirect(url_for("account.own"))


def _own_page(form: ChangePasswordForm, *, status: int = 200) -> Response:
    with books_reading() as rows:
        sign_ins = open_sign_ins(rows, user(), now=moment())
    return page("desk/account.html", status=status, form=form, sign_ins=sign_ins, own_sign_in=_own_sign_in())


def _own_sign_in() -> SignIn:
    person: Person = current_user._get_current_object()
    return person.sign_in
