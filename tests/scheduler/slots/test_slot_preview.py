from datetime import date, time

import pytest

from scheduler.slots import (
    DECIDED_SWAP_DAYS,
    PreviewDay,
    SlotError,
    SlotException,
    StationCalendar,
    WeeklyRule,
    change_rule,
    occurrences,
    preview,
)

EVENING = WeeklyRule("chieu", "tt", frozenset(range(5)), time(17, 0), 1_800_000, date(2026, 1, 1))
CALENDAR = StationCalendar(swap_days=DECIDED_SWAP_DAYS)


def day_of(day: date, *exceptions: SlotException, rule: WeeklyRule = EVENING, zone: str | None = None) -> PreviewDay:
    schedule = occurrences([rule], exceptions, CALENDAR, day, day)
    (found,) = preview(schedule, CALENDAR, day, day, zone)
    return found


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 6, 2), None),
        (date(2026, 6, 6), "Cuối tuần, không có buổi phát."),
        (date(2026, 2, 17), "Nghỉ lễ: Tết Nguyên Đán"),
        (date(2026, 2, 14), "Cuối tuần, không có buổi phát."),
        (date(2026, 4, 26), "Nghỉ lễ: Ngày Giỗ Tổ Hùng Vương"),
        (date(2026, 4, 27), "Nghỉ lễ: Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
        (date(2026, 8, 31), "Nghỉ hoán đổi, làm bù thứ Bảy 22/8/2026: Hoán đổi dịp Quốc khánh 2/9"),
        (date(2026, 8, 22), None),
        (date(2025, 12, 31), "Không có lịch phát nào vào ngày này."),
    ],
)
def test_the_preview_explains_every_day_without_a_session(day: date, why: str | None) -> None:
    assert day_of(day).why_silent == why


def test_a_cancelled_day_gives_the_reason_once() -> None:
    tuesday = date(2026, 6, 2)
    found = day_of(tuesday, SlotException(None, tuesday, None, "cancel", reason="mất điện"))
    assert found.why_silent == "Buổi bị hủy: mất điện"
    assert len(found.missing) == 1


def test_a_day_of_the_preview_carries_all_that_the_page_shows() -> None:
    found = day_of(date(2026, 6, 11))
    assert (found.title, found.lunar, found.holiday) == ("thứ Năm 11/6/2026", "26/4 âm lịch", None)
    assert found.key_dates == ("Ngày truyền thống thi đua yêu nước (kỷ niệm 78 năm)",)
    assert [one.rule for one in found.occurrences] == ["chieu"]


def test_the_preview_of_a_zone_leaves_the_others_out() -> None:
    assert day_of(date(2026, 6, 2), zone="khac").why_silent == "Không có lịch phát nào vào ngày này."
    assert day_of(date(2026, 6, 2), zone="tt").why_silent is None


def test_the_preview_has_every_day_of_its_stretch() -> None:
    schedule = occurrences([EVENING], [], CALENDAR, date(2026, 2, 1), date(2026, 2, 28))
    days = preview(schedule, CALENDAR, date(2026, 2, 1), date(2026, 2, 28))
    assert [day.date.day for day in days] == list(range(1, 29))
    assert [day.date.day for day in days if day.why_silent is None] == [*range(2, 7), *range(9, 14), *range(23, 28)]


# Changing a rule


def test_a_new_version_takes_over_and_the_old_one_ends_the_day_before() -> None:
    later = WeeklyRule("chieu", "tt", frozenset({0, 2}), time(18, 0), 900_000, date(2026, 7, 1))
    old, new = change_rule([EVENING], later, today=date(2026, 6, 15))
    assert (old.valid_from, old.valid_to, old.starts_at) == (date(2026, 1, 1), date(2026, 6, 30), time(17, 0))
    assert new == later


def test_a_version_that_would_have_begun_later_is_replaced() -> None:
    july = WeeklyRule("chieu", "tt", frozenset({0}), time(18, 0), 900_000, date(2026, 7, 1))
    june = WeeklyRule("chieu", "tt", frozenset({1}), time(19, 0), 900_000, date(2026, 6, 15))
    rules = change_rule(change_rule([EVENING], july, date(2026, 6, 1)), june, date(2026, 6, 1))
    assert [(rule.valid_from, rule.valid_to) for rule in rules] == [
        (date(2026, 1, 1), date(2026, 6, 14)),
        (date(2026, 6, 15), None),
    ]


def test_rules_of_other_names_and_zones_and_versions_already_over_stay() -> None:
    over = WeeklyRule("chieu", "tt", frozenset({0}), time(16, 0), 900_000, date(2025, 1, 1), date(2025, 12, 31))
    morning = WeeklyRule("sang", "tt", frozenset({0}), time(6, 0), 900_000, date(2025, 1, 1))
    elsewhere = WeeklyRule("chieu", "khac", frozenset({0}), time(16, 0), 900_000, date(2025, 1, 1))
    changed = WeeklyRule("chieu", "tt", frozenset({0}), time(18, 0), 900_000, date(2026, 7, 1))
    rules = change_rule([over, morning, elsewhere, EVENING], changed, date(2026, 7, 1))
    assert rules[:3] == (over, morning, elsewhere)
    assert len(rules) == 5


def test_a_version_of_a_single_day_stays_when_the_next_one_follows() -> None:
    single = WeeklyRule("chieu", "tt", frozenset({1}), time(19, 0), 900_000, date(2026, 6, 30))
    following = WeeklyRule("chieu", "tt", frozenset({0}), time(18, 0), 900_000, date(2026, 7, 1))
    old, new = change_rule([single], following, today=date(2026, 6, 30))
    assert (old.valid_from, old.valid_to, new) == (date(2026, 6, 30), date(2026, 6, 30), following)


def test_summer_hours_give_way_afterwards_to_what_held_before() -> None:
    summer = WeeklyRule("chieu", "tt", frozenset({0}), time(18, 0), 900_000, date(2026, 6, 1), date(2026, 8, 31))
    autumn = WeeklyRule("chieu", "tt", frozenset({1}), time(16, 0), 900_000, date(2026, 8, 1))
    plain = change_rule([EVENING], summer, today=date(2026, 6, 1))
    assert [(rule.starts_at, rule.valid_from, rule.valid_to) for rule in plain] == [
        (time(17, 0), date(2026, 1, 1), date(2026, 5, 31)),
        (time(17, 0), date(2026, 9, 1), None),
        (time(18, 0), date(2026, 6, 1), date(2026, 8, 31)),
    ]
    with_autumn = change_rule(change_rule([EVENING], autumn, date(2026, 6, 1)), summer, date(2026, 6, 1))
    assert [(rule.starts_at, rule.valid_from, rule.valid_to) for rule in with_autumn] == [
        (time(17, 0), date(2026, 1, 1), date(2026, 5, 31)),
        (time(16, 0), date(2026, 9, 1), None),
        (time(18, 0), date(2026, 6, 1), date(2026, 8, 31)),
    ]


def test_what_has_aired_cannot_be_changed() -> None:
    backdated = WeeklyRule("chieu", "tt", frozenset({0}), time(18, 0), 900_000, date(2026, 6, 14))
    with pytest.raises(SlotError, match="chỉ đổi được từ thứ Hai 15/6/2026"):
        change_rule([EVENING], backdated, today=date(2026, 6, 15))
