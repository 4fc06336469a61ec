"""How others fill slots, written down on our tables: they keep every hard rule, and choose in their own ways."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from scheduler.planning.assembly import placements_of
from scheduler.planning.kernel_state import field_may_join, may_air, may_join, put_in
from scheduler.planning.layout import Layout
from scheduler.planning.tables import State

Chooser = Callable[[Layout, State, int, list[int], random.Random], list[int]]
SUBSETS_TRIED = 8


def open_pairs(layout: Layout, session: int) -> list[int]:
    """The pairs whose windows hold the session."""
    tables = layout.tables
    zone = tables.session_zone[session]
    return [
        pair
        for pair in range(tables.zone_pairs[zone], tables.zone_pairs[zone + 1])
        if tables.pair_from[pair] <= session < tables.pair_to[pair]
    ]


def weighted_shuffle(layout: Layout, state: State, session: int, pairs: list[int], chance: random.Random) -> list[int]:
    """By weighted chance (priority is the weight); the rules between airings are the duplicate window."""
    tables = layout.tables

    def lot(pair: int) -> float:
        article = tables.pair_article[pair]
        weight = tables.fresh_worth[article] / tables.length_ms[article] * 4000
        return float(-(chance.random() ** (1 / weight)))

    return sorted(pairs, key=lot)


def random_subset_sum(layout: Layout, state: State, session: int, pairs: list[int], chance: random.Random) -> list[int]:
    """Of several random orders the one that fills the session best."""
    tables = layout.tables
    best: tuple[int, list[int]] = (-1, [])
    for _ in range(SUBSETS_TRIED):
        order = chance.sample(pairs, len(pairs))
        left = state.room_ms[session]
        chosen = []
        for pair in order:
            need = tables.need_ms[tables.pair_article[pair]]
            if need <= left and may_air(tables, state, pair, session):
                left -= need
                chosen.append(pair)
        used = state.room_ms[session] - left
        if used > best[0]:
            best = (used, chosen)
    return best[1]


def deficit_first(layout: Layout, state: State, session: int, pairs: list[int], chance: random.Random) -> list[int]:
    """Weighted fair queueing: urgent items, then whoever has the smallest part of its minimum, least aired first."""
    tables = layout.tables

    def turn(pair: int) -> tuple[bool, float, int]:
        article = tables.pair_article[pair]
        unit = tables.article_unit[article]
        late = session < tables.due_end[pair] and state.pair_in_time[pair] == 0
        share = state.unit_ms[unit] / (1000 * tables.unit_target_s[unit])
        return not late, share, state.article_airings[article]

    return sorted(pairs, key=turn)


RIVALS: dict[str, Chooser] = {
    "weighted shuffle": weighted_shuffle,
    "random subset-sum": random_subset_sum,
    "deficit-first": deficit_first,
}


def plan_of(layout: Layout, choose: Chooser, seed: int) -> dict[str, Any]:
    """A plan's document, made session by session in the order of time."""
    tables = layout.tables
    state = State(*(list(column) for column in layout.empty))
    chance = random.Random(seed)
    for session in sorted(range(len(layout.sessions)), key=lambda number: (tables.hour[number], number)):
        for pair in choose(layout, state, session, open_pairs(layout, session), chance):
            if (
                may_join(tables, state, pair, session)
                and field_may_join(tables, state, pair, session)
                and may_air(tables, state, pair, session)
            ):
                put_in(tables, state, pair, session)
    rows = placements_of(layout, state)
    return {"placements": [{"session": r.session, "article": r.article, "position": r.position} for r in rows]}
