from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.clockwork import due_daily, due_instants

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
INSTANTS = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def at(words: str) -> datetime:
    return datetime.fromisoformat(words)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", []),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:59.999Z", []),
        ("2026-11-22T09:59:59.999Z", "2026-11-22T10:00:00Z", ["10:00"]),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:01:00Z", ["10:01"]),
        ("2026-11-22T10:00:30Z", "2026-11-22T10:03:10Z", ["10:01", "10:02", "10:03"]),
        ("2026-11-22T10:05:00Z", "2026-11-22T10:00:00Z", []),
        ("2026-11-22T17:00:30+07:00", "2026-11-22T10:01:00Z", ["10:01"]),
    ],
)
def test_an_instant_is_due_once_after_since_and_up_to_until(since: str, until: str, expected: list[str]) -> None:
    assert [f"{instant:%H:%M}" for instant in due_instants(60, at(since), at(until))] == expected


def test_a_long_outage_is_caught_up_piece_by_piece_oldest_first() -> None:
    since, until = at("2026-11-22T10:00:00Z"), at("2026-11-22T11:00:00Z")
    done: list[datetime] = []
    while piece := due_instants(60, done[-1] if done else since, until, at_most=7):
        assert len(piece) == min(7, 60 - len(done))
        done.extend(piece)
    assert done == list(due_instants(60, since, until))
    assert len(done) == 60


@pytest.mark.parametrize("every_s", [0, -60])
def test_a_beat_below_a_second_is_refused(every_s: int) -> None:
    with pytest.raises(ValueError, match="every_s"):
        due_instants(every_s, at("2026-11-22T10:00:00Z"), at("2026-11-22T11:00:00Z"))


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        due_instants(60, datetime(2026, 11, 22), at("2026-11-22T11:00:00Z"))  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ValueError, match="aware"):
        due_daily(time(5, 30), VIET_NAM, at("2026-11-22T11:00:00Z"), datetime(2026, 11, 23))  # noqa: DTZ001


@given(
    every_s=st.integers(1, 86_400),
    since=INSTANTS,
    lengths_s=st.lists(st.integers(0, 100_000), min_size=1, max_size=6),
)
def test_ticks_of_any_rhythm_find_every_instant_exactly_once(
    every_s: int, since: datetime, lengths_s: list[int]
) -> None:
    every_s = max(every_s, sum(lengths_s) // 500)
    ends = [since]
    for length_s in lengths_s:
        ends.append(ends[-1] + timedelta(seconds=length_s))
    piecewise = [due for start, end in pairwise(ends) for due in due_instants(every_s, start, end)]
    assert piecewise == list(due_instants(every_s, since, ends[-1]))
    assert all(due.timestamp() % every_s == 0 for due in piecewise)
    assert piecewise == sorted(set(piecewise))


@pytest.mark.parametrize(
    ("tz", "clock", "since", "until", "expected"),
    [
        (VIET_NAM, time(0, 5), "2026-11-22T16:00:00Z", "2026-11-24T16:00:00Z", ["22T17:05", "23T17:05"]),
        (VIET_NAM, time(17, 0), "2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z", ["23T10:00"]),
        (VIET_NAM, time(17, 0), "2026-11-22T09:59:59Z", "2026-11-22T10:00:00Z", ["22T10:00"]),
        (BERLIN, time(17, 0), "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z", ["28T16:00", "29T15:00"]),
        (BERLIN, time(2, 30), "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", ["29T01:30"]),
        (BERLIN, time(2, 30), "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z", ["25T00:30"]),
    ],
    ids=["new-day", "on-the-dot", "just-reached", "clocks-change", "skipped-time", "time-that-comes-twice"],
)
def test_a_daily_job_keeps_its_place_on_station_clocks(
    tz: ZoneInfo, clock: time, since: str, until: str, expected: list[str]
) -> None:
    assert [f"{due:%dT%H:%M}" for due in due_daily(clock, tz, at(since), at(until))] == expected


@given(since=INSTANTS, days=st.integers(0, 40), clock=st.times())
@settings(deadline=None)
def test_a_daily_job_is_due_as_often_as_days_pass(since: datetime, days: int, clock: time) -> None:
    due = due_daily(clock, VIET_NAM, since, since + timedelta(days=days))
    assert len(due) == days
    assert {instant.astimezone(VIET_NAM).time() for instant in due} <= {clock}
