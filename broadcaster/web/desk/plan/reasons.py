"""Why everything is as it is: each item's reasons, what waits and why, units and their minimums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, request
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response

from broadcaster.access import Act, acts_for_one_unit, sees_unit
from broadcaster.approvals import article_of
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import (
    AirtimeTarget,
    Article,
    BroadcastSession,
    Placement,
    PlanReason,
    PlanUnit,
    Unit,
)
from broadcaster.months import month_of
from broadcaster.planning import MonthAccount, month_account
from broadcaster.planning.barred import why_barred
from broadcaster.planning.names import spoken_language
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, page
from broadcaster.web.desk.paging import page_of
from broadcaster.web.desk.plan.asked import asked_month
from broadcaster.web.desk.plan.books import Reader, standing
from broadcaster.web.desk.plan.house import MonthState, month_state, reader, voice
from broadcaster.web.desk.plan.names import names_for
from scheduler import planning

reasons = Blueprint("plan_reasons", __name__, url_prefix=DESK + "/plan")


@dataclass(frozen=True, slots=True)
class Told:
    """Something with its reasons in words, a line each."""

    ref: str
    title: str
    lines: Sequence[str]


@reasons.get("/sessions/<int:session_id>/reasons")
@allowed(Act.SEE_PLAN)
def of_session(session_id: int) -> Response:
    """Why each item of a session is there. Sent for by the session's page when it is shown; a page of its own too."""
    who = reader()
    with books_reading() as books:
        broadcast = books.get(BroadcastSession, session_id)
        if broadcast is None:
            raise NotFound(_("không có buổi này"))
        rows = books.scalars(
            standing(select(Placement))
            .where(Placement.session_id == session_id)
            .options(joinedload(Placement.article))
            .order_by(Placement.position)
        ).all()
        own = [row.article for row in rows if sees_unit(user(), row.article.unit_id)]
        told: list[Told] = []
        if broadcast.starts_at > who.now and own:
            account = _account(books, month_of(broadcast.starts_at, who.tz), who)
            told = [Told(one.ref, one.title, _reasons_only(account.airing(broadcast, one))) for one in own]
        template = "desk/plan/_reasons.html" if "HX-Request" in request.headers else "desk/plan/reasons.html"
        starts_at = broadcast.starts_at.astimezone(who.tz)
        return page(template, told=told, broadcast=broadcast, starts_at=starts_at)


@reasons.get("/articles/<ref>")
@allowed(Act.SEE_PLAN)
def of_article(ref: str) -> Response:
    """Where an article airs and why; where not, why not, what would have to give way, and when at the earliest."""
    who, month = reader(), asked_month()
    with books_reading() as books:
        article = article_of(books, ref)
        if not sees_unit(user(), article.unit_id):
            raise NotFound(_("không có bài «{ref}»", ref=ref))
        state = month_state(books, month, who.now)
        lines: list[str] = []
        airings: list[str] = []
        barred = why_barred(article, who.now)
        if barred is not None:
            lines = [barred]
        elif state.published is not None:
            account = _account(books, month, who)
            lines, airings = account.article(article).splitlines(), account.airings_of(article)
        return page("desk/plan/article.html", article=article, state=state, lines=lines, airings=airings)


@reasons.get("/waiting")
@allowed(Act.SEE_PLAN)
def waiting() -> Response:
    """Every article without a place in the month, and why."""
    who, month, asked = reader(), asked_month(), request.args.get("q", "").strip()[:100]
    with books_reading() as books:
        state = month_state(books, month, who.now)
        plan_id = state.published.id if state.published else 0
        placed = standing(select(Placement.article_id)).where(Placement.plan_id == plan_id)
        reason = and_(
            PlanReason.article_id == Article.id, PlanReason.plan_id == plan_id, PlanReason.zone_code.is_(None)
        )
        wanted = (
            select(Article, PlanReason)
            .outerjoin(PlanReason, reason)
            .where(
                Article.withdrawn_at.is_(None),
                or_(Article.expires_at.is_(None), Article.expires_at > who.now),
                Article.id.not_in(placed),
            )
            .options(joinedload(Article.endorsement), selectinload(Article.approvals), joinedload(Article.unit))
            .order_by(PlanReason.id.is_(None), Article.received_at.desc(), Article.ref)
        )
        if acts_for_one_unit(user()):
            wanted = wanted.where(Article.unit_id == user().unit_id)
        if asked:
            wanted = wanted.where(or_(Article.ref.icontains(asked), Article.title.icontains(asked)))
        found = page_of(books, wanted)
        words = _words_of(books, [row for row in found.rows if row[1] is not None], who)
        told = {
            article.ref: why_barred(article, who.now) or words.get(article.ref) or _new_words(state)
            for article, _reason in found.rows
        }
        return page("desk/plan/waiting.html", found=found, told=told, state=state, asked=asked)


