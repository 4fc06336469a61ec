"""What a plan is worth that was not searched for: published, changed by hand, or put together out of two."""

from __future__ import annotations

import time
from collections.abc import Sequence

from scheduler.planning.checks import check_problem
from scheduler.planning.kernel_state import put_in
from scheduler.planning.layout import Layout, lay_out
from scheduler.planning.ordering import alternated
from scheduler.planning.quick_bound import quick_bound
from scheduler.planning.reasons import unplaced_of
from scheduler.planning.score import score_of, unit_outcomes
from scheduler.planning.tables import State
from scheduler.planning.values import Placement, Plan, Problem


def assess(problem: Problem, placements: Sequence[Placement], *, bound: float | None = None) -> Plan:
    """The plan of these placements as they stand: score, figures of the units, and a reason for what does not air.

    Nothing is moved and no rule is asked for (see ``breaches`` for those); placements that the problem does not know
    take no part in the figures. Without a ``bound`` the quick one is taken.

    Raises:
        ProblemError: names every fault of the problem's values.
    """
    began = time.monotonic()
    check_problem(problem)
    layout = lay_out(problem)
    state = State(*(list(column) for column in layout.empty))
    known = [placement for placement in placements if _stand(layout, state, placement)]
    score = round(score_of(layout, state), 3)
    limit = round(max(score, quick_bound(layout) if bound is None else bound), 3)
    return Plan(
        placements=tuple(known),
        unplaced=unplaced_of(layout, state),
        units=unit_outcomes(layout, state),
        score=score,
        bound=limit,
        gap=(limit - score) / abs(limit) if limit else 0.0,
        moves=0,
        elapsed_ms=round(1000 * (time.monotonic() - began)),
    )


def _stand(layout: Layout, state: State, placement: Placement) -> bool:
    """Puts one in where the tables have a place for it: what breaks a rule badly enough has none."""
    tables = layout.tables
    session = layout.session_number.get(placement.session)
    article = layout.article_number.get(placement.article)
    if session is None or article is None:
        return False
    pair = layout.pair_number.get((article, tables.session_zone[session]))
    if pair is None or state.item_count[session] >= tables.limits[0]:
        return False
    if tables.airing_first[pair] + state.airing_count[pair] >= tables.airing_first[pair + 1]:
        return False
    put_in(tables, state, pair, session)
    return True


def reading_order(problem: Problem, articles: Sequence[str]) -> tuple[str, ...] | None:
    """The order in which a plan would read these: the most urgent first as far as the fields can alternate.

    Among equals the order given stays. None where no order keeps neighbours of one field apart.
    """
    known = {article.id: article for article in problem.articles}
    urgency = {"urgent": 0, "priority": 1, "normal": 2}
    fields = sorted({known[name].field for name in articles})
    ranked = [(urgency[known[name].priority], fields.index(known[name].field)) for name in articles]
    try:
        order = alternated(ranked, same_field_allowed=problem.rules.adjacent_same_field)
    except ValueError:
        return None
    return tuple(articles[index] for index in order)
