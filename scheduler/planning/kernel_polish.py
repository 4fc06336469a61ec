"""The last word: single exchanges in favour of named pairs, tried one by one until none helps."""

from __future__ import annotations

from scheduler.planning.kernel_search import is_locked
from scheduler.planning.kernel_state import fields_can_alternate, may_air, may_join, put_in, take_out
from scheduler.planning.tables import Numbers, State, Tables

#: A gain below this, in seconds of the score, is the noise of sums.
LEAST_GAIN = 1e-6


def put_in_for_one(tables: Tables, state: State, pair: int, session: int) -> float:
    """Puts the pair in, alone or for one item that gives way, if that gains; returns the gain."""
    if not may_air(tables, state, pair, session):
        return 0.0
    width = tables.limits[0]
    if may_join(tables, state, pair, session):
        gain = put_in(tables, state, pair, session)
        if gain > LEAST_GAIN and fields_can_alternate(tables, state, session):
            return gain
        take_out(tables, state, state.item_count[session] - 1, session)
    need = tables.need_ms[tables.pair_article[pair]]
    for slot in range(state.item_count[session]):
        other = state.item[session * width + slot]
        if other == pair or is_locked(tables, other, session):
            continue
        if need > state.room_ms[session] + tables.need_ms[tables.pair_article[other]]:
            continue
        gain = take_out(tables, state, slot, session)
        if may_join(tables, state, pair, session):
            gain += put_in(tables, state, pair, session)
            if gain > LEAST_GAIN and fields_can_alternate(tables, state, session):
                return gain
            take_out(tables, state, state.item_count[session] - 1, session)
        # Back to where it was, so that the slots still to come are the same.
        put_in(tables, state, other, session)
        last = session * width + state.item_count[session] - 1
        state.item[last] = state.item[session * width + slot]
        state.item[session * width + slot] = other
    return 0.0


def polish(tables: Tables, state: State, wanted: Numbers) -> float:
    """Tries every single exchange in favour of the wanted pairs, in every session of their windows, once."""
    gained = 0.0
    for k in range(len(wanted)):
        pair = wanted[k]
        for session in range(tables.pair_from[pair], tables.pair_to[pair]):
            gained += put_in_for_one(tables, state, pair, session)
    return gained
