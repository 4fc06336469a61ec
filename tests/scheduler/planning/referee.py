"""The contract's hard rules and score, written down once more and as plainly as possible: no tables, no increments."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta

from scheduler.planning import Article, Priority, Problem, Session

STEPS = ((0.0, 1.0, 60), (1.0, 1.25, 8), (1.25, 1.5, 7), (1.5, 2.0, 6), (2.0, 3.0, 5), (3.0, 1e12, 4))
URGENCY = {Priority.NORMAL: 1, Priority.PRIORITY: 3, Priority.URGENT: 5}


class Referee:
    """Judges sets of (session, article) pairs and orders of sessions."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.sessions = {session.id: session for session in problem.sessions}
        self.articles = {article.id: article for article in problem.articles}
        self.zones = sorted({session.zone for session in problem.sessions})
        self.locked = {(pair.session, pair.article) for pair in problem.locked}
        self.previous = {(pair.session, pair.article) for pair in problem.previous}
        begins = problem.period_starts_at
        self.counted = [a for a in problem.history if begins is None or a.session_starts_at >= begins]

    def open_to(self, article: Article, session: Session) -> bool:
        """Whether window, zone, length, the present and the airings allowed at all let the article stand there."""
        need = article.length_ms + self.problem.rules.gap_ms
        past = self.problem.now is not None and session.starts_at < self.problem.now
        return (
            (not article.zones or session.zone in article.zones)
            and (article.not_before is None or article.not_before <= session.starts_at)
            and (article.expires_at is None or session.starts_at < article.expires_at)
            and need <= session.capacity_ms
            and article.max_airings != 0
            and (not past or (session.id, article.id) in self.locked)
        )

    def faults(self, pairs: Iterable[tuple[str, str]]) -> list[str]:
        """Every hard rule that the set breaks, but for the order within sessions."""
        placed = set(pairs)
        rules, found = self.problem.rules, []
        by_session: defaultdict[str, list[Article]] = defaultdict(list)
        for session_id, article_id in placed:
            by_session[session_id].append(self.articles[article_id])
            if not self.open_to(self.articles[article_id], self.sessions[session_id]):
                found.append(f"{article_id} is not open in {session_id}")
        for session_id, items in by_session.items():
            if sum(item.length_ms + rules.gap_ms for item in items) > self.sessions[session_id].capacity_ms:
                found.append(f"{session_id} overruns")
            most = rules.max_per_unit_in_session
            if most and max(Counter(item.unit for item in items).values()) > most:
                found.append(f"{session_id} has too many of a unit")
            fields = Counter(item.field for item in items)
            if not rules.adjacent_same_field and 2 * max(fields.values()) > len(items) + 1:
                found.append(f"{session_id} cannot alternate fields")
        found += self._airing_faults(placed)
        found += [f"{pair} is locked and not there" for pair in self.locked - placed]
        return found

    def _airing_faults(self, placed: set[tuple[str, str]]) -> list[str]:
        times: defaultdict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
        for airing in self.problem.history:
            times[airing.article, airing.zone].append((airing.session_starts_at.timestamp(), False))
        for session_id, article_id in placed:
            session = self.sessions[session_id]
            times[article_id, session.zone].append((session.starts_at.timestamp(), True))
        found = []
        for (article_id, zone), airings in times.items():
            if not any(ours for _, ours in airings):
                continue
            airings.sort()
            article = self.articles[article_id]
            apart = article.min_between_airings_h or self.problem.rules.min_between_airings_h
            if article.max_airings is not None and len(airings) > article.max_airings:
                found.append(f"{article_id} in {zone}: too often")
            for (early, one), (late, other) in itertools.pairwise(airings):
                if (one or other) and late - early < apart * 3600:
                    found.append(f"{article_id} in {zone}: too soon again")
            if self.problem.rules.max_airings_in_days:
                most, days = self.problem.rules.max_airings_in_days
                for first in range(len(airings) - most):
                    run = airings[first : first + most + 1]
                    if any(ours for _, ours in run) and run[-1][0] - run[0][0] < days * 86400:
                        found.append(f"{article_id} in {zone}: more than {most} in {days} days")
        return found

    def score(self, pairs: Iterable[tuple[str, str]]) -> float:
        """The contract's score of the set."""
        placed = set(pairs)
        total = self._airtime_and_articles(placed) + 5_000 * len(placed & self.previous)
        for session_id, article_id in placed:
            total += self._freshness(self.articles[article_id], self.sessions[session_id])
        return total - 1_000_000 * self.late(placed) - 3_000 * self._never(placed)

    def _airtime_and_articles(self, placed: set[tuple[str, str]]) -> float:
        airtime: Counter[str] = Counter()
        heard: defaultdict[str, set[str]] = defaultdict(set)
        for airing in self.counted:
            airtime[airing.unit] += airing.length_ms
            heard[airing.unit].add(airing.article)
        for _, article_id in placed:
            article = self.articles[article_id]
            airtime[article.unit] += article.length_ms
            heard[article.unit].add(article_id)
        targets = {target.unit: target for target in self.problem.targets}
        total = 0.0
        for unit in {*airtime, *targets}:
            minimum_ms = targets[unit].min_ms if unit in targets else None
            q = (minimum_ms or 300_000) / 1000
            seconds = airtime[unit] / 1000
            for low, high, slope in STEPS:
                steepness = 8 if slope == 60 and not minimum_ms else slope
                total += steepness * min(max(seconds - low * q, 0.0), (high - low) * q)
        for unit, target in targets.items():
            total -= 15_000 * max(0, (target.min_articles or 0) - len(heard[unit]))
        return total

    def _freshness(self, article: Article, session: Session) -> float:
        starts = [one.starts_at for one in self.problem.sessions]
        low = article.not_before or min(starts)
        high = article.expires_at or max(starts) + timedelta(microseconds=4)
        age = (session.starts_at - low) / (high - low)
        return article.length_ms / 1000 * 0.25 * URGENCY[article.priority] * (1 - age)

    def late(self, placed: set[tuple[str, str]]) -> int:
        """(article, zone) pairs not aired by ``air_by`` though a session was open in time."""
        count = 0
        for article in self.problem.articles:
            due = article.air_by
            if due is None:
                continue
            for zone in article.zones or self.zones:
                past = [a for a in self.problem.history if a.article == article.id and a.zone == zone]
                if any(airing.session_starts_at <= due for airing in past):
                    continue
                in_time = [s for s in self.problem.sessions if s.zone == zone and s.starts_at <= due]
                could = any(self.open_to(article, session) for session in in_time)
                count += could and not any((session.id, article.id) in placed for session in in_time)
        return count

    def _never(self, placed: set[tuple[str, str]]) -> int:
        heard = {airing.article for airing in self.problem.history} | {article for _, article in placed}
        return sum(
            article.id not in heard and any(self.open_to(article, session) for session in self.problem.sessions)
            for article in self.problem.articles
        )

    def every_pair(self) -> list[tuple[str, str]]:
        """Every (session, article) that is open."""
        return [
            (session.id, article.id)
            for session in self.problem.sessions
            for article in self.problem.articles
            if self.open_to(article, session)
        ]

    def best(self) -> float:
        """The optimum, by trying every set: for a dozen open pairs at most."""
        open_pairs = self.every_pair()
        assert len(open_pairs) <= 12, "too many to try all"
        best = float("-inf")
        for chosen in range(1 << len(open_pairs)):
            placed = {pair for bit, pair in enumerate(open_pairs) if chosen >> bit & 1}
            score = self.score(placed)
            if score > best and not self.faults(placed):
                best = score
        return best
