"""The last word: single exchanges in favour of named pairs, tried one by one until none helps."""

from __future__ import annotations

from scheduler.planning.kernel_search import is_locked
from scheduler.planning.kernel_state import fields_can_alternate, may_air, may_join, put_in, take_out
from scheduler.planning.tables import Numbers, State, Tables

#: A gain below this, in seconds of the score, is the noise of sums.
LEAST_GAIN = 1e-6


def put_back(tables: Tables, state: State, pair: int, session: int, slot: int) -> None:
    """Puts an item back where it was, so that the slots still to come are the same."""
    put_in(tables, state, pair, session)
    last = session * tables.limits[0] + state.item_count[session] - 1
    state.item[last] = state.item[session * tables.limits[0] + slot]
    state.item[session * tables.limits[0] + slot] = pair


def joins_well(tables: Tables, state: State, pair: int, session: int, lost: float) -> float:
    """Puts the pair in if that gains more than what was lost for it; returns the gain, else 0 and it is out again."""
    if not may_join(tables, state, pair, session):
        return 0.0
    gain = lost + put_in(tables, state, pair, session)
    if gain > LEAST_GAIN and fields_can_alternate(tables, state, session):
        return gain
    take_out(tables, state, state.item_count[session] - 1, session)
    return 0.0


def put_in_for_others(tables: Tables, state: State, pair: int, session: int) -> float:
    """Puts the pair in, alone, for one item that gives way or, if it would be late, for two; returns the gain."""
    if not may_air(tables, state, pair, session):
        return 0.0
    gain = joins_well(tables, state, pair, session, 0.0)
    if gain > 0.0:
        return gain
    width = tables.limits[0]
    late = session < tables.due_end[pair] and state.pair_in_time[pair] == 0
    for slot in range(state.item_count[session]):
        other = state.item[session * width + slot]
        if other == pair or is_locked(tables, other, session):
            continue
        lost = take_out(tables, state, slot, session)
        gain = joins_well(tables, state, pair, session, lost)
        if gain > 0.0:
            return gain
        if late:
            for second in range(state.item_count[session]):
                another = state.item[session * width + second]
                if is_locked(tables, another, session):
                    continue
                lost_too = take_out(tables, state, second, session)
                gain = joins_well(tables, state, pair, session, lost + lost_too)
                if gain > 0.0:
                    return gain
                put_back(tables, state, another, session, second)
        put_back(tables, state, other, session, slot)
    return 0.0


def polish(tables: Tables, state: State, wanted: Numbers) -> float:
    """Tries every single exchange in favour of the wanted pairs, in every session of their windows, once."""
    gained = 0.0
    for k in range(len(wanted)):
        pair = wanted[k]
        for session in range(tables.pair_from[pair], tables.pair_to[pair]):
            gained += put_in_for_others(tables, state, pair, session)
    return gained
