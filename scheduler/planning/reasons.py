"""Why what does not air does not: exactly one reason for each article in each of its zones, from the rules alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from scheduler.planning.kernel_score import LOCKED, gain_of_adding, holding
from scheduler.planning.kernel_state import may_air
from scheduler.planning.layout import Layout
from scheduler.planning.tables import State
from scheduler.planning.values import Reason, Unplaced

#: From the reason that is nearest to airing to the one that is farthest: an article's own reason is its best zone's.
NEAREST_FIRST = (
    Reason.OUTRANKED,
    Reason.UNIT_ALREADY_IN,
    Reason.NO_ROOM,
    Reason.TOO_SOON,
    Reason.AIRINGS_USED,
    Reason.NOT_YET,
    Reason.EXPIRED,
    Reason.WRONG_ZONE,
)


@dataclass(frozen=True, slots=True)
class _Finding:
    reason: Reason
    detail: dict[str, object] = field(default_factory=dict)


def unplaced_of(layout: Layout, state: State) -> tuple[Unplaced, ...]:
    """Every (article, zone) that does not air, and, with zone None, every article that airs nowhere; by name."""
    rows: list[Unplaced] = []
    by_worth: dict[int, list[int]] = {}
    zone_number = {name: number for number, name in enumerate(layout.zones)}
    past = Counter((airing.article, airing.zone) for airing in layout.problem.history)
    for article in sorted(layout.articles, key=lambda article: article.id):
        number = layout.article_number[article.id]
        findings: list[tuple[str, _Finding]] = []
        airs = False
        for name in sorted(article.zones or layout.zones):
            zone = zone_number.get(name)
            if zone is None:
                findings.append((name, _Finding(Reason.WRONG_ZONE, {"zone": name})))
                continue
            pair = layout.pair_number[number, zone]
            if state.airing_count[pair] > past[article.id, name]:
                airs = True
            else:
                findings.append((name, _why_not(layout, state, pair, by_worth)))
        if not airs:
            nearest = min(
                (finding for _, finding in findings),
                key=lambda finding: NEAREST_FIRST.index(finding.reason),
                default=_Finding(Reason.WRONG_ZONE),
            )
            rows.append(Unplaced(article.id, None, nearest.reason, nearest.detail))
        rows += [Unplaced(article.id, name, finding.reason, finding.detail) for name, finding in findings]
    return tuple(rows)


def _why_not(layout: Layout, state: State, pair: int, by_worth: dict[int, list[int]]) -> _Finding:
    """The reason for a pair of the problem that the plan does not air."""
    tables = layout.tables
    article = layout.articles[tables.pair_article[pair]]
    if article.max_airings is not None and state.airing_count[pair] >= article.max_airings:
        return _Finding(Reason.AIRINGS_USED, {"max_airings": article.max_airings})
    if tables.pair_from[pair] >= tables.pair_to[pair]:
        return _outside(layout, pair)
    need_ms = tables.need_ms[tables.pair_article[pair]]
    wide_enough = False
    blocked: _Finding | None = None
    for session in range(tables.pair_from[pair], tables.pair_to[pair]):
        if tables.capacity_ms[session] < need_ms:
            continue
        wide_enough = True
        if not may_air(tables, state, pair, session):
            continue
        finding = _in_the_way(layout, state, pair, session, by_worth)
        if finding.reason is Reason.OUTRANKED:
            return finding
        if blocked is None or NEAREST_FIRST.index(finding.reason) < NEAREST_FIRST.index(blocked.reason):
            blocked = finding
    if blocked is not None:
        return blocked
    if wide_enough:
        return _too_soon(layout, pair)
    largest = max(tables.capacity_ms[tables.pair_from[pair] : tables.pair_to[pair]])
    return _Finding(Reason.NO_ROOM, {"needs_ms": need_ms, "largest_ms": largest})


def _outside(layout: Layout, pair: int) -> _Finding:
    """No open session within the window: it begins after the last one, or ends before the next one."""
    article = layout.articles[layout.tables.pair_article[pair]]
    zone = layout.pair_zone[pair]
    last = layout.sessions[layout.tables.zone_sessions[zone + 1] - 1].starts_at
    if article.not_before is not None and article.not_before > last:
        return _Finding(
            Reason.NOT_YET, {"not_before": article.not_before.isoformat(), "last_session": last.isoformat()}
        )
    expires = None if article.expires_at is None else article.expires_at.isoformat()
    return _Finding(Reason.EXPIRED, {"expires_at": expires})


def _too_soon(layout: Layout, pair: int) -> _Finding:
    tables = layout.tables
    article = layout.articles[tables.pair_article[pair]]
    zone = layout.zones[layout.pair_zone[pair]]
    times = [
        airing.session_starts_at
        for airing in layout.problem.history
        if airing.article == article.id and airing.zone == zone
    ]
    apart_h = tables.apart_h[tables.pair_article[pair]]
    detail: dict[str, object] = {"min_between_airings_h": apart_h}
    if times:
        last = max(times)
        detail["last_aired"] = last.isoformat()
        detail["earliest"] = (last + timedelta(hours=apart_h)).isoformat()
    if layout.problem.rules.max_airings_in_days is not None:
        detail["max_airings_in_days"] = list(layout.problem.rules.max_airings_in_days)
    return _Finding(Reason.TOO_SOON, detail)


def _in_the_way(layout: Layout, state: State, pair: int, session: int, by_worth: dict[int, list[int]]) -> _Finding:
    """What would have to give way in a session that the article may air in, and for what gain."""
    tables = layout.tables
    number = tables.pair_article[pair]
    if session not in by_worth:
        by_worth[session] = _free_items(layout, state, session)
    free = by_worth[session]
    session_id = layout.sessions[session].id
    give_way: list[int] = []
    missing_ms = tables.need_ms[number] - state.room_ms[session]
    if tables.limits[1]:
        same_unit = _of_unit(layout, state, session, tables.article_unit[number])
        if len(same_unit) >= tables.limits[1]:
            return _Finding(Reason.UNIT_ALREADY_IN, {"session": session_id, "articles": _names(layout, same_unit)})
    # Whoever is worth least a second gives way first.
    for item in free:
        if missing_ms <= 0:
            break
        give_way.append(item)
        missing_ms -= tables.need_ms[tables.pair_article[item]]
    if missing_ms > 0:
        base = session * tables.limits[0]
        held = [item for item in state.item[base : base + state.item_count[session]] if item not in free]
        return _Finding(Reason.NO_ROOM, {"session": session_id, "locked": _names(layout, held)})
    gain = gain_of_adding(tables, state, pair, session)
    detail: dict[str, object] = {
        "session": session_id,
        "articles": _names(layout, give_way),
        "gain": round(gain, 1),
    }
    if not give_way:
        detail["field"] = layout.articles[number].field
    return _Finding(Reason.OUTRANKED, detail)


def _names(layout: Layout, items: list[int]) -> list[str]:
    return sorted(layout.articles[layout.tables.pair_article[item]].id for item in items)


def _of_unit(layout: Layout, state: State, session: int, unit: int) -> list[int]:
    tables = layout.tables
    base = session * tables.limits[0]
    items = state.item[base : base + state.item_count[session]]
    return [item for item in items if tables.article_unit[tables.pair_article[item]] == unit]


def _free_items(layout: Layout, state: State, session: int) -> list[int]:
    """The items that could give way, the one that is worth least a second (by what one more would be) first."""
    tables = layout.tables
    base = session * tables.limits[0]
    ranked = [
        (gain_of_adding(tables, state, item, session) / tables.need_ms[tables.pair_article[item]], item)
        for item in state.item[base : base + state.item_count[session]]
        if not holding(tables, item, session) & LOCKED
    ]
    return [item for _, item in sorted(ranked)]
