from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from scheduler.slots import (
    DECIDED_SWAP_DAYS,
    RecurrenceError,
    SlotException,
    StationCalendar,
    WeeklyRule,
    from_recurrence,
    from_rrule,
    to_recurrence,
    to_rrule,
)

EVENING = WeeklyRule("chieu", "tt", frozenset(range(5)), time(17, 0), 1_800_000, date(2026, 1, 3))
HEAD = "DTSTART;TZID=Asia/Ho_Chi_Minh:20260105T170000\nRRULE:"


def read(text: str, tz: str = "Asia/Ho_Chi_Minh") -> WeeklyRule:
    return from_rrule(text, id="chieu", zone="tt", length_ms=1_800_000, tz=ZoneInfo(tz))


def test_a_rule_starts_on_its_first_session_since_that_always_counts() -> None:
    assert to_rrule(EVENING) == HEAD + "FREQ=WEEKLY;WKST=MO;BYDAY=MO,TU,WE,TH,FR"


def test_the_last_day_is_given_in_utc() -> None:
    assert to_rrule(replace(EVENING, valid_to=date(2026, 3, 31))).endswith(";UNTIL=20260331T100000Z")


def test_a_station_in_utc_writes_z() -> None:
    assert to_rrule(EVENING, ZoneInfo("UTC")).startswith("DTSTART:20260105T170000Z\n")


@pytest.mark.parametrize(
    "rule",
    [
        replace(EVENING, weekdays=frozenset()),
        replace(EVENING, valid_to=date(2026, 1, 4)),
        replace(EVENING, valid_to=date(2026, 1, 2)),
    ],
    ids=["no-weekday", "only-a-weekend", "ends-before-it-begins"],
)
def test_a_rule_without_any_session_has_no_recurrence(rule: WeeklyRule) -> None:
    with pytest.raises(RecurrenceError, match="không có buổi nào"):
        to_rrule(rule)


def test_holidays_swaps_and_exceptions_become_single_dates() -> None:
    calendar = StationCalendar(swap_days=DECIDED_SWAP_DAYS)
    rule = replace(EVENING, valid_from=date(2025, 12, 29))
    exceptions = [
        SlotException("tt", date(2026, 1, 5), "chieu", "cancel"),
        SlotException("tt", date(2026, 1, 6), "chieu", "move", time(18, 30)),
        SlotException(None, date(2026, 1, 7), None, "add", time(9, 0), 60_000),
    ]
    assert to_recurrence(rule, exceptions, calendar, date(2026, 1, 10)).splitlines() == [
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20251229T170000",
        "RRULE:FREQ=WEEKLY;WKST=MO;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260110T100000Z",
        "EXDATE;TZID=Asia/Ho_Chi_Minh:20260101T170000,20260102T170000,20260105T170000,20260106T170000",
        "RDATE:20260106T113000Z,20260110T100000Z",
    ]


def test_single_dates_come_back_as_exceptions() -> None:
    text = HEAD + "FREQ=WEEKLY;BYDAY=MO\nEXDATE;VALUE=DATE:20260112\nRDATE:20260114T103000Z\nRDATE;VALUE=DATE:20260116"
    rule, exceptions = from_recurrence(text, id="chieu", zone="tt", length_ms=1_800_000)
    assert rule.weekdays == {0}
    assert exceptions == (
        SlotException("tt", date(2026, 1, 12), "chieu", "cancel"),
        SlotException("tt", date(2026, 1, 14), "chieu", "add", time(17, 30)),
        SlotException("tt", date(2026, 1, 16), "chieu", "add"),
    )


@pytest.mark.parametrize(
    ("rrule", "weekdays", "valid_to"),
    [
        ("FREQ=WEEKLY", {0}, None),
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,FR", {0, 4}, None),
        ("FREQ=DAILY", set(range(7)), None),
        ("FREQ=DAILY;BYDAY=SA,SU", {5, 6}, None),
        ("freq=weekly;byday=tu", {1}, None),
        ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=5", {0, 3}, date(2026, 1, 19)),
        ("FREQ=WEEKLY;UNTIL=20260119T100000Z", {0}, date(2026, 1, 19)),
        ("FREQ=WEEKLY;UNTIL=20260119T095959Z", {0}, date(2026, 1, 12)),
    ],
)
def test_a_plain_week_is_read_however_it_is_written(rrule: str, weekdays: set[int], valid_to: date | None) -> None:
    rule = read(HEAD + rrule)
    assert (set(rule.weekdays), rule.valid_to) == (weekdays, valid_to)
    assert (rule.starts_at, rule.valid_from) == (time(17, 0), date(2026, 1, 5))


