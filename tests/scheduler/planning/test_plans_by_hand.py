"""What people do to a plan is judged by the same rules: a second reader of them, words for each, figures afresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.planning import (
    Added,
    Article,
    ChangeReason,
    Explainer,
    HardRule,
    Language,
    Moved,
    Names,
    Pair,
    PastAiring,
    Problem,
    Removed,
    Rules,
    Session,
    Target,
    assess,
    breaches,
    make_plan,
    new_breaches,
    outlook,
    reading_order,
)
from tests.scheduler.planning.odd_problems import MONDAY, TZ, odd_problem, small_town
from tests.scheduler.planning.referee import Referee

SEEDS = st.integers(0, 10**9)
HOUR = timedelta(hours=1)
SLOT = Session("s", "z", MONDAY, 400_000, 300_000)
NEXT = Session("t", "z", MONDAY + 12 * HOUR, 400_000, 300_000)
STORY = Article("a", "u", "f", 100_000)
OTHER = Article("b", "v", "g", 100_000)
BASE = Problem(TZ, sessions=(SLOT, NEXT), articles=(STORY, OTHER))
AIRED = PastAiring("a", "u", MONDAY - 5 * HOUR, "z", 100_000)

CASES: dict[HardRule, tuple[Problem, dict[str, list[str]]]] = {
    HardRule.UNKNOWN_SESSION: (BASE, {"x": []}),
    HardRule.UNKNOWN_ARTICLE: (BASE, {"s": ["x"]}),
    HardRule.PAST: (replace(BASE, now=MONDAY + HOUR), {"s": ["a"]}),
    HardRule.NOT_YET: (replace(BASE, articles=(replace(STORY, not_before=MONDAY + HOUR),)), {"s": ["a"]}),
    HardRule.EXPIRED: (replace(BASE, articles=(replace(STORY, expires_at=MONDAY),)), {"s": ["a"]}),
    HardRule.WRONG_ZONE: (replace(BASE, articles=(replace(STORY, zones=("y",)),)), {"s": ["a"]}),
    HardRule.NO_ROOM: (replace(BASE, articles=(replace(STORY, length_ms=300_001),)), {"s": ["a"]}),
    HardRule.TWICE: (BASE, {"s": ["a", "b", "a"]}),
    HardRule.UNIT_ALREADY_IN: (
        replace(BASE, articles=(STORY, replace(OTHER, unit="u")), rules=Rules(max_per_unit_in_session=1)),
        {"s": ["a", "b"]},
    ),
    HardRule.AIRINGS_USED: (
        replace(BASE, articles=(replace(STORY, max_airings=1),), history=(AIRED,)),
        {"s": ["a"]},
    ),
    HardRule.TOO_SOON: (replace(BASE, history=(AIRED,), rules=Rules(min_between_airings_h=11)), {"s": ["a"]}),
    HardRule.TOO_OFTEN: (replace(BASE, history=(AIRED,), rules=Rules(max_airings_in_days=(1, 2))), {"s": ["a"]}),
    HardRule.NEIGHBOURS: (
        replace(BASE, articles=(STORY, replace(OTHER, field="f")), rules=Rules(adjacent_same_field=False)),
        {"s": ["a", "b"]},
    ),
    HardRule.LOCKED: (replace(BASE, locked=(Pair("s", "a"),)), {"s": []}),
}


@pytest.mark.parametrize("rule", list(HardRule))
def test_each_rule_has_its_case_and_is_told_in_both_languages(rule: HardRule) -> None:
    problem, arrangement = CASES[rule]
    (found,) = breaches(problem, arrangement)
    assert found.rule is rule
    named = Names(articles={"a": "«Cầu mới»"}, zones={"z": "Trung tâm"})
    languages: tuple[Language, ...] = ("vi", "en")
    texts = [Explainer(problem, assess(problem, ()), language, named).breach(found) for language in languages]
    assert len(set(texts)) == 2
    assert all("{" not in text for text in texts)
    if found.article == "a":
        assert all("«Cầu mới»" in text for text in texts)


def arranged(problem: Problem, pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]] | None:
    """The pairs as an editor would order them; None where no order keeps fields apart."""
    found: dict[str, list[str]] = {}
    for session in problem.sessions:
        order = reading_order(problem, sorted(article for where, article in pairs if where == session.id))
        if order is None:
            return None
        found[session.id] = list(order)
    return found


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.data())
def test_an_arrangement_breaks_a_rule_exactly_if_the_referee_says_so(seed: int, data: st.DataObject) -> None:
    problem = odd_problem(seed)
    every = [(session.id, article.id) for session in problem.sessions for article in problem.articles]
    if not every:
        return
    pairs = data.draw(st.lists(st.sampled_from(every), max_size=8, unique=True))
    referee = Referee(problem)
    arrangement = arranged(problem, pairs)
    if arrangement is None:
        assert any("alternate" in fault for fault in referee.faults(pairs))
    else:
        assert bool(breaches(problem, arrangement)) == bool(referee.faults(pairs))


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_plan_that_was_searched_for_breaks_nothing_and_is_worth_what_it_says(seed: int) -> None:
    problem = odd_problem(seed)
    plan = make_plan(problem, moves=100)
    arrangement: dict[str, list[str]] = {}
    for placement in plan.placements:
        arrangement.setdefault(placement.session, []).append(placement.article)
    assert breaches(problem, arrangement) == ()
    again = assess(problem, plan.placements)
    assert (again.score, again.placements, again.units) == (plan.score, plan.placements, plan.units)
    assert again.unplaced == plan.unplaced
    assert again.score <= again.bound


def test_what_was_broken_before_is_not_held_against_a_change_unless_it_grows() -> None:
    problem = replace(BASE, articles=(replace(STORY, length_ms=301_000), OTHER))
    overrun = {"s": ["a"], "t": []}
    assert breaches(problem, overrun)
    assert new_breaches(problem, overrun, {"s": ["a"], "t": ["b"]}) == ()
    (worse,) = new_breaches(problem, overrun, {"s": ["a", "b"], "t": []})
    assert worse.rule is HardRule.NO_ROOM


def test_an_arrangement_that_breaks_every_rule_still_has_figures() -> None:
    problem = small_town()
    crowded = make_plan(problem, moves=0).placements
    twice = [replace(one, session=problem.sessions[0].id) for one in crowded]
    assert assess(problem, [*crowded, *twice]).score == pytest.approx(assess(problem, [*crowded, *twice]).score)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_what_is_out_of_reach_is_the_same_before_planning_as_after(seed: int) -> None:
    problem = odd_problem(seed)
    before = outlook(problem)
    after = {
        unit.unit: unit.reachable_ms for unit in make_plan(problem, moves=50).units if unit.reachable_ms is not None
    }
    assert {unit.unit: unit.reachable_ms for unit in before.unreachable if unit.target_ms} == after
    referee = Referee(problem)
    open_articles = {article for _session, article in referee.every_pair()}
    used = {
        name
        for name in open_articles
        if all(
            _used_up(problem, name, session.zone)
            for session in problem.sessions
            if (session.id, name) in set(referee.every_pair())
        )
    }
    assert set(before.homeless) == {article.id for article in problem.articles} - (open_articles - used)


def _used_up(problem: Problem, name: str, zone: str) -> bool:
    most = next(article.max_airings for article in problem.articles if article.id == name)
    aired = sum(past.article == name and past.zone == zone for past in problem.history)
    return most is not None and aired >= most


def test_before_planning_the_room_and_what_is_owed_are_known() -> None:
    problem = replace(
        BASE,
        targets=(Target("u", 150_000, 1), Target("v", 900_000, 2)),
        locked=(Pair("s", "a"),),
        history=(AIRED,),
        rules=Rules(gap_ms=10_000),
    )
    seen = outlook(problem)
    (zone,) = seen.zones
    assert (zone.sessions, zone.room_ms, zone.locked_ms) == (2, 600_000, 110_000)
    (short,) = seen.unreachable
    assert (short.unit, short.target_ms, short.reachable_ms) == ("v", 900_000, 200_000)
    assert (short.min_articles, short.articles) == (2, 1)
    # u lacks 50 s, v can have 200 s at most; each second of it brings 0.1 s of pause.
    assert seen.owed_ms == round(1.1 * 50_000) + round(1.1 * 200_000)
    assert seen.lacking_ms == 0


def test_changes_are_told_in_words() -> None:
    plan = assess(BASE, ())
    vietnamese, english = Explainer(BASE, plan), Explainer(BASE, plan, "en")
    added = Added("s", "a", ChangeReason.URGENT)
    moved = Moved("a", "s", "t", ChangeReason.BETTER_TIME)
    removed = Removed("s", "a", ChangeReason.MADE_WAY_FOR_URGENT, ("b",))
    assert vietnamese.change(added) == "Thêm a vào buổi 05:00 01/12/2026 z: tin khẩn cấp."
    assert english.change(moved) == "a moves from session 05:00 01/12/2026 z to 17:00 01/12/2026 z: a better time."
    assert english.change(removed).endswith("it made way for urgent news. In its place: b.")
    every = [Added("s", "a", reason) for reason in ChangeReason]
    assert all("{" not in speaker.change(change) for change in every for speaker in (vietnamese, english))
