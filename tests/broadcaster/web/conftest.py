"""The application as a client meets it, and its pages as a reader sees them."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Answer:
    """What a served client got, under the names that Flask's own client has for it."""

    status_code: int
    headers: Mapping[str, str]
    data: bytes


class ServedClient:
    """Flask's client as far as these tests use it, but over a real connection to a real server.

    Asks everything `times` times: the last answers are those that the server keeps.
    """

    def __init__(self, address: str, times: int) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=20)
        self._times = times

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.open(path, "GET", headers)

    def head(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.open(path, "HEAD", headers)

    def open(self, path: str, method: str, headers: Mapping[str, str] | None = None) -> Answer:
        answers = [self._ask(path, method, headers or {}) for _ in range(self._times)]
        assert all(answer == answers[0] for answer in answers), "who asks again gets the same answer"
        return answers[-1]

    def close(self) -> None:
        self._connection.close()

    def _ask(self, path: str, method: str, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, path, headers={"Accept-Encoding": "identity", **headers})
        answer = self._connection.getresponse()
        body = answer.read()
        told = {name: value for name, value in answer.headers.items() if name != "Date"}
        return Answer(answer.status, CaseInsensitive(told), body)


class CaseInsensitive(dict[str, str]):
    """Headers by their names, however they are written."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


@pytest.fixture
def served_client() -> Any:
    return ServedClient