def test_sunday_evening_in_utc_is_monday_morning_at_the_station() -> None:
    rule = read("DTSTART:20260104T223000Z\nRRULE:FREQ=WEEKLY;BYDAY=SU,MO")
    assert (set(rule.weekdays), rule.starts_at, rule.valid_from) == ({0, 1}, time(5, 30), date(2026, 1, 5))


def test_folded_lines_and_windows_line_ends_are_read() -> None:
    assert read(HEAD.replace("\n", "\r\n") + "FREQ=WEEKLY;BY\r\n DAY=MO,\r\n\tTU\r\n").weekdays == {0, 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "đúng một dòng DTSTART"),
        ("RRULE:FREQ=WEEKLY", "đúng một dòng DTSTART"),
        ("DTSTART;TZID=Asia/Ho_Chi_Minh:20260105T170000", "đúng một dòng RRULE"),
        (HEAD + "FREQ=WEEKLY\nRRULE:FREQ=DAILY", "đúng một dòng RRULE"),
        ("DTSTART:20260105T170000\nRRULE:FREQ=WEEKLY", "múi giờ"),
        ("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY", "ngày giờ"),
        ("DTSTART;TZID=Mars/Olympus:20260105T170000\nRRULE:FREQ=WEEKLY", "Không có múi giờ Mars/Olympus"),
        ("DTSTART;TZID=../etc/passwd:20260105T170000\nRRULE:FREQ=WEEKLY", "viết sai trong DTSTART"),
        ("DTSTART;TZID=Asia/Ho_Chi_Minh:20260230T170000\nRRULE:FREQ=WEEKLY", "viết sai trong DTSTART"),
        (HEAD + "FREQ=MONTHLY", "FREQ"),
        (HEAD + "FREQ=WEEKLY;INTERVAL=2", "INTERVAL"),
        (HEAD + "FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        (HEAD + "FREQ=WEEKLY;BYDAY=", "BYDAY"),
        (HEAD + "FREQ=WEEKLY;BYHOUR=5,17;BYSETPOS=1", "BYHOUR, BYSETPOS"),
        (HEAD + "FREQ=WEEKLY;COUNT=3;UNTIL=20260119T100000Z", "COUNT hoặc UNTIL"),
        (HEAD + "FREQ=WEEKLY;COUNT=nhieu", "RRULE viết sai"),
        (HEAD + "FREQ=WEEKLY;UNTIL=20260119T170000", "RRULE viết sai"),
        (HEAD + "FREQ=WEEKLY;UNTIL=20250101T000000Z", "trước buổi đầu tiên"),
        (HEAD + "FREQ=DAILY;COUNT=999999999", "thời hạn quá dài"),
        (HEAD + "FREQ=WEEKLY\nRDATE;VALUE=PERIOD:20260105T170000Z/PT1H", "Kiểu giá trị"),
        (HEAD + "FREQ=WEEKLY\nSUMMARY:Bản tin", "SUMMARY"),
        (HEAD + "FREQ=WEEKLY\nEXDATE:20260112T170000", "múi giờ"),
        (HEAD + "FREQ=WEEKLY\nrác", "rác"),
    ],
)
def test_what_no_weekly_rule_can_say_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(RecurrenceError, match=words):
        read(text)


def test_a_zone_that_changes_its_clocks_unlike_the_station_is_refused() -> None:
    text = "DTSTART;TZID=Europe/Berlin:20260105T110000\nRRULE:FREQ=WEEKLY"
    with pytest.raises(RecurrenceError, match="đổi giờ khác"):
        read(text)
    assert read(text, tz="Europe/Berlin").starts_at == time(11, 0)
    skipped_once_a_year = text.replace("20260105T110000", "20260104T023000")  # on Sunday 29 March
    assert read(skipped_once_a_year, tz="Europe/Berlin").starts_at == time(2, 30)
    with pytest.raises(RecurrenceError, match="đổi giờ khác"):
        read("DTSTART:20260105T110000Z\nRRULE:FREQ=WEEKLY", tz="Europe/Berlin")
