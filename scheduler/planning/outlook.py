"""What can be said before planning starts: how much room there is, how much is owed, and what no plan can reach."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from scheduler.planning.checks import check_problem
from scheduler.planning.layout import Layout, hours, lay_out
from scheduler.planning.score import unreachable_units
from scheduler.planning.values import Problem


@dataclass(frozen=True, slots=True)
class ZoneOutlook:
    """A zone's sessions to come, the room in them, and how much of it is taken by what is locked."""

    zone: str
    sessions: int
    room_ms: int
    locked_ms: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A unit that no plan can give its minimum: ``reachable_ms`` is what it gets with every session to itself.

    ``articles`` is how many distinct articles it could have heard at most, of ``min_articles``; ``target_ms`` or
    ``min_articles`` is 0 where only the other is out of reach.
    """

    unit: str
    target_ms: int
    reachable_ms: int
    min_articles: int
    articles: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """The month before planning. ``lacking_ms`` is what all minimums together exceed the room by, if they do."""

    zones: tuple[ZoneOutlook, ...]
    room_ms: int
    owed_ms: int
    unreachable: tuple[Unreachable, ...]
    #: articles that no session is open to
    homeless: tuple[str, ...]

    @property
    def lacking_ms(self) -> int:
        return max(0, self.owed_ms - self.room_ms)


def outlook(problem: Problem) -> Outlook:
    """Looks at a problem without planning it; takes as long as laying it out.

    ``owed_ms`` adds up, over the units, what each still lacks of its minimum, as far as it could reach it at all, with
    the pause after each item reckoned in by the unit's own mean length.

    Raises:
        ProblemError: names every fault of the problem's values.
    """
    check_problem(problem)
    layout = lay_out(problem)
    zones = _zones(layout)
    reachable = unreachable_units(layout)
    reachable_articles = _reachable_articles(layout)
    room_ms = sum(zone.room_ms for zone in zones)
    homeless = []
    for number, article in enumerate(layout.articles):
        if not _has_open_session(layout, number):
            homeless.append(article.id)
    unreachable = []
    for target in sorted(problem.targets, key=lambda one: one.unit):
        articles, least = reachable_articles[target.unit], target.min_articles or 0
        short = target.unit in reachable
        if short or articles < least:
            unreachable.append(
                Unreachable(
                    target.unit,
                    (target.min_ms or 0) if short else 0,
                    reachable.get(target.unit, 0),
                    least if articles < least else 0,
                    articles,
                )
            )
    return Outlook(zones, room_ms, _owed_ms(layout, reachable), tuple(unreachable), tuple(sorted(homeless)))


def _zones(layout: Layout) -> tuple[ZoneOutlook, ...]:
    problem = layout.problem
    now = None if problem.now is None else hours(problem.now)
    needs = {article.id: article.length_ms + problem.rules.gap_ms for article in problem.articles}
    locked: defaultdict[str, int] = defaultdict(int)
    for pair in problem.locked:
        locked[pair.session] += needs.get(pair.article, 0)
    found: dict[str, list[int]] = {zone: [0, 0, 0] for zone in layout.zones}
    for session in layout.sessions:
        if now is None or hours(session.starts_at) >= now:
            row = found[session.zone]
            row[0] += 1
            row[1] += session.capacity_ms
            row[2] += locked[session.id]
    return tuple(ZoneOutlook(zone, *found[zone]) for zone in sorted(found))


def _pairs_of(layout: Layout, article: int) -> list[int]:
    zones = range(len(layout.zones))
    return [layout.pair_number[article, zone] for zone in zones if (article, zone) in layout.pair_number]


def _has_open_session(layout: Layout, article: int) -> bool:
    tables = layout.tables
    for pair in _pairs_of(layout, article):
        if layout.empty.airing_count[pair] >= tables.most_airings[article]:
            continue
        for session in range(tables.pair_from[pair], tables.pair_to[pair]):
            if tables.capacity_ms[session] >= tables.need_ms[article]:
                return True
    return False


def _reachable_articles(layout: Layout) -> defaultdict[str, int]:
    """How many distinct articles of each unit could be heard in the period, those heard already included."""
    tables = layout.tables
    found: defaultdict[str, int] = defaultdict(int)
    for number, unit in enumerate(layout.units):
        found[unit] = layout.empty.unit_articles[number]
    for number, article in enumerate(layout.articles):
        if not tables.heard_in_period[number] and _has_open_session(layout, number):
            found[article.unit] += 1
    return found


def _owed_ms(layout: Layout, reachable: dict[str, int]) -> int:
    tables = layout.tables
    minimum = {target.unit: target.min_ms or 0 for target in layout.problem.targets}
    lengths: defaultdict[int, list[int]] = defaultdict(list)
    for article, owner in enumerate(tables.article_unit):
        lengths[owner].append(tables.length_ms[article])
    owed = 0
    for number, unit in enumerate(layout.units):
        wanted = min(minimum.get(unit, 0), reachable.get(unit, minimum.get(unit, 0)))
        lacks = max(0, wanted - layout.empty.unit_ms[number])
        if lacks and lengths[number]:
            mean = sum(lengths[number]) / len(lengths[number])
            owed += round(lacks * (1 + layout.problem.rules.gap_ms / mean))
    return owed
