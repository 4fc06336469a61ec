"""The application as a client meets it, and its pages as a reader sees them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any, Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient

from broadcaster.app import create_app, listening


class MadeTown(Protocol):
    """The small town of the fixtures above."""

    settings: Any
    database: Any
    now: Any


class Page(HTMLParser):
    """A page's words, links and elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.elements.append((tag, known))
        self.addresses += [known[name] for name in ("href", "src") if name in known]

    def handle_data(self, data: str) -> None:
        self.text = " ".join(f"{self.text} {data}".split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        wanted = attributes.items()
        return [known for name, known in self.elements if name == tag and wanted <= known.items()]


@pytest.fixture
def town_app(small_town: MadeTown) -> Flask:
    return create_app(small_town.settings, small_town.database, clock=lambda: small_town.now)


@pytest.fixture
def town_client(town_app: Flask) -> FlaskClient:
    return town_app.test_client()


@pytest.fixture
def read_page() -> type[Page]:
    return Page


@contextmanager
def served(app: Flask, tick: Any = None) -> Iterator[str]:
    """The application behind a real server; answers its address."""
    clock = app.extensions["clock"]
    with listening(app, host="127.0.0.1", port=0, clock=clock, tick=tick) as server:
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.effective_port}"


@pytest.fixture
def serving() -> Any:
    return served
