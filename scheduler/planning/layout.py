"""From a problem to its tables: who is numbered how, which sessions are open to whom."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.planning.canonical import URGENCY, Colouring, colouring, ordered
from scheduler.planning.kernel_score import LOCKED, PREVIOUS
from scheduler.planning.tables import State, Tables
from scheduler.planning.values import Article, PastAiring, Problem, Session

#: Without a limit on airings; larger than any number of sessions.
UNLIMITED = 10**6
#: The span of a unit's worth where it has no minimum, in seconds, and the first slopes with and without one.
NO_TARGET_S = 300.0
SLOPE_WITH_TARGET, SLOPE_WITHOUT = 60.0, 8.0
#: Numbers that one move may note down to be undone.
SCRATCH = 64


def hours(instant: datetime) -> float:
    """Hours since 1970; the same arithmetic as that of the score's definition."""
    return instant.timestamp() / 3600


@dataclass(frozen=True, slots=True)
class Layout:
    """A problem's tables, the state before anything is placed, and the names behind the numbers."""

    problem: Problem
    tables: Tables
    empty: State
    sessions: tuple[Session, ...]
    zones: tuple[str, ...]
    articles: tuple[Article, ...]
    units: tuple[str, ...]
    session_number: dict[str, int]
    article_number: dict[str, int]
    #: by (article number, zone number)
    pair_number: dict[tuple[int, int], int]
    pair_zone: tuple[int, ...]


