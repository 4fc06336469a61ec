"""The station set up by its administrators: rules that hold together, days that were decided, units that succeed."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from broadcaster.audit import first_broken_link
from broadcaster.errors import BroadcasterError
from broadcaster.models import (
    AirtimeTarget,
    BroadcastSession,
    DayKind,
    Role,
    SlotRule,
    Succession,
    Unit,
    UnitKind,
    User,
)
from broadcaster.station.places import ZoneData, save_zone, zone_of
from broadcaster.station.timetable import (
    BadTimetable,
    ExceptionData,
    RuleData,
    add_exception,
    coming_days,
    decide_day,
    end_rule,
    remove_exception,
    rule_of,
    save_rule,
    undecide_day,
)
from broadcaster.station.units import UnitData, predecessors_of, succeed, successors_of, unit_of

BY = "quan-tri"


def rule_data(**changes: Any) -> RuleData:
    usual = RuleData(
        zone="tt",
        weekdays="01234",
        starts_at=time(11, 0),
        length_ms=600_000,
        valid_from=date(2026, 11, 1),
        valid_to=None,
        on_holidays=False,
    )
    return RuleData(**{**{name: getattr(usual, name) for name in RuleData.__slots__}, **changes})


def zone_data(**changes: Any) -> ZoneData:
    usual: dict[str, Any] = {
        "name": "Trung tâm",
        "earliest_start": time(5, 30),
        "longest_session_ms": 2_700_000,
        "gap_ms": 3_000,
        "frame_ms": 60_000,
        "max_airings": 4,
        "min_between_airings_h": 11,
        "max_airings_in_days_count": 3,
        "max_airings_in_days_days": 7,
        "max_per_unit_in_session": 1,
        "adjacent_same_field": False,
        "target_lufs": -16.0,
        "filler": "none",
    }
    return ZoneData(**{**usual, **changes})


def starts(town: Any, zone: str, day: date) -> list[str]:
    """The open sessions of a zone on a day, as times."""
    tz = town.settings.zone_info
    with town.database.reading() as session:
        rows = session.scalars(select(BroadcastSession).order_by(BroadcastSession.starts_at)).all()
        local = [row.starts_at.astimezone(tz) for row in rows if row.is_open and row.zone.code == zone]
    return [f"{at:%H:%M}" for at in local if at.date() == day]


def test_a_new_weekly_session_is_in_the_books_at_once(small_town: Any) -> None:
    tz = small_town.settings.zone_info
    with small_town.database.writing() as session:
        save_rule(session, "tt-trua", rule_data(), by=BY, now=small_town.now, tz=tz)
    assert starts(small_town, "tt", date(2026, 11, 11)) == ["05:30", "11:00", "17:00"]
    with small_town.database.writing() as session:
        end_rule(session, "tt-trua", by=BY, now=small_town.now, tz=tz)
    assert starts(small_town, "tt", date(2026, 11, 11)) == ["05:30", "17:00"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_at": time(4, 30)}, "sớm nhất 05:30"),
        ({"length_ms": 46 * 60_000}, "45"),
        ({"starts_at": time(17, 2)}, "trùng nhau"),
    ],
)
def test_a_session_that_breaks_the_rules_of_its_zone_is_refused_and_nothing_changes(
    small_town: Any, changes: dict[str, Any], words: str
) -> None:
    tz = small_town.settings.zone_info
    with pytest.raises(BadTimetable, match=words), small_town.database.writing() as session:
        save_rule(session, "tt-trua", rule_data(**changes), by=BY, now=small_town.now, tz=tz)
    with small_town.database.reading() as session:
        assert session.scalars(select(SlotRule).where(SlotRule.code == "tt-trua")).first() is None
    assert starts(small_town, "tt", date(2026, 11, 11)) == ["05:30", "17:00"]


def test_a_zone_cannot_forbid_the_sessions_it_has(small_town: Any) -> None:
    with pytest.raises(BadTimetable), small_town.database.writing() as session:
        save_zone(session, "tt", zone_data(earliest_start=time(6, 0)), by=BY, now=small_town.now)
    with small_town.database.reading() as session:
        assert zone_of(session, "tt").earliest_start == time(5, 30)


def test_a_new_zone_begins_with_the_two_usual_sessions(small_town: Any) -> None:
    with small_town.database.writing() as session:
        save_zone(session, "moi", zone_data(name="Khu mới"), by=BY, now=small_town.now)
    with small_town.database.reading() as session:
        assert [rule_of(session, f"moi-{at}").starts_at for at in ("0530", "1700")] == [time(5, 30), time(17)]


def test_a_single_day_is_cancelled_and_comes_back(small_town: Any) -> None:
    tz, day = small_town.settings.zone_info, date(2026, 11, 11)
    data = ExceptionData(
        day=day, action="cancel", zone="tt", rule=None, starts_at=None, length_ms=None, reason="Mất điện"
    )
    with small_town.database.writing() as session:
        add_exception(session, data, by=BY, now=small_town.now, tz=tz)
    assert starts(small_town, "tt", day) == []
    assert starts(small_town, "vb", day) == ["05:30", "17:00"]
    with small_town.database.writing() as session:
        days = coming_days(session, now=small_town.now, tz=tz, zone="tt")
        assert [one.why_silent for one in days if one.date == day] == ["Buổi bị hủy: Mất điện"]
        remove_exception(session, 2, by=BY, now=small_town.now, tz=tz)
    assert starts(small_town, "tt", day) == ["05:30", "17:00"]


@pytest.mark.parametrize(
    ("kind", "worked_on", "day", "expected", "other", "expected_other"),
    [
        # 11/11/2026 is a Wednesday, 14/11 a Saturday.
        (DayKind.OFF, None, date(2026, 11, 11), [], date(2026, 11, 14), []),
        (DayKind.SWAP, date(2026, 11, 14), date(2026, 11, 11), [], date(2026, 11, 14), ["05:30", "17:00"]),
        (DayKind.WORKING, None, date(2027, 1, 1), ["05:30", "17:00"], date(2026, 11, 14), []),
    ],
)
def test_days_are_decided_and_undecided(
    small_town: Any,
    kind: DayKind,
    worked_on: date | None,
    day: date,
    expected: list[str],
    other: date,
    expected_other: list[str],
) -> None:
    tz = small_town.settings.zone_info
    given = {"by": BY, "now": small_town.now, "tz": tz}
    with small_town.database.writing() as session:
        decide_day(session, day, kind, worked_on=worked_on, reason="Quyết định của thị xã", **given)
    assert (starts(small_town, "tt", day), starts(small_town, "tt", other)) == (expected, expected_other)
    with small_town.database.writing() as session:
        undecide_day(session, day, **given)
    by_law = [] if day == date(2027, 1, 1) else ["05:30", "17:00"]
    assert (starts(small_town, "tt", day), starts(small_town, "tt", other)) == (by_law, [])


@pytest.mark.parametrize(
    ("kind", "worked_on"),
    [(DayKind.SWAP, None), (DayKind.SWAP, date(2026, 11, 11)), (DayKind.OFF, date(2026, 11, 14))],
)
def test_half_a_swap_is_refused(small_town: Any, kind: DayKind, worked_on: date | None) -> None:
    given = {"by": BY, "now": small_town.now, "tz": small_town.settings.zone_info}
    with pytest.raises(BadTimetable), small_town.database.writing() as session:
        decide_day(session, date(2026, 11, 11), kind, worked_on=worked_on, reason="x", **given)


def test_two_merged_units_keep_their_books_and_hand_on_what_they_are_owed(small_town: Any) -> None:
    with small_town.database.writing() as session:
        person = User(name="viet", full_name="Viết", role=Role.CONTRIBUTOR, created_at=small_town.now, failures=0)
        person.unit = unit_of(session, "phuong-hai")
        session.add(person)
        news = [("phuong-moi", UnitData(name="Phường Mới", kind=UnitKind.WARD, zone="tt"))]
        given = {"from_day": date(2026, 12, 1), "by": BY, "now": small_town.now}
        succeed(session, ["phuong-mot", "phuong-hai"], news, **given)
    with small_town.database.reading() as session:
        new, old = unit_of(session, "phuong-moi"), unit_of(session, "phuong-mot")
        assert (old.valid_to, new.valid_from) == (date(2026, 11, 30), date(2026, 12, 1))
        assert [unit.code for unit in predecessors_of(session, new)] == ["phuong-hai", "phuong-mot"]
        assert [unit.code for unit in successors_of(session, old)] == ["phuong-moi"]
        target = session.scalars(select(AirtimeTarget).where(AirtimeTarget.unit_id == new.id)).one()
        assert (target.from_month, target.min_ms) == ("2026-12", 120_000)
        assert session.scalars(select(User).where(User.name == "viet")).one().unit_id == new.id
        assert first_broken_link(session) is None


def test_a_split_shares_what_was_owed(small_town: Any) -> None:
    news = [(code, UnitData(name=code, kind=UnitKind.COMMUNE, zone="vb")) for code in ("xa-dong", "xa-tay")]
    with small_town.database.writing() as session:
        succeed(session, ["xa-bai"], news, from_day=date(2026, 12, 1), by=BY, now=small_town.now)
    with small_town.database.reading() as session:
        shares = session.execute(
            select(Unit.code, AirtimeTarget.min_ms).join(AirtimeTarget).where(AirtimeTarget.from_month == "2026-12")
        ).all()
        assert sorted(tuple(row) for row in shares) == [("xa-dong", 90_000), ("xa-tay", 90_000)]
        assert len(session.scalars(select(Succession)).all()) == 2


@pytest.mark.parametrize(("olds", "code"), [(["phuong-mot"], "phuong-hai"), (["khong-co"], "moi"), (["da-het"], "moi")])
def test_a_succession_that_makes_no_sense_changes_nothing(small_town: Any, olds: list[str], code: str) -> None:
    with small_town.database.writing() as session:
        session.add(Unit(code="da-het", name="Đã hết", kind=UnitKind.OTHER, valid_to=date(2026, 1, 1)))
    data = UnitData(name="Mới", kind=UnitKind.WARD)
    given = {"from_day": date(2026, 12, 1), "by": BY, "now": small_town.now}
    with pytest.raises(BroadcasterError), small_town.database.writing() as session:
        succeed(session, olds, [(code, data)], **given)
    with small_town.database.reading() as session:
        assert unit_of(session, "phuong-mot").valid_to is None
        assert session.scalars(select(Unit).where(Unit.code == "moi")).first() is None
