"""One change of the published plan by hand: checked against every hard rule, written down, told to who comes second.

An act opens a `Bench`, moves names about in `after`, and the bench does the rest: it refuses in words what would break
a rule, brings the rows in line, raises the versions, works out the plan's figures anew and records the act.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from broadcaster import audit
from broadcaster.db import Database
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Article, BroadcastSession, Placement, Plan, PlanState
from broadcaster.months import month_of
from broadcaster.planning.barred import why_barred
from broadcaster.planning.candidates import planning_lengths_ms
from broadcaster.planning.figures import placements_of, refresh_figures
from broadcaster.planning.names import names_of, spoken_language
from broadcaster.planning.problem import MonthProblem, build_problem, session_id
from broadcaster.planning.told import PlanChanged, changes_of_session
from broadcaster.scripts import Voice
from broadcaster.session_codes import session_code
from scheduler import planning


class RuleBroken(NotAllowed):
    """The change would break a hard rule; `reasons` says which, one sentence each."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


@dataclass(frozen=True, slots=True)
class Desk:
    """Who changes the plan, on which books, at what moment."""

    database: Database
    voice: Voice
    tz: ZoneInfo
    now: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change by hand came to: the new versions by session id, and what else had to be done, in words."""

    plan_id: int
    version: int
    sessions: Mapping[int, int]
    notes: tuple[str, ...] = ()


@dataclass
class Bench:
    """A published month, open for one change. `after` is what the act makes of `before`."""

    session: Session
    desk: Desk
    plan: Plan
    month: str
    month_problem: MonthProblem
    before: Mapping[str, Sequence[str]]
    after: dict[str, list[str]]
    act: str = ""
    why: str = ""
    detail: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    #: Sessions that changed in something else than who is read when.
    touched: set[str] = field(default_factory=set)
    done: Changed | None = None

    def key(self, broadcast: BroadcastSession) -> str:
        """The session's name in the planning problem."""
        return session_id(broadcast)

    def article(self, ref: str) -> Article:
        """An article that may be put on the air.

        Raises:
            NotFound: there is no such article.
            NotAllowed: it may not air at present, with the reason.
        """
        article = self.session.scalars(select(Article).where(Article.ref == ref)).first()
        if article is None:
            raise NotFound(_("không có bài «{ref}»", ref=ref))
        barred = why_barred(article, self.desk.now)
        if barred is not None or ref not in self.month_problem.articles:
            raise NotAllowed(f"{ref}: {barred or _('bài hiện không được phép phát')}")
        return article

    def placement(self, broadcast: BroadcastSession, ref: str) -> Placement:
        """The article's place in a session.

        Raises:
            NotFound: it does not stand there.
        """
        for placement in self.plan.placements:
            same = placement.session_id == broadcast.id and placement.article.ref == ref
            if same and placement.removed_at is None:
                return placement
        code = session_code(broadcast, self.desk.tz)
        raise NotFound(_("bài «{ref}» không có trong buổi {session}", ref=ref, session=code))

    def breaches(self, after: planning.Arrangement) -> tuple[planning.Breach, ...]:
        """Which hard rules an arrangement would break that the present one does not."""
        return planning.new_breaches(self.month_problem.problem, self.before, after)

    def words(self, breaches: Sequence[planning.Breach]) -> list[str]:
        """What would break, in the language of the moment."""
        problem = self.month_problem.problem
        nothing = planning.assess(problem, ())
        explainer = planning.Explainer(problem, nothing, spoken_language(), names_of(self.session))
        return [explainer.breach(breach) for breach in breaches]

    def insert(self, key: str, ref: str, position: int | None) -> None:
        """Puts an article into a session: at a position, or where it fits best among the others.

        Without a position the others keep their order as long as no two neighbours are of one field; where that cannot
        be, the session is read in the order that a plan would give it.
        """
        items = self.after[key]
        if position is not None:
            self.after[key] = [*items[:position], ref, *items[position:]]
            return
        for place in range(len(items), -1, -1):
            tried = [*items[:place], ref, *items[place:]]
            rules = {breach.rule for breach in self.breaches({**self.after, key: tried})}
            if planning.HardRule.NEIGHBOURS not in rules:
                self.after[key] = tried
                return
        ordered = planning.reading_order(self.month_problem.problem, [*items, ref])
        self.after[key] = list(ordered) if ordered is not None else [*items, ref]

    def settle(self, key: str) -> None:
        """After something left a session: neighbours of one field are read in another order, if there is one."""
        rules = {breach.rule for breach in self.breaches(self.after)}
        if planning.HardRule.NEIGHBOURS in rules:
            ordered = planning.reading_order(self.month_problem.problem, self.after[key])
            if ordered is not None:
                self.after[key] = list(ordered)


@contextmanager
def changing(desk: Desk, session_ids: Sequence[int], seen: Mapping[int, int] | None) -> Iterator[Bench]:
    """Opens the published month of these sessions for one change, and writes it down when the block ends.

    `seen` gives the version of each session as its editor saw it; without it nothing is compared.

    Raises:
        NotFound: a session is unknown, or its month has no published plan.
        NotAllowed: a session has begun or is called off, or they are of two months.
        PlanChanged: somebody changed one of the sessions since it was seen.
        RuleBroken: the change would break a hard rule.
    """
    with desk.database.reading() as session:
        # Reading articles aloud takes its time; nobody waits for the books meanwhile.
        lengths_ms = planning_lengths_ms(session, desk.voice, desk.now)
    with desk.database.writing() as session:
        broadcasts = [open_session(session, one, desk) for one in session_ids]
        months = {month_of(broadcast.starts_at, desk.tz) for broadcast in broadcasts}
        if len(months) != 1:
            raise NotAllowed(_("hai buổi thuộc hai tháng khác nhau; hãy bỏ ở tháng này và thêm ở tháng kia"))
        month = months.pop()
        plan = _published(session, month)
        _refuse_stale(session, broadcasts, month, seen, desk)
        bench = open_bench(session, desk, plan, month, lengths_ms)
        yield bench
        bench.done = write_down(bench)


