"""Every fault of a problem is found at once, with the name of its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler.planning import (
    Article,
    Pair,
    PastAiring,
    Problem,
    ProblemError,
    Rules,
    Session,
    Target,
    make_plan,
    problem_from_json,
    problem_to_json,
)
from tests.scheduler.planning.odd_problems import MONDAY, TZ, odd_problem, small_town

SESSION = Session("s", "z", MONDAY, 600_000, 600_000)
ARTICLE = Article("a", "u", "f", 100_000)
SOUND = Problem(TZ, sessions=(SESSION,), articles=(ARTICLE,), targets=(Target("u", 1, 1),))


def places(problem: Problem) -> set[str]:
    with pytest.raises(ProblemError) as caught:
        make_plan(problem, moves=1)
    return {fault.place for fault in caught.value.faults}


def document(**changes: Any) -> dict[str, Any]:
    return {**problem_to_json(SOUND), **changes}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"tz": "Moon/Base"}, "tz"),
        ({"now": datetime(2026, 12, 1)}, "now"),  # noqa: DTZ001  # the fault itself
        ({"sessions": (SESSION, SESSION)}, "sessions.id"),
        ({"sessions": (replace(SESSION, capacity_ms=-1),)}, "sessions[0].capacity_ms"),
        ({"articles": (ARTICLE, ARTICLE)}, "articles.id"),
        ({"articles": (replace(ARTICLE, length_ms=0),)}, "articles[0].length_ms"),
        ({"articles": (replace(ARTICLE, max_airings=-1),)}, "articles[0].max_airings"),
        ({"articles": (replace(ARTICLE, min_between_airings_h=float("nan")),)}, "articles[0].min_between_airings_h"),
        ({"articles": (replace(ARTICLE, zones=("z", "z")),)}, "articles[0].zones"),
        ({"targets": (Target("u", -5),)}, "targets[0].min_ms"),
        ({"targets": (Target("u"), Target("u"))}, "targets.unit"),
        ({"history": (PastAiring("a", "u", MONDAY, "z", -1),)}, "history[0].length_ms"),
        ({"rules": Rules(gap_ms=-1)}, "rules.gap_ms"),
        ({"rules": Rules(max_airings_in_days=(0, 7))}, "rules.max_airings_in_days"),
        ({"rules": Rules(max_per_unit_in_session=-1)}, "rules.max_per_unit_in_session"),
        ({"locked": (Pair("nowhere", "a"),)}, "locked[0]"),
        ({"locked": (Pair("s", "nothing"),)}, "locked[0]"),
        ({"locked": (Pair("s", "a"), Pair("s", "a"))}, "locked"),
    ],
)
def test_a_fault_is_named_by_its_field(changes: dict[str, Any], place: str) -> None:
    assert places(replace(SOUND, **changes)) == {place}


def test_all_faults_come_at_once() -> None:
    many = replace(SOUND, tz="?", rules=Rules(gap_ms=-1), sessions=(replace(SESSION, capacity_ms=-1),))
    assert places(many) == {"tz", "rules.gap_ms", "sessions[0].capacity_ms"}


@pytest.mark.parametrize(
    ("changes", "locked"),
    [
        ({"articles": (replace(ARTICLE, length_ms=700_000),)}, [("s", "a")]),
        ({"articles": (replace(ARTICLE, not_before=MONDAY + timedelta(hours=1)),)}, [("s", "a")]),
        ({"articles": (replace(ARTICLE, expires_at=MONDAY),)}, [("s", "a")]),
        ({"articles": (replace(ARTICLE, zones=("elsewhere",)),)}, [("s", "a")]),
        ({"articles": (replace(ARTICLE, max_airings=0),)}, [("s", "a")]),
    ],
    ids=["too long", "too early", "expired", "wrong zone", "no airings"],
)
def test_an_impossible_lock_is_an_error_that_names_it(changes: dict[str, Any], locked: list[tuple[str, str]]) -> None:
    problem = replace(SOUND, **changes, locked=tuple(Pair(*pair) for pair in locked))
    with pytest.raises(ProblemError, match=r"locked\[0\]: 'a'"):
        make_plan(problem, moves=1)


def test_locks_that_are_impossible_together_name_the_one_too_many() -> None:
    both = (ARTICLE, replace(ARTICLE, id="b"))
    rules = Rules(max_per_unit_in_session=1)
    problem = replace(SOUND, articles=both, rules=rules, locked=(Pair("s", "a"), Pair("s", "b")))
    with pytest.raises(ProblemError) as caught:
        make_plan(problem, moves=1)
    assert len(caught.value.faults) == 1


def test_locked_neighbours_of_one_field_get_something_between_them_where_there_is_something() -> None:
    twins = (ARTICLE, replace(ARTICLE, id="b", unit="v"))
    problem = replace(
        SOUND, articles=twins, rules=Rules(adjacent_same_field=False), locked=(Pair("s", "a"), Pair("s", "b"))
    )
    with pytest.raises(ProblemError, match="cùng lĩnh vực"):
        make_plan(problem, moves=1)
    between = replace(ARTICLE, id="c", unit="w", field="g")
    plan = make_plan(replace(problem, articles=(*twins, between)), moves=1)
    assert [placement.article for placement in plan.placements][1] == "c"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"sessions": "none"}, "sessions"),
        ({"sessions": [1]}, "sessions[0]"),
        ({"sessions": [{"id": "s", "zone": "z", "capacity_ms": 5}]}, "sessions[0].starts_at"),
        ({"sessions": [{"id": "s", "zone": "z", "starts_at": "2026-12-01T05:30:00", "capacity_ms": 5}]}, "starts_at"),
        ({"articles": [{"id": "a", "unit": "u", "field": "f"}]}, "articles[0].length_ms"),
        ({"articles": [{"id": "a", "unit": "u", "field": "f", "length_ms": 1.5}]}, "articles[0].length_ms"),
        ({"articles": [{"id": "a", "unit": "u", "field": "f", "length_ms": 1, "priority": "hot"}]}, "priority"),
        ({"articles": [{"id": "a", "unit": "u", "field": "f", "length_ms": 1, "zones": "z"}]}, "zones"),
        ({"rules": {"max_airings_in_days": [3]}}, "rules.max_airings_in_days"),
        ({"rules": {"adjacent_same_field": 1}}, "rules.adjacent_same_field"),
        ({"now": "yesterday"}, "now"),
    ],
)
def test_a_fault_of_the_document_is_named_by_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ProblemError) as caught:
        problem_from_json(document(**changes))
    assert any(fault.place.endswith(place) for fault in caught.value.faults)


@pytest.mark.parametrize("problem", [SOUND, small_town(), *(odd_problem(seed) for seed in range(8))])
def test_a_problem_reads_back_from_json_as_it_was(problem: Problem) -> None:
    assert problem_from_json(problem_to_json(problem)) == problem


def test_null_and_missing_mean_no_limit() -> None:
    bare = {"sessions": document()["sessions"], "articles": [{"id": "a", "unit": "u", "field": "f", "length_ms": 9}]}
    problem = problem_from_json(bare)
    assert problem.rules == Rules()
    assert len(make_plan(problem, moves=1).placements) == 1
