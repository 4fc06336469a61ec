"""The desk with somebody at it: a staffed town, signed-in clients of each role, and a real Chromium."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import select
from werkzeug.test import TestResponse

from broadcaster.accounts import begin_sign_in
from broadcaster.models import Role, Unit, User
from broadcaster.passwords import hashed

PASSWORD = "bon mua xuan ha thu dong"
#: One hash for all: hashing is slow by design.
_HASH = hashed(PASSWORD)
#: Who is who in the staffed town; those of a unit belong to `phuong-mot`.
STAFF = {
    Role.CONTRIBUTOR: "viet-bai",
    Role.ENDORSER: "chu-tich",
    Role.REVIEWER: "thu-ky",
    Role.EDITOR: "bien-tap",
    Role.OPERATOR: "truc-loa",
    Role.ADMIN: "quan-tri",
}
OWN_UNIT, FOREIGN_UNIT = "phuong-mot", "phuong-hai"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OFFICE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
#: WCAG 2.2, levels A and AA.
ACCESSIBLE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def add_staff(database: Any, now: Any) -> None:
    """One account a role, each with the same password."""
    with database.writing() as session:
        unit = session.scalars(select(Unit).where(Unit.code == OWN_UNIT)).first()
        for role, name in STAFF.items():
            user = session.scalars(select(User).where(User.name == name)).first()
            if user is None:
                user = User(name=name, full_name=f"Người Thử {name}", created_at=now, failures=0)
                session.add(user)
            user.role, user.password_hash = role, _HASH
            user.unit = unit if role in {Role.CONTRIBUTOR, Role.ENDORSER} else None


@pytest.fixture
def staffed_town(small_town: Any) -> Any:
    """The small town with one account of each role (see `STAFF`; password `PASSWORD`)."""
    add_staff(small_town.database, small_town.now)
    return small_town


class Desk:
    """A client that may be signed in and fills in forms as a browser would: with the page's guard against forgery."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def send(self, form_page: str, action: str | None = None, /, **fields: Any) -> TestResponse:
        """Opens a page with a form, then sends the fields to `action` (without one: to the page's own address)."""
        shown = self.client.get(form_page)
        guard = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown.text)
        assert guard, f"{form_page} ({shown.status_code}) has no form:\n{shown.text[:2000]}"
        return self.client.post(action or form_page, data={"csrf_token": guard.group(1), **fields})


def desk_of(app: Flask, name: str | None) -> Desk:
    """A desk with somebody at it, without going through the form of signing in; None: nobody."""
    client = app.test_client()
    if name is not None:
        now = app.extensions["clock"]()
        with app.extensions["database"].writing() as session:
            user = session.scalars(select(User).where(User.name == name)).one()
            token = begin_sign_in(session, user, address="127.0.0.1", browser="test", now=now)
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
    return Desk(client)


@pytest.fixture
def desk(staffed_town: Any, town_app: Flask) -> Callable[[Role | None], Desk]:
    """Somebody of a role at the desk of the staffed town; None: a stranger."""
    return lambda role: desk_of(town_app, STAFF[role] if role is not None else None)


class Visit:
    """A visitor in Chromium: what the browser complains of or asks of strangers is kept and must stay empty."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.root = f"http://{address}"
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda failure: self.complaints.append(str(failure)))
        self.page.on("request", self._note)

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.root + "/", "data:", "blob:")):
            self.complaints.append(f"a stranger is asked: {request.url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.root + path)
        return self.page

    def enter(self, app: Flask, name: str) -> None:
        """Is signed in already, as somebody who came back: the cookie is put into the browser."""
        client = desk_of(app, name).client
        client.get("/desk")
        cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        self.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.root}])

    def sign_in(self, name: str, password: str = PASSWORD) -> Page:
        """Signs in by hand, as people do."""
        page = self.go("/sign-in")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", password)
        page.click("main button")
        page.wait_for_url(self.root + "/desk")
        return page

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width

    def barriers(self) -> list[str]:
        """What stands in the way of people with disabilities, after WCAG 2.2 A and AA."""
        found = Axe().run(self.page, options=ACCESSIBLE).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:300]} ({one['help']})" for one in found]


@pytest.fixture
def visiting(serving: Any, tmp_path: Path) -> Callable[..., AbstractContextManager[Visit]]:
    """`with visiting(app, **options) as visit`: Chromium in a far time zone before the served application.

    Options are those of Playwright's contexts, such as `viewport`, `color_scheme` or `java_script_enabled`.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "there is no Chromium: apt-get install chromium"
    count = iter(range(1_000))

    @contextmanager
    def visit(app: Flask, **options: Any) -> Iterator[Visit]:
        given = {"viewport": OFFICE, "timezone_id": "America/Los_Angeles", **options}
        with serving(app) as address, sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                str(tmp_path / f"profile-{next(count)}"), executable_path=program, args=list(FLAGS), **given
            )
            yield Visit(context, address)
            context.close()

    return visit
