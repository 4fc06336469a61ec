"""What a new plan changes in an old one, airing by airing, each with the reason for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scheduler.planning.values import Pair, Plan, Priority, Problem


class ChangeReason(StrEnum):
    """Why an airing was added, moved or removed."""

    WITHDRAWN = "withdrawn"
    SESSION_GONE = "session_gone"
    PAST = "past"
    OUTSIDE_WINDOW = "outside_window"
    MADE_WAY_FOR_URGENT = "made_way_for_urgent"
    MADE_WAY = "made_way"
    URGENT = "urgent"
    LOCKED = "locked"
    FIRST_AIRING = "first_airing"
    ROOM_BECAME_FREE = "room_became_free"
    BETTER_TIME = "better_time"


@dataclass(frozen=True, slots=True, order=True)
class Added:
    """An airing that was not there before."""

    session: str
    article: str
    reason: ChangeReason


@dataclass(frozen=True, slots=True, order=True)
class Moved:
    """An airing of an article that went to another session of the same zone."""

    article: str
    from_session: str
    to_session: str
    reason: ChangeReason


@dataclass(frozen=True, slots=True, order=True)
class Removed:
    """An airing that is no longer there; ``in_favour_of`` names what was put into its session instead."""

    session: str
    article: str
    reason: ChangeReason
    in_favour_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, in the order of sessions and names; false where nothing changed."""

    added: tuple[Added, ...]
    moved: tuple[Moved, ...]
    removed: tuple[Removed, ...]
    #: What stays where it was.
    kept: tuple[Pair, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.moved or self.removed)


def difference(before: Plan | Sequence[Pair], after: Plan | Sequence[Pair], problem: Problem) -> Difference:
    """Compares by session and article; positions within a session are no difference.

    An article that left one session and joined another of the same zone has moved; the earliest that it left is paired
    with the earliest that it joined.
    """
    old = _pairs(before)
    new = _pairs(after)
    known = _Known(problem, old, new)
    left = sorted(old - new, key=known.place)
    joined = sorted(new - old, key=known.place)
    moved, removed = [], []
    for session, article in left:
        target = next((pair for pair in joined if pair[1] == article and known.same_zone(pair[0], session)), None)
        if target is None:
            removed.append(Removed(session, article, known.why_removed(session, article), known.instead(session)))
        else:
            joined.remove(target)
            moved.append(Moved(article, session, target[0], known.why_moved(session, article)))
    added = [Added(session, article, known.why_added(session, article)) for session, article in joined]
    kept = tuple(Pair(*pair) for pair in sorted(old & new, key=known.place))
    return Difference(tuple(added), tuple(moved), tuple(removed), kept)


def _pairs(plan: Plan | Sequence[Pair]) -> set[tuple[str, str]]:
    airings: Iterable[Pair] | Iterable[object] = plan.placements if isinstance(plan, Plan) else plan
    return {(airing.session, airing.article) for airing in airings}  # type: ignore[attr-defined]  # both have these


class _Known:
    """What the reasons are made from."""

    def __init__(self, problem: Problem, old: set[tuple[str, str]], new: set[tuple[str, str]]) -> None:
        self.problem = problem
        self.sessions = {session.id: session for session in problem.sessions}
        self.articles = {article.id: article for article in problem.articles}
        self.locked = {(pair.session, pair.article) for pair in problem.locked}
        self.old, self.new = old, new
        self.aired_before = {article for _, article in old} | {airing.article for airing in problem.history}
        self.joined_by_session: dict[str, list[str]] = {}
        for session, article in sorted(new - old):
            self.joined_by_session.setdefault(session, []).append(article)
        self.left_sessions = {session for session, _ in old - new}

    def place(self, pair: tuple[str, str]) -> tuple[float, str, str]:
        session = self.sessions.get(pair[0])
        return (-1.0 if session is None else session.starts_at.timestamp(), *pair)

    def same_zone(self, one: str, other: str) -> bool:
        if one not in self.sessions or other not in self.sessions:
            return False
        return self.sessions[one].zone == self.sessions[other].zone

    def instead(self, session: str) -> tuple[str, ...]:
        return tuple(self.joined_by_session.get(session, ()))

    def _must_go(self, session_id: str, article_id: str) -> ChangeReason | None:
        """Why the airing could not stay whatever else was planned."""
        session, article = self.sessions.get(session_id), self.articles.get(article_id)
        if article is None:
            return ChangeReason.WITHDRAWN
        if session is None:
            return ChangeReason.SESSION_GONE
        if self.problem.now is not None and session.starts_at < self.problem.now:
            return ChangeReason.PAST
        early = article.not_before is not None and session.starts_at < article.not_before
        late = article.expires_at is not None and session.starts_at >= article.expires_at
        if early or late or (article.zones and session.zone not in article.zones):
            return ChangeReason.OUTSIDE_WINDOW
        return None

    def _urgent_came(self, session: str) -> bool:
        return any(self.articles[name].priority is Priority.URGENT for name in self.instead(session))

    def why_removed(self, session: str, article: str) -> ChangeReason:
        reason = self._must_go(session, article)
        if reason is not None:
            return reason
        return ChangeReason.MADE_WAY_FOR_URGENT if self._urgent_came(session) else ChangeReason.MADE_WAY

    def why_moved(self, session: str, article: str) -> ChangeReason:
        reason = self._must_go(session, article)
        if reason is not None:
            return reason
        if self._urgent_came(session):
            return ChangeReason.MADE_WAY_FOR_URGENT
        return ChangeReason.MADE_WAY if self.instead(session) else ChangeReason.BETTER_TIME

    def why_added(self, session: str, article: str) -> ChangeReason:
        if (session, article) in self.locked:
            return ChangeReason.LOCKED
        if self.articles[article].priority is Priority.URGENT:
            return ChangeReason.URGENT
        if article not in self.aired_before:
            return ChangeReason.FIRST_AIRING
        return ChangeReason.ROOM_BECAME_FREE
