"""The operator's page: one tap says that it was on the air, also without a network, and is delivered later."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select

from broadcaster.models import Airing, Player, Role
from tests.broadcaster.conftest import Town
from tests.broadcaster.web.desk.conftest import FLAGS, STAFF, Desk, Visit

PAGE = "/desk/operator"
HOUSE = Path(__file__).resolve().parents[4]


def said(town: Town) -> list[tuple[str | None, str, int, str | None]]:
    """Player, outcome, length and reason of what operators reported."""
    with town.database.reading() as session:
        rows = session.scalars(select(Airing).where(Airing.event_id.startswith("tap/")).order_by(Airing.id))
        return [(row.player.code if row.player else None, row.outcome, row.played_ms, row.reason) for row in rows]


def fields(page: str, number: int = 0) -> dict[str, str]:
    """The hidden fields of a session's form."""
    forms = re.findall(r"<form method=\"post\" action=\"/desk/operator/report\">(.*?)</form>", page, re.DOTALL)
    return dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', forms[2 * number].split("<button")[0]))


@pytest.fixture
def at_the_loudspeakers(desk: Callable[[Role | None], Desk]) -> Desk:
    return desk(Role.OPERATOR)


def test_the_page_shows_todays_sessions_of_one_place(at_the_loudspeakers: Desk, staffed_town: Town) -> None:
    page = at_the_loudspeakers.get(f"{PAGE}?player=loa-vb").text
    assert page.count('<article class="broadcast"') == 2
    assert re.findall(r'<time datetime="[^"]*">(\d\d:\d\d)</time> <span class="quiet">', page) == ["05:30", "17:00"]
    assert 'href="/zones/vb/2026-11-10/0530.mp3"' in page
    assert "Cụm loa Ven bãi" in at_the_loudspeakers.get(PAGE).text, "the place is remembered"
    assert "Đã báo: phát đúng kế hoạch" in at_the_loudspeakers.get(f"{PAGE}?player=loa-tt").text


def test_one_tap_is_enough_and_a_second_one_counts_no_more(at_the_loudspeakers: Desk, staffed_town: Town) -> None:
    given = fields(at_the_loudspeakers.get(f"{PAGE}?player=loa-vb").text)
    for _tap in range(2):
        answer = at_the_loudspeakers.send(PAGE, f"{PAGE}/report", **{**given, "outcome": "played"})
        assert answer.status_code == 302
    assert said(staffed_town) == [("loa-vb", "played", int(given["length_ms"]), None)]
    assert "Đã báo: phát đúng kế hoạch" in at_the_loudspeakers.get(PAGE).text


@pytest.mark.parametrize(
    ("change", "stored", "words"),
    [
        ({"outcome": "partial", "minutes": "0", "reason": "Mất điện"}, ("partial", 0, "Mất điện"), "Đã ghi nhận"),
        ({"outcome": "failed", "minutes": "9", "reason": "Tăng âm hỏng"}, ("failed", 0, "Tăng âm hỏng"), "Đã ghi nhận"),
        ({"outcome": "partial", "minutes": "x"}, ("partial", 0, None), "Đã ghi nhận"),
        ({"outcome": "loud"}, None, "Máy chủ không nhận"),
        ({"outcome": "played", "player": "loa-tt"}, None, "Máy chủ không nhận"),
        ({"outcome": "played", "player": "khong-co"}, None, "Máy chủ không nhận"),
        ({"outcome": "played", "item_id": "khong-co"}, None, "Máy chủ không nhận"),
        ({"outcome": "played", "started_at": "2026-11-10T17:00:00+07:00"}, None, "tương lai"),
    ],
)
def test_what_is_reported_is_taken_as_said_or_refused_in_words(
    change: dict[str, str],
    stored: tuple[str, int, str | None] | None,
    words: str,
    at_the_loudspeakers: Desk,
    staffed_town: Town,
) -> None:
    given = fields(at_the_loudspeakers.get(f"{PAGE}?player=loa-vb").text)
    at_the_loudspeakers.send(PAGE, f"{PAGE}/report", **{**given, **change})
    assert [row[1:] for row in said(staffed_town)] == ([stored] if stored else [])
    assert words in at_the_loudspeakers.get(PAGE).text


