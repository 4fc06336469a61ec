"""The first plan: urgent items ahead, then session by session the largest deficit and the largest gain first."""

from __future__ import annotations

from scheduler.planning.kernel_score import gain_of_adding
from scheduler.planning.kernel_state import field_may_join, may_air, may_join, put_in
from scheduler.planning.tables import Numbers, Reals, State, Tables


def put_in_time(tables: Tables, state: State, order: Numbers) -> int:
    """Puts each pair of ``order`` (soonest due first) into its earliest session in time that takes it."""
    placed = 0
    for k in range(len(order)):
        pair = order[k]
        if state.pair_in_time[pair] > 0:
            continue
        for session in range(tables.pair_from[pair], min(tables.due_end[pair], tables.pair_to[pair])):
            if (
                may_join(tables, state, pair, session)
                and field_may_join(tables, state, pair, session)
                and may_air(tables, state, pair, session)
            ):
                put_in(tables, state, pair, session)
                placed += 1
                break
    return placed


def rank_of(tables: Tables, state: State, pair: int, session: int) -> float:
    """Gain a second of room; among units under their minimum, whoever lacks the larger part stands ahead."""
    article = tables.pair_article[pair]
    unit = tables.article_unit[article]
    rank = 1000.0 * gain_of_adding(tables, state, pair, session) / tables.need_ms[article]
    lacking = 1.0 - state.unit_ms[unit] / (1000.0 * tables.unit_target_s[unit])
    if lacking > 0.0 and tables.unit_first_slope[unit] > 8.0:
        rank += 60.0 * lacking
    return rank


def fill_session(tables: Tables, state: State, session: int, pairs: Numbers, ranks: Reals) -> int:
    """Adds the best that fit until nothing fits; ``pairs`` and ``ranks`` are room to work in. Returns how many."""
    zone = tables.session_zone[session]
    found = 0
    for pair in range(tables.zone_pairs[zone], tables.zone_pairs[zone + 1]):
        if (
            tables.pair_from[pair] <= session < tables.pair_to[pair]
            and tables.need_ms[tables.pair_article[pair]] <= state.room_ms[session]
            and may_air(tables, state, pair, session)
            and may_join(tables, state, pair, session)
        ):
            pairs[found] = pair
            ranks[found] = rank_of(tables, state, pair, session)
            found += 1
    added = 0
    waiting = 0
    while found > 0:
        best = 0
        for k in range(1, found):
            if ranks[k] > ranks[best]:
                best = k
        pair = pairs[best]
        found -= 1
        pairs[best] = pairs[found]
        ranks[best] = ranks[found]
        if tables.need_ms[tables.pair_article[pair]] > state.room_ms[session]:
            continue
        if not may_join(tables, state, pair, session):
            continue
        if field_may_join(tables, state, pair, session):
            put_in(tables, state, pair, session)
            added += 1
            # What had to wait for another field may stand now: it comes back after the others.
            while waiting > 0:
                waiting -= 1
                pairs[found] = pairs[len(pairs) - 1 - waiting]
                ranks[found] = ranks[len(ranks) - 1 - waiting]
                found += 1
        elif found + waiting < len(pairs):
            waiting += 1
            pairs[len(pairs) - waiting] = pair
            ranks[len(ranks) - waiting] = rank_of(tables, state, pair, session)
    return added


def fill_all(tables: Tables, state: State, order: Numbers, pairs: Numbers, ranks: Reals) -> int:
    """Fills the sessions in the given order; returns how many airings were added."""
    added = 0
    for k in range(len(order)):
        added += fill_session(tables, state, order[k], pairs, ranks)
    return added
