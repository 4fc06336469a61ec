"""Makes a draft plan of a month: read the books, think without holding them, write the draft down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.db import Database
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Column, Placement, Plan, PlanState, Post, Zone
from broadcaster.months import bounds
from broadcaster.planning.candidates import planning_lengths_ms
from broadcaster.planning.columns import columns_problem, post_instant
from broadcaster.planning.figures import store_figures
from broadcaster.planning.problem import MonthProblem, build_problem, published_plan_of, session_id
from broadcaster.scripts import Voice
from broadcaster.sessions import materialise
from scheduler import planning

#: The columns' problem is small; this many moves settle it.
COLUMN_MOVES = 4_000


class NothingToPlan(NotFound):
    """The month has no session left."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it was stored, with the library's own account of it."""

    plan_id: int
    month: str
    plan: planning.Plan
    posts: int
    #: What the draft changes in the plan that is published.
    difference: planning.Difference


def make_draft(
    database: Database,
    month: str,
    *,
    voice: Voice,
    now: datetime,
    tz: ZoneInfo,
    by: str,
    zone_code: str | None = None,
    seconds: float | None = None,
    moves: int | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
    told: Callable[[planning.Outlook], None] | None = None,
) -> Drafted:
    """Plans what is left of a month and keeps the result as a draft; an earlier draft of the month gives way.

    `told` hears, before planning starts, how much room there is and which minimums no plan can reach; `progress` the
    part that is done, from 0 to 1.

    Raises:
        NotFound: the zone is unknown.
        NothingToPlan: the month has no session left.
        BadMonth: the month is not written as 2026-04.
    """
    first, after = bounds(month, tz)
    with database.writing() as session:
        materialise(session, first.date(), after.date() - timedelta(days=1), now=now, tz=tz)
    with database.reading() as session:
        base = published_plan_of(session, month)
        month_problem = _problem_to_plan(session, month, voice=voice, now=now, tz=tz, zone_code=zone_code)
        posts_problem = columns_problem(session, month, now=now, tz=tz)
        if told is not None:
            told(planning.outlook(month_problem.problem))
        # Nothing is written while we think, so that nobody waits for us.
        plan = planning.make_plan(month_problem.problem, seconds=seconds, moves=moves, seed=seed, progress=progress)
        posts = planning.make_plan(posts_problem, moves=COLUMN_MOVES, seed=seed)
        base_id, base_version = (base.id, base.version) if base else (None, 0)
        plan = _read_as_published(base, month_problem, plan)
    with database.writing() as session:
        stored = _store(session, month, base_id, month_problem, plan, posts, now=now, tz=tz)
        stored.base_version, stored.made_by = base_version, by
        audit.record(session, "plan.draft", month, by=by, now=now, plan=stored.id, score=round(plan.score, 1))
        problem = month_problem.problem
        changes = planning.difference([*problem.locked, *problem.previous], plan, problem)
        return Drafted(stored.id, month, plan, len(stored.posts), changes)


def month_outlook(
    session: Session, month: str, *, voice: Voice, now: datetime, tz: ZoneInfo, zone_code: str | None = None
) -> planning.Outlook:
    """What can be said of a month before it is planned: room, what is owed, which minimums are out of reach.

    Raises:
        NotFound: the zone is unknown.
        NothingToPlan: the month has no session left.
        BadMonth: the month is not written as 2026-04.
    """
    return planning.outlook(_problem_to_plan(session, month, voice=voice, now=now, tz=tz, zone_code=zone_code).problem)


def _problem_to_plan(
    session: Session, month: str, *, voice: Voice, now: datetime, tz: ZoneInfo, zone_code: str | None
) -> MonthProblem:
    zone = _zone(session, zone_code)
    lengths_ms = planning_lengths_ms(session, voice, now)
    month_problem = build_problem(session, month, lengths_ms, now=now, tz=tz, zone=zone)
    if not month_problem.sessions and not month_problem.kept:
        raise NothingToPlan(_("tháng {month} không còn buổi phát nào để xếp", month=month))
    return month_problem