def test_a_place_that_was_revoked_is_offered_no_more(at_the_loudspeakers: Desk, staffed_town: Town) -> None:
    with staffed_town.database.writing() as session:
        for player in session.scalars(select(Player)):
            player.revoked_at = staffed_town.now
    assert "Chưa có máy phát nào" in at_the_loudspeakers.get(PAGE).text


def test_only_operators_and_those_above_report(desk: Callable[[Role | None], Desk]) -> None:
    statuses = {role: desk(role).get(PAGE).status_code for role in (Role.OPERATOR, Role.EDITOR, Role.CONTRIBUTOR, None)}
    assert statuses == {Role.OPERATOR: 200, Role.EDITOR: 200, Role.CONTRIBUTOR: 403, None: 302}
    assert desk(None).client.post(f"{PAGE}/reports", json={"airings": []}).status_code in (400, 401)


@contextmanager
def serving_on(town: Town, port: int) -> Iterator[None]:
    """The application in a process of its own: when it goes, every connection goes with it."""
    command = [sys.executable, str(Path(__file__).with_name("standing_server.py")), str(town.settings.data), str(port)]
    process = subprocess.Popen([*command, town.now.isoformat()], stdout=subprocess.PIPE, cwd=HOUSE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.kill()
        process.communicate()


def test_a_phone_plays_and_reports_without_a_network_and_delivers_later(staffed_town: Town, tmp_path: Path) -> None:
    program = shutil.which("chromium")
    assert program, "there is no Chromium: apt-get install chromium"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=program, args=list(FLAGS), viewport={"width": 390, "height": 844}
        )
        with serving_on(staffed_town, port):
            visit = Visit(context, f"127.0.0.1:{port}")
            visit.sign_in(STAFF[Role.OPERATOR])
            page = visit.go(f"{PAGE}?player=loa-vb")
            expect(page.locator("[data-held=yes]")).to_have_count(1)
            expect(page.locator("[data-network]")).to_contain_text("khi mất mạng")
            assert visit.overflow() == 0
            assert visit.barriers() == []
            assert visit.complaints == []
            page.reload()
            expect(page.locator("[data-held=yes]")).to_have_count(1)
        _without_a_network(page, staffed_town)
        with serving_on(staffed_town, port):
            page.evaluate("window.dispatchEvent(new Event('online'))")
            card = page.locator(".broadcast").first
            expect(card.locator("[data-state]")).to_have_text("Máy chủ đã nhận.")
            assert page.evaluate("localStorage.getItem('operator-waiting')") == "[]"
            (told,) = said(staffed_town)
            assert told[:2] == ("loa-vb", "played")
            page.reload()
            expect(page.locator(".broadcast").first).to_contain_text("Đã báo: phát đúng kế hoạch")
        context.close()


def _without_a_network(page: Any, town: Town) -> None:
    """The server is gone; the page opens anew, its sound plays, a tap is kept through a reload."""
    page.reload()
    card = page.locator(".broadcast").first
    expect(card.locator("h2")).to_contain_text("05:30")
    played = page.evaluate(
        """async () => {
          const sound = document.querySelector("audio");
          sound.muted = true;
          await sound.play();
          sound.currentTime = 1;
          await new Promise((seen) => sound.addEventListener("timeupdate", seen, { once: true }));
          return sound.error === null && sound.duration > 5;
        }"""
    )
    assert played is True
    card.locator(".as-planned").click()
    expect(card.locator("[data-state]")).to_have_text("Đã ghi trên máy này, sẽ gửi khi có mạng.")
    page.reload()
    expect(page.locator(".broadcast").first.locator("[data-state]")).to_have_text(
        "Đã ghi trên máy này, sẽ gửi khi có mạng."
    )
    assert said(town) == []
