"""Who is at the desk: the browser's sign-in, and the act that each view is for. What names no act is not served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from broadcaster.access import Act, may
from broadcaster.accounts import SEEN_EVERY, sign_in_of
from broadcaster.language import gettext as _
from broadcaster.models import SignIn, User
from broadcaster.web.desk.house import books_reading, books_writing, moment

View = TypeVar("View", bound=Callable[..., Any])

#: Every page of the staff lies below.
DESK = "/desk"
_ACTS = "broadcaster_acts"
#: A view for whoever is signed in, whatever the role.
_ANYBODY: frozenset[Act] = frozenset()


class Person:
    """Who is signed in, as Flask-Login wants it: known by the token of the sign-in, never by a number."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, sign_in: SignIn, token: str) -> None:
        self.sign_in, self.user, self._token = sign_in, sign_in.user, token

    def get_id(self) -> str:
        """What the cookie holds."""
        return self._token

    def may(self, act: Act | str) -> bool:
        """Whether the person's role allows the act."""
        return may(self.user, Act(act))


def allowed(*acts: Act) -> Callable[[View], View]:
    """Marks a view of the desk as meant for those who may do one of the acts; without an act, for all staff."""

    def mark(view: View) -> View:
        setattr(view, _ACTS, frozenset(acts))
        return view

    return mark


def acts_of(view: Callable[..., Any]) -> frozenset[Act] | None:
    """The acts that a view is for: empty for all staff, None for a view that was not marked."""
    acts: frozenset[Act] | None = getattr(view, _ACTS, None)
    return acts


def user() -> User:
    """Whoever is signed in; to be asked for in views of the desk only."""
    person: Person = current_user._get_current_object()
    return person.user


def install_guard(app: Flask) -> None:
    """Puts the guard before every request for the desk."""
    manager = LoginManager()
    manager.session_protection = None  # the token is checked against the books at each request
    manager.user_loader(_person)
    manager.init_app(app)
    app.before_request(_guard)
    app.context_processor(lambda: {"person": _person_or_none()})


def _person(token: str) -> Person | None:
    now = moment()
    with books_reading() as books:
        row = sign_in_of(books, token, now=now)
        if row is None:
            return None
    if now - row.seen_at >= SEEN_EVERY:
        with books_writing() as books:
            standing = books.get(SignIn, row.id)
            if standing is not None:
                standing.seen_at = now
    return Person(row, token)


def _person_or_none() -> Person | None:
    """For the layout: nobody is looked up for pages that anybody may see without a cookie."""
    if "_user_id" not in session:
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None


def _guard() -> Response | None:
    if not (request.path == DESK or request.path.startswith(DESK + "/")):
        return None
    if not current_user.is_authenticated:
        if request.method not in {"GET", "HEAD"}:
            abort(401)
        flash(_("Hãy đăng nhập để tiếp tục."))
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    if request.endpoint is None:
        return None
    acts = acts_of(current_app.view_functions[request.endpoint])
    if acts is None:
        # A view that nobody thought about is nobody's.
        raise NotFound
    if acts and not any(may(user(), act) for act in acts):
        raise Forbidden
    g.acts = acts
    return None
