"""Makes a draft binding, as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import BroadcastSession, Plan, PlanState
from broadcaster.planning.problem import published_plan_of
from broadcaster.planning.told import PlanChanged, changes_of_plan
from broadcaster.session_codes import session_code

#: In a larger plan the audit entry says how many sessions changed, not which.
MOST_NAMED = 500


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a plan changed for the sessions to come."""

    plan_id: int
    added: int
    removed: int
    kept: int


def draft_of(session: Session, month: str, draft_id: int | None = None) -> Plan:
    """The draft of a month; with `draft_id`, exactly that one.

    Raises:
        NotFound: there is no draft.
        PlanChanged: another draft took the place of the one that was looked at.
    """
    query = select(Plan).where(Plan.month == month, Plan.state == PlanState.DRAFT).with_for_update()
    draft = session.scalars(query).first()
    if draft is None:
        raise NotFound(_("tháng {month} chưa có bản nháp; hãy chạy lệnh plan trước", month=month))
    if draft_id is not None and draft.id != draft_id:
        raise PlanChanged(
            _("bản nháp tháng {month} đã được {by} lập lại; hãy xem bản mới", month=month, by=draft.made_by), ()
        )
    return draft


def refuse_stale(session: Session, draft: Plan, standing: Plan | None, tz: ZoneInfo) -> None:
    """Says so if the published plan is no longer what the draft was made from.

    Raises:
        PlanChanged: with what was changed since, and by whom. The draft stays as it is.
    """
    now_id, now_version = (standing.id, standing.version) if standing is not None else (None, 0)
    if (now_id, now_version) != (draft.base_id, draft.base_version):
        what = _("lịch tháng {month} đã được công bố lại hoặc sửa sau khi lập bản nháp; hãy lập lại", month=draft.month)
        raise PlanChanged(what, changes_of_plan(session, draft.month, draft.base_id, draft.base_version, tz))


def publish_plan(
    session: Session, month: str, *, by: str, now: datetime, tz: ZoneInfo, draft_id: int | None = None
) -> Published:
    """Makes the month's draft binding in place of the plan before.

    What the draft holds and may no longer air is marked as taken off, never published. With `draft_id`, only the draft
    that was looked at is published.

    Raises:
        NotFound: there is no draft.
        PlanChanged: another plan was published, or the published one was changed, after the draft was made, with what
            was changed by whom; or another draft took the place of `draft_id`.
    """
    tz = tz or ZoneInfo("Asia/Ho_Chi_Minh")
    draft = draft_of(session, month, draft_id)
    standing = published_plan_of(session, month)
    refuse_stale(session, draft, standing, tz)
    for placement in draft.placements:
        # What has aired stays in the books, whatever became of the article since.
        is_coming = placement.removed_at is None and placement.session.starts_at >= now
        if is_coming and not placement.article.is_airable(placement.session.starts_at):
            placement.removed_at, placement.removed_why = now, _("bài không còn được phép phát")
    before = _coming(standing, now) if standing else {}
    after = _coming(draft, now)
    changed = _raise_versions(before, after)
    if standing is not None:
        standing.state = PlanState.SUPERSEDED
        # The unique index admits one published plan: the old one steps down first.
        session.flush()
    draft.state, draft.published_at = PlanState.PUBLISHED, now
    named = {session_code(row, tz): row.programme_version for row in changed} if len(changed) <= MOST_NAMED else {}
    detail = {"plan": draft.id, "version": draft.version, "changed": len(changed), "sessions": named}
    audit.record(session, "plan.publish", month, by=by, now=now, **detail)
    old, new = _pairs(before), _pairs(after)
    return Published(draft.id, len(new - old), len(old - new), len(new & old))


def _coming(plan: Plan, now: datetime) -> dict[BroadcastSession, list[int]]:
    """By session to come, the articles in their order."""
    found: dict[BroadcastSession, list[int]] = {}
    for placement in sorted(plan.placements, key=lambda one: one.position):
        if placement.removed_at is None and placement.session.starts_at > now:
            found.setdefault(placement.session, []).append(placement.article_id)
    return found


def _raise_versions(
    before: dict[BroadcastSession, list[int]], after: dict[BroadcastSession, list[int]]
) -> list[BroadcastSession]:
    """Raises the version of every session whose programme changes, and answers those."""
    changed = [row for row in {**before, **after} if before.get(row) != after.get(row)]
    for row in changed:
        row.programme_version += 1
    return changed


def _pairs(coming: dict[BroadcastSession, list[int]]) -> set[tuple[int, int]]:
    return {(row.id, article_id) for row, articles in coming.items() for article_id in articles}


def discard_draft(session: Session, month: str, *, by: str, now: datetime, draft_id: int | None = None) -> None:
    """Drops the draft of a month; what is published stays as it is. With `draft_id`, only the one looked at.

    Raises:
        NotFound: there is no draft.
        PlanChanged: another draft took the place of `draft_id`.
    """
    draft = draft_of(session, month, draft_id)
    audit.record(session, "plan.discard", month, by=by, now=now, draft=draft.id)
    session.delete(draft)
