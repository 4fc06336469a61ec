"""Local search: exchange a few items of a session, or move and swap items between sessions, and keep what pays."""

from __future__ import annotations

from scheduler.planning.kernel_score import LOCKED, holding
from scheduler.planning.kernel_state import (
    fields_can_alternate,
    may_air,
    may_join,
    put_in,
    take_out,
)
from scheduler.planning.tables import Numbers, Reals, State, Tables

#: Multiply-with-carry: 2147483085 · 2**32 - 1 and its half are prime; all products stay under 2**63.
MULTIPLIER = 2147483085
LOW_32_BITS = 0xFFFFFFFF
#: How often in a row a session is worked on before the next is drawn: its zone's numbers stay in the cache.
VISIT = 32
#: All moves but one in so many are swaps: cheap, as nearly all that do not pay are seen to without touching anything.
EXCHANGE_ONE_IN = 4
#: How many candidates are drawn before an exchange is content with what it has put in.
DRAWS = 24


def random_below(state: State, n: int) -> int:
    """A random number from 0 up to n - 1; n is at most 2**31."""
    carried = state.random[0]
    carried = MULTIPLIER * (carried & LOW_32_BITS) + (carried >> 32)
    state.random[0] = carried
    return ((carried & LOW_32_BITS) * n) >> 32


def is_locked(tables: Tables, pair: int, session: int) -> bool:
    """Whether the pair must stay where it is."""
    return tables.held_first[pair] < tables.held_first[pair + 1] and holding(tables, pair, session) & LOCKED == LOCKED


def note_out(tables: Tables, state: State, slot: int, session: int, steps: int) -> float:
    """Takes an item out and notes it as a step that can be undone."""
    pair = state.item[session * tables.limits[0] + slot]
    state.scratch[3 * steps] = pair
    state.scratch[3 * steps + 1] = session
    state.scratch[3 * steps + 2] = 0
    return take_out(tables, state, slot, session)


def note_in(tables: Tables, state: State, pair: int, session: int, steps: int) -> float:
    """Puts an item in and notes it as a step that can be undone."""
    state.scratch[3 * steps] = pair
    state.scratch[3 * steps + 1] = session
    state.scratch[3 * steps + 2] = 1
    return put_in(tables, state, pair, session)


def undo(tables: Tables, state: State, steps: int) -> None:
    """Takes back the noted steps, the last first."""
    while steps > 0:
        steps -= 1
        pair = state.scratch[3 * steps]
        session = state.scratch[3 * steps + 1]
        if state.scratch[3 * steps + 2] == 0:
            put_in(tables, state, pair, session)
        else:
            slot = state.item_count[session] - 1
            while state.item[session * tables.limits[0] + slot] != pair:
                slot -= 1
            take_out(tables, state, slot, session)


def exchange(tables: Tables, state: State, session: int, least: float) -> float:
    """Takes out none to two items and puts in what is drawn and fits; undone if it gains less than ``least``."""
    count = state.item_count[session]
    zone = tables.session_zone[session]
    first_pair = tables.zone_pairs[zone]
    pairs = tables.zone_pairs[zone + 1] - first_pair
    if pairs == 0:
        return 0.0
    outs = random_below(state, 8)
    outs = 0 if outs == 0 else (2 if outs > 4 else 1)
    if outs > count:
        outs = count
    gain = 0.0
    steps = 0
    for _ in range(outs):
        slot = random_below(state, state.item_count[session])
        if is_locked(tables, state.item[session * tables.limits[0] + slot], session):
            continue
        gain += note_out(tables, state, slot, session, steps)
        steps += 1
    taken = steps
    most = taken + 3
    for _ in range(DRAWS):
        pair = first_pair + random_below(state, pairs)
        if session < tables.pair_from[pair] or session >= tables.pair_to[pair]:
            continue
        if not may_join(tables, state, pair, session) or not may_air(tables, state, pair, session):
            continue
        again = False
        for k in range(taken):
            again = again or state.scratch[3 * k] == pair
        if again:
            continue
        gain += note_in(tables, state, pair, session, steps)
        steps += 1
        if steps == most:
            break
    if steps == 0:
        return 0.0
    if gain >= least and fields_can_alternate(tables, state, session):
        return gain
    undo(tables, state, steps)
    return 0.0


