from dataclasses import replace
from datetime import UTC, date, time
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from scheduler.slots import (
    Occurrence,
    Schedule,
    SlotError,
    SlotException,
    StationCalendar,
    SwapDay,
    WeeklyRule,
    local_instant,
    occurrences,
)

HALF_HOUR_MS = 1_800_000
WORKING_WEEK = frozenset(range(5))
EVENING = WeeklyRule("chieu", "tt", WORKING_WEEK, time(17, 0), HALF_HOUR_MS, date(2026, 1, 1))
MORNING = WeeklyRule("sang", "tt", WORKING_WEEK, time(5, 30), HALF_HOUR_MS, date(2026, 1, 1), repeats="chieu")
CALENDAR = StationCalendar()
MONDAY, TUESDAY, FRIDAY = date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 5)
NATIONAL_DAY = date(2026, 9, 2)
BERLIN = ZoneInfo("Europe/Berlin")


def starts(schedule: Schedule, rule: str | None = None) -> list[str]:
    return [f"{one.starts_at:%m-%d %H:%M}" for one in schedule.occurrences if rule in (None, one.rule)]


def on(day: date, *exceptions: SlotException, calendar: StationCalendar = CALENDAR) -> Schedule:
    return occurrences([EVENING, MORNING], exceptions, calendar, day, day)


def test_a_working_day_has_its_morning_and_its_evening_in_station_time() -> None:
    schedule = on(TUESDAY)
    assert [one.starts_at.isoformat() for one in schedule.occurrences] == [
        "2026-06-02T05:30:00+07:00",
        "2026-06-02T17:00:00+07:00",
    ]
    assert schedule.missing == ()


def test_a_weekend_has_no_sessions_and_misses_none() -> None:
    assert on(date(2026, 6, 6)) == Schedule((), ())


def test_a_stretch_that_ends_before_it_begins_is_empty() -> None:
    assert occurrences([EVENING], [], CALENDAR, FRIDAY, MONDAY) == Schedule((), ())


def test_validity_includes_its_first_and_last_day() -> None:
    rule = replace(EVENING, valid_from=TUESDAY, valid_to=date(2026, 6, 4))
    schedule = occurrences([rule], [], CALENDAR, MONDAY, FRIDAY)
    assert starts(schedule) == ["06-02 17:00", "06-03 17:00", "06-04 17:00"]
    assert schedule.missing == ()


def test_a_cancelled_session_is_missed_with_its_reason() -> None:
    schedule = on(TUESDAY, SlotException("tt", TUESDAY, "chieu", "cancel", reason="mất điện"))
    assert starts(schedule) == ["06-02 05:30"]
    assert [(gap.rule, gap.code, gap.reason) for gap in schedule.missing] == [
        ("chieu", "cancelled", "Buổi bị hủy: mất điện")
    ]


def test_an_exception_for_another_zone_or_day_changes_nothing() -> None:
    others = [
        SlotException("khac", TUESDAY, "chieu", "cancel"),
        SlotException("tt", MONDAY, "sang", "cancel"),
        SlotException("tt", TUESDAY, "trua", "cancel"),
    ]
    assert on(TUESDAY, *others) == on(TUESDAY)


def test_a_day_cancelled_everywhere_still_airs_what_was_added_to_it() -> None:
    schedule = on(
        TUESDAY,
        SlotException(None, TUESDAY, None, "add", time(10, 0), 600_000, "bão số 3"),
        SlotException(None, TUESDAY, None, "cancel", reason="bão số 3"),
    )
    assert [
        (one.zone, one.rule, f"{one.starts_at:%H:%M}", one.length_ms, one.note) for one in schedule.occurrences
    ] == [("tt", None, "10:00", 600_000, "Buổi thêm: bão số 3")]
    assert [gap.rule for gap in schedule.missing] == ["chieu", "sang"]


def test_a_moved_session_airs_at_its_new_time_and_says_where_it_was() -> None:
    schedule = on(TUESDAY, SlotException("tt", TUESDAY, "chieu", "move", time(18, 15), reason="họp dân"))
    moved = schedule.occurrences[-1]
    assert (f"{moved.starts_at:%H:%M}", moved.length_ms, moved.rule) == ("18:15", HALF_HOUR_MS, "chieu")
    assert moved.note == "Dời từ 17:00: họp dân"
    assert schedule.missing == ()


