"""The hard rules once more, on values alone: what an arrangement made by hand would break, and where.

The search never needs this: it makes no move that breaks a rule. People do, and want to be told which rule it was.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.planning.values import Article, Problem, Session

#: Who is read in which session, in the order of reading: article ids by session id.
Arrangement = Mapping[str, Sequence[str]]


class HardRule(StrEnum):
    """What no plan may do."""

    UNKNOWN_SESSION = "unknown_session"
    UNKNOWN_ARTICLE = "unknown_article"
    PAST = "past"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    WRONG_ZONE = "wrong_zone"
    NO_ROOM = "no_room"
    TWICE = "twice"
    UNIT_ALREADY_IN = "unit_already_in"
    AIRINGS_USED = "airings_used"
    TOO_SOON = "too_soon"
    TOO_OFTEN = "too_often"
    NEIGHBOURS = "neighbours"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule: in which session, by which article (empty where a whole session breaks it).

    ``weight`` is how badly, in the rule's own unit (milliseconds too long, items too many), so that a breach that was
    there before and grows counts as a new one.
    """

    rule: HardRule
    session: str
    article: str = ""
    weight: int = 1
    detail: Mapping[str, object] = field(default_factory=dict, compare=False)


def breaches(problem: Problem, arrangement: Arrangement) -> tuple[Breach, ...]:
    """Every hard rule that the arrangement breaks, in the order of sessions; empty where it may stand."""
    judge = _Judge(problem, arrangement)
    found = [*judge.names(), *judge.locked()]
    for session in sorted(judge.sessions, key=lambda one: (one.starts_at, one.id)):
        found += judge.within(session)
    found += judge.between_airings()
    return tuple(found)


def new_breaches(problem: Problem, before: Arrangement, after: Arrangement) -> tuple[Breach, ...]:
    """What the arrangement ``after`` breaks and ``before`` did not, or not as badly.

    What is published may come to break a rule without anybody's doing (an article turned out longer than estimated);
    that must not keep an editor from changing something else.
    """
    known = {(breach.rule, breach.session, breach.article): breach.weight for breach in breaches(problem, before)}
    return tuple(
        breach
        for breach in breaches(problem, after)
        if breach.weight > known.get((breach.rule, breach.session, breach.article), 0)
    )


@dataclass(frozen=True, slots=True)
class _Aired:
    """One airing of an article in a zone; of the past where ``session`` is empty."""

    at: datetime
    session: str


