"""A month is reviewed, closed and printed, by hand in Chromium; and the rooms of airtime and papers for everybody."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from broadcaster.airtime import month_airtime
from broadcaster.app import create_app
from broadcaster.intake.station import import_station
from broadcaster.models import ClosedMonth
from broadcaster.reports.figures import length_words
from tests.broadcaster.books import TZ, written
from tests.broadcaster.reports.printed import packed, whole_text

DECEMBER = datetime.fromisoformat("2026-12-05T09:00:00+07:00")
SESSION = "/desk/airtime/sessions/tt/20261110-0530"
PAGES = (
    "/desk/airtime?month=2026-11",
    "/desk/airtime?month=2027-03",
    "/desk/airtime/units/phuong-mot?month=2026-11",
    SESSION,
    "/desk/airtime/airings/1",
    "/desk/airtime/campaign",
    "/desk/airtime/closing/2026-11",
    "/desk/papers",
    "/desk/alerts",
)
#: Where a developer wants to see the pages; nobody else makes pictures.
PICTURES = os.environ.get("BROADCASTER_TEST_PICTURES")

Visiting = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def town(staffed_town: Any, tmp_path: Path) -> Any:
    quotas = [{"kind": "phuong", "min_articles": 3}, {"unit": "cong-an", "min_articles": 1}]
    campaign = {"code": "d1", "name": "Đợt thử", "starts_on": "2026-11-01", "deadline_on": "2026-11-28"}
    with staffed_town.database.writing() as session:
        path = written(tmp_path, "dot.json", {"campaign": {**campaign, "quotas": quotas}})
        import_station(session, path, now=staffed_town.now, tz=TZ, by="quan-tri")
    return staffed_town


def test_a_month_is_reviewed_closed_and_printed(town: Any, visiting: Visiting) -> None:
    with town.database.reading() as session:
        report = month_airtime(session, "2026-11", now=DECEMBER, tz=TZ)
    app = create_app(town.settings, town.database, clock=lambda: DECEMBER)
    with visiting(app) as visit:
        page = visit.sign_in("bien-tap")
        page.click("nav.rooms >> text=Thời lượng")
        page.click("a[rel=prev]")
        assert "Thời lượng tháng 11/2026" in page.inner_text("h1")
        # From the unit down to the single airing and its verdict.
        heard = next(unit for unit in report.units if unit.aired_ms)
        page.click(f"table >> text={heard.name}")
        assert length_words(heard.aired_ms) in page.inner_text("dl.facts")
        page.click("table.list tbody tr:first-child a")
        assert "nghe đủ" in page.inner_text("main")
        # Reviewed, then closed.
        page.click("p.under a")
        page.click("text=Xem lại và chốt tháng")
        assert length_words(report.totals["aired_ms"]) in page.inner_text("dl.facts")
        page.click("main button")
        page.wait_for_url("**/desk/airtime?month=2026-11")
        assert "đã chốt" in page.inner_text("main")
        # Printed: what the paper says is what was closed.
        page.click("nav.rooms >> text=Giấy tờ")
        address = page.get_attribute("form:has(input[value=airtime])", "action")
        printed = page.request.get(f"{visit.root}{address}?paper=airtime&month=2026-11&form=pdf")
        text = whole_text(printed.body())
        assert packed(length_words(report.totals["aired_ms"])) in text
        assert packed("Tháng đã khóa sổ") in text
        assert visit.complaints == []
    with town.database.reading() as session:
        assert session.get(ClosedMonth, "2026-11") is not None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 844}},
        {"java_script_enabled": False},
    ],
    ids=str,
)
def test_the_rooms_are_there_for_everybody(town: Any, visiting: Visiting, options: dict[str, Any]) -> None:
    app = create_app(town.settings, town.database, clock=lambda: DECEMBER)
    with visiting(app, **options) as visit:
        visit.sign_in("quan-tri")
        for path in PAGES:
            for language in ("vi", "en"):
                page = visit.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
                where = (path, language)
                if options.get("java_script_enabled", True):
                    assert (where, visit.barriers()) == (where, [])
                    assert (where, visit.overflow()) == (where, 0)
                assert "Asia/Ho_Chi_Minh" in page.inner_text("footer")
                if PICTURES:
                    name = f"{path.strip('/').replace('/', '-').replace('?', '-')}-{language}-{list(options.values())}"
                    page.screenshot(path=f"{PICTURES}/{name.replace('/', '')}.png", full_page=True)
        assert visit.complaints == []
