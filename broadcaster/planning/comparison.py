"""A draft beside the published plan, as a value: what it adds, moves, removes and keeps, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster.models import BroadcastSession, Plan
from broadcaster.planning.candidates import planning_lengths_ms
from broadcaster.planning.names import names_of, spoken_language
from broadcaster.planning.problem import build_problem, published_plan_of, session_id
from broadcaster.planning.publish import draft_of
from broadcaster.scripts import Voice
from broadcaster.session_codes import session_code
from scheduler import planning


@dataclass(frozen=True, slots=True)
class Change:
    """One airing that a draft adds, moves or removes. `session` is where it is afterwards, or was before it left."""

    kind: str
    article: str
    session: str
    session_id: int
    starts_at: datetime
    reason: str
    words: str
    from_session: str | None = None
    from_session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One airing that stays where it is published."""

    article: str
    session: str
    session_id: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft against what is published. `stale`: the published plan has changed since the draft was made."""

    month: str
    draft_id: int
    draft_by: str
    draft_made_at: datetime
    stale: bool
    changes: tuple[Change, ...]
    kept: tuple[Kept, ...]

    def of_kind(self, kind: str) -> tuple[Change, ...]:
        """The changes that are `added`, `moved` or `removed`."""
        return tuple(change for change in self.changes if change.kind == kind)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The codes of all sessions that would change, in order of time."""
        touched = {(change.starts_at, change.session) for change in self.changes}
        return tuple(dict.fromkeys(code for _at, code in sorted(touched)))


def compare_draft(
    session: Session, month: str, *, voice: Voice, now: datetime, tz: ZoneInfo, draft_id: int | None = None
) -> Comparison:
    """Compares the month's draft with the published plan, for the sessions to come.

    Raises:
        NotFound: there is no draft.
        PlanChanged: another draft took the place of `draft_id`.
    """
    draft = draft_of(session, month, draft_id)
    standing = published_plan_of(session, month)
    lengths_ms = planning_lengths_ms(session, voice, now)
    month_problem = build_problem(session, month, lengths_ms, now=now, tz=tz, by_hand=True)
    before, after = coming_pairs(standing, now), coming_pairs(draft, now)
    changes = planning.difference(before, after, month_problem.problem)
    explainer = planning.Explainer(
        month_problem.problem, planning.assess(month_problem.problem, ()), spoken_language(), names_of(session)
    )
    rows = {**rows_of(standing), **rows_of(draft)}
    writer = _Writer(explainer, rows, tz)
    is_stale = (draft.base_id, draft.base_version) != ((standing.id, standing.version) if standing else (None, 0))
    every: list[planning.Added | planning.Moved | planning.Removed] = [*changes.added, *changes.moved, *changes.removed]
    found = [writer.change(change) for change in every]
    return Comparison(
        month=month,
        draft_id=draft.id,
        draft_by=draft.made_by,
        draft_made_at=draft.made_at,
        stale=is_stale,
        changes=tuple(sorted(found, key=lambda one: (one.starts_at, one.session, one.kind, one.article))),
        kept=tuple(writer.kept(pair) for pair in changes.kept),
    )


def coming_pairs(plan: Plan | None, now: datetime) -> list[planning.Pair]:
    """The standing airings of a plan that have not begun."""
    if plan is None:
        return []
    return [
        planning.Pair(session_id(placement.session), placement.article.ref)
        for placement in plan.placements
        if placement.removed_at is None and placement.session.starts_at > now
    ]


def rows_of(plan: Plan | None) -> dict[str, BroadcastSession]:
    """The sessions of a plan by their name in the planning problem."""
    return {} if plan is None else {session_id(placement.session): placement.session for placement in plan.placements}


class _Writer:
    def __init__(self, explainer: planning.Explainer, rows: dict[str, BroadcastSession], tz: ZoneInfo) -> None:
        self._explainer, self._rows, self._tz = explainer, rows, tz

    def change(self, change: planning.Added | planning.Moved | planning.Removed) -> Change:
        words = self._explainer.change(change)
        kind = {planning.Added: "added", planning.Moved: "moved", planning.Removed: "removed"}[type(change)]
        if isinstance(change, planning.Moved):
            row, left = self._rows[change.to_session], self._rows[change.from_session]
            return Change(
                kind,
                change.article,
                session_code(row, self._tz),
                row.id,
                row.starts_at,
                str(change.reason),
                words,
                session_code(left, self._tz),
                left.id,
            )
        row = self._rows[change.session]
        code = session_code(row, self._tz)
        return Change(kind, change.article, code, row.id, row.starts_at, str(change.reason), words)

    def kept(self, pair: planning.Pair) -> Kept:
        row = self._rows[pair.session]
        return Kept(pair.article, session_code(row, self._tz), row.id)
