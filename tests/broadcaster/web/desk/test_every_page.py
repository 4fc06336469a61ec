"""A crawler goes through every door of the desk in each role, and a browser looks at every kind of page it found."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from broadcaster.app import create_app
from broadcaster.models import Role
from tests.broadcaster.web.desk.conftest import OFFICE, PHONE, STAFF, Desk, add_staff, desk_of

START = "/desk"
#: So many addresses of one kind are looked at: the hundredth article shows nothing that the third did not.
OF_A_KIND = 3
#: Attributes with which a page would run code or style that the content security policy refuses.
_INLINE = re.compile(r"^(on[a-z]+|style)$")


class Links(HTMLParser):
    """The addresses a page leads to, and what of it the policy would refuse."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.refused: list[str] = []
        self.language = ""
        self._script_without_source = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = known.get("lang", "")
        if tag == "a" and "href" in known:
            self.addresses.append(known["href"])
        if (tag == "script" and "src" not in known) or tag == "style":
            self.refused.append(f"<{tag}> of its own")
        self.refused += [f"{tag} {name}" for name in known if _INLINE.match(name)]


def kind_of(app: Flask, address: str) -> tuple[str, tuple[str, ...]] | None:
    """The view an address leads to, with the names of what is asked of it; None outside the application."""
    parts = urlsplit(address)
    asked = tuple(sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query)))
    try:
        endpoint, _values = app.url_map.bind("127.0.0.1").match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint), tuple(name for name in asked if name != "page")


def crawled(app: Flask, somebody: Desk) -> Iterator[tuple[str, Any]]:
    """Every kind of page of the desk that a person comes to by following links, a few of each kind."""
    waiting, seen = deque([START]), {START}
    counts: dict[Any, int] = {}
    while waiting:
        address = waiting.popleft()
        kind = kind_of(app, address)
        if kind is None or counts.get(kind, 0) >= OF_A_KIND:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        answer = somebody.get(address)
        yield address, answer
        if answer.mimetype != "text/html":
            continue
        for found in Links(answer.text).addresses:
            target = urldefrag(urljoin(address, found)).url
            if "lang=" in target:
                continue  # the same page in the other language
            if target not in seen and not urlsplit(target).netloc and target.startswith(START):
                seen.add(target)
                waiting.append(target)


@pytest.mark.parametrize("role", list(Role))
def test_every_page_a_role_is_led_to_opens_and_keeps_to_the_policy(
    town_app: Flask, desk: Callable[..., Desk], role: Role
) -> None:
    faults: dict[str, object] = {}
    zone = "Asia/Ho_Chi_Minh (UTC+7)"
    pages = 0
    for address, answer in crawled(town_app, desk(role)):
        if answer.status_code in {301, 302}:
            continue
        if answer.status_code != 200:
            faults[address] = answer.status_code
        elif answer.mimetype == "text/html":
            pages += 1
            found = Links(answer.text)
            if found.refused:
                faults[address] = found.refused
            elif zone not in answer.text:
                faults[address] = "does not say its time zone"
            elif found.language != "vi":
                faults[address] = f"language {found.language}"
    assert faults == {}
    assert pages > 1


def addresses_for_the_browser(app: Flask, somebody: Desk) -> list[str]:
    """One address of each kind that is a page."""
    found: dict[Any, str] = {}
    for address, answer in crawled(app, somebody):
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found.setdefault(kind_of(app, address), address)
    return sorted(found.values())


#: Wide and narrow, bright and dark, in both languages, with the town's books and with empty ones.
LOOKS: Mapping[str, tuple[bool, str, dict[str, Any]]] = {
    "filled, light": (True, "vi", {"viewport": OFFICE}),
    "filled, dark, phone": (True, "en", {"viewport": PHONE, "color_scheme": "dark"}),
    "empty, light, phone": (False, "en", {"viewport": PHONE}),
    "empty, dark": (False, "vi", {"viewport": OFFICE, "color_scheme": "dark"}),
}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_kind_of_page_is_quiet_open_to_everybody_and_fits_its_screen(
    request: pytest.FixtureRequest,
    visiting: Callable[..., AbstractContextManager[Any]],
    look: str,
) -> None:
    is_filled, language, options = LOOKS[look]
    if is_filled:
        town = request.getfixturevalue("staffed_town")
        app = create_app(town.settings, town.database, clock=lambda: town.now)
    else:
        settings, database = request.getfixturevalue("settings"), request.getfixturevalue("database")
        from tests.broadcaster.conftest import NOW

        add_staff(database, NOW)
        app = create_app(settings, database, clock=lambda: NOW)
    addresses = addresses_for_the_browser(app, desk_of(app, STAFF[Role.ADMIN]))
    assert len(addresses) > 10
    faults: dict[str, object] = {}
    with visiting(app, **options) as visit:
        visit.enter(app, STAFF[Role.ADMIN])
        for address in addresses:
            page = visit.go(address + ("&" if "?" in address else "?") + f"lang={language}")
            said = page.inner_text("footer time")
            found = [*visit.barriers(), *visit.complaints]
            visit.complaints.clear()
            if visit.overflow():
                found.append(f"{visit.overflow()} pixels too wide")
            if not said.startswith("08:00"):
                found.append(f"a browser far away shows {said}")
            if found:
                faults[address] = found
    assert faults == {}


def test_pages_are_whole_without_scripts(
    staffed_town: Any, town_app: Flask, visiting: Callable[..., AbstractContextManager[Any]]
) -> None:
    """What can be reached, can be read: every heading and every form of the server's page is visible."""
    assert staffed_town
    addresses = addresses_for_the_browser(town_app, desk_of(town_app, STAFF[Role.ADMIN]))
    hidden: dict[str, object] = {}
    with visiting(town_app, java_script_enabled=False) as visit:
        visit.enter(town_app, STAFF[Role.ADMIN])
        for address in addresses:
            page = visit.go(address)
            unseen = [one.inner_text() for one in page.locator("main h1, main h2").all() if not one.is_visible()]
            if unseen or not page.locator("main h1").count():
                hidden[address] = unseen
    assert hidden == {}