class _Builder:
    """Collects the columns; each method fills those of one kind of thing, in the order of ``lay_out``."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        colours = colouring(problem)
        self.now = -1e12 if problem.now is None else hours(problem.now)
        begins = -1e12 if problem.period_starts_at is None else hours(problem.period_starts_at)
        self.counted = [a for a in problem.history if hours(a.session_starts_at) >= begins]
        self._number_names(colours)
        self._number_sessions(colours)
        self._past()
        self._pairs()

    def _number_names(self, colours: Colouring) -> None:
        problem = self.problem
        self.zones = ordered({session.zone for session in problem.sessions}, colours.zones)
        self.zone_number = {name: number for number, name in enumerate(self.zones)}
        names = {a.unit for a in problem.articles} | {t.unit for t in problem.targets} | {a.unit for a in self.counted}
        self.units = ordered(names, colours.units)
        self.unit_number = {name: number for number, name in enumerate(self.units)}
        fields = ordered({a.field for a in problem.articles}, colours.fields)
        self.field_number = {name: number for number, name in enumerate(fields)}
        by_id = {article.id: article for article in problem.articles}
        self.articles = [by_id[name] for name in ordered(by_id, colours.articles)]
        self.article_number = {article.id: number for number, article in enumerate(self.articles)}

    def _number_sessions(self, colours: Colouring) -> None:
        def place(session: Session) -> tuple[int, float, int, str]:
            return self.zone_number[session.zone], hours(session.starts_at), colours.sessions[session.id], session.id

        self.sessions = sorted(self.problem.sessions, key=place)
        self.session_number = {session.id: number for number, session in enumerate(self.sessions)}
        self.hour = [hours(session.starts_at) for session in self.sessions]
        self.session_zone = [self.zone_number[session.zone] for session in self.sessions]
        self.zone_sessions = [bisect_left(self.session_zone, zone) for zone in range(len(self.zones) + 1)]
        self.first_hour = min(self.hour, default=0.0)
        self.last_hour = max(self.hour, default=0.0)

    def _past(self) -> None:
        self.past: defaultdict[tuple[str, str], list[PastAiring]] = defaultdict(list)
        for airing in sorted(self.problem.history, key=lambda airing: airing.session_starts_at.timestamp()):
            self.past[airing.article, airing.zone].append(airing)
        self.heard = {airing.article for airing in self.problem.history}
        self.heard_in_period = {(airing.unit, airing.article) for airing in self.counted}

    def window(self, article: Article, zone: int) -> tuple[int, int]:
        """The sessions of the zone within the article's window, past ones too."""
        first, end = self.zone_sessions[zone], self.zone_sessions[zone + 1]
        lo = self.first_hour if article.not_before is None else hours(article.not_before)
        start = bisect_left(self.hour, lo, first, end)
        if article.expires_at is None:
            return start, end
        return start, max(start, bisect_left(self.hour, hours(article.expires_at), first, end))

    def _pairs(self) -> None:
        """Numbers the pairs zone by zone and finds each one's open sessions."""
        by_zone: list[list[int]] = [[] for _ in self.zones]
        for number, article in enumerate(self.articles):
            for name in article.zones or self.zones:
                if name in self.zone_number:
                    by_zone[self.zone_number[name]].append(number)
        self.zone_pairs = [0]
        self.pair_article: list[int] = []
        self.pair_zone: list[int] = []
        for zone, numbers in enumerate(by_zone):
            self.pair_article += numbers
            self.pair_zone += [zone] * len(numbers)
            self.zone_pairs.append(len(self.pair_article))
        self.pair_number = {
            (article, zone): pair
            for pair, (article, zone) in enumerate(zip(self.pair_article, self.pair_zone, strict=True))
        }
        self.first_open = [
            bisect_left(self.hour, self.now, self.zone_sessions[zone], self.zone_sessions[zone + 1])
            for zone in range(len(self.zones))
        ]
        self.pair_from: list[int] = []
        self.pair_to: list[int] = []
        for number, zone in zip(self.pair_article, self.pair_zone, strict=True):
            start, end = self.window(self.articles[number], zone)
            start = max(start, self.first_open[zone])
            self.pair_from.append(start)
            self.pair_to.append(max(start, end))

    def open_sessions(self, pair: int) -> list[int]:
        """Where the pair could stand given its window, its length, the present and what is locked."""
        article = self.articles[self.pair_article[pair]]
        if article.max_airings == 0:
            return []
        need_ms = article.length_ms + self.problem.rules.gap_ms
        start, end = self.window(article, self.pair_zone[pair])
        fixed = self.locked_sessions.get(pair, frozenset())
        return [
            session
            for session in range(start, end)
            if self.sessions[session].capacity_ms >= need_ms and (session >= self.pair_from[pair] or session in fixed)
        ]

    def held(self) -> tuple[list[int], list[int], list[int]]:
        """By pair, the sessions where it was published or is locked; pairs that no longer exist are left out."""
        flags: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for flag, pairs in ((PREVIOUS, self.problem.previous), (LOCKED, self.problem.locked)):
            for held in pairs:
                session = self.session_number.get(held.session)
                article = self.article_number.get(held.article)
                if session is None or article is None:
                    continue
                pair = self.pair_number.get((article, self.session_zone[session]))
                if pair is not None:
                    flags[pair][session] = flags[pair].get(session, 0) | flag
        self.locked_sessions = {
            pair: frozenset(session for session, flag in row.items() if flag & LOCKED) for pair, row in flags.items()
        }
        first, sessions, kinds = [0], [], []
        for pair in range(len(self.pair_article)):
            for session, flag in sorted(flags.get(pair, {}).items()):
                sessions.append(session)
                kinds.append(flag)
            first.append(len(sessions))
        return first, sessions, kinds

    def due_ends(self) -> tuple[list[int], list[int]]:
        """By pair the end of the sessions in time (0: never late), and by article whether an open session exists."""
        due_end = [0] * len(self.pair_article)
        open_anywhere = [0] * len(self.articles)
        for pair, number in enumerate(self.pair_article):
            article = self.articles[number]
            if open_anywhere[number] and article.air_by is None:
                continue
            open_here = self.open_sessions(pair)
            if open_here:
                open_anywhere[number] = 1
            if article.air_by is None:
                continue
            due = hours(article.air_by)
            zone = self.pair_zone[pair]
            aired = any(
                hours(past.session_starts_at) <= due for past in self.past.get((article.id, self.zones[zone]), ())
            )
            if not aired and any(self.hour[session] <= due for session in open_here):
                due_end[pair] = bisect_right(self.hour, due, self.zone_sessions[zone], self.zone_sessions[zone + 1])
        return due_end, open_anywhere

    def airings(self) -> tuple[list[int], list[int], list[int], list[float]]:
        """By pair its part of the list of airings, with the past already in it, and the hours of the past."""
        first, count = [0], []
        airing: list[int] = []
        past_hours: list[float] = []
        for pair, number in enumerate(self.pair_article):
            article = self.articles[number]
            past = self.past.get((article.id, self.zones[self.pair_zone[pair]]), ())
            numbers = []
            for one in past:
                numbers.append(len(self.sessions) + len(past_hours))
                past_hours.append(hours(one.session_starts_at))
            window = self.pair_to[pair] - self.pair_from[pair] + len(self.locked_sessions.get(pair, ()))
            most = UNLIMITED if article.max_airings is None else article.max_airings
            room = len(numbers) + min(window, most) + 1
            airing += numbers + [0] * (room - len(numbers))
            count.append(len(numbers))
            first.append(len(airing))
        return first, airing, count, past_hours


