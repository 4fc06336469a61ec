"""Says where and why an article airs or does not, and why a unit gets what it gets, from the plan that binds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.lengths import article_lengths_ms
from broadcaster.models import Article, BroadcastSession, Placement, Plan, PlanReason, PlanState
from broadcaster.months import bounds, month_of
from broadcaster.planning.barred import why_barred
from broadcaster.planning.names import names_of, spoken_language
from broadcaster.planning.problem import session_id, stored_problem
from broadcaster.scripts import Voice
from scheduler import planning


class MonthAccount:
    """A published month, ready to be asked: one reading of the books answers for every cell of a page.

    It speaks from what was worked out when the plan was made or last changed by hand, and so is quick, however many
    years lie behind. It speaks the language of the moment in which it was made, and lives as long as the session that
    it was made with.
    """

    def __init__(
        self,
        session: Session,
        stored: Plan,
        *,
        voice: Voice,
        now: datetime,
        tz: ZoneInfo,
        names: planning.Names | None = None,
    ) -> None:
        self._session, self._stored = session, stored
        self._voice, self._now, self._tz = voice, now, tz
        self._names, self._language = names or names_of(session), spoken_language()
        first, after = bounds(stored.month, tz)
        rows = session.scalars(
            select(BroadcastSession)
            .where(BroadcastSession.starts_at >= max(first, now), BroadcastSession.starts_at < after)
            .options(joinedload(BroadcastSession.zone))
        )
        self._sessions = {session_id(row): row for row in rows if row.is_open}
        self._standing = [
            row for row in stored.placements if row.removed_at is None and session_id(row.session) in self._sessions
        ]

    @cached_property
    def plan(self) -> planning.Plan:
        """The coming part of the stored plan as the library's own value."""
        stored = self._stored
        placements = [
            planning.Placement(session_id(row.session), row.article.ref, row.position, row.first_run)
            for row in sorted(
                self._standing, key=lambda row: (row.session.starts_at, row.session.zone_id, row.position)
            )
        ]
        unplaced = [
            planning.Unplaced(row.article.ref, row.zone_code, planning.Reason(row.reason), row.detail)
            for row in stored.reasons
        ]
        units = [
            planning.UnitOutcome(
                row.unit.code, row.target_ms, row.planned_ms, row.short_ms, row.articles, row.reachable_ms
            )
            for row in stored.units
        ]
        bound = stored.score if stored.bound is None else stored.bound
        return planning.Plan(
            tuple(placements), tuple(unplaced), tuple(units), stored.score, bound, stored.gap or 0.0, stored.moves, 0
        )

    @cached_property
    def _problem(self) -> planning.Problem:
        standing = self._standing
        return stored_problem(self._session, self._stored, self._sessions, standing, now=self._now, tz=self._tz)

    @cached_property
    def _explainer(self) -> planning.Explainer:
        return planning.Explainer(self._problem, self.plan, self._language, self._names)

    def article(self, article: Article) -> str:
        """Where an article airs; and where it does not, why, what would have to give way, and when at the earliest."""
        barred = why_barred(article, self._now)
        if barred is not None:
            return f"{article.ref}: {barred}"
        explainer = self._explainer
        if any(row.article_id == article.id for row in self._standing):
            return explainer.article(article.ref)
        if not any(row.article_id == article.id for row in self._stored.reasons):
            return f"{article.ref}: {self._not_thought_of(article)}"
        length_ms = article_lengths_ms(self._session, self._voice, [article.id])[article.id]
        value = planning.Article(article.ref, article.unit.code, article.field, length_ms)
        problem = replace(self._problem, articles=(*self._problem.articles, value))
        return planning.Explainer(problem, self.plan, self._language, self._names).article(article.ref)

    def _not_thought_of(self, article: Article) -> str:
        """Why a plan says nothing of an article: it came later, or has had all its airings."""
        aired = select(Placement.id).join(Plan, Plan.id == Placement.plan_id)
        aired = aired.where(Placement.article_id == article.id, Plan.state == PlanState.PUBLISHED)
        if self._session.scalars(aired.limit(1)).first() is not None:
            return _("không còn lượt phát nào trong phần còn lại của tháng")
        return _("lịch được lập trước khi có bài này; lần lập lịch sau sẽ xếp")

    def airing(self, broadcast: BroadcastSession, article: Article) -> str:
        """Why an article airs in a session to come."""
        return self._explainer.airing(session_id(broadcast), article.ref)

    def airings_of(self, article: Article) -> list[str]:
        """Why it airs where it does, airing by airing."""
        explainer = self._explainer
        airings = [one for one in self.plan.placements if one.article == article.ref]
        return [explainer.airing(one.session, one.article) for one in airings]

    def unit(self, code: str) -> str:
        """What a unit gets this month, and why it stays under its minimum where it does."""
        return self._explainer.unit(code)

    def waiting(self) -> dict[str, str]:
        """Every article that may air and airs nowhere, by reference, with the reason in words."""
        explainer = self._explainer
        return {row.article: explainer.why_not(row) for row in self.plan.unplaced if row.zone is None}


def month_account(
    session: Session,
    month: str,
    *,
    voice: Voice,
    now: datetime,
    tz: ZoneInfo,
    names: planning.Names | None = None,
) -> MonthAccount:
    """The account of a published month. With `names`, things are called so: what has no name there goes by its code.

    Raises:
        NotFound: the month has no published plan.
    """
    places, reasons = selectinload(Plan.placements), selectinload(Plan.reasons)
    query = select(Plan).where(Plan.month == month, Plan.state == PlanState.PUBLISHED)
    query = query.options(
        places.joinedload(Placement.session).joinedload(BroadcastSession.zone),
        places.joinedload(Placement.article).options(
            joinedload(Article.unit), selectinload(Article.zones), selectinload(Article.approvals)
        ),
        reasons.joinedload(PlanReason.article),
        selectinload(Plan.units),
    )
    stored = session.scalars(query).first()
    if stored is None:
        raise NotFound(_("tháng {month} chưa có lịch được công bố", month=month))
    return MonthAccount(session, stored, voice=voice, now=now, tz=tz, names=names)


def explain(session: Session, article: Article, *, voice: Voice, now: datetime, tz: ZoneInfo) -> str:
    """An article's place in the month that runs: its airings, each with its reason, and where it does not air, why.

    Raises:
        NotFound: the month has no published plan.
    """
    barred = why_barred(article, now)
    if barred is not None:
        return f"{article.ref}: {barred}"
    account = month_account(session, month_of(now, tz), voice=voice, now=now, tz=tz)
    return "\n".join([account.article(article), *account.airings_of(article)])
