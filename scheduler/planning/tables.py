"""A problem laid out as flat sequences of numbers, for the inner loops: ``Tables`` never change, ``State`` does.

Sessions are numbered by zone and then by time; a *pair* is an article in one of its zones, numbered by zone. So each
zone's sessions and pairs are ranges, and so are the sessions within an article's window.
"""

from __future__ import annotations

from typing import NamedTuple

Numbers = list[int]
Reals = list[float]


#: The columns of the tables that hold real numbers.
REAL_COLUMNS = frozenset(
    {"hour", "apart_h", "fresh_worth", "fresh_from", "fresh_span", "unit_target_s", "unit_first_slope"}
)


class Tables(NamedTuple):
    """What stays. Hours are hours since 1970 as reals, so that windows and distances compare as the score does."""

    #: width of a session's row of items, most of a unit in a session (0: any), [n, days] (0: any), 1 if neighbours
    #: of one field are allowed, number of fields, sessions, zones
    limits: Numbers
    #: by session, and after the last session by past airing
    hour: Reals
    capacity_ms: Numbers
    session_zone: Numbers
    #: the sessions of zone z are zone_sessions[z] up to zone_sessions[z + 1]; likewise its pairs
    zone_sessions: Numbers
    zone_pairs: Numbers
    #: by pair: its article; the sessions of its window that are not in the past (from, up to); the end of those in
    #: time for ``air_by`` (0 where nothing is late any more, or ever); its part of State.airing; what is held
    pair_article: Numbers
    pair_from: Numbers
    pair_to: Numbers
    due_end: Numbers
    airing_first: Numbers
    held_first: Numbers
    held_session: Numbers
    held_flags: Numbers
    #: by article
    article_unit: Numbers
    article_field: Numbers
    length_ms: Numbers
    need_ms: Numbers
    apart_h: Reals
    most_airings: Numbers
    fresh_worth: Reals
    fresh_from: Reals
    fresh_span: Reals
    never_counts: Numbers
    heard_in_period: Numbers
    #: by unit
    unit_target_s: Reals
    unit_first_slope: Reals
    unit_min_articles: Numbers


class State(NamedTuple):
    """What moves: who stands in which session, and all sums that follow from it."""

    #: limits[0] items for each session, of which the first item_count are filled
    item: Numbers
    item_count: Numbers
    room_ms: Numbers
    field_count: Numbers
    #: by pair: the sessions (or past airings) where it airs, by time
    airing: Numbers
    airing_count: Numbers
    pair_in_time: Numbers
    article_airings: Numbers
    unit_ms: Numbers
    unit_articles: Numbers
    #: one number: the state of the random source
    random: Numbers
    #: room for the steps of one move, so that it can be undone
    scratch: Numbers
