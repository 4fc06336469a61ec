"""The plan at the desk: its pages, forms and their refusals, as each role sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from broadcaster.models import BroadcastSession, Placement, Plan, PlanState, Role, Zone
from tests.broadcaster.conftest import MONTH

PATHS = (
    "/desk/plan",
    "/desk/plan?view=month&day=2026-11-10",
    "/desk/plan?view=day&day=2026-11-20",
    "/desk/plan?zone=vb",
    "/desk/plan/calendar",
    "/desk/plan/calendar?view=month",
    "/desk/plan/calendar?view=day",
    "/desk/plan/events?view=month",
    "/desk/plan/waiting",
    "/desk/plan/units",
    "/desk/plan/articles/T-01",
)
EDITORS_PATHS = (
    f"/desk/plan/months/{MONTH}",
    f"/desk/plan/months/{MONTH}/progress",
    f"/desk/plan/months/{MONTH}/outlook",
    "/desk/plan/urgent",
)


def session_ids(town: Any, zone: str = "tt") -> list[int]:
    """The zone's sessions to come, in order of time."""
    with town.database.reading() as session:
        query = select(BroadcastSession.id).join(Zone, Zone.id == BroadcastSession.zone_id)
        query = query.where(Zone.code == zone, BroadcastSession.starts_at > town.now)
        return list(session.scalars(query.order_by(BroadcastSession.starts_at)))


def refs_in(town: Any, session_id: int) -> list[str]:
    """What is published for a session, in its order."""
    with town.database.reading() as session:
        query = select(Placement).join(Plan, Plan.id == Placement.plan_id)
        query = query.where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
        query = query.where(Placement.session_id == session_id).order_by(Placement.position)
        return [row.article.ref for row in session.scalars(query)]


@pytest.mark.parametrize("path", PATHS + EDITORS_PATHS)
def test_every_page_of_the_plan_opens_for_an_editor(desk: Callable[..., Any], path: str) -> None:
    answer = desk(Role.EDITOR).get(path)
    assert answer.status_code == 200, answer.text


def test_an_item_is_moved_locked_put_in_order_taken_out_and_added_by_forms(
    staffed_town: Any, desk: Callable[..., Any]
) -> None:
    editor = desk(Role.EDITOR)
    _today, first, second, *_rest = session_ids(staffed_town)
    here = f"/desk/plan/sessions/{first}"

    def seen(number: int) -> int:
        with staffed_town.database.reading() as session:
            return int(session.get_one(BroadcastSession, number).programme_version)

    before = refs_in(staffed_town, first)
    moved = editor.send(here, f"{here}/reorder", ref=before[0], step="down", order=before, seen=seen(first))
    assert moved.status_code == 302
    assert refs_in(staffed_town, first) == [before[1], before[0], *before[2:]]
    taken = editor.send(here, f"{here}/remove", ref=before[0], why="Đơn vị xin hoãn", seen=seen(first))
    assert taken.status_code == 302
    assert before[0] not in refs_in(staffed_town, first)
    assert before[0] in editor.get(here).text, "what was taken out is offered again"
    assert editor.send(here, f"{here}/add", ref=before[0], seen=seen(first)).status_code == 302
    assert before[0] in refs_in(staffed_town, first)
    assert editor.send(here, f"{here}/lock", ref=before[0], seen=seen(first)).status_code == 302
    kept = editor.send(here, f"{here}/move", ref=before[0], to=f"{second}.{seen(second)}", seen=seen(first))
    assert kept.status_code == 422
    assert "đang được khóa" in kept.text
    assert editor.send(here, f"{here}/unlock", ref=before[0], seen=seen(first)).status_code == 302


def test_a_reason_is_asked_for_and_nonsense_is_named(staffed_town: Any, desk: Callable[..., Any]) -> None:
    editor = desk(Role.EDITOR)
    _today, first, *_rest = session_ids(staffed_town)
    here = f"/desk/plan/sessions/{first}"
    ref = refs_in(staffed_town, first)[0]
    assert editor.send(here, f"{here}/remove", ref=ref, why="  ", seen="0").status_code == 422
    assert ref in refs_in(staffed_town, first)
    for wrong in ("/desk/plan?day=2026-02-30", "/desk/plan?view=year", "/desk/plan/waiting?month=2026-13"):
        assert editor.get(wrong).status_code == 400, wrong
    assert editor.get("/desk/plan?zone=khong-co").status_code == 404
    assert editor.send(here, f"{here}/move", ref=ref, to="x", seen="0").status_code == 400


def test_a_unit_sees_its_own_articles_marked_and_no_reasons_of_others(
    staffed_town: Any, desk: Callable[..., Any]
) -> None:
    unit = desk(Role.CONTRIBUTOR)
    page = unit.get("/desk/plan?zone=tt").text
    assert "của đơn vị" in page
    assert "/lock" not in unit.get(f"/desk/plan/sessions/{session_ids(staffed_town)[0]}").text
    assert unit.get("/desk/plan/articles/T-05").status_code == 404, "the article of another unit"
    assert "Bài giữ đến ngày hội" not in unit.get("/desk/plan?view=week&day=2026-11-20").text


def test_every_item_says_why_it_is_there_and_what_waits_says_why_not(
    staffed_town: Any, desk: Callable[..., Any]
) -> None:
    editor = desk(Role.EDITOR)
    first = session_ids(staffed_town)[0]
    reasons = editor.get(f"/desk/plan/sessions/{first}/reasons").text
    assert all(ref in reasons for ref in refs_in(staffed_town, first))
    waiting = editor.get("/desk/plan/waiting").text
    assert "chưa có xác nhận của thủ trưởng đơn vị" in waiting
    assert "văn bản hiện tại chưa được duyệt" in waiting
    assert "Phường Một" in editor.get("/desk/plan/units").text


@pytest.mark.parametrize("path", [path for path in (*PATHS, *EDITORS_PATHS) if "calendar" not in path])
def test_a_page_of_the_plan_asks_a_bounded_number_of_questions(
    staffed_town: Any, desk: Callable[..., Any], path: str
) -> None:
    asked: list[str] = []
    editor = desk(Role.EDITOR)

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert editor.get(path).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert staffed_town
    assert 0 < len(asked) <= 60, asked
