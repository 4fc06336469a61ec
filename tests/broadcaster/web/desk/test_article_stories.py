"""An article's way in a browser: sent by Word file, endorsed, approved by another; withdrawn two minutes before air."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from broadcaster.app import create_app
from broadcaster.models import Bulletin, BulletinItem, Placement, Role
from tests.broadcaster.web.desk.conftest import OFFICE, PHONE, STAFF
from tests.broadcaster.web.desk.test_articles import word_file
from tests.broadcaster.web.desk.test_plan_stories import reach

SCREENS: dict[str, dict[str, Any]] = {
    "office": {"viewport": OFFICE},
    "phone": {"viewport": PHONE, "color_scheme": "dark"},
}


@pytest.mark.parametrize("screen", SCREENS)
def test_an_article_is_withdrawn_two_minutes_before_air(
    staffed_town: Any, visiting: Callable[..., AbstractContextManager[Any]], screen: str
) -> None:
    town = staffed_town
    with town.database.reading() as session:
        rows = session.scalars(
            select(Placement)
            .join(Bulletin, Bulletin.session_id == Placement.session_id)
            .join(BulletinItem, BulletinItem.bulletin_id == Bulletin.id)
            .where(BulletinItem.article_id == Placement.article_id, Bulletin.superseded_at.is_(None))
            .where(Placement.removed_at.is_(None))
        )
        coming = next(one for one in rows if one.session.starts_at > town.now)
        ref, title, at = coming.article.ref, coming.article.title, coming.session.starts_at - timedelta(minutes=2)
        code = session.scalars(
            select(Bulletin.code).where(Bulletin.session_id == coming.session_id, Bulletin.superseded_at.is_(None))
        ).one()
    public: Path = town.settings.public_folder
    assert holders(public, title)
    app: Flask = create_app(town.settings, town.database, clock=lambda: at)
    language = "en" if screen == "phone" else "vi"
    with visiting(app, **SCREENS[screen]) as visit:
        visit.sign_in(STAFF[Role.EDITOR])
        page = visit.go(f"/desk/articles/{ref}?lang={language}")
        reach(page, f"a[href$='/{ref}/withdraw']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/withdraw")
        assert visit.barriers() == []
        assert visit.overflow() == 0
        assert code in page.inner_text("main")
        reach(page, "input[name=why]")
        page.keyboard.type("Đơn vị xin rút")
        page.keyboard.press("Enter")
        page.wait_for_url("**/withdrawn", timeout=60_000)
        assert visit.barriers() == []
        assert visit.overflow() == 0
        assert visit.complaints == []
    assert holders(public, title) == []


def holders(public: Path, title: str) -> list[str]:
    """The public files that name the article."""
    texts = {".json", ".xml", ".html", ".m3u", ".m3u8", ".txt"}
    files = [path for path in public.rglob("*") if path.is_file() and path.suffix in texts]
    return [path.name for path in files if title in path.read_text("utf-8")]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_word_file_is_sent_endorsed_and_approved_by_separate_people(
    staffed_town: Any,
    town_app: Flask,
    visiting: Callable[..., AbstractContextManager[Any]],
    tmp_path: Path,
    screen: str,
) -> None:
    assert staffed_town
    paper = tmp_path / "bai.docx"
    paper.write_bytes(word_file())
    language = "en" if screen == "phone" else "vi"
    with visiting(town_app, **SCREENS[screen]) as visit:
        visit.sign_in(STAFF[Role.CONTRIBUTOR])
        page = visit.go(f"/desk/articles/word?lang={language}")
        page.set_input_files("input[type=file]", paper)
        reach(page, "main form button")
        page.keyboard.press("Enter")
        page.wait_for_selector("input[name=title]")
        assert page.input_value("input[name=subject_name]") == "Đỗ Thị Mẫu"
        assert visit.barriers() == []
        assert visit.overflow() == 0
        reach(page, "input[name=title]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/articles/2026-*")
        address = page.url.removeprefix(visit.root).split("?")[0]
        visit.page.context.clear_cookies()
        visit.enter(town_app, STAFF[Role.ENDORSER])
        page = visit.go(f"{address}?lang={language}")
        reach(page, "form[action$='/endorse'] input[name=position]")
        page.keyboard.type("Chủ tịch UBND")
        page.keyboard.press("Enter")
        page.wait_for_selector(".flash")
        visit.page.context.clear_cookies()
        visit.enter(town_app, STAFF[Role.REVIEWER])
        page = visit.go(f"{address}?lang={language}")
        assert visit.barriers() == []
        assert visit.overflow() == 0
        reach(page, "form[action$='/approve'] button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".flash")
        assert page.locator("form[action$='/approve']").count() == 0
        assert visit.complaints == []
