"""Our score, rules and bound against the given judge's, where its file is beside the project (../shared)."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from bench.plan_given import month_of
from scheduler.planning import Pair, make_plan, plan_to_json, problem_to_json
from scheduler.planning.bound import relaxed
from scheduler.planning.layout import lay_out
from tests.scheduler.planning.odd_problems import odd_problem, small_town

TOOLS = Path(__file__).parents[4] / "shared" / "tools"
pytestmark = pytest.mark.skipif(
    not (TOOLS / "plan_judge.py").exists(), reason="../shared/tools/plan_judge.py, the given judge, is not there"
)


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plan_judge", TOOLS / "plan_judge.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(40))
def test_the_judge_finds_no_broken_rule_and_the_same_score(judge: ModuleType, seed: int) -> None:
    problem = odd_problem(seed) if seed else small_town()
    if not sum(session.capacity_ms for session in problem.sessions):
        pytest.skip("the given judge divides by the room of all sessions, none here; the referee judges such problems")
    document = problem_to_json(problem)
    # The judge takes a missing minimum for 0, but stumbles over a null one.
    for target in document["targets"]:
        target.update(min_ms=target["min_ms"] or 0, min_articles=target["min_articles"] or 0)
    document["rules"]["max_per_unit_in_session"] = problem.rules.max_per_unit_in_session or None
    plan = make_plan(problem, moves=200)
    verdict = judge.judge(judge.Month(document), plan_to_json(plan))
    assert verdict["broken"] == 0, verdict["examples"]
    assert verdict["score"] == pytest.approx(plan.score, abs=0.11)


@pytest.mark.parametrize("seed", [1, 2])
def test_our_bound_of_a_fresh_plan_is_the_judges(judge: ModuleType, seed: int) -> None:
    problem = small_town(seed)
    ours = relaxed(lay_out(problem))
    assert ours is not None
    assert ours.bound == pytest.approx(judge.bound(judge.Month(problem_to_json(problem)), "session"), rel=1e-6)


def test_the_judges_view_with_an_index_says_what_the_given_one_says(judge: ModuleType) -> None:
    problem = small_town(3)
    published = make_plan(problem, moves=300)
    starts = {session.id: session.starts_at for session in problem.sessions}
    halfway = sorted(starts.values())[len(starts) // 2]
    past = [Pair(one.session, one.article) for one in published.placements if starts[one.session] < halfway]
    later = replace(problem, now=halfway, locked=tuple(past))
    document, plan = problem_to_json(later), plan_to_json(make_plan(later, moves=300))
    assert past
    assert judge.judge(month_of(judge, document), plan) == judge.judge(judge.Month(document), plan)
