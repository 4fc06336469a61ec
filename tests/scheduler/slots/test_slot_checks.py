from dataclasses import replace
from datetime import date, time

import pytest

from scheduler.slots import (
    URBAN_LONGEST_SESSION_MS,
    SlotException,
    StationCalendar,
    SwapDay,
    WeeklyRule,
    ZoneLimits,
    check_occurrences,
    check_rules,
    occurrences,
)

MINUTE_MS = 60_000
WORKING_WEEK = frozenset(range(5))
EVENING = WeeklyRule("chieu", "tt", WORKING_WEEK, time(17, 0), 30 * MINUTE_MS, date(2026, 1, 1))
MORNING = WeeklyRule("sang", "tt", WORKING_WEEK, time(5, 30), 45 * MINUTE_MS, date(2026, 1, 1), repeats="chieu")


def codes(*rules: WeeklyRule, limits: tuple[ZoneLimits, ...] = ()) -> list[tuple[str, str | None]]:
    return [(fault.code, fault.rule) for fault in check_rules(rules, limits)]


def test_rules_at_the_very_limits_have_no_fault() -> None:
    assert codes(EVENING, MORNING) == []


@pytest.mark.parametrize(
    ("rule", "code", "text"),
    [
        (
            replace(MORNING, starts_at=time(5, 29)),
            "too_early",
            "Lịch sang bắt đầu lúc 05:29; địa bàn tt sớm nhất 05:30.",
        ),
        (
            replace(MORNING, length_ms=45 * MINUTE_MS + 1_500),
            "too_long",
            "Lịch sang dài 45,025 phút; địa bàn tt mỗi buổi nhiều nhất 45 phút.",
        ),
        (replace(MORNING, length_ms=0), "no_length", "Lịch sang: thời lượng phải lớn hơn 0."),
        (
            replace(MORNING, weekdays=frozenset()),
            "no_weekday",
            "Lịch sang: chọn ít nhất một ngày, từ thứ Hai đến Chủ nhật.",
        ),
        (
            replace(MORNING, weekdays=frozenset({7})),
            "no_weekday",
            "Lịch sang: chọn ít nhất một ngày, từ thứ Hai đến Chủ nhật.",
        ),
        (
            replace(MORNING, valid_to=date(2025, 12, 31)),
            "ends_before_it_begins",
            "Lịch sang: ngày kết thúc (thứ Tư 31/12/2025) trước ngày bắt đầu (thứ Năm 1/1/2026).",
        ),
        (
            replace(MORNING, repeats="toi"),
            "repeats_unknown",
            "Lịch sang phát lại toi, nhưng địa bàn tt không có lịch đó.",
        ),
        (
            replace(MORNING, repeats="sang"),
            "repeats_in_a_circle",
            "Lịch sang phát lại chính nó (trực tiếp hoặc vòng quanh).",
        ),
    ],
)
def test_each_fault_is_said_in_vietnamese_with_its_place(rule: WeeklyRule, code: str, text: str) -> None:
    (fault,) = check_rules([EVENING, rule])
    assert (fault.code, fault.zone, fault.rule, fault.text) == (code, "tt", "sang", text)


def test_all_faults_come_at_once_whatever_the_order_of_the_rules() -> None:
    bad = replace(MORNING, starts_at=time(4, 30), length_ms=60 * MINUTE_MS, repeats="toi", weekdays=frozenset())
    assert codes(bad, EVENING) == [
        ("no_weekday", "sang"),
        ("repeats_unknown", "sang"),
        ("too_early", "sang"),
        ("too_long", "sang"),
    ]
    assert check_rules([EVENING, bad]) == check_rules([bad, EVENING])


def test_a_zones_own_limits_replace_the_towns() -> None:
    urban = ZoneLimits("tt", longest_session_ms=URBAN_LONGEST_SESSION_MS)
    assert codes(EVENING, limits=(urban,)) == [("too_long", "chieu")]
    assert codes(EVENING, limits=(replace(urban, zone="khac"),)) == []
    assert codes(replace(MORNING, repeats=None), limits=(ZoneLimits("tt", earliest_start=time(6, 0)),)) == [
        ("too_early", "sang")
    ]