def test_a_session_may_change_its_length_alone() -> None:
    schedule = on(TUESDAY, SlotException("tt", TUESDAY, "chieu", "move", length_ms=600_000))
    longest = schedule.occurrences[-1]
    assert (f"{longest.starts_at:%H:%M}", longest.length_ms, longest.note) == ("17:00", 600_000, "Đổi thời lượng")


def test_a_session_moved_on_a_holiday_stays_missing() -> None:
    schedule = on(NATIONAL_DAY, SlotException("tt", NATIONAL_DAY, "chieu", "move", time(18, 0)))
    assert schedule.occurrences == ()
    assert [gap.code for gap in schedule.missing] == ["holiday", "holiday"]


def test_a_session_added_on_a_holiday_is_not_missing_and_repeats_as_its_rule_does() -> None:
    schedule = on(NATIONAL_DAY, SlotException("tt", NATIONAL_DAY, "sang", "add", reason="mừng Quốc khánh"))
    (added,) = schedule.occurrences
    assert (added.rule, f"{added.starts_at:%H:%M}", added.length_ms) == ("sang", "05:30", HALF_HOUR_MS)
    assert f"{added.repeats_starts_at:%m-%d %H:%M}" == "08-31 17:00"
    assert [gap.rule for gap in schedule.missing] == ["chieu"]


def test_an_added_session_may_have_its_own_time_and_length() -> None:
    schedule = on(TUESDAY, SlotException("tt", TUESDAY, "chieu", "add", time(11, 0), 300_000))
    assert starts(schedule) == ["06-02 05:30", "06-02 11:00", "06-02 17:00"]
    assert schedule.occurrences[1].length_ms == 300_000


@pytest.mark.parametrize(
    ("day", "starts_at"),
    [
        (date(2026, 5, 30), "17:00"),
        (date(2026, 6, 6), "18:00"),
        (date(2026, 6, 13), "19:00"),
        (date(2025, 12, 28), "17:00"),
    ],
    ids=["first-version", "second", "third", "before-the-first"],
)
def test_an_added_session_is_like_the_version_that_holds_on_its_day(day: date, starts_at: str) -> None:
    versions = [
        replace(EVENING, valid_from=date(2026, 6, 8), starts_at=time(19, 0)),
        replace(EVENING, valid_to=date(2026, 5, 31)),
        replace(EVENING, valid_from=MONDAY, valid_to=date(2026, 6, 7), starts_at=time(18, 0)),
    ]
    (added,) = occurrences(versions, [SlotException("tt", day, "chieu", "add")], CALENDAR, day, day).occurrences
    assert f"{added.starts_at:%H:%M}" == starts_at


def test_an_addition_at_the_rules_own_time_is_no_second_session() -> None:
    schedule = on(TUESDAY, SlotException("tt", TUESDAY, "chieu", "add"), SlotException(None, TUESDAY, "chieu", "add"))
    assert schedule == on(TUESDAY)


def test_the_order_of_rules_and_exceptions_decides_nothing() -> None:
    exceptions = [
        SlotException(None, TUESDAY, "chieu", "move", time(19, 0), reason="a"),
        SlotException("tt", TUESDAY, "chieu", "move", time(18, 0), reason="b"),
        SlotException("tt", TUESDAY, "chieu", "add", time(11, 0)),
        SlotException("tt", TUESDAY, "sang", "cancel", reason="c"),
        SlotException(None, TUESDAY, None, "add", time(9, 0), 60_000, "d"),
        SlotException("tt", TUESDAY, None, "add", time(9, 0), 90_000, "e"),
    ]
    found = {
        occurrences(rules, order, CALENDAR, MONDAY, TUESDAY)
        for order in permutations(exceptions)
        for rules in ([EVENING, MORNING], [MORNING, EVENING])
    }
    assert len(found) == 1
    assert starts(found.pop())[2:] == ["06-02 09:00", "06-02 11:00", "06-02 18:00"]


