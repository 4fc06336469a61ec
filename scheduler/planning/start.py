"""Before anything is searched: what is locked stands, and what was published stands wherever it still may."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.planning.faults import Fault, ProblemError
from scheduler.planning.kernel_score import LOCKED, PREVIOUS
from scheduler.planning.kernel_state import may_air, may_join, put_in, take_out
from scheduler.planning.layout import Layout
from scheduler.planning.tables import State, Tables


@dataclass(frozen=True, slots=True)
class Start:
    """What stands before the search, and how much of what was published could not."""

    state: State
    dropped: int


def started(layout: Layout) -> Start:
    """The state with all that is locked and all that was published and still may stand.

    Raises:
        ProblemError: names what is locked and cannot be.
    """
    state = State(*(list(column) for column in layout.empty))
    place_locked(layout, state)
    settle_fields(layout, state, drop=False)
    place_previous(layout, state)
    settle_fields(layout, state, drop=True)
    previous = {(pair.session, pair.article) for pair in layout.problem.previous}
    tables = layout.tables
    kept = 0
    for session, named in enumerate(layout.sessions):
        base = session * tables.limits[0]
        for pair in state.item[base : base + state.item_count[session]]:
            kept += (named.id, layout.articles[tables.pair_article[pair]].id) in previous
    return Start(state, len(previous) - kept)


def place_locked(layout: Layout, state: State) -> None:
    """Puts in all that is locked.

    Raises:
        ProblemError: names each locked pair that breaks a hard rule, alone or together with those before it.
    """
    tables = layout.tables
    faults: list[Fault] = []
    numbered = {(pair.session, pair.article): index for index, pair in enumerate(layout.problem.locked)}
    for pair, session in _held(layout, LOCKED, numbered, faults):
        why = _fault_of(layout, tables, state, pair, session)
        if why:
            names = (layout.sessions[session].id, layout.articles[layout.tables.pair_article[pair]].id)
            faults.append(Fault(f"locked[{numbered[names]}]", f"{names[1]!r} trong buổi {names[0]!r}: {why}"))
        else:
            put_in(tables, state, pair, session)
    if faults:
        raise ProblemError(faults)


def place_previous(layout: Layout, state: State) -> int:
    """Puts in what was published and still keeps every rule; returns how many airings that are."""
    tables = layout.tables
    kept = 0
    for pair, session in _held(layout, PREVIOUS, {}, []):
        if not tables.pair_from[pair] <= session < tables.pair_to[pair]:
            continue
        if may_join(tables, state, pair, session) and may_air(tables, state, pair, session):
            put_in(tables, state, pair, session)
            kept += 1
    return kept


def _held(
    layout: Layout, flag: int, numbered: dict[tuple[str, str], int], faults: list[Fault]
) -> list[tuple[int, int]]:
    """The held pairs in canonical order; a locked one whose zone is not the article's is a fault."""
    tables = layout.tables
    for session_id, article_id in numbered:
        zone = tables.session_zone[layout.session_number[session_id]]
        if (layout.article_number[article_id], zone) not in layout.pair_number:
            place = f"locked[{numbered[session_id, article_id]}]"
            faults.append(Fault(place, f"{article_id!r} không phát ở địa bàn {layout.zones[zone]!r}"))
    held = []
    for pair in range(len(tables.pair_article)):
        for k in range(tables.held_first[pair], tables.held_first[pair + 1]):
            if tables.held_flags[k] & flag and not (flag == PREVIOUS and tables.held_flags[k] & LOCKED):
                held.append((pair, tables.held_session[k]))
    return held


def _fault_of(layout: Layout, tables: Tables, state: State, pair: int, session: int) -> str:
    article = layout.articles[tables.pair_article[pair]]
    starts_at = layout.sessions[session].starts_at
    if article.not_before is not None and starts_at < article.not_before:
        return f"chưa tới {article.not_before.isoformat()}"
    if article.expires_at is not None and starts_at >= article.expires_at:
        return f"đã hết hạn {article.expires_at.isoformat()}"
    if tables.need_ms[tables.pair_article[pair]] > state.room_ms[session]:
        return "không đủ thời lượng trong buổi"
    if not may_join(tables, state, pair, session):
        return "đơn vị đã có đủ số tin trong buổi"
    if not may_air(tables, state, pair, session):
        return "quá số lượt hoặc quá gần một lượt phát khác"
    return ""


