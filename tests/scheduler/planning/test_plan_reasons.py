"""The one reason why an article does not air, case by case, and how it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.planning import (
    Article,
    Language,
    Pair,
    PastAiring,
    Plan,
    Priority,
    Problem,
    Reason,
    Rules,
    Session,
    Target,
    explain_airing,
    explain_article,
    explain_unit,
    make_plan,
)
from tests.scheduler.planning.odd_problems import MONDAY, TZ, odd_problem, small_town

SLOT = Session("s", "z", MONDAY, 400_000, 300_000)
STORY = Article("a", "u", "f", 200_000)
RIVAL = Article("r", "v", "g", 250_000, Priority.URGENT, air_by=MONDAY)
AIRED = PastAiring("a", "u", MONDAY - timedelta(hours=5), "z", 200_000)
HOUR = timedelta(hours=1)
BASE = Problem(TZ, sessions=(SLOT,), articles=(STORY,))

CASES = {
    Reason.EXPIRED: replace(BASE, articles=(replace(STORY, expires_at=MONDAY),)),
    Reason.NOT_YET: replace(BASE, articles=(replace(STORY, not_before=MONDAY + HOUR),)),
    Reason.WRONG_ZONE: replace(BASE, articles=(replace(STORY, zones=("elsewhere",)),)),
    Reason.NO_ROOM: replace(BASE, articles=(replace(STORY, length_ms=300_001),)),
    Reason.AIRINGS_USED: replace(BASE, articles=(replace(STORY, max_airings=1),), history=(AIRED,)),
    Reason.TOO_SOON: replace(BASE, articles=(replace(STORY, min_between_airings_h=11),), history=(AIRED,)),
    Reason.UNIT_ALREADY_IN: replace(
        BASE,
        articles=(STORY, replace(RIVAL, unit="u", length_ms=90_000)),
        rules=Rules(max_per_unit_in_session=1),
    ),
    Reason.OUTRANKED: replace(BASE, articles=(STORY, RIVAL)),
}


def reason_of(plan: Plan, zone: str | None) -> Reason:
    (row,) = [row for row in plan.unplaced if row.article == "a" and row.zone == zone]
    return row.reason


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_has_its_case(reason: Reason) -> None:
    plan = make_plan(CASES[reason], moves=20)
    zone = "elsewhere" if reason is Reason.WRONG_ZONE else "z"
    assert reason_of(plan, zone) is reason
    assert reason_of(plan, None) is reason


def test_a_session_full_of_locked_items_is_no_room() -> None:
    held = Article("h", "v", "g", 200_000)
    plan = make_plan(replace(BASE, articles=(STORY, held), locked=(Pair("s", "h"),)), moves=20)
    assert reason_of(plan, "z") is Reason.NO_ROOM


def test_what_would_have_to_give_way_is_named() -> None:
    (row,) = [r for r in make_plan(CASES[Reason.OUTRANKED], moves=20).unplaced if r.zone == "z"]
    assert row.detail["session"] == "s"
    assert row.detail["articles"] == ["r"]


def test_too_soon_says_when_at_the_earliest() -> None:
    (row,) = [r for r in make_plan(CASES[Reason.TOO_SOON], moves=20).unplaced if r.zone == "z"]
    assert row.detail["earliest"] == (AIRED.session_starts_at + 11 * HOUR).isoformat()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("seed", range(30))
def test_everything_can_be_explained_in_both_languages(seed: int, language: Language) -> None:
    problem = odd_problem(seed)
    plan = make_plan(problem, moves=50)
    texts = [explain_article(problem, plan, article.id, language) for article in problem.articles]
    texts += [explain_airing(problem, plan, one.session, one.article, language) for one in plan.placements]
    texts += [explain_unit(problem, plan, unit.unit, language) for unit in plan.units]
    assert all(text and "{" not in text for text in texts)


def test_an_airing_is_explained_by_what_it_is_worth() -> None:
    plan = make_plan(CASES[Reason.OUTRANKED], moves=20)
    text = explain_airing(CASES[Reason.OUTRANKED], plan, "s", "r", "en")
    assert "due by 05:00 01/12/2026" in text
    assert "only airing" in text
    assert "phát kịp hạn" in explain_airing(CASES[Reason.OUTRANKED], plan, "s", "r")


def test_an_airing_of_a_unit_that_came_after_the_plan_is_explained_all_the_same() -> None:
    plan = make_plan(CASES[Reason.OUTRANKED], moves=20)
    assert explain_airing(CASES[Reason.OUTRANKED], replace(plan, units=()), "s", "r", "en")


def test_an_article_that_does_not_air_is_told_what_would_have_to_give_way() -> None:
    plan = make_plan(CASES[Reason.OUTRANKED], moves=20)
    text = explain_article(CASES[Reason.OUTRANKED], plan, "a")
    assert "không phát ở địa bàn nào" in text
    assert "r phải nhường chỗ" in text


def test_a_unit_out_of_reach_is_told_so_with_what_it_could_reach() -> None:
    problem = replace(BASE, targets=(Target("u", 900_000, 2),))
    plan = make_plan(problem, moves=20)
    (unit,) = plan.units
    assert (unit.short_ms, unit.reachable_ms) == (700_000, 200_000)
    text = explain_unit(problem, plan, "u", "en")
    assert "No plan can reach it" in text
    assert "3:20" in text
    assert "1 of 2 distinct articles" in text


def test_what_is_not_there_is_said_to_be_not_there() -> None:
    plan = make_plan(BASE, moves=1)
    assert "nothing" in explain_article(BASE, plan, "nothing", "en")
    assert "nowhere" in explain_airing(BASE, plan, "nowhere", "a", "en")
    assert "nobody" in explain_unit(BASE, plan, "nobody", "en")
    expired = CASES[Reason.EXPIRED]
    assert "does not air in session" in explain_airing(expired, make_plan(expired, moves=1), "s", "a", "en")


def test_a_town_has_something_to_say_about_every_article() -> None:
    problem = small_town()
    plan = make_plan(problem, moves=300)
    assert all(article.id in explain_article(problem, plan, article.id) for article in problem.articles)