class _Judge:
    def __init__(self, problem: Problem, arrangement: Arrangement) -> None:
        self.problem, self.rules = problem, problem.rules
        self.arrangement = arrangement
        self.by_id = {session.id: session for session in problem.sessions}
        self.articles = {article.id: article for article in problem.articles}
        self.sessions = [self.by_id[name] for name in arrangement if name in self.by_id]
        self.held = {(pair.session, pair.article) for pair in problem.locked}

    def items(self, session: Session) -> list[Article]:
        return [self.articles[name] for name in self.arrangement[session.id] if name in self.articles]

    def names(self) -> Iterator[Breach]:
        for session, articles in sorted(self.arrangement.items()):
            if session not in self.by_id:
                yield Breach(HardRule.UNKNOWN_SESSION, session)
            for article in articles:
                if article not in self.articles:
                    yield Breach(HardRule.UNKNOWN_ARTICLE, session, article)

    def locked(self) -> Iterator[Breach]:
        for session, article in sorted(self.held):
            if article not in self.arrangement.get(session, ()):
                yield Breach(HardRule.LOCKED, session, article)

    def within(self, session: Session) -> Iterator[Breach]:
        """The rules of one session."""
        items = self.items(session)
        for article in items:
            yield from self._window(session, article)
        for name, count in Counter(article.id for article in items).items():
            if count > 1:
                yield Breach(HardRule.TWICE, session.id, name, count)
        detail: dict[str, object]
        needs_ms = sum(article.length_ms + self.rules.gap_ms for article in items)
        if needs_ms > session.capacity_ms:
            detail = {"needs_ms": needs_ms, "capacity_ms": session.capacity_ms}
            yield Breach(HardRule.NO_ROOM, session.id, "", needs_ms - session.capacity_ms, detail)
        most = self.rules.max_per_unit_in_session
        if most:
            for unit, count in Counter(article.unit for article in items).items():
                if count > most:
                    names = [article.id for article in items if article.unit == unit]
                    detail = {"unit": unit, "articles": names, "most": most}
                    yield Breach(HardRule.UNIT_ALREADY_IN, session.id, names[-1], count, detail)
        if not self.rules.adjacent_same_field:
            for one, other in itertools.pairwise(items):
                if one.field == other.field and one.id != other.id:
                    detail = {"field": one.field, "articles": [one.id, other.id]}
                    yield Breach(HardRule.NEIGHBOURS, session.id, other.id, 1, detail)

    def _window(self, session: Session, article: Article) -> Iterator[Breach]:
        at, name = session.starts_at, article.id
        if self.problem.now is not None and at < self.problem.now and (session.id, name) not in self.held:
            yield Breach(HardRule.PAST, session.id, name)
        if article.not_before is not None and at < article.not_before:
            yield Breach(HardRule.NOT_YET, session.id, name, 1, {"not_before": article.not_before.isoformat()})
        if article.expires_at is not None and at >= article.expires_at:
            yield Breach(HardRule.EXPIRED, session.id, name, 1, {"expires_at": article.expires_at.isoformat()})
        if article.zones and session.zone not in article.zones:
            yield Breach(HardRule.WRONG_ZONE, session.id, name, 1, {"zone": session.zone})

    def between_airings(self) -> Iterator[Breach]:
        """The rules between the airings of one article in one zone, history included."""
        for (name, _zone), airings in sorted(self._airings().items()):
            article = self.articles[name]
            airings.sort(key=lambda aired: (aired.at, aired.session))
            last = next((aired for aired in reversed(airings) if aired.session), None)
            if last is None:
                continue
            if article.max_airings is not None and len(airings) > article.max_airings:
                detail = {"max_airings": article.max_airings, "airings": len(airings)}
                yield Breach(HardRule.AIRINGS_USED, last.session, name, len(airings), detail)
            yield from self._too_soon(article, airings)
            yield from self._too_often(article, airings)

    def _airings(self) -> dict[tuple[str, str], list[_Aired]]:
        found: defaultdict[tuple[str, str], list[_Aired]] = defaultdict(list)
        for past in self.problem.history:
            if past.article in self.articles:
                found[past.article, past.zone].append(_Aired(past.session_starts_at, ""))
        for session in self.sessions:
            for article in {one.id for one in self.items(session)}:
                found[article, session.zone].append(_Aired(session.starts_at, session.id))
        return found

    def _too_soon(self, article: Article, airings: Sequence[_Aired]) -> Iterator[Breach]:
        apart = timedelta(hours=article.min_between_airings_h or self.rules.min_between_airings_h)
        for early, late in itertools.pairwise(airings):
            if (early.session or late.session) and late.at - early.at < apart:
                detail = {"hours": apart / timedelta(hours=1), "other": early.at.isoformat()}
                if not late.session:
                    detail["other"] = late.at.isoformat()
                yield Breach(HardRule.TOO_SOON, late.session or early.session, article.id, 1, detail)

    def _too_often(self, article: Article, airings: Sequence[_Aired]) -> Iterator[Breach]:
        if self.rules.max_airings_in_days is None:
            return
        most, days = self.rules.max_airings_in_days
        for first in range(len(airings) - most):
            run = airings[first : first + most + 1]
            ours = [aired.session for aired in run if aired.session]
            if ours and run[-1].at - run[0].at < timedelta(days=days):
                yield Breach(HardRule.TOO_OFTEN, ours[-1], article.id, 1, {"airings": most, "days": days})
