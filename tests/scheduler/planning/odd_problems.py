"""Problems for the tests: small and odd ones at random, and a small town."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from scheduler.planning import Article, Pair, PastAiring, Priority, Problem, Rules, Session, Target

MONDAY = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
TZ = "Asia/Ho_Chi_Minh"
FIELDS = ("y-duc", "nong-thon-moi", "lap-nghiep")


def odd_problem(seed: int, *, sessions: int = 6, articles: int = 6, zones: int = 2) -> Problem:
    """A problem with up to so many of each, and every oddity now and then."""
    chance = random.Random(seed)  # a test's dice
    zone_names = [f"z{number}" for number in range(chance.randint(1, zones))]
    slots = [
        Session(
            f"s{number}",
            chance.choice(zone_names),
            MONDAY + timedelta(hours=chance.choice([0, 11.5, 24, 35.5, 48, 72, 96])),
            1_800_000,
            chance.choice([0, 50_000, 200_000, 300_000, 600_000]),
        )
        for number in range(chance.randint(0, sessions))
    ]
    unit_count = chance.choice([1, 2, 4])
    field_count = chance.choice([1, 2, 3])
    stories = [
        _article(chance, number, zone_names, unit_count, field_count) for number in range(chance.randint(0, articles))
    ]
    targets = [
        Target(f"u{number}", chance.choice([None, 0, 60_000, 400_000]), chance.choice([None, 0, 1, 2]))
        for number in range(unit_count)
        if chance.random() < 0.8
    ]
    history = [
        PastAiring(
            chance.choice([story.id for story in stories] or ["gone"]),
            f"u{chance.randrange(unit_count)}",
            MONDAY - timedelta(hours=chance.choice([2, 20, 50, 200])),
            chance.choice(zone_names),
            chance.choice([60_000, 120_000]),
        )
        for _ in range(chance.choice([0, 0, 1, 3]))
    ]
    previous = [
        Pair(chance.choice(slots).id, chance.choice(stories).id)
        for _ in range(chance.choice([0, 0, 2]))
        if slots and stories
    ]
    return Problem(
        TZ,
        now=chance.choice([None, None, MONDAY + timedelta(hours=20)]),
        period_starts_at=chance.choice([None, MONDAY - timedelta(hours=30)]),
        sessions=tuple(slots),
        articles=tuple(stories),
        targets=tuple(targets),
        history=tuple(history),
        previous=tuple(dict.fromkeys(previous)),
        rules=Rules(
            gap_ms=chance.choice([0, 1_500]),
            min_between_airings_h=chance.choice([0, 11, 24]),
            max_airings_in_days=chance.choice([None, (1, 2), (2, 3)]),
            max_per_unit_in_session=chance.choice([None, 1, 2]),
            adjacent_same_field=chance.random() < 0.5,
        ),
    )


def _article(chance: random.Random, number: int, zones: list[str], units: int, fields: int) -> Article:
    opens = chance.choice([None, None, 0, 24, 60])
    closes = chance.choice([None, None, 12, 48, 80])
    priority = chance.choice(list(Priority))
    return Article(
        f"a{number}",
        f"u{chance.randrange(units)}",
        FIELDS[chance.randrange(fields)],
        chance.choice([40_000, 100_000, 150_000, 250_000]),
        priority,
        "exemplar",
        None if opens is None else MONDAY + timedelta(hours=opens),
        None if closes is None else MONDAY + timedelta(hours=(opens or 0) + closes),
        MONDAY + timedelta(hours=(opens or 0) + 30) if priority is Priority.URGENT else None,
        tuple(chance.sample([*zones, "nowhere"], chance.choice([0, 1, len(zones)]))),
        chance.choice([None, 0, 1, 2, 3]),
        chance.choice([None, None, 23.0]),
    )


def small_town(seed: int = 1, *, days: int = 6, zones: int = 2, articles: int = 40, units: int = 12) -> Problem:
    """A week of a small town that is tight enough for choices to matter."""
    chance = random.Random(seed)  # a test's dice
    sessions = tuple(
        Session(f"z{zone}-{day}-{hour}", f"z{zone}", MONDAY + timedelta(days=day, hours=hour), 900_000, 840_000)
        for zone in range(zones)
        for day in range(days)
        for hour in (0, 11)
    )
    stories = []
    for number in range(articles):
        opens = chance.randrange(days)
        urgent = chance.random() < 0.08
        stories.append(
            Article(
                f"a{number}",
                f"u{chance.randrange(units)}",
                chance.choice(["y-duc", "nong-thon-moi", "lap-nghiep", "day-tot-hoc-tot", "an-ninh"]),
                chance.randrange(60, 300) * 1000,
                Priority.URGENT if urgent else chance.choice([Priority.NORMAL, Priority.NORMAL, Priority.PRIORITY]),
                "spontaneous" if urgent else "exemplar",
                MONDAY + timedelta(days=opens),
                MONDAY + timedelta(days=opens + chance.randint(2, days)),
                MONDAY + timedelta(days=opens + 1) if urgent else None,
                tuple(f"z{zone}" for zone in range(zones) if zone == number % zones or chance.random() < 0.5),
                chance.randint(2, 4),
                chance.choice([11.0, 23.0]),
            )
        )
    minimum = [chance.randrange(600, 1500) * 1000 for _ in range(units)]
    targets = tuple(Target(f"u{number}", minimum[number], 1) for number in range(units))
    rules = Rules(1_500, 11, (3, 7), 1, False)
    return Problem(TZ, None, MONDAY, sessions, tuple(stories), targets, rules=rules)