def open_session(session: Session, row_id: int, desk: Desk) -> BroadcastSession:
    """A session that may still be changed.

    Raises:
        NotFound: there is none of this id.
        NotAllowed: it has begun, or is called off.
    """
    broadcast = session.get(BroadcastSession, row_id)
    if broadcast is None:
        raise NotFound(_("không có buổi này"))
    code = session_code(broadcast, desk.tz)
    if not broadcast.is_open:
        raise NotAllowed(_("buổi {session} đã bị hủy: {why}", session=code, why=broadcast.cancelled_why or ""))
    if broadcast.starts_at <= desk.now:
        raise NotAllowed(_("buổi {session} đã bắt đầu, không đổi được nữa", session=code))
    return broadcast


def _published(session: Session, month: str) -> Plan:
    # The lock matters where writers are not one at a time by themselves, as they are in SQLite.
    query = select(Plan).where(Plan.month == month, Plan.state == PlanState.PUBLISHED).with_for_update()
    places = selectinload(Plan.placements)
    query = query.options(
        places.joinedload(Placement.session).joinedload(BroadcastSession.zone), places.joinedload(Placement.article)
    )
    plan = session.scalars(query).first()
    if plan is None:
        raise NotFound(_("tháng {month} chưa có lịch được công bố", month=month))
    return plan


def _refuse_stale(
    session: Session, broadcasts: Sequence[BroadcastSession], month: str, seen: Mapping[int, int] | None, desk: Desk
) -> None:
    for broadcast in broadcasts:
        version = None if seen is None else seen.get(broadcast.id)
        if version is not None and version != broadcast.programme_version:
            code = session_code(broadcast, desk.tz)
            what = _("buổi {session} đã được người khác thay đổi; hãy xem lại rồi làm lại", session=code)
            raise PlanChanged(what, changes_of_session(session, broadcast, month, version, desk.tz))


def open_bench(session: Session, desk: Desk, plan: Plan, month: str, lengths_ms: Mapping[int, int]) -> Bench:
    """The published month as it stands, with nothing changed yet."""
    month_problem = build_problem(session, month, lengths_ms, now=desk.now, tz=desk.tz, by_hand=True)
    before: dict[str, list[str]] = {key: [] for key in month_problem.sessions}
    for placement in sorted(plan.placements, key=lambda one: one.position):
        key = session_id(placement.session)
        if placement.removed_at is None and key in before:
            before[key].append(placement.article.ref)
    after = {key: list(items) for key, items in before.items()}
    return Bench(session, desk, plan, month, month_problem, before, after)


def write_down(bench: Bench) -> Changed:
    """Brings the rows in line with what the act made of the month.

    Raises:
        RuleBroken: it would break a hard rule.
    """
    broken = bench.breaches(bench.after)
    if broken:
        raise RuleBroken(bench.words(broken))
    changed = {key for key, items in bench.after.items() if items != bench.before[key]} | bench.touched
    first_runs = {
        (one.session, one.article): one.first_run for one in placements_of(bench.month_problem.problem, bench.after)
    }
    for placement in bench.plan.placements:
        known = first_runs.get((session_id(placement.session), placement.article.ref))
        if known is not None:
            placement.first_run = known
    versions: dict[int, int] = {}
    codes: dict[str, int] = {}
    for key in sorted(changed):
        broadcast = bench.month_problem.sessions[key]
        _write_session(bench, key, broadcast, first_runs)
        broadcast.programme_version += 1
        broadcast.programme_changed_at = bench.desk.now
        versions[broadcast.id] = broadcast.programme_version
        codes[session_code(broadcast, bench.desk.tz)] = broadcast.programme_version
    bench.plan.version += 1
    if changed - bench.touched:
        refresh_figures(bench.plan, bench.month_problem, bench.after)
    act, desk, version = bench.act, bench.desk, bench.plan.version
    told = {"plan": bench.plan.id, "version": version, "sessions": codes, **bench.detail}
    audit.record(bench.session, act, bench.month, by=desk.by, now=desk.now, **told)
    return Changed(bench.plan.id, version, versions, tuple(bench.notes))


def _write_session(
    bench: Bench, key: str, broadcast: BroadcastSession, first_runs: Mapping[tuple[str, str], bool]
) -> None:
    wanted = bench.after[key]
    lengths_ms = {article.id: article.length_ms for article in bench.month_problem.problem.articles}
    rows = {row.article.ref: row for row in bench.plan.placements if row.session_id == broadcast.id}
    for ref, row in rows.items():
        if ref not in wanted and row.removed_at is None:
            row.removed_at, row.removed_why, row.locked = bench.desk.now, bench.why, False
    for position, ref in enumerate(wanted):
        standing = rows.get(ref)
        if standing is None:
            article = bench.month_problem.articles[ref]
            standing = Placement(session_id=broadcast.id, article_id=article.id, length_ms=lengths_ms[ref])
            standing.session, standing.article = broadcast, article
            standing.locked = False
            bench.plan.placements.append(standing)
        elif standing.removed_at is not None:
            # Back where it was taken out: the same place, the same row.
            standing.length_ms, standing.locked = lengths_ms[ref], False
        standing.position, standing.first_run = position, first_runs[key, ref]
        standing.removed_at = standing.removed_why = None
