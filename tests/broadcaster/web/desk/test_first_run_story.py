"""From an empty database to a bulletin on the air and a feed that a reader subscribes to, all of it in a browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
from sqlalchemy import select

from broadcaster.accounts import first_invitation
from broadcaster.app import create_app
from broadcaster.lexicon import station_voice
from broadcaster.models import Article, BroadcastSession
from broadcaster.tasks import tick

#: A Monday morning: the first bulletin airs in the evening.
NOW = datetime.fromisoformat("2026-11-09T08:00:00+07:00")
PASSWORD = "mot cau du dai"
BODY = "Từ tháng 3/2026, tổ dân phố góp 46 triệu đồng và 120 ngày công làm đường.\n\nBa tổ bên cạnh đang làm theo."


class Clock:
    """A clock that the story moves on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def filled(page: Any, **fields: str) -> None:
    """Fills in a form by the names of its fields and sends it."""
    for name, value in fields.items():
        field = page.locator(f"main [name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("main form:has([name=csrf_token]) button").first.click()


@pytest.mark.parametrize("viewport", [{"width": 1366, "height": 768}, {"width": 390, "height": 844}], ids=str)
def test_a_newcomer_comes_from_nothing_to_a_bulletin_and_a_feed(
    settings: Any, database: Any, visiting: Callable[..., AbstractContextManager[Any]], viewport: dict[str, int]
) -> None:
    clock = Clock()
    app = create_app(settings, database, clock=clock)
    with database.writing() as session:
        token = first_invitation(session, by="command-line", now=NOW)
    with visiting(app, viewport=viewport) as visit:
        # The address that the set-up printed.
        page = visit.go(f"/invitation/{token}")
        filled(page, new=PASSWORD, again=PASSWORD)
        page.wait_for_url(visit.root + "/sign-in")
        filled(page, name="quan-tri", password=PASSWORD)
        page.wait_for_url(visit.root + "/desk/first-run")
        assert "Địa bàn và giờ phát" in page.inner_text("[aria-current=step]")

        # The steps, each reached from the guide.
        def step(title: str) -> None:
            visit.go("/desk/first-run")
            assert title in page.inner_text("[aria-current=step]")
            page.click("[aria-current=step] a")

        step("Địa bàn và giờ phát")
        filled(page, code="noi-thi", name="Nội thị")
        step("Chuyên mục của cổng")
        filled(page, code="nguoi-tot", name="Người tốt, việc tốt", posts_at="09:00")
        step("Đơn vị")
        filled(page, code="phuong-mot", name="Phường Một", kind="phuong", zone="noi-thi")
        step("Người duyệt")
        filled(page, name="noi-vu", full_name="Phòng Nội vụ", role="reviewer")
        letter = page.inner_text(".secret").split("/invitation/")[1]

        step("Người duyệt")
        visit.go("/desk/articles/new")
        people = {"author_name": "Lê Viết", "subject_name": "Trần Làm"}
        page.check("main [name=columns][value=nguoi-tot]")
        filled(page, unit="phuong-mot", title="Con đường mới", body=BODY, written_on="2026-11-05", **people)
        page.click("details:has(form[action$='/record-endorsement']) summary")
        ref = page.url.split("/articles/")[1].split("?")[0]
        with page.expect_navigation():
            form = page.locator("form[action$='/record-endorsement']")
            for name, value in (("name", "Chủ tịch"), ("position", "Chủ tịch UBND"), ("endorsed_on", "2026-11-06")):
                form.locator(f"[name={name}]").fill(value)
            form.locator("button").click()
        assert page.locator("form[action$='/approve']").count() == 0, "nobody approves what they entered"

        # Another person, another browser.
        page.click("form[action$='/sign-out'] button")
        visit.go(f"/invitation/{letter}")
        filled(page, new=PASSWORD, again=PASSWORD)
        page.wait_for_url(visit.root + "/sign-in")
        filled(page, name="noi-vu", password=PASSWORD)
        page.wait_for_url(visit.root + "/desk")
        visit.go(f"/desk/articles/{ref}")
        with page.expect_navigation():
            page.click("form[action$='/approve'] button")
        with database.reading() as session:
            assert session.scalars(select(Article)).one().approval is not None
        page.click("form[action$='/sign-out'] button")
        page.wait_for_url(visit.root + "/sign-in")
        filled(page, name="quan-tri", password=PASSWORD)

        # Planned and published.
        page.wait_for_url(visit.root + "/desk")
        visit.go("/desk/plan/months/2026-11")
        filled(page, seconds="1")
        page.wait_for_selector("a[href$='/plan/months/2026-11/draft']", timeout=60_000)
        page.click("a[href$='/plan/months/2026-11/draft']")
        page.click("form[action$='/publish'] button")
        page.wait_for_url("**/desk/plan?view=month**")

        # The clock goes on: the evening's bulletin is made, airs, and the column's hour comes.
        voice = station_voice(database, settings)
        done = tick(database, settings, voice, now=clock())
        assert not done.rendered.failures
        with database.reading() as session:
            first = session.scalars(select(BroadcastSession).where(BroadcastSession.starts_at > NOW)).first()
            assert first is not None
        clock.now = max(first.starts_at, NOW + timedelta(hours=2)) + timedelta(minutes=1)
        tick(database, settings, voice, now=clock())
        visit.go("/")
        assert page.locator("audio").count() >= 1
        assert "Con đường mới" in page.inner_text("#today")

        # The portal subscribes to the address that the desk gives.
        visit.go("/desk/station/feeds")
        address = page.locator("td a[href$='/nguoi-tot.xml']").get_attribute("href")
        assert address == "http://127.0.0.1:8000/feeds/columns/nguoi-tot.xml"
        feed = feedparser.parse(app.test_client().get("/feeds/columns/nguoi-tot.xml").data)
        assert not feed.bozo
        assert [entry.title for entry in feed.entries] == ["Con đường mới"]
        assert "Trần Làm" not in str(feed)
        assert visit.complaints == []
