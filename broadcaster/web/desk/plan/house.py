"""What the pages of the plan share: the reader, the desk that use cases act for, words of a whole month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.lexicon import station_voice
from broadcaster.models import Plan, PlanState, Zone
from broadcaster.months import month_before, next_month
from broadcaster.planning import Desk, RunStatus, latest_run
from broadcaster.scripts import Voice
from broadcaster.web.desk.guard import user
from broadcaster.web.desk.house import database, moment, settings, station_zone
from broadcaster.web.desk.plan.books import Reader


def reader() -> Reader:
    """Whoever looks at the page, now."""
    return Reader(user(), moment(), station_zone())


def voice() -> Voice:
    """How the station reads."""
    return station_voice(database(), settings())


def plan_desk() -> Desk:
    """Whoever is signed in, as the one who changes the plan."""
    return Desk(database(), voice(), station_zone(), moment(), user().name)


def all_zones(books: Session) -> Sequence[Zone]:
    """Every zone in its order."""
    return books.scalars(select(Zone).order_by(Zone.position, Zone.code)).all()


@dataclass(frozen=True, slots=True)
class MonthState:
    """How far a month is: what is published, what waits as a draft, what is being planned."""

    month: str
    published: Plan | None
    draft: Plan | None
    run: RunStatus | None

    @property
    def before(self) -> str:
        return month_before(self.month)

    @property
    def after(self) -> str:
        return next_month(self.month)

    @property
    def is_running(self) -> bool:
        return self.run is not None and self.run.state == "running" and not self.run.lost


def month_state(books: Session, month: str, now: datetime) -> MonthState:
    """Reads how far a month is."""
    plans = books.scalars(
        select(Plan).where(Plan.month == month, Plan.state != PlanState.SUPERSEDED).order_by(Plan.id)
    ).all()
    by_state = {plan.state: plan for plan in plans}
    run = latest_run(books, month, now=now)
    return MonthState(month, by_state.get(PlanState.PUBLISHED), by_state.get(PlanState.DRAFT), run)
