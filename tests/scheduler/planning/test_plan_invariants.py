"""What must not change a plan, and what must never happen to it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.planning import Pair, Plan, Problem, make_plan
from scheduler.planning.backend import compiled
from scheduler.planning.layout import lay_out
from scheduler.planning.values import Placement, Rules
from tests.scheduler.planning.odd_problems import odd_problem, small_town

SEEDS = st.integers(0, 10**9)
Value = TypeVar("Value")


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same problem with every list in another order."""
    chance = random.Random(seed)  # a test's dice

    def mixed(values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(chance.sample(values, len(values)))

    return replace(
        problem,
        sessions=mixed(problem.sessions),
        articles=tuple(replace(article, zones=mixed(article.zones)) for article in mixed(problem.articles)),
        targets=mixed(problem.targets),
        history=mixed(problem.history),
        locked=mixed(problem.locked),
        previous=mixed(problem.previous),
    )


def renamed(problem: Problem) -> Problem:
    """The same problem with every name turned around, so that names sort otherwise."""

    def other(name: str) -> str:
        return f"x{10**6 - sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 10**6}-{name[::-1]}"

    return replace(
        problem,
        sessions=tuple(replace(s, id=other(s.id), zone=other(s.zone)) for s in problem.sessions),
        articles=tuple(
            replace(a, id=other(a.id), unit=other(a.unit), field=other(a.field), zones=tuple(map(other, a.zones)))
            for a in problem.articles
        ),
        targets=tuple(replace(t, unit=other(t.unit)) for t in problem.targets),
        history=tuple(
            replace(h, article=other(h.article), unit=other(h.unit), zone=other(h.zone)) for h in problem.history
        ),
        locked=tuple(Pair(other(p.session), other(p.article)) for p in problem.locked),
        previous=tuple(Pair(other(p.session), other(p.article)) for p in problem.previous),
    )


def figures(plan: Plan) -> tuple[object, ...]:
    """All of a plan that has no names in it."""
    return (
        plan.score,
        plan.bound,
        len(plan.placements),
        sorted(row.reason for row in plan.unplaced),
        sorted((u.target_ms or 0, u.planned_ms, u.short_ms, u.articles, u.reachable_ms or -1) for u in plan.units),
    )


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_order_of_the_input_changes_nothing(seed: int) -> None:
    problem = odd_problem(seed)
    assert make_plan(shuffled(problem, seed), moves=100) == make_plan(problem, moves=100)


def test_the_order_of_a_towns_input_changes_nothing() -> None:
    problem = small_town()
    assert make_plan(shuffled(problem, 3), moves=1_000) == make_plan(problem, moves=1_000)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_renaming_changes_no_figure(seed: int) -> None:
    problem = odd_problem(seed)
    assert figures(make_plan(renamed(problem), moves=100)) == figures(make_plan(problem, moves=100))


def test_renaming_a_town_changes_no_figure() -> None:
    problem = small_town()
    assert figures(make_plan(renamed(problem), moves=1_000)) == figures(make_plan(problem, moves=1_000))


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_searching_never_ends_below_the_first_plan(seed: int) -> None:
    problem = odd_problem(seed)
    assert make_plan(problem, moves=200).score >= make_plan(problem, moves=0).score - 0.001


def test_the_same_seed_and_moves_make_the_same_plan_and_another_seed_may_not() -> None:
    problem = small_town()
    once, again, other = (make_plan(problem, moves=2_000, seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert once.placements != other.placements


@pytest.mark.skipif(compiled() is None, reason="numba is not installed: there is one backend only")
@pytest.mark.parametrize("moves", [3_001, 5_000])
def test_both_backends_make_the_same_plan(moves: int) -> None:
    problem = small_town(2, zones=3)
    assert make_plan(problem, moves=moves, compiled=True) == make_plan(problem, moves=moves, compiled=False)


@pytest.mark.skipif(compiled() is None, reason="numba is not installed: there is one backend only")
@pytest.mark.parametrize("seed", range(12))
def test_both_backends_make_the_same_plan_of_odd_problems(seed: int) -> None:
    problem = odd_problem(seed)
    assert make_plan(problem, moves=3_001, seed=seed) == make_plan(problem, moves=3_001, seed=seed, compiled=False)


def test_progress_rises_to_1() -> None:
    told: list[float] = []
    make_plan(small_town(), moves=400, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    "problem",
    [
        Problem("Asia/Ho_Chi_Minh"),
        replace(small_town(), sessions=()),
        replace(small_town(), articles=()),
        replace(small_town(), targets=()),
        replace(small_town(), rules=Rules()),
    ],
    ids=["nothing", "no sessions", "no articles", "no targets", "no rules"],
)
def test_what_is_missing_is_no_error(problem: Problem) -> None:
    plan = make_plan(problem, moves=50)
    assert plan.score <= plan.bound
    assert {placement.article for placement in plan.placements} <= {article.id for article in problem.articles}


def test_the_layout_numbers_every_open_pair_once() -> None:
    layout = lay_out(small_town())
    assert len(layout.pair_number) == len(layout.tables.pair_article)
    assert sorted(layout.pair_number.values()) == list(range(len(layout.pair_number)))


def test_seconds_are_kept_to_and_still_make_a_whole_plan() -> None:
    plan = make_plan(small_town(), seconds=0.5)
    assert plan.moves > 0
    assert all(isinstance(placement, Placement) for placement in plan.placements)
