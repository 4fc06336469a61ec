"""Makes a draft binding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.errors import NotFound, OutOfDate
from broadcaster.language import gettext as _
from broadcaster.models import Placement, Plan, PlanState
from broadcaster.planning.problem import published_plan_of


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a plan changed for the sessions to come."""

    plan_id: int
    added: int
    removed: int
    kept: int


def publish_plan(session: Session, month: str, *, by: str, now: datetime) -> Published:
    """Makes the month's draft binding in place of the plan before.

    What the draft holds and may no longer air is marked as taken off, never published.

    Raises:
        NotFound: there is no draft.
        OutOfDate: another plan was published after the draft was made; plan again.
    """
    draft = session.scalars(select(Plan).where(Plan.month == month, Plan.state == PlanState.DRAFT)).first()
    if draft is None:
        raise NotFound(_("tháng {month} chưa có bản nháp; hãy chạy lệnh plan trước", month=month))
    standing = published_plan_of(session, month)
    if (standing.id if standing else None) != draft.base_id:
        raise OutOfDate(_("lịch tháng {month} đã được công bố lại sau khi lập bản nháp; hãy lập lại", month=month))
    for placement in draft.placements:
        # What has aired stays in the books, whatever became of the article since.
        is_coming = placement.removed_at is None and placement.session.starts_at >= now
        if is_coming and not placement.article.is_airable(placement.session.starts_at):
            placement.removed_at, placement.removed_why = now, _("bài không còn được phép phát")
    before = _coming(standing, now) if standing else set()
    after = _coming(draft, now)
    if standing is not None:
        standing.state = PlanState.SUPERSEDED
        # The unique index admits one published plan: the old one steps down first.
        session.flush()
    draft.state, draft.published_at = PlanState.PUBLISHED, now
    audit.record(session, "plan.publish", month, by=by, now=now, plan=draft.id)
    return Published(draft.id, len(after - before), len(before - after), len(after & before))


def _coming(plan: Plan, now: datetime) -> set[tuple[int, int]]:
    def is_coming(placement: Placement) -> bool:
        return placement.removed_at is None and placement.session.starts_at > now

    return {(placement.session_id, placement.article_id) for placement in plan.placements if is_coming(placement)}
