"""The first page in a real Chromium: it must work as a listener in an office or with a phone has it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import select

from broadcaster.models import AirtimeTarget, BroadcastSession, Bulletin, Unit

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
SIZES = (OFFICE, PHONE, {"width": 1000, "height": 700}, {"width": 320, "height": 640})


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[BrowserContext]:
    """A fresh profile in a time zone far from the station's, as a careless computer has it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "there is no Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=program,
            args=list(FLAGS),
            viewport=OFFICE,  # type: ignore[arg-type]  # a plain dict is what it takes
            timezone_id="America/Los_Angeles",
        )
        yield context
        context.close()


class Witness:
    """Everything that the browser complains about or asks of anybody."""

    def __init__(self, page: Page, address: str) -> None:
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self._own = f"http://{address}/"
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda failure: self.complaints.append(str(failure)))
        page.on("requestfailed", self._failed)
        page.on("request", self._note)

    def _failed(self, request: Any) -> None:
        # Chromium breaks off loading a sound as soon as it knows its length; that is no complaint.
        if not (request.url.endswith(".mp3") and request.failure == "net::ERR_ABORTED"):
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _note(self, request: Any) -> None:
        if not request.url.startswith(self._own):
            self.strangers.append(request.url)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_the_page_is_quiet_fits_every_screen_and_plays(
    small_town: Any, town_app: Flask, serving: Any, browser: BrowserContext
) -> None:
    with small_town.database.writing() as session:
        for unit in session.scalars(select(Unit)):
            unit.name = f"Đoàn Thanh niên Cộng sản Hồ Chí Minh và các chi đoàn trực thuộc {unit.name}"
        for target in session.scalars(select(AirtimeTarget)):
            target.min_ms = 12_345_678
    with serving(town_app) as address:
        page = browser.new_page()
        witness = Witness(page, address)
        for path in ("/", "/airtime", "/?week=2026-11-16", "/articles/T-04.html"):
            answer = page.goto(f"http://{address}{path}")
            assert answer is not None
            assert answer.ok
            for size in SIZES:
                page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict is what it takes
                assert overflow(page) == 0, f"{path} at {size}"
        page.goto(f"http://{address}/")
        for row in small_town_bulletins(small_town):
            length_s = page.evaluate(
                """(source) => new Promise((done, fail) => {
                    const sound = document.querySelector(`audio[src="${source}"]`);
                    sound.addEventListener("loadedmetadata", () => done(sound.duration));
                    sound.addEventListener("error", () => fail(sound.error.message));
                    sound.preload = "metadata";
                    sound.load();
                })""",
                row[0],
            )
            assert length_s == pytest.approx(row[1] / 1000, abs=0.1)
    assert witness.complaints == []
    assert witness.strangers == []


def small_town_bulletins(small_town: Any) -> list[tuple[str, int]]:
    """Address and length of the day's bulletin that has begun in the first zone; the evening's waits for its hour."""
    with small_town.database.reading() as session:
        query = (
            select(Bulletin.length_ms)
            .join(BroadcastSession)
            .where(Bulletin.superseded_at.is_(None), BroadcastSession.zone_id == 1)
        )
        lengths = session.scalars(query.order_by(BroadcastSession.starts_at).limit(1)).all()
    return [("/zones/tt/2026-11-10/0530.mp3", length_ms) for length_ms in lengths]


def test_a_browser_elsewhere_shows_the_hours_of_the_station(
    town_app: Flask, serving: Any, browser: BrowserContext
) -> None:
    with serving(town_app) as address:
        page = browser.new_page()
        page.goto(f"http://{address}/")
        assert page.locator("#today .hour").all_inner_texts() == ["05:30", "17:00"] * 2
        assert "Asia/Ho_Chi_Minh (UTC+7)" in page.locator("footer").inner_text()


def test_a_refusal_is_quiet_too(town_app: Flask, serving: Any, browser: BrowserContext) -> None:
    with serving(town_app) as address:
        page = browser.new_page()
        witness = Witness(page, address)
        page.goto(f"http://{address}/a/b/c")
        assert "Không tìm thấy trang" in page.locator("h1").inner_text()
        # The style sheet is found from any depth.
        assert page.evaluate("document.styleSheets.length && document.styleSheets[0].cssRules.length") > 20
    # Chromium itself notes that the page is a 404; nothing else.
    assert [words for words in witness.complaints if "404" not in words] == []
    assert witness.strangers == []
