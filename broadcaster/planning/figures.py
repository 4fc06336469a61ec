"""What a stored plan says about itself: its score, its units, and why what does not air does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from broadcaster.models import Plan, PlanReason, PlanUnit
from broadcaster.planning.problem import MonthProblem
from scheduler import planning


def store_figures(stored: Plan, plan: planning.Plan, month_problem: MonthProblem) -> None:
    """Writes the figures of a plan's value beside its placements, in place of those before."""
    stored.score = plan.score
    stored.reasons = [
        PlanReason(
            article_id=month_problem.articles[item.article].id,
            zone_code=item.zone,
            reason=str(item.reason),
            detail=dict(item.detail),
        )
        for item in plan.unplaced
    ]
    standing = {unit.unit_id: unit for unit in stored.units}
    stored.units = []
    for item in plan.units:
        unit_id = month_problem.units[item.unit].id
        row = standing.get(unit_id) or PlanUnit(unit_id=unit_id)
        row.target_ms, row.planned_ms, row.short_ms = item.target_ms or 0, item.planned_ms, item.short_ms
        row.articles, row.reachable_ms = item.articles, item.reachable_ms
        stored.units.append(row)


def refresh_figures(stored: Plan, month_problem: MonthProblem, arrangement: planning.Arrangement) -> planning.Plan:
    """Works out anew what a plan is worth that was changed by hand; answers it as a value.

    The bound goes: it was that of another problem, and nobody has searched since.
    """
    plan = planning.assess(
        replace(month_problem.problem, previous=()), placements_of(month_problem.problem, arrangement)
    )
    store_figures(stored, plan, month_problem)
    stored.bound = stored.gap = None
    return plan


def placements_of(problem: planning.Problem, arrangement: planning.Arrangement) -> list[planning.Placement]:
    """The airings of an arrangement in order of time, each with its position and whether it is a first run."""
    starts = {session.id: session for session in problem.sessions}
    heard = {(airing.article, airing.zone) for airing in problem.history}
    placements = []
    for name in sorted(arrangement, key=lambda key: (starts[key].starts_at, key)):
        zone = starts[name].zone
        for position, article in enumerate(arrangement[name]):
            placements.append(planning.Placement(name, article, position, (article, zone) not in heard))
        heard |= {(article, zone) for article in arrangement[name]}
    return placements


def arrangement_of(placements: Sequence[planning.Placement], sessions: Mapping[str, object]) -> dict[str, list[str]]:
    """Who is read in which of these sessions, in order."""
    found: dict[str, list[str]] = {name: [] for name in sessions}
    for placement in sorted(placements, key=lambda one: (one.session, one.position)):
        found.setdefault(placement.session, []).append(placement.article)
    return found
