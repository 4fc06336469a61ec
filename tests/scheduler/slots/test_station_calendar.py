from datetime import date, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st
from lunar_vn import LunarDate, lunar_to_solar

from scheduler.slots import (
    DECIDED_SWAP_DAYS,
    SlotError,
    StationCalendar,
    SwapDay,
    lunar_words,
    public_holidays,
)

CALENDAR = StationCalendar(swap_days=DECIDED_SWAP_DAYS)
# Weekdays given off, as decided by the Government for each year, swaps among them.
DECIDED_DAYS_OFF = {
    2022: "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9",
    2023: "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9",
    2024: "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9",
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
}
DAYS = st.dates(date(2021, 1, 1), date(2060, 12, 31))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", DECIDED_DAYS_OFF)
def test_the_weekdays_off_are_those_that_the_government_decided(year: int) -> None:
    off = [day for day in days_of(year) if day.weekday() < 5 and not CALENDAR.is_working_day(day)]
    assert " ".join(f"{day.day}/{day.month}" for day in off) == DECIDED_DAYS_OFF[year]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2023-12-30", "2024-01-01"),
        ("2024-02-08", "2024-02-14"),
        ("2024-04-18", "2024-04-18"),
        ("2024-04-27", "2024-05-01"),
        ("2024-08-31", "2024-09-03"),
        ("2025-01-01", "2025-01-01"),
        ("2025-01-25", "2025-02-02"),
        ("2025-04-05", "2025-04-07"),
        ("2025-04-30", "2025-05-04"),
        ("2025-08-30", "2025-09-02"),
        ("2026-01-01", "2026-01-04"),
        ("2026-02-14", "2026-02-22"),
        ("2026-04-25", "2026-04-27"),
        ("2026-04-30", "2026-05-03"),
        ("2026-08-29", "2026-09-02"),
        ("2026-11-24", "2026-11-24"),
    ],
)
def test_days_off_come_in_the_stretches_that_the_government_decided(first: str, last: str) -> None:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    assert not any(
        CALENDAR.is_working_day(day) for day in days_of(start.year) + days_of(end.year) if start <= day <= end
    )
    assert CALENDAR.is_working_day(start - timedelta(days=1))
    assert CALENDAR.is_working_day(end + timedelta(days=1))


@pytest.mark.parametrize("swap", DECIDED_SWAP_DAYS, ids=lambda swap: str(swap.off))
def test_a_decided_swap_exchanges_a_working_day_for_a_saturday(swap: SwapDay) -> None:
    plain = StationCalendar()
    assert plain.is_working_day(swap.off)
    assert swap.worked.weekday() == 5
    assert plain.holiday_name(swap.worked) is None
    assert not CALENDAR.is_working_day(swap.off)
    assert CALENDAR.is_working_day(swap.worked)


@pytest.mark.parametrize("year", range(2021, 2061))
def test_every_day_off_by_law_costs_exactly_one_working_day(year: int) -> None:
    """Article 112.1 gives 11 days (12 with 24/11 from 2026); article 111.3 makes up for each one on a weekend."""
    off = [day for day in public_holidays(year) if day.weekday() < 5]
    assert len(off) == (11 if year < 2026 else 12)


@pytest.mark.parametrize("year", range(2021, 2061))
def test_fixed_days_and_their_made_up_days_follow_the_law(year: int) -> None:
    """Reckoned here from the law alone, with lunar-vn for the Hùng kings; Tết and the second day of September aside."""
    hung_kings = lunar_to_solar(LunarDate(10, 3, year))
    named = {
        date(year, 1, 1): "Tết Dương lịch",
        hung_kings: "Ngày Giỗ Tổ Hùng Vương",
        date(year, 4, 30): "Ngày Chiến thắng",
        date(year, 5, 1): "Ngày Quốc tế Lao động",
    }
    found = public_holidays(year)
    taken = set(named)
    for day in sorted(named):
        assert named[day] in found[day].name
        assert not found[day].made_up
        if day.weekday() >= 5:
            following = day + timedelta(days=1)
            while following.weekday() >= 5 or following in taken:
                following += timedelta(days=1)
            taken.add(following)
            assert found[following].made_up, following
    made_up = {day for day, holiday in found.items() if holiday.made_up and day.month < 9}
    assert made_up == taken - set(named)


@pytest.mark.parametrize("year", range(1976, 2100))
def test_two_reckonings_of_the_lunar_new_year_agree(year: int) -> None:
    by_holidays = next(
        day
        for day, name in country_holidays("VN", years=year, language="vi").items()
        if "Tết Nguyên Đán" in name.split("; ")
    )
    assert lunar_to_solar(LunarDate(1, 1, year)) == by_holidays


