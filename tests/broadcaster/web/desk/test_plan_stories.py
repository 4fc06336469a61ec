"""An editor at the plan, in a browser with the keyboard alone: planned, published, heard; second; urgent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from broadcaster import planning
from broadcaster.models import Interrupt, Placement, Role
from broadcaster.tasks import tick
from tests.broadcaster.books import take_in
from tests.broadcaster.conftest import MONTH, article
from tests.broadcaster.web.desk.conftest import OFFICE, PHONE, STAFF
from tests.broadcaster.web.desk.test_plan_pages import refs_in, session_ids

NEWS = article(21, "Một gương mới", "xa-bai", "y-duc", "Một bài mới vừa được duyệt. " * 8, priority="priority")
ALARM = article(
    22, "Nước sông lên nhanh", "cong-an", "an-ninh-to-quoc", "Bà con ven bãi rời lên cao ngay.", priority="urgent"
)


def reach(page: Any, wanted: str) -> None:
    """Goes to what is wanted as people without a mouse do."""
    for _ in range(250):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"the keyboard does not come to {wanted}")


def played(page: Any) -> bool:
    """Whether the sound of the page has begun; waits a moment where it has not."""
    at = page.evaluate("document.querySelector('audio').currentTime")
    if not at:
        page.wait_for_timeout(100)
    return bool(at)


@pytest.mark.parametrize("screen", [OFFICE, PHONE], ids=["office", "phone"])
def test_an_editor_plans_publishes_and_hears_comes_second_and_sends_an_alarm(
    staffed_town: Any,
    town_app: Flask,
    visiting: Callable[..., AbstractContextManager[Any]],
    tmp_path: Path,
    screen: dict[str, int],
) -> None:
    town = staffed_town
    take_in(town.database, tmp_path, [NEWS, ALARM], now=town.now)
    with visiting(town_app, viewport=screen) as visit:
        visit.sign_in(STAFF[Role.EDITOR])

        # Planned in the background, compared, accepted as a whole.
        page = visit.go(f"/desk/plan/months/{MONTH}")
        reach(page, "input[name=seconds]")
        page.keyboard.press("Control+A")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"a[href$='/plan/months/{MONTH}/draft']", timeout=60_000)
        reach(page, f"a[href$='/plan/months/{MONTH}/draft']")
        page.keyboard.press("Enter")
        page.wait_for_selector("form[action$='/publish']")
        assert "T-21 «Một gương mới»" in page.inner_text("main")
        reach(page, "form[action$='/publish'] button")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/plan?view=month**")
        assert "Đã công bố" in page.inner_text(".flash")

        # The clock makes the bulletins, and the editor hears the next one.
        done = tick(town.database, town.settings, town.voice, now=town.now)
        assert not done.rendered.failures
        first, second, *_rest = session_ids(town)
        page = visit.go(f"/desk/plan/sessions/{first}")
        reach(page, "audio")
        page.keyboard.press("Space")
        assert any(played(page) for _ in range(100)), "the bulletin is heard"

        # Somebody else changes a session that is open here: told, nothing lost, and on from there.
        page = visit.go(f"/desk/plan/sessions/{second}")
        mine, theirs = refs_in(town, second)[:2]
        other = planning.Desk(town.database, town.voice, town.settings.zone_info, town.now, STAFF[Role.ADMIN])
        planning.lock(other, theirs, second)
        reach(page, f"form[action$='/lock']:has(input[value='{mine}']) button")
        page.keyboard.press("Enter")
        page.wait_for_selector("main [role=alert]")
        told = page.inner_text("main [role=alert]")
        assert STAFF[Role.ADMIN] in told
        assert theirs in told
        assert visit.barriers() == []
        reach(page, "main form button")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/desk/plan/sessions/{second}")
        with town.database.reading() as books:
            locked = select(Placement).where(Placement.session_id == second, Placement.locked)
            assert {row.article.ref for row in books.scalars(locked)} == {mine, theirs}

        # An alarm interrupts every player.
        page.on("dialog", lambda dialog: dialog.accept())
        page = visit.go("/desk/plan/urgent")
        assert page.input_value("select[name=article]") == "T-22"
        reach(page, "input[name=how]")
        page.keyboard.press("ArrowDown")
        reach(page, "form[action$='/urgent/send'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector("form[action$='/end']", timeout=60_000)
        with town.database.reading() as books:
            sent = books.scalars(select(Interrupt)).all()
            assert {(one.zone.code, one.drill, one.sent_by) for one in sent} == {
                ("tt", False, STAFF[Role.EDITOR]),
                ("vb", False, STAFF[Role.EDITOR]),
            }
        # A browser notes every answer that is not 200; being told comes as 409.
        assert [words for words in visit.complaints if " 409 " not in words] == []
        assert visit.overflow() == 0
