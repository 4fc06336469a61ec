"""What was missed is proposed again, the most pressing first, and the planner is given a day for what is urgent."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.db import Database
from broadcaster.makeups import MakeUp, make_ups
from broadcaster.models import Article, BroadcastSession, Placement, Plan, PlanState
from broadcaster.planning.problem import build_problem
from tests.broadcaster.aired import HEAD_MS, Programme, add_programme, report, row
from tests.broadcaster.books import MONTH, TZ, at, bind, draft, open_books, take_in
from tests.broadcaster.conftest import ARTICLES

MORNING = Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000), ("T-04", 50_000)])
NOON = at("2026-11-10T12:00")
AWAITED = timedelta(hours=48)


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    """A plan binds in which one morning holds an ordinary article and one of priority, and nothing else is placed."""
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    draft(database)
    bind(database)
    with database.writing() as session:
        plan = session.scalars(select(Plan).where(Plan.state == PlanState.PUBLISHED)).one()
        for placement in list(plan.placements):
            session.delete(placement)
        for old in session.scalars(select(BroadcastSession).where(BroadcastSession.starts_at == MORNING.starts_at)):
            if old.zone.code == "tt":
                session.delete(old)
        session.flush()
        add_programme(session, MORNING)
        session.expire_all()
        broadcast = session.scalars(
            select(BroadcastSession)
            .where(BroadcastSession.starts_at == MORNING.starts_at)
            .order_by(BroadcastSession.id.desc())
        ).first()
        assert broadcast is not None

        for position, (ref, length_ms) in enumerate(MORNING.items):
            article = session.scalars(select(Article).where(Article.ref == ref)).one()
            plan.placements.append(
                Placement(session=broadcast, article=article, position=position, length_ms=length_ms, first_run=True)
            )
    return database


def proposed(database: Database, now: datetime = NOON) -> tuple[MakeUp, ...]:
    with database.reading() as session:
        return make_ups(session, now=now, awaited=AWAITED, tz=TZ)


def test_nothing_is_proposed_while_reports_may_still_come(books: Database) -> None:
    assert proposed(books) == ()
    assert [one.article for one in proposed(books, NOON + AWAITED)] == ["T-04", "T-01"]


def test_what_failed_is_proposed_at_once_the_most_pressing_first(books: Database) -> None:
    report(books, [row(MORNING, outcome="failed", played_ms=0, reason="mất điện")], now=NOON)
    found = proposed(books)
    assert [(one.article, one.priority, one.missed) for one in found] == [
        ("T-04", "priority", "tt-20261110-0530"),
        ("T-01", "normal", "tt-20261110-0530"),
    ]
    assert {one.proposed for one in found} == {"tt-20261110-1700"}


def test_of_what_was_cut_short_only_what_was_not_heard(books: Database) -> None:
    report(books, [row(MORNING, outcome="partial", played_ms=HEAD_MS + 60_000)], now=NOON)
    assert [one.article for one in proposed(books)] == ["T-04"]


def test_what_was_heard_needs_no_make_up(books: Database) -> None:
    report(books, [row(MORNING)], now=NOON)
    assert proposed(books) == ()


def test_the_planner_has_until_the_next_working_day_for_what_is_pressing(books: Database) -> None:
    def due() -> dict[str, datetime | None]:
        with books.reading() as session:
            lengths_ms = dict.fromkeys(range(1, 50), 60_000)
            problem = build_problem(session, MONTH, lengths_ms, now=NOON, tz=TZ).problem
            return {article.id: article.air_by for article in problem.articles}

    before = due()
    report(books, [row(MORNING, outcome="failed", played_ms=0)], now=NOON)
    after = due()
    assert after["T-04"] == at("2026-11-12T00:00")
    assert {ref for ref in after if after[ref] != before[ref]} <= {"T-04"}
    assert after["T-01"] == before["T-01"]