@reasons.get("/units")
@allowed(Act.SEE_PLAN)
def units() -> Response:
    """What the month's plan gives each unit, the worst served first, and why one stays under its minimum."""
    who, month = reader(), asked_month()
    with books_reading() as books:
        state = month_state(books, month, who.now)
        plan_id = state.published.id if state.published else 0
        wanted = (
            select(PlanUnit, Unit)
            .join(Unit, Unit.id == PlanUnit.unit_id)
            .where(PlanUnit.plan_id == plan_id)
            .order_by(PlanUnit.short_ms.desc(), Unit.name)
        )
        if acts_for_one_unit(user()):
            wanted = wanted.where(Unit.id == user().unit_id)
        found = page_of(books, wanted)
        return page("desk/plan/units.html", found=found, told=_unit_words(books, month, found.rows, who), state=state)


def _account(books: Session, month: str, who: Reader) -> MonthAccount:
    return month_account(books, month, voice=voice(), now=who.now, tz=who.tz, names=names_for(books, who.unit_id))


def _reasons_only(words: str) -> list[str]:
    """An airing's reasons without the line that says where it stands: the page has said so."""
    lines = words.splitlines()
    return lines[1:] or lines


def _words_of(books: Session, rows: Sequence[tuple[Article, PlanReason]], who: Reader) -> Mapping[str, str]:
    """Reasons as they were stored with the plan, in words. The problem behind them is not laid out again."""
    missing = {
        article.ref: planning.Unplaced(article.ref, row.zone_code, planning.Reason(row.reason), row.detail)
        for article, row in rows
    }
    named = {str(name) for one in missing.values() for name in _articles_named(one.detail)}
    keys = {str(one.detail["session"]) for one in missing.values() if one.detail.get("session")}
    problem = planning.Problem(tz=str(who.tz), sessions=tuple(map(_session_named, sorted(keys))))
    names = names_for(books, who.unit_id, sorted(named))
    explainer = planning.Explainer(problem, _values_only(()), spoken_language(), names)
    return {ref: explainer.why_not(one) for ref, one in missing.items()}


def _articles_named(detail: Mapping[str, object]) -> list[object]:
    found: list[object] = []
    for name in ("articles", "locked"):
        value = detail.get(name)
        found += value if isinstance(value, list) else [value] if value else []
    return found


def _session_named(key: str) -> planning.Session:
    """A session from its name in the planning problem, which says when and where it is."""
    at, _dash, zone = key.partition("-")
    starts_at = datetime.strptime(at, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    return planning.Session(key, zone, starts_at, 0, 0)


def _values_only(outcomes: Sequence[planning.UnitOutcome]) -> planning.Plan:
    return planning.Plan((), (), tuple(outcomes), 0.0, 0.0, 0.0, 0, 0)


def _new_words(state: MonthState) -> str:
    if state.published is None:
        return _("tháng này chưa có lịch được công bố")
    return _("được duyệt sau khi lập lịch; lập lại lịch để tìm chỗ, hoặc thêm vào một buổi")


def _unit_words(books: Session, month: str, rows: Sequence[tuple[PlanUnit, Unit]], who: Reader) -> Mapping[str, str]:
    targets: dict[int, AirtimeTarget] = {}
    for target in books.scalars(
        select(AirtimeTarget).where(AirtimeTarget.from_month <= month).order_by(AirtimeTarget.from_month)
    ):
        targets[target.unit_id] = target
    outcomes = [
        planning.UnitOutcome(unit.code, row.target_ms, row.planned_ms, row.short_ms, row.articles, row.reachable_ms)
        for row, unit in rows
    ]
    wanted = [
        planning.Target(unit.code, row.target_ms, targets[unit.id].min_articles if unit.id in targets else 1)
        for row, unit in rows
    ]
    problem = planning.Problem(tz=str(who.tz), targets=tuple(wanted))
    names = planning.Names(units={unit.code: unit.name for _row, unit in rows})
    explainer = planning.Explainer(problem, _values_only(outcomes), spoken_language(), names)
    return {unit.code: explainer.unit(unit.code) for _row, unit in rows}
