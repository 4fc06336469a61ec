"""A bound at once: coarser than the relaxation, for when there is no time to solve that."""

from __future__ import annotations

from scheduler.planning.bound import SLOPES
from scheduler.planning.kernel_score import ARTICLE_SHORT, KEPT, freshness
from scheduler.planning.layout import Layout
from scheduler.planning.score import most_airings_of


def quick_bound(layout: Layout) -> float:
    """No plan can score more: each unit by itself, all sharing the seconds of all sessions as if they were one.

    The steepest parts of all units' worth are filled first, up to what each unit could reach alone and all sessions
    could hold; freshness counts as if every airing stood as early as it may.
    """
    tables, empty = layout.tables, layout.empty
    reach_ms = list(empty.unit_ms)
    fresh = 0.0
    for pair, article in enumerate(tables.pair_article):
        airings = most_airings_of(layout, pair)
        reach_ms[tables.article_unit[article]] += airings * tables.length_ms[article]
        if airings:
            fresh += airings * max(0.0, freshness(tables, pair, _earliest(layout, pair)))
    room_s = (sum(tables.capacity_ms) + sum(empty.unit_ms)) / 1000
    parts: list[tuple[float, float]] = []
    short = 0.0
    for unit, reach in enumerate(reach_ms):
        target = tables.unit_target_s[unit]
        left = reach / 1000
        for low, high, slope in ((0.0, 1.0, tables.unit_first_slope[unit]), *SLOPES):
            seconds = min(left, (high - low) * target)
            parts.append((slope, seconds))
            left -= seconds
    worth = 0.0
    for slope, seconds in sorted(parts, reverse=True):
        used = min(seconds, room_s)
        worth += slope * used
        room_s -= used
    own = [0] * len(layout.units)
    for article, unit in enumerate(tables.article_unit):
        own[unit] += 0 if tables.heard_in_period[article] else 1
    for unit, need in enumerate(tables.unit_min_articles):
        short += max(0, need - empty.unit_articles[unit] - own[unit])
    return worth + fresh - ARTICLE_SHORT * short + KEPT * sum(flag & 1 for flag in tables.held_flags)


def _earliest(layout: Layout, pair: int) -> int:
    """The first session that the pair may stand in, the locked ones of the past among them."""
    tables = layout.tables
    held = tables.held_session[tables.held_first[pair] : tables.held_first[pair + 1]]
    return min([*held, tables.pair_from[pair]])
