"""The score's marginal parts: what one airing more or less is worth, given all the others.

This module and the other ``kernel_*`` modules are written in the part of Python that a compiler understands: indexed
sequences, numbers and loops. They run as they stand on lists, and compiled on arrays; both give the same plan to the
last bit, which is why they use no fused or reordered arithmetic, no ``exp`` and a random source of their own.
"""

from __future__ import annotations

from scheduler.planning.tables import State, Tables

#: Prices of the score, in seconds, see docs/planning.md.
LATE = 1_000_000.0
ARTICLE_SHORT = 15_000.0
NEVER_AIRED = 3_000.0
KEPT = 5_000.0

PREVIOUS = 1
LOCKED = 2


def unit_worth(tables: Tables, unit: int, airtime_ms: int) -> float:
    """The concave worth of a unit's airtime: slopes first, 8, 7, 6, 5, 4 at 1, 1.25, 1.5, 2 and 3 times its minimum."""
    seconds = airtime_ms / 1000.0
    target = tables.unit_target_s[unit]
    first = tables.unit_first_slope[unit]
    if seconds <= target:
        return first * seconds
    if seconds <= 1.25 * target:
        return first * target + 8.0 * (seconds - target)
    if seconds <= 1.5 * target:
        return (first + 2.0) * target + 7.0 * (seconds - 1.25 * target)
    if seconds <= 2.0 * target:
        return (first + 3.75) * target + 6.0 * (seconds - 1.5 * target)
    if seconds <= 3.0 * target:
        return (first + 6.75) * target + 5.0 * (seconds - 2.0 * target)
    return (first + 11.75) * target + 4.0 * (seconds - 3.0 * target)


def holding(tables: Tables, pair: int, session: int) -> int:
    """PREVIOUS and LOCKED, or'ed, if the pair was published or is locked in the session."""
    for k in range(tables.held_first[pair], tables.held_first[pair + 1]):
        if tables.held_session[k] == session:
            return tables.held_flags[k]
    return 0


def freshness(tables: Tables, pair: int, session: int) -> float:
    """Seconds · 0.25 · urgency · (1 - age), the age running from 0 to 1 over the article's window."""
    article = tables.pair_article[pair]
    age = (tables.hour[session] - tables.fresh_from[article]) / tables.fresh_span[article]
    return tables.fresh_worth[article] * (1.0 - age)


def price_of_first(tables: Tables, state: State, article: int) -> float:
    """What it is worth that an article airs at all, when it does not yet (or would not any more)."""
    worth = 0.0
    if tables.never_counts[article] == 1:
        worth += NEVER_AIRED
    if tables.heard_in_period[article] == 0:
        unit = tables.article_unit[article]
        if state.unit_articles[unit] < tables.unit_min_articles[unit]:
            worth += ARTICLE_SHORT
    return worth


def gain_of_adding(tables: Tables, state: State, pair: int, session: int) -> float:
    """By how much the score rises when the pair goes into the session. Changes nothing."""
    article = tables.pair_article[pair]
    unit = tables.article_unit[article]
    airtime_ms = state.unit_ms[unit]
    gain = unit_worth(tables, unit, airtime_ms + tables.length_ms[article]) - unit_worth(tables, unit, airtime_ms)
    gain += freshness(tables, pair, session)
    if state.article_airings[article] == 0:
        gain += price_of_first(tables, state, article)
    if session < tables.due_end[pair] and state.pair_in_time[pair] == 0:
        gain += LATE
    if tables.held_first[pair] < tables.held_first[pair + 1] and holding(tables, pair, session) & PREVIOUS:
        gain += KEPT
    return gain
