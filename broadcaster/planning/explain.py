"""Says where and why an article airs or does not, and why a unit gets what it gets, from the plan that binds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.lengths import article_lengths_ms
from broadcaster.models import Article, BroadcastSession, Plan
from broadcaster.months import month_of
from broadcaster.planning.barred import why_barred
from broadcaster.planning.names import names_of, spoken_language
from broadcaster.planning.problem import MonthProblem, build_problem, published_plan_of, session_id
from broadcaster.scripts import Voice
from scheduler import planning


class MonthAccount:
    """What is left of a published month, ready to be asked: one reading of the books answers for every cell of a page.

    Everything is worked out from the rules and from what stands now, so it holds after changes by hand too. It speaks
    the language of the moment in which it was made. The rows are those of the session that it was made with.
    """

    def __init__(self, stored: Plan, month_problem: MonthProblem, names: planning.Names, now: datetime) -> None:
        self._stored, self._month, self._names, self._now = stored, month_problem, names, now
        self._language = spoken_language()

    @cached_property
    def plan(self) -> planning.Plan:
        """The coming part of the stored plan as the library's own value, with its figures and reasons as of now."""
        placements = [
            planning.Placement(session_id(row.session), row.article.ref, row.position, row.first_run)
            for row in sorted(self._stored.placements, key=lambda row: (row.session.starts_at, row.position))
            if row.removed_at is None and session_id(row.session) in self._month.sessions
        ]
        return planning.assess(self._month.problem, placements)

    @cached_property
    def _explainer(self) -> planning.Explainer:
        problem = self._month.problem
        held = replace(problem, previous=())  # that it was published is no reason of its own here: all of it was
        return planning.Explainer(held, self.plan, self._language, self._names)

    def article(self, article: Article) -> str:
        """Where an article airs; and where it does not, why, what would have to give way, and when at the earliest."""
        barred = why_barred(article, self._now)
        if barred is not None:
            return f"{article.ref}: {barred}"
        return self._explainer.article(article.ref)

    def airing(self, broadcast: BroadcastSession, article: Article) -> str:
        """Why an article airs in a session to come."""
        return self._explainer.airing(session_id(broadcast), article.ref)

    def airings_of(self, article: Article) -> list[str]:
        """Why it airs where it does, airing by airing."""
        return [
            self._explainer.airing(one.session, one.article)
            for one in self.plan.placements
            if one.article == article.ref
        ]

    def unit(self, code: str) -> str:
        """What a unit gets this month, and why it stays under its minimum where it does."""
        return self._explainer.unit(code)

    def waiting(self) -> dict[str, str]:
        """Every article that may air and airs nowhere, by reference, with the reason in words."""
        explainer = self._explainer
        return {row.article: explainer.why_not(row) for row in self.plan.unplaced if row.zone is None}


def month_account(session: Session, month: str, *, voice: Voice, now: datetime, tz: ZoneInfo) -> MonthAccount:
    """The account of a published month.

    Raises:
        NotFound: the month has no published plan.
    """
    stored = published_plan_of(session, month)
    if stored is None:
        raise NotFound(_("tháng {month} chưa có lịch được công bố", month=month))
    month_problem = build_problem(session, month, article_lengths_ms(session, voice), now=now, tz=tz, by_hand=True)
    return MonthAccount(stored, month_problem, names_of(session), now)


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
