"""What became of a session: late, cut short, doubled, displaced, missed; every case as values, without any books."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.verdicts import Expected, Play, Tolerances, Verdict, judge

START = datetime.fromisoformat("2026-11-10T05:30:00+07:00")
LENGTH_MS = 600_000
SLOT_MS = 900_000
TOLERANCES = Tolerances(late_ms=120_000, short_ms=10_000, displaced_ms=1_800_000, awaited_ms=7_200_000)
LATER = START + timedelta(days=5)
JUST_OVER = START + timedelta(milliseconds=SLOT_MS)
EXPECTED = Expected(True, START, SLOT_MS, frozenset({"a"}))


def play(late_s: float = 0, played_ms: int = LENGTH_MS) -> Play:
    return Play(START + timedelta(seconds=late_s), played_ms, LENGTH_MS)


def verdict_on(*plays: Play, expected: Expected = EXPECTED, now: datetime = LATER) -> Verdict | None:
    found = judge(expected, {"a": plays} if plays else {}, now=now, tolerances=TOLERANCES)
    return found.verdict if found else None


@pytest.mark.parametrize(
    ("plays", "verdict"),
    [
        ([play()], Verdict.AS_PLANNED),
        ([play(120)], Verdict.AS_PLANNED),
        ([play(-120)], Verdict.AS_PLANNED),
        ([play(120.001)], Verdict.LATE),
        ([play(1800)], Verdict.LATE),
        ([play(1800.001)], Verdict.DISPLACED),
        ([play(-120.001)], Verdict.DISPLACED),
        ([play(86_400)], Verdict.DISPLACED),
        ([play(0, LENGTH_MS - 10_000)], Verdict.AS_PLANNED),
        ([play(0, LENGTH_MS - 10_001)], Verdict.PARTIAL),
        ([play(0, 1)], Verdict.PARTIAL),
        ([play(600, 1)], Verdict.PARTIAL),
        ([play(0, 0)], Verdict.MISSED),
        ([play(), play(700)], Verdict.DUPLICATE),
        ([play(), play()], Verdict.DUPLICATE),
        ([play(0, 0), play(200)], Verdict.LATE),
        ([play(0, 200_000), play(300, 300_000)], Verdict.PARTIAL),
        ([play(0, 200_000), play(300)], Verdict.DUPLICATE),
        ([], Verdict.MISSED),
    ],
)
def test_what_one_player_did_decides(plays: list[Play], verdict: Verdict) -> None:
    assert verdict_on(*plays) == verdict


@pytest.mark.parametrize(
    ("moment", "verdict"),
    [
        (START - timedelta(hours=1), None),
        (START, None),
        (JUST_OVER - timedelta(milliseconds=1), None),
        (JUST_OVER, Verdict.AWAITED),
        (JUST_OVER + timedelta(hours=2, milliseconds=-1), Verdict.AWAITED),
        (JUST_OVER + timedelta(hours=2), Verdict.MISSED),
    ],
)
def test_silence_means_nothing_at_first(moment: datetime, verdict: Verdict | None) -> None:
    assert verdict_on(now=moment) == verdict


def test_a_reported_failure_is_known_at_once() -> None:
    assert verdict_on(play(0, 0), now=START + timedelta(seconds=5)) == Verdict.MISSED


def test_the_zone_was_served_as_well_as_its_best_player() -> None:
    expected = Expected(True, START, SLOT_MS, frozenset({"a", "b", "c"}))
    plays = {"a": [play(0, 5)], "b": [play(300)]}
    found = judge(expected, plays, now=LATER, tolerances=TOLERANCES)
    assert found is not None
    assert found.verdict == Verdict.LATE
    assert {one.player: one.verdict for one in found.players} == {
        "a": Verdict.PARTIAL,
        "b": Verdict.LATE,
        "c": Verdict.MISSED,
    }


@pytest.mark.parametrize(
    ("plays", "verdict"),
    [([play()], Verdict.UNPLANNED), ([play(0, 9)], Verdict.UNPLANNED), ([play(0, 0)], None), ([], None)],
)
def test_what_nobody_planned_is_told_when_it_was_heard(plays: list[Play], verdict: Verdict | None) -> None:
    assert verdict_on(*plays, expected=Expected(False, START, SLOT_MS, frozenset({"a"}))) == verdict


def test_a_zone_without_players_is_missed_unless_somebody_reports() -> None:
    nobody = Expected(True, START, SLOT_MS, frozenset())
    assert verdict_on(expected=nobody) == Verdict.MISSED
    found = judge(nobody, {"": [play()]}, now=LATER, tolerances=TOLERANCES)
    assert found is not None
    assert found.verdict == Verdict.AS_PLANNED


@given(
    st.lists(st.tuples(st.integers(-4000, 4000), st.integers(0, LENGTH_MS + 1000)), max_size=5),
    st.integers(0, 10_000),
)
def test_any_reports_give_one_verdict_and_more_of_them_never_a_worse_one_for_the_zone(
    reports: list[tuple[int, int]], later_s: int
) -> None:
    expected = Expected(True, START, SLOT_MS, frozenset({"a", "b"}))
    now = JUST_OVER + timedelta(seconds=later_s)
    plays = {"a": [play(late_s, played_ms) for late_s, played_ms in reports]}
    alone = judge(expected, plays, now=now, tolerances=TOLERANCES)
    both = judge(expected, {**plays, "b": [play()]}, now=now, tolerances=TOLERANCES)
    assert alone is not None
    assert both is not None
    assert both.verdict == Verdict.AS_PLANNED
    assert {one.player for one in alone.players} == {"a", "b"}
    assert all((one.played_ms > 0) == (one.started_at is not None) for one in alone.players)