@pytest.mark.parametrize(
    ("exception", "words"),
    [
        (SlotException("tt", TUESDAY, None, "add", time(9, 0)), "giờ bắt đầu và thời lượng"),
        (SlotException("tt", TUESDAY, None, "add", length_ms=1), "giờ bắt đầu và thời lượng"),
        (SlotException("tt", TUESDAY, "trua", "add"), "không có trong lịch: trua"),
        (SlotException("tt", TUESDAY, None, "move", time(9, 0)), "ghi rõ buổi nào"),
        (SlotException("tt", TUESDAY, "chieu", "move"), "giờ mới hoặc thời lượng mới"),
    ],
)
def test_an_exception_that_says_too_little_is_refused_with_its_day(exception: SlotException, words: str) -> None:
    with pytest.raises(SlotError, match=words) as caught:
        on(TUESDAY, exception)
    assert "thứ Ba 2/6/2026" in str(caught.value)
    assert caught.value.retry_helps is False


# Holidays, swaps, own days


def test_a_rule_that_plays_on_holidays_follows_the_weekday_alone() -> None:
    always = replace(EVENING, on_holidays=True)
    calendar = StationCalendar(
        swap_days=(SwapDay(date(2026, 8, 31), date(2026, 8, 22), ""),), own_days_off={date(2026, 9, 3): "hội làng"}
    )
    schedule = occurrences([always], [], calendar, date(2026, 8, 22), date(2026, 9, 4))
    assert [one.starts_at.day for one in schedule.occurrences] == [24, 25, 26, 27, 28, 31, 1, 2, 3, 4]
    assert schedule.missing == ()


def test_a_saturday_worked_for_a_monday_carries_mondays_sessions_only() -> None:
    calendar = StationCalendar(swap_days=(SwapDay(date(2026, 8, 31), date(2026, 8, 22), "Quốc khánh"),))
    monday = replace(EVENING, id="thu-hai", weekdays=frozenset({0}))
    tuesday = replace(EVENING, id="thu-ba", weekdays=frozenset({1}))
    schedule = occurrences([monday, tuesday], [], calendar, date(2026, 8, 22), date(2026, 8, 31))
    assert [(one.rule, one.starts_at.day) for one in schedule.occurrences] == [
        ("thu-hai", 22),
        ("thu-hai", 24),
        ("thu-ba", 25),
    ]
    assert schedule.occurrences[0].note == "Làm bù cho thứ Hai 31/8/2026"
    assert [(gap.rule, gap.code) for gap in schedule.missing] == [("thu-hai", "swap_off")]


def test_a_saturday_rule_keeps_its_saturday_when_that_is_worked_in_a_swap() -> None:
    calendar = StationCalendar(swap_days=(SwapDay(date(2026, 8, 31), date(2026, 8, 22), ""),))
    saturday = replace(EVENING, weekdays=frozenset({5}))
    (session,) = occurrences([saturday], [], calendar, date(2026, 8, 22), date(2026, 8, 22)).occurrences
    assert session.note == ""


