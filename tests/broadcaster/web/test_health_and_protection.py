"""Health for monitors, headers for browsers, kind words for people, and two languages."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import broadcaster.language
import broadcaster.web.languages
from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.web.health import Pulse, TickOutcome

NOW = datetime(2026, 11, 10, 1, tzinfo=UTC)
ReadPage = Callable[[str], Any]


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    settings.public_folder.mkdir(parents=True)
    return create_app(settings, database, clock=lambda: NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_whole_station_is_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "ready"
    assert answer.get_json()["checks"]["tick"] == {"ok": True, "outcome": "elsewhere"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_its_tree_it_lives_but_is_not_ready(client: FlaskClient, settings: Settings) -> None:
    settings.public_folder.rmdir()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["public_tree"] == {"ok": False, "error": "FileNotFoundError"}


def test_without_its_database_it_says_so_kindly_and_names_no_place(
    settings: Settings, database: Database, client: FlaskClient, read_page: ReadPage
) -> None:
    database.close()
    shutil.rmtree(settings.data)
    settings.public_folder.mkdir(parents=True)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["status"] == "not ready"
    assert answer.get_json()["checks"]["public_tree"]["ok"]
    page = client.get("/")
    assert page.status_code == 500
    assert "Máy chủ gặp trục trặc" in read_page(page.text).text
    for leak in ("Traceback", "sqlite", "SELECT", str(settings.data)):
        assert leak not in page.text + answer.text


def test_the_outcome_of_ticks_is_shown_and_failures_in_a_row_are_counted() -> None:
    pulse = Pulse()
    failing = [True, True, False, True]

    def tick(_now: datetime) -> None:
        if failing.pop(0):
            raise RuntimeError("secret words")

    def last() -> TickOutcome | None:
        return pulse.last

    watched = pulse.watched(tick)
    assert last() is None
    assert pulse.expected
    for _ in range(2):
        with pytest.raises(RuntimeError):
            watched(NOW)
    assert last() == TickOutcome(NOW, ok=False, error="RuntimeError", failures_in_a_row=2)
    watched(NOW)
    assert last() == TickOutcome(NOW, ok=True)
    with pytest.raises(RuntimeError):
        watched(NOW)
    assert last() == TickOutcome(NOW, ok=False, error="RuntimeError", failures_in_a_row=1)


def test_a_failing_tick_stops_nothing_and_makes_the_station_degraded(app: Flask, serving: Any) -> None:
    ticked: list[datetime] = []

    def tick(now: datetime) -> None:
        ticked.append(now)
        raise RuntimeError("secret words")

    with serving(app, tick):
        client = app.test_client()
        deadline = time.monotonic() + 20
        while client.get("/readyz").get_json()["status"] != "degraded" and time.monotonic() < deadline:
            time.sleep(0.02)
        answer = client.get("/readyz")
    assert ticked[0] == NOW
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    assert answer.get_json()["checks"]["tick"]["error"] == "RuntimeError"
    assert "secret words" not in answer.text


def test_a_taken_port_is_told_before_the_clock_begins(app: Flask, serving: Any) -> None:
    from broadcaster.app import listening

    with serving(app) as address:
        port = int(address.split(":")[1])
        ticked: list[datetime] = []
        with (
            pytest.raises(OSError, match="in use"),
            listening(app, host="127.0.0.1", port=port, clock=lambda: NOW, tick=ticked.append),
        ):
            pytest.fail("listens on a taken port")
        assert not ticked


@pytest.mark.parametrize(
    "path", ["/", "/airtime", "/nothing", "/healthz", "/readyz", "/static/site.css", "/feeds/a.xml"]
)
def test_every_answer_forbids_what_no_page_of_ours_needs(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("loa.thixa.gov.vn", 200),
        ("loa.thixa.gov.vn:8443", 200),
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("evil.example", 400),
        ("loa.thixa.gov.vn.evil.example", 400),
        ("localhost.evil.example", 400),
        ("a b", 400),
    ],
)
def test_only_its_own_names_are_answered(
    settings: Settings, database: Database, read_page: ReadPage, host: str, status: int
) -> None:
    public = settings.model_copy(update={"public_url": "https://loa.thixa.gov.vn"})
    client = create_app(public, database, clock=lambda: NOW).test_client()
    answer = client.get("/airtime", headers={"Host": host})
    assert answer.status_code == status
    if status == 400:
        assert "evil" not in answer.text
        assert "Yêu cầu không hợp lệ" in read_page(answer.text).text


def test_refusals_are_pages_in_vietnamese(client: FlaskClient, read_page: ReadPage) -> None:
    for answer, words in (
        (client.get("/khong-co"), "Không tìm thấy trang"),
        (client.post("/"), "Không dùng được cách này"),
        (client.get("/feeds/columns/khong-co.xml"), "Không tìm thấy trang"),
    ):
        page = read_page(answer.text)
        assert words in page.text
        assert page.all("a", href="/")
    assert client.post("/").headers["Allow"]


def test_an_unforeseen_failure_shows_no_traceback_and_is_logged_without_keys(
    app: Flask, read_page: ReadPage, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_values: object) -> str:
        secret = "read-key-of-a-player"  # noqa: F841 - a log that shows variables would show it
        raise ZeroDivisionError

    app.view_functions["public.serve_file"] = fail
    answer = app.test_client().get("/players/0123456789abcdef/manifest.json")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "Hãy thử lại sau ít phút" in read_page(answer.text).text
    logged = "".join(capsys.readouterr())
    assert "ZeroDivisionError" in logged
    assert "0123456789abcdef" not in logged
    assert "read-key-of-a-player'" not in logged.replace('secret = "', "")


def test_without_a_catalogue_everything_stays_vietnamese(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(broadcaster.web.languages, "TRANSLATIONS", tmp_path)
    answer = client.get("/?lang=en")
    assert '<html lang="vi">' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert 'hreflang="en"' not in answer.text


def test_with_a_catalogue_a_reader_may_change_the_language_and_it_is_remembered(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_catalogue(tmp_path, {"Bản tin hôm nay": "Today's bulletins"})
    monkeypatch.setattr(broadcaster.web.languages, "TRANSLATIONS", tmp_path)
    monkeypatch.setattr(broadcaster.language, "TRANSLATIONS", tmp_path)
    broadcaster.language._catalogue.cache_clear()
    try:
        assert "?week=2026-11-16&amp;lang=en" in client.get("/?week=2026-11-16").text
        asked = client.get("/?lang=en")
        assert '<html lang="en">' in asked.text
        assert "Today&#39;s bulletins" in asked.text
        # What the catalogue lacks stays Vietnamese.
        assert "Đang chờ" in asked.text
        assert asked.headers["Vary"] == "Cookie"
        assert "Today&#39;s bulletins" in client.get("/").text
        assert "Bản tin hôm nay" in client.get("/?lang=vi").text
        assert "Bản tin hôm nay" in client.get("/").text
        assert '<html lang="vi">' in client.get("/?lang=xx").text
    finally:
        broadcaster.language._catalogue.cache_clear()


def write_catalogue(folder: Path, messages: dict[str, str]) -> None:
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    catalogue = Catalog(locale="en")
    for source, target in messages.items():
        catalogue.add(source, target)
    file = folder / "en" / "LC_MESSAGES" / "messages.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as output:
        write_mo(output, catalogue)