def partner_for(tables: Tables, state: State, here: int, session: int, other: int) -> int:
    """The slot of an item of the other session that may change places with ``here`` (lengths, windows, locks).

    It is looked for from a random slot on; item_count where moving alone fits, -1 where nothing does.
    """
    width = tables.limits[0]
    count = state.item_count[other]
    need = tables.need_ms[tables.pair_article[here]]
    least = need - state.room_ms[other]
    most = need + state.room_ms[session]
    start = random_below(state, count + 1)
    for k in range(count + 1):
        slot = start + k
        if slot > count:
            slot -= count + 1
        if slot == count:
            if least <= 0:
                return count
            continue
        there = state.item[other * width + slot]
        back = tables.need_ms[tables.pair_article[there]]
        if back < least or back > most or there == here:
            continue
        if session < tables.pair_from[there] or session >= tables.pair_to[there]:
            continue
        if not is_locked(tables, there, other):
            return slot
    return -1


def fresher_by(tables: Tables, pair: int, session: int, other: int) -> float:
    """What freshness gains when the pair goes from a session to another."""
    article = tables.pair_article[pair]
    worth = tables.fresh_worth[article] / tables.fresh_span[article]
    return worth * (tables.hour[session] - tables.hour[other])


def only_freshness(tables: Tables, pair: int) -> bool:
    """Whether moving the pair within its zone can change nothing else: it is neither due nor held anywhere."""
    return tables.due_end[pair] == 0 and tables.held_first[pair] == tables.held_first[pair + 1]


def swap(tables: Tables, state: State, session: int, least: float) -> float:
    """Swaps an item with one of another session of the zone, or just moves it there; undone like ``exchange``."""
    if state.item_count[session] == 0:
        return 0.0
    width = tables.limits[0]
    slot = random_below(state, state.item_count[session])
    here = state.item[session * width + slot]
    first = tables.pair_from[here]
    if tables.pair_to[here] <= first or is_locked(tables, here, session):
        return 0.0
    other = first + random_below(state, tables.pair_to[here] - first)
    if other == session:
        return 0.0
    other_slot = partner_for(tables, state, here, session, other)
    if other_slot < 0:
        return 0.0
    there = -1
    if other_slot < state.item_count[other]:
        there = state.item[other * width + other_slot]
    if only_freshness(tables, here) and (there < 0 or only_freshness(tables, there)):
        # The whole gain is known before anything is touched; most swaps end here.
        foreseen = fresher_by(tables, here, session, other)
        if there >= 0:
            foreseen += fresher_by(tables, there, other, session)
        if foreseen < least - 1e-6:
            return 0.0
    gain = note_out(tables, state, slot, session, 0)
    steps = 1
    if there >= 0:
        gain += note_out(tables, state, other_slot, other, 1)
        steps = 2
    done = may_join(tables, state, here, other) and may_air(tables, state, here, other)
    if done:
        gain += note_in(tables, state, here, other, steps)
        steps += 1
        if there >= 0:
            done = may_join(tables, state, there, session) and may_air(tables, state, there, session)
            if done:
                gain += note_in(tables, state, there, session, steps)
                steps += 1
    if (
        done
        and gain >= least
        and fields_can_alternate(tables, state, session)
        and fields_can_alternate(tables, state, other)
    ):
        return gain
    undo(tables, state, steps)
    return 0.0


def search(tables: Tables, state: State, sessions: Numbers, moves: int, temperature: float, surprise: Reals) -> float:
    """Makes ``moves`` tries on the given sessions; returns by how much the score rose.

    A loss is taken with probability exp(-loss / temperature); ``surprise`` holds -log of evenly spread chances.
    """
    gained = 0.0
    left = moves
    while left > 0:
        session = sessions[random_below(state, len(sessions))]
        visit = min(left, VISIT)
        left -= visit
        for _ in range(visit):
            least = -temperature * surprise[random_below(state, len(surprise))]
            if random_below(state, EXCHANGE_ONE_IN) > 0:
                gained += swap(tables, state, session, least)
            else:
                gained += exchange(tables, state, session, least)
    return gained
