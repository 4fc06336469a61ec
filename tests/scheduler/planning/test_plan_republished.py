"""Planning anew beside a published plan: what holds stays, news comes in, and every change has its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scheduler.planning import Article, ChangeReason, Pair, Plan, Priority, Problem, difference, make_plan
from tests.scheduler.planning.odd_problems import MONDAY, small_town
from tests.scheduler.planning.referee import Referee

NOW = MONDAY + timedelta(days=2)


def published() -> tuple[Problem, Plan]:
    problem = small_town()
    return problem, make_plan(problem, moves=6_000)


def as_published(problem: Problem, plan: Plan, *, now: bool = False) -> Problem:
    starts = {session.id: session.starts_at for session in problem.sessions}
    pairs = [Pair(placement.session, placement.article) for placement in plan.placements]
    if not now:
        return replace(problem, previous=tuple(pairs))
    return replace(
        problem,
        now=NOW,
        locked=tuple(pair for pair in pairs if starts[pair.session] < NOW),
        previous=tuple(pair for pair in pairs if starts[pair.session] >= NOW),
    )


def urgent_news(problem: Problem) -> Article:
    model = problem.articles[0]
    return replace(
        model,
        id="news",
        priority=Priority.URGENT,
        not_before=NOW,
        expires_at=None,
        air_by=NOW + timedelta(days=1),
        zones=(),
        length_ms=120_000,
        max_airings=2,
    )


def test_no_news_no_change() -> None:
    problem, plan = published()
    again = make_plan(as_published(problem, plan), moves=6_000)
    assert not difference(plan, again, problem)


def test_no_news_no_change_later_in_the_week() -> None:
    problem, plan = published()
    later = as_published(problem, plan, now=True)
    assert not difference(plan, make_plan(later, moves=6_000, seed=5), later)


def test_urgent_news_is_in_time_and_little_else_moves() -> None:
    problem, plan = published()
    later = as_published(problem, plan, now=True)
    later = replace(later, articles=(*later.articles, urgent_news(problem)))
    new = make_plan(later, moves=6_000)
    placed = {(placement.session, placement.article) for placement in new.placements}
    referee = Referee(later)
    assert referee.faults(placed) == []
    assert referee.late(placed) == 0
    changes = difference(plan, new, later)
    assert {change.reason for change in changes.added if change.article == "news"} == {ChangeReason.URGENT}
    kept = {(pair.session, pair.article) for pair in later.previous} & placed
    assert len(kept) >= len(later.previous) - 4


def test_a_withdrawn_article_leaves_only_its_own_places() -> None:
    problem, plan = published()
    gone = plan.placements[-1].article
    rest = as_published(problem, plan)
    rest = replace(
        rest,
        articles=tuple(article for article in rest.articles if article.id != gone),
        previous=tuple(pair for pair in rest.previous if pair.article != gone),
    )
    changes = difference(plan, make_plan(rest, moves=3_000), rest)
    assert {change.article for change in changes.removed if change.reason is ChangeReason.WITHDRAWN} == {gone}
    assert all(change.reason is not ChangeReason.MADE_WAY for change in changes.removed)
    assert changes.added


def test_what_was_published_and_may_no_longer_stand_goes() -> None:
    problem, plan = published()
    victim = plan.placements[-1]
    starts = {session.id: session.starts_at for session in problem.sessions}
    shortened = tuple(
        replace(article, expires_at=starts[victim.session]) if article.id == victim.article else article
        for article in problem.articles
    )
    rest = replace(as_published(problem, plan), articles=shortened)
    changes = difference(plan, make_plan(rest, moves=3_000), rest)
    reasons = {change.reason for change in changes.removed if change.article == victim.article}
    reasons |= {change.reason for change in changes.moved if change.article == victim.article}
    assert reasons == {ChangeReason.OUTSIDE_WINDOW}


def test_a_difference_names_what_moved_once() -> None:
    problem, plan = published()
    one = plan.placements[0]
    zone = next(session.zone for session in problem.sessions if session.id == one.session)
    taken = {placement.session for placement in plan.placements if placement.article == one.article}
    target = next(session.id for session in problem.sessions if session.zone == zone and session.id not in taken)
    moved = (replace(one, session=target), *plan.placements[1:])
    changes = difference(plan, replace(plan, placements=moved), problem)
    assert [(change.article, change.from_session, change.to_session) for change in changes.moved] == [
        (one.article, one.session, target)
    ]
    assert not changes.added
    assert not changes.removed


def test_a_difference_takes_pairs_as_well_as_a_plan() -> None:
    problem, plan = published()
    pairs = [Pair(placement.session, placement.article) for placement in plan.placements]
    assert not difference(pairs, plan, problem)
    changes = difference(pairs[1:], plan, problem)
    assert [(change.session, change.article) for change in changes.added] == [(pairs[0].session, pairs[0].article)]


def test_urgent_news_is_in_time_even_if_nothing_is_searched_and_every_session_is_full() -> None:
    problem, plan = published()
    later = as_published(problem, plan, now=True)
    later = replace(later, articles=(*later.articles, urgent_news(problem)))
    new = make_plan(later, moves=0)
    placed = {(placement.session, placement.article) for placement in new.placements}
    assert Referee(later).late(placed) == 0
