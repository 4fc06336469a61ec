"""The plan at the desk: its pages, forms and their refusals, as each role sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

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
