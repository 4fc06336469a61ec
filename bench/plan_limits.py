"""What is aimed at for each size of problem, and whether a measured figure meets it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from scheduler.planning import (
    HardRule,
    Pair,
    Plan,
    Problem,
    breaches,
    difference,
    outlook,
    plan_from_json,
    problem_from_json,
    reading_order,
)
from scheduler.planning.difference import ChangeReason

SECONDS = {"town": 5.0, "district": 30.0, "province": 120.0}
FIRST_SECONDS = {"town": 0.3, "district": 1.5, "province": 10.0}
GAP_LIMIT = {"town": 0.15, "district": 0.13, "province": 0.45}
CLOSED_LIMIT = {"town": 94.0, "district": 84.0, "province": 60.0}
#: Only the province's memory is limited.
MEMORY_LIMIT_MB = {"province": 600.0}
KEPT_LIMIT, BELOW_FREE_LIMIT, FIFTH = 99.5, 0.2, 0.2
#: A part of the time that starting, reading and writing may take beyond what was asked for.
TIME_GRACE = 1.02
#: What a published airing may give way to without being missed.
EXCUSED = frozenset(
    {
        ChangeReason.WITHDRAWN,
        ChangeReason.SESSION_GONE,
        ChangeReason.PAST,
        ChangeReason.OUTSIDE_WINDOW,
        ChangeReason.MADE_WAY_FOR_URGENT,
    }
)


@dataclass(slots=True)
class Verdicts:
    """Every limit that was looked at, and how often it was missed."""

    looked_at: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def check(self, **met: bool) -> str:
        """Notes the limits by name; answers what was missed, or that all was met."""
        for name, is_met in met.items():
            words = name.replace("_", " ")
            self.looked_at[words] += 1
            self.missed[words] += not is_met
        lost = [name.replace("_", " ") for name, is_met in met.items() if not is_met]
        return f"MISSED: {', '.join(lost)}" if lost else "met"

    def summary(self) -> list[str]:
        return [
            f"{name:34}{'met' if not self.missed[name] else f'MISSED {self.missed[name]} of'} {times}"
            for name, times in self.looked_at.items()
        ]

    @property
    def all_met(self) -> bool:
        return not self.missed.total()


def avoidable_lacks(document: dict[str, Any], plan: dict[str, Any]) -> tuple[int, int]:
    """Articles that units lack and could have heard, and unheard articles that some session has room for."""
    problem, made = problem_from_json(document), plan_from_json(plan)
    cannot = {unit.unit: max(0, unit.min_articles - unit.articles) for unit in outlook(problem).unreachable}
    least = {target.unit: target.min_articles or 0 for target in problem.targets}
    lacking = sum(max(0, least.get(unit.unit, 0) - unit.articles - cannot.get(unit.unit, 0)) for unit in made.units)
    return lacking, len(_unheard_with_room(problem, made))


def _unheard_with_room(problem: Problem, plan: Plan) -> list[str]:
    """Tried on the rules as they are written down a second time, in any order of reading."""
    nowhere = {row.article for row in plan.unplaced if row.zone is None}
    standing: dict[str, list[str]] = {}
    for placement in plan.placements:
        standing.setdefault(placement.session, []).append(placement.article)
    return sorted(
        name
        for name in nowhere
        if any(_would_fit(problem, session.id, [*standing.get(session.id, []), name]) for session in problem.sessions)
    )


def _would_fit(problem: Problem, session: str, articles: list[str]) -> bool:
    order = reading_order(problem, articles)
    if order is None:
        return False
    broken = breaches(problem, {session: order})
    return not [breach for breach in broken if breach.article == articles[-1] or breach.rule is HardRule.NO_ROOM]


def kept_of_what_could_stay(document: dict[str, Any], plan: dict[str, Any]) -> tuple[int, int]:
    """Published airings that stay, of those that neither the withdrawn nor the urgent drove out."""
    problem = problem_from_json(document)
    previous = [Pair(pair.session, pair.article) for pair in problem.previous]
    made = {(row["session"], row["article"]) for row in plan["placements"]}
    after = [Pair(session, article) for session, article in sorted(made)]
    changes = difference(previous, after, problem)
    reasons = [change.reason for change in changes.moved] + [change.reason for change in changes.removed]
    driven_out = sum(reason in EXCUSED for reason in reasons)
    kept = sum((pair.session, pair.article) in made for pair in previous)
    return kept, len(previous) - driven_out
