"""Whether an airing may stand, and the bookkeeping of putting it in and taking it out."""

from __future__ import annotations

from scheduler.planning.kernel_score import gain_of_adding
from scheduler.planning.tables import State, Tables


def may_air(tables: Tables, state: State, pair: int, session: int) -> bool:
    """The rules between airings of one article in one zone: how many, how far apart, how many in some days.

    Airings of the past stand in the same list as those of the plan.
    """
    first = tables.airing_first[pair]
    count = state.airing_count[pair]
    article = tables.pair_article[pair]
    if count >= tables.most_airings[article]:
        return False
    hour = tables.hour[session]
    apart = tables.apart_h[article]
    place = count
    while place > 0 and tables.hour[state.airing[first + place - 1]] > hour:
        place -= 1
    if place > 0 and hour - tables.hour[state.airing[first + place - 1]] < apart:
        return False
    if place < count and tables.hour[state.airing[first + place]] - hour < apart:
        return False
    most = tables.limits[2]
    if most == 0 or count < most:
        return True
    # Every run of most + 1 neighbours that the new airing would belong to must span the whole period.
    span = 24.0 * tables.limits[3]
    for start in range(max(0, place - most), min(place, count - most) + 1):
        end = start + most
        early = hour if start == place else tables.hour[state.airing[first + start]]
        late = hour if end == place else tables.hour[state.airing[first + end - 1]]
        if late - early < span:
            return False
    return True


def may_join(tables: Tables, state: State, pair: int, session: int) -> bool:
    """The rules within a session, but for the order of fields: room, no article twice, not too many of a unit."""
    article = tables.pair_article[pair]
    if tables.need_ms[article] > state.room_ms[session]:
        return False
    unit = tables.article_unit[article]
    most = tables.limits[1]
    same_unit = 0
    base = session * tables.limits[0]
    for k in range(base, base + state.item_count[session]):
        if state.item[k] == pair:
            return False
        if tables.article_unit[tables.pair_article[state.item[k]]] == unit:
            same_unit += 1
    return most == 0 or same_unit < most


def fields_can_alternate(tables: Tables, state: State, session: int) -> bool:
    """Whether some order of the items has no two neighbours of one field: 2 · count <= items + 1 for each field."""
    if tables.limits[4] == 1:
        return True
    count = state.item_count[session]
    fields = tables.limits[5]
    base = session * tables.limits[0]
    for k in range(base, base + count):
        if (
            2 * state.field_count[session * fields + tables.article_field[tables.pair_article[state.item[k]]]]
            > count + 1
        ):
            return False
    return True


def field_may_join(tables: Tables, state: State, pair: int, session: int) -> bool:
    """Whether the fields could still alternate with this item added (the items there may even need it)."""
    if tables.limits[4] == 1:
        return True
    count = state.item_count[session] + 1
    fields = tables.limits[5]
    own = tables.article_field[tables.pair_article[pair]]
    if 2 * (state.field_count[session * fields + own] + 1) > count + 1:
        return False
    base = session * tables.limits[0]
    for k in range(base, base + count - 1):
        field = tables.article_field[tables.pair_article[state.item[k]]]
        if field != own and 2 * state.field_count[session * fields + field] > count + 1:
            return False
    return True


def put_in(tables: Tables, state: State, pair: int, session: int) -> float:
    """Puts an airing in, whatever the rules; returns by how much the score rises."""
    gain = gain_of_adding(tables, state, pair, session)
    article = tables.pair_article[pair]
    unit = tables.article_unit[article]
    state.unit_ms[unit] += tables.length_ms[article]
    if state.article_airings[article] == 0 and tables.heard_in_period[article] == 0:
        state.unit_articles[unit] += 1
    state.article_airings[article] += 1
    if session < tables.due_end[pair]:
        state.pair_in_time[pair] += 1
    state.room_ms[session] -= tables.need_ms[article]
    state.item[session * tables.limits[0] + state.item_count[session]] = pair
    state.item_count[session] += 1
    state.field_count[session * tables.limits[5] + tables.article_field[article]] += 1
    first = tables.airing_first[pair]
    place = first + state.airing_count[pair]
    hour = tables.hour[session]
    while place > first and tables.hour[state.airing[place - 1]] > hour:
        state.airing[place] = state.airing[place - 1]
        place -= 1
    state.airing[place] = session
    state.airing_count[pair] += 1
    return gain


def take_out(tables: Tables, state: State, slot: int, session: int) -> float:
    """Takes the item at a slot out of its session; returns by how much the score changes (mostly less than 0)."""
    base = session * tables.limits[0]
    pair = state.item[base + slot]
    article = tables.pair_article[pair]
    unit = tables.article_unit[article]
    state.unit_ms[unit] -= tables.length_ms[article]
    state.article_airings[article] -= 1
    if state.article_airings[article] == 0 and tables.heard_in_period[article] == 0:
        state.unit_articles[unit] -= 1
    if session < tables.due_end[pair]:
        state.pair_in_time[pair] -= 1
    state.room_ms[session] += tables.need_ms[article]
    state.item_count[session] -= 1
    state.item[base + slot] = state.item[base + state.item_count[session]]
    state.field_count[session * tables.limits[5] + tables.article_field[article]] -= 1
    first = tables.airing_first[pair]
    state.airing_count[pair] -= 1
    end = first + state.airing_count[pair]
    place = first
    while state.airing[place] != session:
        place += 1
    while place < end:
        state.airing[place] = state.airing[place + 1]
        place += 1
    return -gain_of_adding(tables, state, pair, session)