@pytest.mark.parametrize("year", range(2021, 2061))
def test_tet_is_five_working_days_off_in_one_piece_around_the_first_day_of_the_year(year: int) -> None:
    new_year = lunar_to_solar(LunarDate(1, 1, year))
    around = [new_year + timedelta(days=offset) for offset in range(-7, 10)]
    off = [day for day in around if day in public_holidays(year) and day.weekday() < 5]
    assert len(off) == 5
    assert all(not CALENDAR.is_working_day(off[0] + timedelta(days=n)) for n in range((off[-1] - off[0]).days + 1))
    assert public_holidays(year)[new_year - timedelta(days=1)].name == "Giao thừa Tết Nguyên Đán"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 2, 4), "28 Tết"),
        (date(2024, 2, 8), "29 Tết"),
        (date(2026, 2, 17), "Tết Nguyên Đán"),
        (date(2026, 4, 27), "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
        (date(2026, 11, 24), "Ngày Văn hóa Việt Nam"),
        (date(2025, 11, 24), None),
        (date(2026, 8, 31), None),
        (date(2026, 6, 11), None),
    ],
    ids=["month-of-29-days", "month-of-30-days", "tet", "made-up", "culture", "before-2026", "swap", "key-date"],
)
def test_holidays_bear_their_vietnamese_names(day: date, name: str | None) -> None:
    assert CALENDAR.holiday_name(day) == name


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2026, 6, 11), ("Ngày truyền thống thi đua yêu nước (kỷ niệm 78 năm)",)),
        (date(2017, 6, 11), ("Ngày truyền thống thi đua yêu nước (kỷ niệm 69 năm)",)),
        (date(2026, 4, 26), ("Giỗ Tổ Hùng Vương",)),
        (date(2026, 9, 25), ("Tết Trung thu",)),
        (date(2026, 3, 8), ("Ngày Quốc tế Phụ nữ",)),
        (date(1948, 6, 11), ("Ngày truyền thống thi đua yêu nước",)),
        (date(2026, 6, 12), ()),
    ],
)
def test_key_dates_are_named_with_their_count_of_years(day: date, names: tuple[str, ...]) -> None:
    assert CALENDAR.key_date_names(day) == names


def test_a_lunar_key_date_comes_once_in_a_year_with_a_leap_month() -> None:
    calendar = StationCalendar()
    assert lunar_words(date(2025, 7, 25)) == "1/6 nhuận âm lịch"
    for year, name in ((2006, "Rằm tháng Bảy, lễ Vu lan"), (2020, "Lễ Phật đản"), (2025, "Lễ Phật đản")):
        assert sum(name in calendar.key_date_names(day) for day in days_of(year)) == 1


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 6, 5), 1, date(2026, 6, 8)),
        (date(2026, 6, 6), 1, date(2026, 6, 8)),
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
        (date(2026, 8, 28), 2, date(2026, 9, 4)),
        (date(2026, 6, 6), 0, date(2026, 6, 6)),
        (date(2026, 2, 23), -1, date(2026, 2, 13)),
    ],
    ids=["friday", "saturday", "tet", "worked-saturday", "national-day", "none", "backwards"],
)
def test_working_days_are_counted_over_weekends_holidays_and_swaps(day: date, count: int, expected: date) -> None:
    assert CALENDAR.add_working_days(day, count) == expected
    if count == 1:
        assert CALENDAR.next_working_day(day) == expected


@given(day=DAYS, count=st.integers(1, 30))
@settings(deadline=None)
def test_counting_working_days_there_and_back_returns_to_the_working_day(day: date, count: int) -> None:
    there = CALENDAR.add_working_days(day, count)
    assert CALENDAR.is_working_day(there)
    between = [day + timedelta(days=number) for number in range(1, (there - day).days + 1)]
    assert sum(CALENDAR.is_working_day(one) for one in between) == count
    if CALENDAR.is_working_day(day):
        assert CALENDAR.add_working_days(there, -count) == day


def test_a_calendar_without_working_days_is_refused_instead_of_searched_for_ever() -> None:
    off = {day: "sửa chữa" for year in (2026, 2027) for day in days_of(year)}
    with pytest.raises(SlotError, match="không còn ngày làm việc"):
        StationCalendar(own_days_off=off).next_working_day(date(2026, 1, 1))


def test_what_is_set_by_hand_outranks_the_law_and_own_days_off_outrank_all() -> None:
    day = date(2026, 9, 2)
    assert StationCalendar(own_working_days={day: "mít tinh"}).is_working_day(day)
    assert not StationCalendar(own_working_days={day: "mít tinh"}, own_days_off={day: "bão"}).is_working_day(day)
    sunday = date(2026, 6, 7)
    assert StationCalendar(own_working_days={sunday: "bầu cử"}).is_working_day(sunday)
    swap = SwapDay(off=date(2026, 6, 8), worked=sunday, reason="")
    off = StationCalendar(swap_days=(swap,)).day_off(date(2026, 6, 8))
    assert off is not None
    assert (off.code, off.reason) == ("swap_off", "Nghỉ hoán đổi, làm bù Chủ nhật 7/6/2026")