def _read_as_published(base: Plan | None, month_problem: MonthProblem, plan: planning.Plan) -> planning.Plan:
    """Where a session holds just what is published for it, it is read in the published order, by hand or not."""
    if base is None:
        return plan
    published: dict[str, list[str]] = {}
    for placement in sorted(base.placements, key=lambda one: one.position):
        if placement.removed_at is None:
            published.setdefault(session_id(placement.session), []).append(placement.article.ref)
    drafted: dict[str, list[str]] = {}
    for item in plan.placements:
        drafted.setdefault(item.session, []).append(item.article)
    neighbours = planning.HardRule.NEIGHBOURS
    places: dict[tuple[str, str], int] = {}
    for key, refs in published.items():
        broken = {breach.rule for breach in planning.breaches(month_problem.problem, {key: refs})}
        if sorted(drafted.get(key, [])) == sorted(refs) and neighbours not in broken:
            places |= {(key, ref): position for position, ref in enumerate(refs)}
    placements = [
        replace(item, position=places.get((item.session, item.article), item.position)) for item in plan.placements
    ]
    return replace(plan, placements=tuple(placements))


def _zone(session: Session, code: str | None) -> Zone | None:
    if code is None:
        return None
    zone = session.scalars(select(Zone).where(Zone.code == code)).first()
    if zone is None:
        raise NotFound(_("không có địa bàn «{code}»", code=code))
    return zone


def _store(
    session: Session,
    month: str,
    base_id: int | None,
    month_problem: MonthProblem,
    plan: planning.Plan,
    posts: planning.Plan,
    *,
    now: datetime,
    tz: ZoneInfo,
) -> Plan:
    earlier = session.scalars(select(Plan).where(Plan.month == month, Plan.state == PlanState.DRAFT)).all()
    locked = _locked_by_editors(session, base_id)
    stored = Plan(
        month=month,
        state=PlanState.DRAFT,
        base_id=base_id,
        made_at=now,
        score=plan.score,
        bound=plan.bound,
        gap=plan.gap,
        moves=plan.moves,
    )
    session.add(stored)
    # Before the earlier one goes, or it might get that one's number: whoever looked at it must be told.
    session.flush()
    for gone in earlier:
        session.delete(gone)
    lengths_ms = {article.id: article.length_ms for article in month_problem.problem.articles}
    stored.placements = [_copied(placement) for placement in month_problem.kept] + [
        Placement(
            session_id=month_problem.sessions[item.session].id,
            article_id=month_problem.articles[item.article].id,
            position=item.position,
            length_ms=lengths_ms[item.article],
            first_run=item.first_run,
            locked=(month_problem.sessions[item.session].id, month_problem.articles[item.article].id) in locked,
        )
        for item in plan.placements
    ]
    stored.posts = _posts(session, base_id, posts, month_problem, now=now, tz=tz)
    store_figures(stored, plan, month_problem)
    session.flush()
    return stored


def _locked_by_editors(session: Session, base_id: int | None) -> set[tuple[int, int]]:
    """The airings (session, article) that an editor locked in the base plan."""
    query = select(Placement.session_id, Placement.article_id).where(
        Placement.plan_id == base_id, Placement.locked, Placement.removed_at.is_(None)
    )
    return set(session.execute(query).tuples())


def _copied(placement: Placement) -> Placement:
    return Placement(
        session_id=placement.session_id,
        article_id=placement.article_id,
        position=placement.position,
        length_ms=placement.length_ms,
        first_run=placement.first_run,
        locked=placement.locked,
    )


def _posts(
    session: Session,
    base_id: int | None,
    plan: planning.Plan,
    month_problem: MonthProblem,
    *,
    now: datetime,
    tz: ZoneInfo,
) -> list[Post]:
    """The posts of the new plan, behind those of the base plan that are out already."""
    columns = {column.code: column for column in session.scalars(select(Column))}
    base = session.scalars(select(Post).where(Post.plan_id == base_id, Post.posts_at <= now)).all() if base_id else []
    coming = []
    for item in plan.placements:
        column, posts_at = post_instant(item.session, columns, tz)
        coming.append(Post(column_id=column.id, article_id=month_problem.articles[item.article].id, posts_at=posts_at))
    # What was taken out and comes back, approved anew, stands once: as the post to come.
    again = {(post.column_id, post.article_id) for post in coming}
    out = [
        Post(
            column_id=post.column_id,
            article_id=post.article_id,
            posts_at=post.posts_at,
            removed_at=post.removed_at,
            removed_why=post.removed_why,
        )
        for post in base
        if post.removed_at is None or (post.column_id, post.article_id) not in again
    ]
    return out + coming
