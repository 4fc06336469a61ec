"""Takes some sessions of a draft over into the published plan; the others stay as they are published."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Plan, PlanState
from broadcaster.planning.candidates import planning_lengths_ms
from broadcaster.planning.editing import Changed, Desk, open_bench, open_session, write_down
from broadcaster.planning.problem import published_plan_of, session_id
from broadcaster.planning.publish import draft_of, refuse_stale


def accept_sessions(desk: Desk, month: str, session_ids: Sequence[int], *, draft_id: int | None = None) -> Changed:
    """Makes a draft binding for some of its sessions. The portal's posts stay as they are published.

    The draft stays, brought up to date, so that more of it can be accepted afterwards.

    Raises:
        NotFound: there is no draft, or a session is unknown.
        NotAllowed: a session has begun or is called off.
        PlanChanged: the published plan was changed after the draft was made, or another draft took its place.
        RuleBroken: together with the sessions that stay, these would break a hard rule.
    """
    with desk.database.reading() as session:
        lengths_ms = planning_lengths_ms(session, desk.voice, desk.now)
    with desk.database.writing() as session:
        draft = draft_of(session, month, draft_id)
        standing = published_plan_of(session, month)
        refuse_stale(session, draft, standing, desk.tz)
        rows = [open_session(session, one, desk) for one in session_ids]
        if standing is None:
            standing = _first_plan(session, draft, desk)
        bench = open_bench(session, desk, standing, month, lengths_ms)
        bench.act, bench.why = "plan.accept", _("theo bản nháp được nhận")
        for row in rows:
            key = session_id(row)
            if key not in bench.after:
                raise NotFound(_("buổi này không thuộc tháng {month}", month=month))
            bench.after[key] = [
                placement.article.ref
                for placement in sorted(draft.placements, key=lambda one: one.position)
                if placement.session_id == row.id and placement.removed_at is None
            ]
        changed = write_down(bench)
        draft.base_id, draft.base_version = standing.id, standing.version
        return changed


def _first_plan(session: Session, draft: Plan, desk: Desk) -> Plan:
    """An empty plan that binds, for a month that had none: what is accepted is the first of it."""
    plan = Plan(
        month=draft.month,
        state=PlanState.PUBLISHED,
        version=0,
        made_at=desk.now,
        made_by=desk.by,
        published_at=desk.now,
        score=0.0,
        moves=draft.moves,
    )
    session.add(plan)
    session.flush()
    return plan