def test_a_holiday_on_a_weekend_takes_weekend_sessions_away_and_the_day_made_up_takes_mondays() -> None:
    daily = replace(EVENING, weekdays=frozenset(range(7)))
    schedule = occurrences([daily], [], CALENDAR, date(2026, 4, 25), date(2026, 4, 28))
    assert starts(schedule) == ["04-25 17:00", "04-28 17:00"]
    assert [(gap.date.day, gap.code, gap.reason) for gap in schedule.missing] == [
        (26, "holiday", "Nghỉ lễ: Ngày Giỗ Tổ Hùng Vương"),
        (27, "holiday_moved", "Nghỉ lễ: Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
    ]


def test_an_own_day_off_outranks_everything_and_an_own_working_day_outranks_the_holiday() -> None:
    calendar = StationCalendar(
        own_days_off={TUESDAY: "lễ hội đền Và"}, own_working_days={NATIONAL_DAY: "tường thuật lễ mít tinh"}
    )
    assert [gap.reason for gap in on(TUESDAY, calendar=calendar).missing] == [
        "Nghỉ theo lịch của địa phương: lễ hội đền Và"
    ] * 2
    assert len(on(NATIONAL_DAY, calendar=calendar).occurrences) == 2


# Repeats


@pytest.mark.parametrize(
    ("day", "exceptions", "expected"),
    [
        (FRIDAY, [], "06-04 17:00"),
        (date(2026, 6, 8), [], "06-05 17:00"),
        (date(2026, 9, 3), [], "08-31 17:00"),
        (date(2026, 2, 23), [], "02-13 17:00"),
        (FRIDAY, [SlotException("tt", date(2026, 6, 4), "chieu", "cancel")], "06-03 17:00"),
        (FRIDAY, [SlotException("tt", date(2026, 6, 4), "chieu", "move", time(19, 30))], "06-04 19:30"),
        (date(2026, 6, 8), [SlotException("tt", date(2026, 6, 6), "chieu", "add")], "06-06 17:00"),
        (date(2026, 1, 2), [], None),
    ],
    ids=[
        "evening-before",
        "friday-on-monday",
        "after-national-day",
        "after-tet",
        "evening-cancelled",
        "evening-moved",
        "evening-added-on-saturday",
        "nothing-aired-yet",
    ],
)
def test_the_morning_repeats_the_latest_evening(
    day: date, exceptions: list[SlotException], expected: str | None
) -> None:
    rules = [EVENING, MORNING]
    schedule = occurrences(rules, exceptions, CALENDAR, day, day)
    (morning,) = [one for one in schedule.occurrences if one.rule == "sang"]
    found = None if morning.repeats_starts_at is None else f"{morning.repeats_starts_at:%m-%d %H:%M}"
    assert found == expected


def test_an_evening_of_more_than_a_month_ago_is_not_repeated() -> None:
    ended = replace(EVENING, valid_to=FRIDAY)
    schedule = occurrences([ended, MORNING], [], CALENDAR, date(2026, 7, 6), date(2026, 7, 7))
    assert [one.repeats_starts_at and one.repeats_starts_at.date() for one in schedule.occurrences] == [FRIDAY, None]


def test_a_morning_does_not_repeat_another_zones_evening() -> None:
    schedule = occurrences([replace(EVENING, zone="khac"), MORNING], [], CALENDAR, TUESDAY, TUESDAY)
    assert schedule.occurrences[0].repeats_starts_at is None


def test_a_repeat_goes_on_across_versions_of_the_repeated_rule() -> None:
    old = replace(EVENING, valid_to=FRIDAY)
    new = replace(EVENING, valid_from=date(2026, 6, 8), starts_at=time(18, 0))
    schedule = occurrences([old, new, MORNING], [], CALENDAR, date(2026, 6, 8), date(2026, 6, 9))
    mornings = [one for one in schedule.occurrences if one.rule == "sang"]
    assert [f"{one.repeats_starts_at:%d %H:%M}" for one in mornings] == ["05 17:00", "08 18:00"]


def test_a_session_that_still_runs_is_not_repeated_yet() -> None:
    late = replace(EVENING, starts_at=time(23, 30), length_ms=7 * 3_600_000)
    schedule = occurrences([late, MORNING], [], CALENDAR, date(2026, 6, 4), date(2026, 6, 4))
    assert f"{schedule.occurrences[0].repeats_starts_at:%m-%d}" == "06-02"


def test_a_session_that_ends_on_the_dot_is_over() -> None:
    early = replace(EVENING, starts_at=time(5, 0))
    schedule = occurrences([early, MORNING], [], CALENDAR, TUESDAY, TUESDAY)
    assert f"{schedule.occurrences[1].repeats_starts_at:%m-%d %H:%M}" == "06-02 05:00"


def test_of_two_sessions_of_a_day_the_later_is_repeated() -> None:
    added = SlotException("tt", TUESDAY, "chieu", "add", time(11, 0))
    schedule = occurrences([EVENING, MORNING], [added], CALENDAR, date(2026, 6, 3), date(2026, 6, 3))
    assert f"{schedule.occurrences[0].repeats_starts_at:%m-%d %H:%M}" == "06-02 17:00"


def test_a_new_version_may_repeat_another_rule() -> None:
    noon = replace(EVENING, id="trua", starts_at=time(11, 0))
    old = replace(MORNING, valid_to=TUESDAY)
    new = replace(MORNING, valid_from=date(2026, 6, 3), repeats="trua")
    schedule = occurrences([EVENING, noon, old, new], [], CALENDAR, TUESDAY, date(2026, 6, 3))
    mornings = [one for one in schedule.occurrences if one.rule == "sang"]
    assert [f"{one.repeats_starts_at:%d %H:%M}" for one in mornings] == ["01 17:00", "02 11:00"]


def test_a_second_session_of_the_same_day_repeats_the_first() -> None:
    noon = replace(MORNING, id="trua", starts_at=time(11, 0), repeats="sang")
    schedule = occurrences([EVENING, MORNING, noon], [], CALENDAR, TUESDAY, TUESDAY)
    assert f"{schedule.occurrences[1].repeats_starts_at:%m-%d %H:%M}" == "06-02 05:30"


# Clocks that change (never in Viet Nam): a daily session keeps its place on the wall


@pytest.mark.parametrize(
    ("starts_at", "first", "expected"),
    [
        (time(17, 0), date(2026, 3, 27), ["03-27T17:00+0100", "03-28T17:00+0100", "03-29T17:00+0200"]),
        (time(2, 30), date(2026, 3, 28), ["03-28T02:30+0100", "03-29T03:30+0200", "03-30T02:30+0200"]),
        (time(2, 30), date(2026, 10, 24), ["10-24T02:30+0200", "10-25T02:30+0200", "10-26T02:30+0100"]),
    ],
    ids=["spring", "skipped-time", "time-that-comes-twice"],
)
def test_a_change_of_clocks_shifts_no_session(starts_at: time, first: date, expected: list[str]) -> None:
    daily = replace(EVENING, weekdays=frozenset(range(7)), starts_at=starts_at, on_holidays=True)
    schedule = occurrences([daily], [], StationCalendar(tz=BERLIN), first, date.fromordinal(first.toordinal() + 2))
    assert [f"{one.starts_at:%m-%dT%H:%M%z}" for one in schedule.occurrences] == expected


def test_the_moment_of_a_local_time_does_not_depend_on_how_the_time_was_made() -> None:
    day = date(2026, 10, 25)
    first = local_instant(day, time(2, 30), BERLIN)
    assert first.isoformat() == "2026-10-25T02:30:00+02:00"
    for at in (time(2, 30, fold=1), time(2, 30, tzinfo=BERLIN), time(2, 30, tzinfo=UTC)):
        assert local_instant(day, at, BERLIN).isoformat() == first.isoformat()


def test_a_session_ends_after_its_length_even_when_clocks_change_meanwhile() -> None:
    daily = replace(EVENING, weekdays=frozenset(range(7)), starts_at=time(1, 30), length_ms=3_600_000)
    calendar = StationCalendar(tz=BERLIN)
    (session,) = occurrences([daily], [], calendar, date(2026, 3, 29), date(2026, 3, 29)).occurrences
    assert session.ends_at.isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_schedule_gives_the_day_and_zone_asked_for() -> None:
    other = replace(EVENING, zone="khac")
    exception = SlotException("khac", TUESDAY, "chieu", "cancel")
    schedule = occurrences([EVENING, MORNING, other], [exception], CALENDAR, MONDAY, TUESDAY)
    assert len(schedule.on_day(MONDAY)) == 3
    assert [one.zone for one in schedule.on_day(MONDAY, "khac")] == ["khac"]
    assert schedule.on_day(TUESDAY, "khac") == ()
    assert [gap.zone for gap in schedule.missing_on(TUESDAY)] == ["khac"]
    assert schedule.missing_on(TUESDAY, "tt") == ()


def test_sessions_are_values_that_can_be_compared_and_kept_in_sets() -> None:
    assert isinstance(on(TUESDAY).occurrences[0], Occurrence)
    assert len({*on(TUESDAY).occurrences, *on(TUESDAY).occurrences}) == 2
