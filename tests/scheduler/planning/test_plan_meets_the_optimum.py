"""On tiny problems every plan there is can be tried: ours must be the best or next to it."""

from __future__ import annotations

import pytest

from scheduler.planning import Problem, make_plan
from scheduler.planning.bound import relaxed
from scheduler.planning.layout import lay_out
from scheduler.planning.quick_bound import quick_bound
from tests.scheduler.planning.odd_problems import odd_problem
from tests.scheduler.planning.referee import Referee


def tiny_problems(count: int) -> list[tuple[Problem, float]]:
    """Problems with few enough open pairs, each with its optimum."""
    found: list[tuple[Problem, float]] = []
    seed = 0
    while len(found) < count:
        problem = odd_problem(seed, sessions=4, articles=4)
        referee = Referee(problem)
        if 2 <= len(referee.every_pair()) <= 10:
            found.append((problem, referee.best()))
        seed += 1
    return found


@pytest.fixture(scope="module")
def tiny() -> list[tuple[Problem, float]]:
    return tiny_problems(60)


def test_plans_are_within_half_a_percent_of_the_optimum_and_nine_in_ten_meet_it(
    tiny: list[tuple[Problem, float]],
) -> None:
    met = 0
    for problem, best in tiny:
        score = make_plan(problem, moves=500).score
        assert best - score <= 0.005 * abs(best) + 0.01
        met += best - score <= 0.01
    assert met >= 0.9 * len(tiny)


def test_the_relaxation_and_the_quick_bound_are_never_below_the_optimum(tiny: list[tuple[Problem, float]]) -> None:
    for problem, best in tiny:
        layout = lay_out(problem)
        exact = relaxed(layout)
        assert exact is not None
        assert exact.bound >= best - 1e-6 * abs(best) - 0.01
        assert quick_bound(layout) >= best - 0.01