def test_a_circle_of_repeats_is_named_on_every_rule_in_it_and_on_no_other() -> None:
    one = replace(EVENING, repeats="sang")
    noon = replace(EVENING, id="trua", starts_at=time(11, 0), repeats="sang")
    assert codes(one, MORNING, noon) == [("repeats_in_a_circle", "chieu"), ("repeats_in_a_circle", "sang")]


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ((time(17, 0), 30, {0}), (time(17, 30), 30, {0}), False),
        ((time(17, 30), 30, {0}), (time(17, 0), 30, {0}), False),
        ((time(17, 0), 30, {0}), (time(17, 29), 30, {0}), True),
        ((time(17, 0), 30, {0}), (time(17, 29), 30, {1}), False),
        ((time(17, 0), 30, {0, 2}), (time(16, 0), 120, {2, 4}), True),
        ((time(23, 30), 45, {0}), (time(0, 10), 5, {1}), True),
        ((time(23, 30), 45, {6}), (time(0, 10), 5, {0}), True),
        ((time(23, 30), 45, {6}), (time(0, 15), 5, {0}), False),
        ((time(17, 0), 30, {3}), (time(17, 0), 30, {3}), True),
    ],
    ids=[
        "touching",
        "touching-before",
        "by-a-minute",
        "other-day",
        "inside",
        "midnight",
        "sunday-night",
        "just-after",
        "same",
    ],
)
def test_sessions_of_a_zone_must_not_run_into_each_other(
    one: tuple[time, int, set[int]], other: tuple[time, int, set[int]], overlap: bool
) -> None:
    rules = [
        replace(EVENING, id=name, starts_at=at, length_ms=minutes * MINUTE_MS, weekdays=frozenset(days))
        for name, (at, minutes, days) in (("a", one), ("b", other))
    ]
    free = (ZoneLimits("tt", earliest_start=time(0, 0), longest_session_ms=24 * 60 * MINUTE_MS),)
    assert codes(*rules, limits=free) == ([("overlap", "a")] if overlap else [])
    assert check_rules(rules, free) == check_rules(rules[::-1], free)
    apart = [rules[0], replace(rules[1], zone="khac")]
    assert [code for code, _ in codes(*apart, limits=free) if code == "overlap"] == []


@pytest.mark.parametrize(
    ("first", "last", "overlap"),
    [(date(2026, 3, 1), None, False), (date(2026, 2, 28), None, True), (date(2025, 1, 1), date(2025, 12, 31), False)],
)
def test_rules_that_never_hold_together_do_not_overlap(first: date, last: date | None, overlap: bool) -> None:
    daily = replace(EVENING, weekdays=frozenset(range(7)), valid_to=date(2026, 2, 28))
    other = replace(daily, id="moi", valid_from=first, valid_to=last)
    assert codes(daily, other) == ([("overlap", "chieu")] if overlap else [])


def test_the_last_night_of_one_rule_may_run_into_the_first_day_of_another() -> None:
    sunday, monday = date(2026, 6, 7), date(2026, 6, 8)
    night = replace(EVENING, weekdays=frozenset({6}), starts_at=time(23, 30), length_ms=45 * MINUTE_MS, valid_to=sunday)
    early = replace(EVENING, id="som", starts_at=time(0, 10), valid_from=monday)
    assert ("overlap", "chieu") in codes(night, early)


def test_an_overlap_names_both_rules_and_the_day() -> None:
    (fault,) = check_rules([EVENING, replace(EVENING, id="phu", starts_at=time(17, 20), weekdays=frozenset({2}))])
    assert fault.text == ("Địa bàn tt: lịch chieu (17:00, 30 phút) và lịch phu (17:20, 30 phút) trùng nhau vào thứ Tư.")


def test_two_versions_of_a_rule_must_not_hold_at_once() -> None:
    old, new = replace(EVENING, valid_to=date(2026, 6, 30)), replace(EVENING, valid_from=date(2026, 7, 1))
    assert codes(old, new) == []
    (fault,) = check_rules([old, replace(new, valid_from=date(2026, 6, 30))])
    assert (fault.code, fault.text) == (
        "versions_overlap",
        "Lịch chieu có hai bản cùng hiệu lực từ thứ Ba 30/6/2026.",
    )


def test_exceptions_and_swaps_that_break_the_limits_are_found_in_the_sessions() -> None:
    tuesday = date(2026, 6, 2)
    exceptions = [
        SlotException("tt", tuesday, "sang", "move", time(4, 45)),
        SlotException("tt", tuesday, "chieu", "move", length_ms=50 * MINUTE_MS),
        SlotException("tt", tuesday, None, "add", time(17, 40), 10 * MINUTE_MS, "thông báo"),
    ]
    saturday = replace(EVENING, id="thu-bay", weekdays=frozenset({5}), starts_at=time(17, 15))
    calendar = StationCalendar(swap_days=(SwapDay(date(2026, 6, 8), date(2026, 6, 6), ""),))
    rules = [EVENING, MORNING, saturday]
    assert check_rules(rules) == ()
    schedule = occurrences(rules, exceptions, calendar, tuesday, date(2026, 6, 6))
    assert [fault.text for fault in check_occurrences(schedule.occurrences)] == [
        "Địa bàn tt: buổi 17:40 thứ Ba 2/6/2026 bắt đầu khi buổi 17:00 chưa kết thúc.",
        "Buổi 17:00 thứ Ba 2/6/2026 dài 50 phút; địa bàn tt mỗi buổi nhiều nhất 45 phút.",
        "Buổi 04:45 thứ Ba 2/6/2026 bắt đầu lúc 04:45; địa bàn tt sớm nhất 05:30.",
        "Địa bàn tt: buổi 17:15 thứ Bảy 6/6/2026 bắt đầu khi buổi 17:00 chưa kết thúc.",
    ]


def test_a_long_session_collides_with_every_session_that_it_covers() -> None:
    tuesday = date(2026, 6, 2)
    added = [SlotException("tt", tuesday, None, "add", time(hour, 0), MINUTE_MS) for hour in (18, 19)]
    long = replace(EVENING, length_ms=180 * MINUTE_MS)
    sessions = occurrences([long], added, StationCalendar(), tuesday, tuesday).occurrences
    assert [fault.code for fault in check_occurrences(sessions)].count("overlap") == 2
    assert check_occurrences(()) == ()