def settle_fields(layout: Layout, state: State, *, drop: bool) -> None:
    """Sees to it that the fields of each session can alternate, by adding something in between.

    Cases: published items that leave a session unsettled (something between them was withdrawn) are dropped where
    ``drop`` allows it and nothing can be added. Locked ones cannot be dropped.

    Raises:
        ProblemError: names the locked items of a session in which nothing can be put between them.
    """
    faults = []
    for session in range(len(layout.sessions)):
        if not _surplus(layout, state, session):
            continue
        if _settled_by_adding(layout, state, session):
            continue
        if drop and _settled_by_dropping(layout, state, session):
            continue
        name = layout.sessions[session].id
        for index, pair in enumerate(layout.problem.locked):
            if pair.session == name:
                faults.append(
                    Fault(
                        f"locked[{index}]",
                        f"{pair.article!r} trong buổi {name!r}: hai bài cùng lĩnh vực phải đứng cạnh nhau",
                    )
                )
    if faults:
        raise ProblemError(faults)


def _surplus(layout: Layout, state: State, session: int) -> int:
    """By how much the most frequent field of the session exceeds what can alternate; 0 where all is well."""
    tables = layout.tables
    if tables.limits[4] == 1:
        return 0
    fields = tables.limits[5]
    most = max(int(state.field_count[session * fields + field]) for field in range(fields))
    return max(0, 2 * most - int(state.item_count[session]) - 1)


def _settled_by_adding(layout: Layout, state: State, session: int) -> bool:
    """Adds the shortest that fit and lessen the surplus, until there is none; leaves all as it was if that fails."""
    tables = layout.tables
    zone = tables.session_zone[session]
    pairs = sorted(
        range(tables.zone_pairs[zone], tables.zone_pairs[zone + 1]),
        key=lambda pair: (tables.need_ms[tables.pair_article[pair]], pair),
    )
    before = int(state.item_count[session])
    for pair in pairs:
        surplus = _surplus(layout, state, session)
        if not surplus:
            break
        open_to_it = tables.pair_from[pair] <= session < tables.pair_to[pair]
        if open_to_it and may_join(tables, state, pair, session) and may_air(tables, state, pair, session):
            put_in(tables, state, pair, session)
            if _surplus(layout, state, session) >= surplus:
                take_out(tables, state, int(state.item_count[session]) - 1, session)
    if not _surplus(layout, state, session):
        return True
    while state.item_count[session] > before:
        take_out(tables, state, int(state.item_count[session]) - 1, session)
    return False


def _settled_by_dropping(layout: Layout, state: State, session: int) -> bool:
    """Drops published items of the field there is too much of, the least urgent first."""
    tables = layout.tables
    locked = {
        pair
        for pair in range(len(tables.pair_article))
        for k in range(tables.held_first[pair], tables.held_first[pair + 1])
        if tables.held_session[k] == session and tables.held_flags[k] & LOCKED
    }
    base = session * tables.limits[0]
    while _surplus(layout, state, session):
        counts = [int(state.field_count[session * tables.limits[5] + field]) for field in range(tables.limits[5])]
        crowded = counts.index(max(counts))
        slots = [
            slot
            for slot in range(int(state.item_count[session]))
            if int(state.item[base + slot]) not in locked
            and tables.article_field[tables.pair_article[int(state.item[base + slot])]] == crowded
        ]
        if not slots:
            return False
        worth = tables.fresh_worth
        slot = min(
            slots, key=lambda s: (worth[tables.pair_article[int(state.item[base + s])]], int(state.item[base + s]))
        )
        take_out(tables, state, slot, session)
    return True
