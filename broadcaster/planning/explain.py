"""Says where and why an article airs or does not, from the plan that binds."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster.errors import NotFound
from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.lengths import article_lengths_ms
from broadcaster.models import Article, Plan
from broadcaster.months import month_of
from broadcaster.planning.problem import MonthProblem, build_problem, published_plan_of, session_id
from broadcaster.scripts import Voice
from scheduler import planning


def explain(session: Session, article: Article, *, voice: Voice, now: datetime, tz: ZoneInfo) -> str:
    """An article's place in the month that runs: its airings, each with its reason, and where it does not air, why.

    Raises:
        NotFound: the month has no published plan.
    """
    barred = why_barred(article, now)
    if barred is not None:
        return f"{article.ref}: {barred}"
    month = month_of(now, tz)
    stored = published_plan_of(session, month)
    if stored is None:
        raise NotFound(_("tháng {month} chưa có lịch được công bố", month=month))
    month_problem = build_problem(session, month, article_lengths_ms(session, voice), now=now, tz=tz)
    plan = _as_value(stored, month_problem)
    language: planning.Language = "en" if current_language() == "en" else "vi"
    lines = [planning.explain_article(month_problem.problem, plan, article.ref, language)]
    lines += [
        planning.explain_airing(month_problem.problem, plan, placement.session, article.ref, language)
        for placement in plan.placements
        if placement.article == article.ref
    ]
    return "\n".join(lines)


def why_barred(article: Article, now: datetime) -> str | None:
    """What keeps an article off the air whatever the plan; None where nothing does."""
    if article.withdrawn_at is not None:
        return _("đã bị rút: {why}", why=article.withdrawn_why or "")
    if article.endorsement is None:
        return _("chưa có xác nhận của thủ trưởng đơn vị")
    if article.approval is None:
        return _("văn bản hiện tại chưa được duyệt")
    if article.expires_at is not None and article.expires_at <= now:
        return _("đã hết hạn phát")
    return None


def _as_value(stored: Plan, month_problem: MonthProblem) -> planning.Plan:
    """The coming part of the stored plan as the library's own value."""
    placements = [
        planning.Placement(session_id(row.session), row.article.ref, row.position, row.first_run)
        for row in sorted(stored.placements, key=lambda row: (row.session.starts_at, row.position))
        if row.removed_at is None and session_id(row.session) in month_problem.sessions
    ]
    refs = {article.id: ref for ref, article in month_problem.articles.items()}
    codes = {unit.id: code for code, unit in month_problem.units.items()}
    return planning.Plan(
        placements=tuple(placement for placement in placements if placement.article in month_problem.articles),
        unplaced=tuple(
            planning.Unplaced(refs[row.article_id], row.zone_code, planning.Reason(row.reason), row.detail)
            for row in stored.reasons
            if row.article_id in refs
        ),
        units=tuple(
            planning.UnitOutcome(
                codes[row.unit_id], row.target_ms, row.planned_ms, row.short_ms, row.articles, row.reachable_ms
            )
            for row in stored.units
        ),
        score=stored.score,
        bound=stored.bound if stored.bound is not None else stored.score,
        gap=stored.gap or 0.0,
        moves=stored.moves,
        elapsed_ms=0,
    )
