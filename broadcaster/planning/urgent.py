"""Puts an urgent item on the air now: first in the next session of each of its zones, whatever has to give way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.approvals import article_of
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Article, BroadcastSession, Priority, Zone
from broadcaster.months import month_of
from broadcaster.planning.editing import Bench, Changed, Desk, RuleBroken, changing
from broadcaster.planning.problem import session_id
from broadcaster.session_codes import session_code
from scheduler import planning

#: What gave way is looked for another place in the sessions of so many days.
PLACED_AGAIN_WITHIN = timedelta(days=7)
#: What only the others in a session can mend, by giving way.
GIVING_WAY_HELPS = frozenset({planning.HardRule.NO_ROOM, planning.HardRule.UNIT_ALREADY_IN})


def put_urgent(desk: Desk, ref: str, *, zones: Sequence[str] = ()) -> list[Changed]:
    """Puts an urgent article first into the next session to come of its zones (of `zones`, where they are named).

    What has no room beside it gives way, the least urgent first, and goes to the next session that it fits into; where
    there is none it leaves, and planning anew finds it a place. Notes say what became of each. A session that has begun
    is left alone: players hold it already. Answers one change for each month that was touched, mostly one.

    Raises:
        NotFound: the article, or a session to come in one of the zones, is not there.
        NotAllowed: the article is not urgent, or may not air.
        RuleBroken: even if all that may give way does, a hard rule would be broken.
    """
    with desk.database.reading() as session:
        targets = _next_sessions(session, article_of(session, ref), zones, desk)
    months: dict[str, list[int]] = {}
    for target in targets:
        months.setdefault(month_of(target.starts_at, desk.tz), []).append(target.id)
    # At the end of a month one zone's next session may be in the next one, which is a plan of its own.
    return [_put_in_month(desk, ref, rows) for rows in months.values()]


def _put_in_month(desk: Desk, ref: str, session_ids: Sequence[int]) -> Changed:
    with changing(desk, session_ids, None) as bench:
        bench.act, bench.why = "plan.urgent", _("nhường chỗ cho tin khẩn cấp {ref}", ref=ref)
        bench.detail = {"article": ref}
        article = bench.article(ref)
        if article.priority != Priority.URGENT:
            raise NotAllowed(_("{ref}: chỉ tin khẩn cấp mới được đưa lên sóng ngay", ref=ref))
        for one in session_ids:
            _put_first(bench, session_id(bench.session.get_one(BroadcastSession, one)), ref)
    assert bench.done is not None  # written down when the block ended, or it raised
    return bench.done


def _next_sessions(session: Session, article: Article, zones: Sequence[str], desk: Desk) -> list[BroadcastSession]:
    wanted = list(article.zones or session.scalars(select(Zone).order_by(Zone.position)))
    if zones:
        wanted = [zone for zone in wanted if zone.code in zones]
        unknown = set(zones) - {zone.code for zone in wanted}
        if unknown:
            raise NotAllowed(
                _("{ref}: không phát ở địa bàn {zones}", ref=article.ref, zones=", ".join(sorted(unknown)))
            )
    found = []
    for zone in wanted:
        row = session.scalars(
            select(BroadcastSession)
            .where(
                BroadcastSession.zone_id == zone.id,
                BroadcastSession.starts_at > desk.now,
                BroadcastSession.cancelled_why.is_(None),
            )
            .order_by(BroadcastSession.starts_at)
            .limit(1)
        ).first()
        if row is None:
            raise NotFound(_("địa bàn {zone} không còn buổi nào sắp tới", zone=zone.code))
        found.append(row)
    return found


def _put_first(bench: Bench, key: str, ref: str) -> None:
    standing = [name for name in bench.after[key] if name != ref]
    arranged, gone = _with_room(bench, key, [ref, *standing])
    bench.after[key] = arranged
    for name in gone:
        _place_again(bench, key, name)


def _with_room(bench: Bench, key: str, items: list[str]) -> tuple[list[str], list[str]]:
    """The session with the first item first, and what had to give way for it."""
    gone: list[str] = []
    while True:
        items = _read_first(bench, key, items)
        broken = [
            breach
            for breach in bench.breaches({**bench.after, key: items})
            if breach.session == key and (breach.rule in GIVING_WAY_HELPS or breach.article == items[0])
        ]
        if not broken:
            return items, gone
        victim = _gives_way(bench, key, items, broken)
        if victim is None or any(breach.rule not in GIVING_WAY_HELPS for breach in broken):
            raise RuleBroken(bench.words(broken))
        items.remove(victim)
        gone.append(victim)


def _read_first(bench: Bench, key: str, items: list[str]) -> list[str]:
    """The first stays first; where the next is of the same field, one of another field is read in between."""
    rules = {breach.rule for breach in bench.breaches({**bench.after, key: items})}
    if planning.HardRule.NEIGHBOURS not in rules:
        return items
    ordered = planning.reading_order(bench.month_problem.problem, items)
    return items if ordered is None else list(ordered)


def _gives_way(bench: Bench, key: str, items: list[str], broken: Sequence[planning.Breach]) -> str | None:
    """Of the unit that has too many, else the least urgent, the longest first; nothing that is locked or urgent."""
    articles = {article.id: article for article in bench.month_problem.problem.articles}
    locked = {pair.article for pair in bench.month_problem.problem.locked if pair.session == key}
    free = [
        name
        for name in items[1:]
        if name not in locked and (name not in articles or articles[name].priority is not planning.Priority.URGENT)
    ]
    if any(breach.rule is planning.HardRule.UNIT_ALREADY_IN for breach in broken):
        free = [name for name in free if name in articles and articles[name].unit == articles[items[0]].unit]

    def stays(name: str) -> tuple[bool, bool, int]:
        article = articles.get(name)
        if article is None:
            return False, False, 0
        return True, article.priority is planning.Priority.PRIORITY, -article.length_ms

    free.sort(key=stays)
    return free[0] if free else None


def _place_again(bench: Bench, key: str, ref: str) -> None:
    """Finds the earliest later session of the zone that takes what gave way as it is."""
    start = bench.month_problem.sessions[key]
    for later, row in bench.month_problem.sessions.items():
        soon = start.starts_at < row.starts_at <= start.starts_at + PLACED_AGAIN_WITHIN
        if row.zone_id != start.zone_id or not soon or ref in bench.after[later]:
            continue
        before = list(bench.after[later])
        bench.insert(later, ref, None)
        if not bench.breaches(bench.after):
            code = session_code(row, bench.desk.tz)
            bench.notes.append(_("{ref} chuyển sang buổi {session}", ref=ref, session=code))
            return
        bench.after[later] = before
    bench.notes.append(_("{ref} nhường chỗ; lần lập lịch sau sẽ tìm chỗ khác", ref=ref))
