from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from random import Random

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.slots import (
    DECIDED_SWAP_DAYS,
    STATION_TZ,
    SlotException,
    StationCalendar,
    WeeklyRule,
    change_rule,
    check_occurrences,
    check_rules,
    from_recurrence,
    from_rrule,
    occurrences,
    to_recurrence,
    to_rrule,
)

FIRST = date(2026, 1, 1)
CALENDAR = StationCalendar(swap_days=DECIDED_SWAP_DAYS, own_days_off={date(2026, 6, 11): "đại hội thi đua"})
DAYS = st.integers(0, 364).map(lambda number: FIRST + timedelta(days=number))
TIMES = st.integers(0, 24 * 12 - 1).map(lambda step: time(step // 12, step % 12 * 5))
WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)


@dataclass(frozen=True)
class Town:
    rules: list[WeeklyRule]
    exceptions: list[SlotException]
    first: date


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Rules that mostly hold around a day, and exceptions near it."""
    first = draw(DAYS)
    rules = []
    for zone in draw(st.sampled_from([["a"], ["a", "b"]])):
        for name in draw(st.sampled_from([["x"], ["x", "y"], ["x", "y", "z"]])):
            valid_from = first + timedelta(days=draw(st.integers(-60, 20)))
            lasts_days = draw(st.none() | st.integers(0, 90))
            rules.append(
                WeeklyRule(
                    name,
                    zone,
                    draw(WEEKDAYS),
                    draw(TIMES),
                    draw(st.integers(1, 240)) * 60_000,
                    valid_from,
                    None if lasts_days is None else valid_from + timedelta(days=lasts_days),
                    draw(st.sampled_from([None, "x", "y"])),
                    draw(st.booleans()),
                )
            )
    exceptions = [
        SlotException(
            draw(st.sampled_from([None, "a", "b"])),
            first + timedelta(days=draw(st.integers(-5, 20))),
            "x",
            draw(st.sampled_from(["cancel", "move"])),
            draw(TIMES),
            draw(st.none() | st.just(600_000)),
            draw(st.sampled_from(["", "vì mưa", "vì họp"])),
        )
        for _ in range(draw(st.integers(0, 6)))
    ]
    return Town(rules, exceptions, first)


@given(towns(), st.integers(0, 20), st.integers(0, 20))
@settings(deadline=None)
def test_a_stretch_of_days_is_its_days_one_by_one(town: Town, before: int, after: int) -> None:
    made, exceptions, first = town.rules, town.exceptions, town.first
    middle, last = first + timedelta(days=before), first + timedelta(days=before + after)
    whole = occurrences(made, exceptions, CALENDAR, first, last)
    parts = [
        occurrences(made, exceptions, CALENDAR, first, middle - timedelta(days=1)),
        occurrences(made, exceptions, CALENDAR, middle, last),
    ]
    assert whole.occurrences == parts[0].occurrences + parts[1].occurrences
    assert whole.missing == parts[0].missing + parts[1].missing


@given(towns(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_input_changes_nothing(town: Town, random: Random) -> None:
    made, exceptions, first = town.rules, town.exceptions, town.first
    last = first + timedelta(days=14)
    expected = occurrences(made, exceptions, CALENDAR, first, last)
    mixed, mixed_exceptions = list(made), list(exceptions)
    random.shuffle(mixed)
    random.shuffle(mixed_exceptions)
    assert occurrences(mixed, mixed_exceptions, CALENDAR, first, last) == expected


@given(towns())
@settings(deadline=None)
def test_each_day_of_a_rule_either_airs_or_is_missing_with_a_reason(town: Town) -> None:
    made, exceptions, first = town.rules, town.exceptions, town.first
    days = [first + timedelta(days=number) for number in range(21)]
    schedule = occurrences(made, exceptions, CALENDAR, days[0], days[-1])
    found = Counter((one.zone, one.rule, one.starts_at.date()) for one in schedule.occurrences)
    found.update((gap.zone, gap.rule, gap.date) for gap in schedule.missing)
    assert set(found.values()) <= {1}
    expected = {
        (rule.zone, rule.id, day)
        for rule in made
        for day in days
        if rule.is_valid_on(day) and day.weekday() in rule.weekdays
    }
    worked_in_swaps = {swap.worked for swap in DECIDED_SWAP_DAYS}
    assert expected <= found.keys()
    assert {day for _, _, day in found.keys() - expected} <= worked_in_swaps
    assert all(gap.reason for gap in schedule.missing)


@given(towns())
@settings(deadline=None)
def test_what_is_repeated_is_the_latest_session_of_the_repeated_rule_that_was_over(town: Town) -> None:
    made, exceptions, first = town.rules, town.exceptions, town.first
    last = first + timedelta(days=7)
    schedule = occurrences(made, exceptions, CALENDAR, first, last)
    around = occurrences(made, exceptions, CALENDAR, first - timedelta(days=40), last).occurrences
    repeats = {(rule.zone, rule.id): rule.repeats for rule in made}
    for session in schedule.occurrences:
        source = repeats[session.zone, session.rule or ""]
        over = [
            one.starts_at
            for one in around
            if one.zone == session.zone
            and one.rule == source
            and one.ends_at <= session.starts_at
            and (session.starts_at.date() - one.starts_at.date()).days <= 31
        ]
        assert session.repeats_starts_at == max(over, default=None)


@given(towns(), WEEKDAYS, TIMES)
@settings(deadline=None)
def test_changing_a_rule_shifts_nothing_before_the_change(town: Town, weekdays: frozenset[int], at: time) -> None:
    made, exceptions, change = town.rules, town.exceptions, town.first + timedelta(days=7)
    version = replace(made[0], weekdays=weekdays, starts_at=at, valid_from=change, valid_to=None)
    changed = change_rule(made, version, today=change)
    assert not {fault.code for fault in check_rules(changed)} & {"versions_overlap", "ends_before_it_begins"}
    before = (change - timedelta(days=30), change - timedelta(days=1))
    assert occurrences(changed, exceptions, CALENDAR, *before) == occurrences(made, exceptions, CALENDAR, *before)
    from_then = occurrences([version], exceptions, CALENDAR, change, change + timedelta(days=14))
    found = occurrences(changed, exceptions, CALENDAR, change, change + timedelta(days=14))
    assert [one.starts_at for one in found.occurrences if (one.zone, one.rule) == (version.zone, version.id)] == [
        one.starts_at for one in from_then.occurrences
    ]


def starts_of(text: str, last: date) -> set[str]:
    """What dateutil makes of the text, up to a day."""
    found = set()
    for instant in rrulestr(text, forceset=True):
        local = instant.astimezone(STATION_TZ)
        if local.date() > last:
            break
        found.add(local.isoformat())
    return found


@given(towns())
@settings(deadline=None)
def test_dateutil_reads_a_rule_as_the_same_sessions(town: Town) -> None:
    made = town.rules
    for rule in made:
        plain = replace(rule, on_holidays=True)
        last = rule.valid_from + timedelta(days=60)
        expected = occurrences([plain], [], CALENDAR, rule.valid_from, last).occurrences
        if expected:
            assert starts_of(to_rrule(plain), last) == {one.starts_at.isoformat() for one in expected}


@given(towns())
@settings(deadline=None)
def test_dateutil_reads_holidays_and_exceptions_as_the_same_sessions(town: Town) -> None:
    made, exceptions = town.rules, town.exceptions
    for rule in made:
        last = rule.valid_from + timedelta(days=60)
        if not any(rule.is_valid_on(rule.valid_from + timedelta(days=day)) for day in range(7)):
            continue
        expected = {
            one.starts_at.isoformat()
            for one in occurrences([rule], exceptions, CALENDAR, rule.valid_from, last).occurrences
        }
        ruled_days = [rule.valid_from + timedelta(days=day) for day in range(61)]
        if any(rule.is_valid_on(day) and day.weekday() in rule.weekdays for day in ruled_days):
            text = to_recurrence(rule, exceptions, CALENDAR, last)
            assert starts_of(text, last) == expected
            again, singles = from_recurrence(text, id=rule.id, zone=rule.zone, length_ms=rule.length_ms)
            plain = replace(again, on_holidays=True)
            found = occurrences([plain], singles, CALENDAR, rule.valid_from, last).occurrences
            assert {one.starts_at.isoformat() for one in found} == expected


@given(towns())
@settings(deadline=None)
def test_a_rule_survives_its_recurrence(town: Town) -> None:
    made = town.rules
    for rule in made:
        week = [rule.valid_from + timedelta(days=day) for day in range(7)]
        if any(rule.is_valid_on(day) and day.weekday() in rule.weekdays for day in week):
            again = from_rrule(
                to_rrule(rule),
                id=rule.id,
                zone=rule.zone,
                length_ms=rule.length_ms,
                repeats=rule.repeats,
                on_holidays=rule.on_holidays,
            )
            assert again == replace(rule, valid_from=again.valid_from, valid_to=again.valid_to)
            assert rule.valid_from <= again.valid_from < rule.valid_from + timedelta(days=7)
            assert (again.valid_to is None) == (rule.valid_to is None)


@given(towns())
@settings(deadline=None)
def test_rules_overlap_exactly_if_their_sessions_do(town: Town) -> None:
    made = town.rules
    plain = [replace(rule, on_holidays=True) for rule in made]
    schedule = occurrences(plain, [], CALENDAR, town.first - timedelta(days=60), town.first + timedelta(days=120))
    in_sessions = {fault.zone for fault in check_occurrences(schedule.occurrences) if fault.code == "overlap"}
    assert {fault.zone for fault in check_rules(plain) if fault.code == "overlap"} == in_sessions
