"""An order of a problem's parts that depends on what they are, not on what they are called or where they stood.

Each part gets a colour: a number made from its own values and then, round by round, from the colours of the parts that
it is tied to (colour refinement). Only parts that no figure tells apart keep the same colour; these go by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from scheduler.planning.values import Priority, Problem

ROUNDS = 3
URGENCY = {Priority.NORMAL: 1, Priority.PRIORITY: 3, Priority.URGENT: 5}
Colours = dict[str, int]


@dataclass(frozen=True, slots=True)
class Colouring:
    """The colour of each zone, session, article, unit and field, by name."""

    zones: Colours
    sessions: Colours
    articles: Colours
    units: Colours
    fields: Colours


def _moment(instant: datetime | None) -> float:
    return -1.0 if instant is None else instant.timestamp()


def _bag(colours: Iterable[int]) -> int:
    """A colour for many, in whatever order they come. Hashes of tuples of numbers are the same in every process."""
    return hash(tuple(sorted(colours)))


def colouring(problem: Problem) -> Colouring:
    """Refines the colours a few rounds; three tell apart all that is not alike in ever wider surroundings."""
    sessions = {s.id: hash((s.starts_at.timestamp(), s.capacity_ms)) for s in problem.sessions}
    articles: Colours = {}
    for article in problem.articles:
        articles[article.id] = hash(
            (
                article.length_ms,
                URGENCY[article.priority],
                _moment(article.not_before),
                _moment(article.expires_at),
                _moment(article.air_by),
                -1 if article.max_airings is None else article.max_airings,
                article.min_between_airings_h or 0.0,
                len(article.zones),
            )
        )
    units = {t.unit: hash((t.min_ms or 0, t.min_articles or 0)) for t in problem.targets}
    known = Colouring({s.zone: 0 for s in problem.sessions}, sessions, articles, units, {})
    for _ in range(ROUNDS):
        known = _refined(problem, known)
    return known


def _refined(problem: Problem, old: Colouring) -> Colouring:
    zones: defaultdict[str, list[int]] = defaultdict(list)
    articles: defaultdict[str, list[int]] = defaultdict(list)
    units: defaultdict[str, list[int]] = defaultdict(list)
    fields: defaultdict[str, list[int]] = defaultdict(list)
    sessions: defaultdict[str, list[int]] = defaultdict(list)
    for session in problem.sessions:
        zones[session.zone].append(old.sessions[session.id])
        sessions[session.id].append(old.zones.get(session.zone, 0))
    for article in problem.articles:
        colour = old.articles[article.id]
        units[article.unit].append(colour)
        fields[article.field].append(colour)
        for zone in article.zones:
            zones[zone].append(colour)
        articles[article.id].append(_bag(old.zones.get(zone, 0) for zone in article.zones))
        articles[article.id].append(hash((old.units.get(article.unit, 0), old.fields.get(article.field, 0))))
    for airing in problem.history:
        mark = (_moment(airing.session_starts_at), airing.length_ms)
        zones[airing.zone].append(hash((mark, old.articles.get(airing.article, 0))))
        units[airing.unit].append(hash((mark, old.zones.get(airing.zone, 0))))
        articles[airing.article].append(hash((mark, old.zones.get(airing.zone, 0), 1)))
    for kind, pairs in ((2, problem.locked), (3, problem.previous)):
        for pair in pairs:
            sessions[pair.session].append(hash((kind, old.articles.get(pair.article, 0))))
            articles[pair.article].append(hash((kind, old.sessions.get(pair.session, 0))))
    return Colouring(
        *(
            {name: hash((before.get(name, 0), _bag(ties.get(name, ())))) for name in sorted({*before, *ties})}
            for before, ties in (
                (old.zones, zones),
                (old.sessions, sessions),
                (old.articles, articles),
                (old.units, units),
                (old.fields, fields),
            )
        )
    )


def ordered(names: Iterable[Hashable], colours: Colours) -> list[str]:
    """The names by colour; those of one colour by name."""
    return sorted((str(name) for name in names), key=lambda name: (colours.get(name, 0), name))