def _width(builder: _Builder) -> int:
    """The most items that any session could hold, and one more."""
    shortest = [UNLIMITED * 10**6] * len(builder.zones)
    for pair, zone in enumerate(builder.pair_zone):
        article = builder.articles[builder.pair_article[pair]]
        shortest[zone] = min(shortest[zone], article.length_ms + builder.problem.rules.gap_ms)
    widest = 0
    for session, zone in zip(builder.sessions, builder.session_zone, strict=True):
        pairs = builder.zone_pairs[zone + 1] - builder.zone_pairs[zone]
        widest = max(widest, min(pairs, session.capacity_ms // shortest[zone]))
    locked: defaultdict[str, int] = defaultdict(int)
    for held in builder.problem.locked:
        locked[held.session] += 1
    return max(widest, max(locked.values(), default=0)) + 1


def lay_out(problem: Problem) -> Layout:
    """Numbers everything in canonical order and lays out the columns; places nothing."""
    builder = _Builder(problem)
    held_first, held_session, held_flags = builder.held()
    due_end, open_anywhere = builder.due_ends()
    airing_first, airing, airing_count, past_hours = builder.airings()
    targets = {target.unit: target for target in problem.targets}
    minimum_s = [(targets[unit].min_ms or 0) / 1000 if unit in targets else 0.0 for unit in builder.units]
    rules = problem.rules
    days = rules.max_airings_in_days or (0, 0)
    fields = max(1, len(builder.field_number))
    width = _width(builder)
    articles = builder.articles
    tables = Tables(
        limits=[
            width,
            rules.max_per_unit_in_session or 0,
            days[0],
            days[1],
            int(rules.adjacent_same_field),
            fields,
            len(builder.sessions),
            len(builder.zones),
        ],
        hour=builder.hour + past_hours,
        capacity_ms=[session.capacity_ms for session in builder.sessions],
        session_zone=builder.session_zone,
        zone_sessions=builder.zone_sessions,
        zone_pairs=builder.zone_pairs,
        pair_article=builder.pair_article,
        pair_from=builder.pair_from,
        pair_to=builder.pair_to,
        due_end=due_end,
        airing_first=airing_first,
        held_first=held_first,
        held_session=held_session,
        held_flags=held_flags,
        article_unit=[builder.unit_number[article.unit] for article in articles],
        article_field=[builder.field_number[article.field] for article in articles],
        length_ms=[article.length_ms for article in articles],
        need_ms=[article.length_ms + rules.gap_ms for article in articles],
        apart_h=[float(article.min_between_airings_h or rules.min_between_airings_h) for article in articles],
        most_airings=[UNLIMITED if article.max_airings is None else article.max_airings for article in articles],
        fresh_worth=[article.length_ms / 1000 * 0.25 * URGENCY[article.priority] for article in articles],
        fresh_from=[_opens(builder, article) for article in articles],
        fresh_span=[max(1e-9, _closes(builder, article) - _opens(builder, article)) for article in articles],
        never_counts=[
            int(open_anywhere[number] == 1 and article.id not in builder.heard)
            for number, article in enumerate(articles)
        ],
        heard_in_period=[int((article.unit, article.id) in builder.heard_in_period) for article in articles],
        unit_target_s=[seconds or NO_TARGET_S for seconds in minimum_s],
        unit_first_slope=[SLOPE_WITH_TARGET if seconds else SLOPE_WITHOUT for seconds in minimum_s],
        unit_min_articles=[(targets[unit].min_articles or 0) if unit in targets else 0 for unit in builder.units],
    )
    return Layout(
        problem,
        tables,
        _empty(builder, width, fields, airing, airing_count),
        tuple(builder.sessions),
        tuple(builder.zones),
        tuple(articles),
        tuple(builder.units),
        builder.session_number,
        builder.article_number,
        builder.pair_number,
        tuple(builder.pair_zone),
    )


def _opens(builder: _Builder, article: Article) -> float:
    return builder.first_hour if article.not_before is None else hours(article.not_before)


def _closes(builder: _Builder, article: Article) -> float:
    return builder.last_hour + 1e-9 if article.expires_at is None else hours(article.expires_at)


def _empty(builder: _Builder, width: int, fields: int, airing: list[int], airing_count: Sequence[int]) -> State:
    unit_ms = [0] * len(builder.units)
    for past in builder.counted:
        unit_ms[builder.unit_number[past.unit]] += past.length_ms
    unit_articles = [0] * len(builder.units)
    for unit, _ in builder.heard_in_period:
        unit_articles[builder.unit_number[unit]] += 1
    sessions = len(builder.sessions)
    return State(
        item=[0] * (sessions * width),
        item_count=[0] * sessions,
        room_ms=[session.capacity_ms for session in builder.sessions],
        field_count=[0] * (sessions * fields),
        airing=airing,
        airing_count=list(airing_count),
        pair_in_time=[0] * len(builder.pair_article),
        article_airings=[0] * len(builder.articles),
        unit_ms=unit_ms,
        unit_articles=unit_articles,
        random=[0],
        scratch=[0] * SCRATCH,
    )
