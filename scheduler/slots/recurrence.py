"""Weekly rules and their exceptions as RFC 5545 recurrences, and back.

Source: RFC 5545, 3.3.10 (RRULE), 3.8.5 (EXDATE, RDATE). Traps: DTSTART always counts as a session, so it has to fall on
one of the rule's weekdays; UNTIL must be UTC once DTSTART has a zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr

from scheduler.slots.instants import days_between, local_instant
from scheduler.slots.occurrences import occurrences
from scheduler.slots.station_calendar import STATION_TZ, StationCalendar
from scheduler.slots.values import SlotError, SlotException, WeeklyRule

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_SESSIONS = 40_000  # a daily session for a century


class RecurrenceError(SlotError):
    """A recurrence that no weekly rule can express, or text that is none. The message is Vietnamese."""


def to_rrule(rule: WeeklyRule, tz: ZoneInfo = STATION_TZ) -> str:
    """The rule as two lines, DTSTART and RRULE; holidays and exceptions are not part of it.

    Raises RecurrenceError when the rule has no session at all within its validity.
    """
    week = days_between(rule.valid_from, rule.valid_from + timedelta(days=6))
    first = next((day for day in week if day.weekday() in rule.weekdays and rule.is_valid_on(day)), None)
    if first is None:
        raise RecurrenceError(f"Lịch {rule.id} không có buổi nào trong thời gian hiệu lực.")
    parts = ["FREQ=WEEKLY", "WKST=MO", "BYDAY=" + ",".join(_CODES[weekday] for weekday in sorted(rule.weekdays))]
    if rule.valid_to is not None:
        until = local_instant(rule.valid_to, rule.starts_at, tz).astimezone(UTC)
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%SZ}")
    return f"{_property('DTSTART', [datetime.combine(first, rule.starts_at)], tz)}\nRRULE:{';'.join(parts)}"


def to_recurrence(rule: WeeklyRule, exceptions: Sequence[SlotException], calendar: StationCalendar, last: date) -> str:
    """The rule as RFC 5545 lines with what really happens up to `last`.

    Sessions lost to holidays, cancelled or moved away are EXDATE; added and moved ones RDATE. The rule is cut at
    `last`, since nobody knows the holidays of all time. A changed length does not show in these lines.
    """
    schedule = occurrences([rule], exceptions, calendar, rule.valid_from, last)
    real = {session.starts_at.replace(tzinfo=None) for session in schedule.occurrences if session.rule == rule.id}
    ruled = {
        datetime.combine(day, rule.starts_at)
        for day in days_between(rule.valid_from, last)
        if day.weekday() in rule.weekdays and rule.is_valid_on(day)
    }
    valid_to = last if rule.valid_to is None else min(last, rule.valid_to)
    lines = [to_rrule(replace(rule, valid_to=valid_to), calendar.tz)]
    if ruled - real:
        lines.append(_property("EXDATE", sorted(ruled - real), calendar.tz))
    if real - ruled:
        # In UTC, since dateutil reads no RDATE with a zone; RFC 5545 allows both.
        instants = [local_instant(one.date(), one.time(), calendar.tz).astimezone(UTC) for one in sorted(real - ruled)]
        lines.append(_property("RDATE", instants, ZoneInfo("UTC")))
    return "\n".join(lines)


def from_rrule(
    text: str,
    *,
    id: str,  # noqa: A002 - the word of WeeklyRule, by keyword only
    zone: str,
    length_ms: int,
    tz: ZoneInfo = STATION_TZ,
    repeats: str | None = None,
    on_holidays: bool = False,
) -> WeeklyRule:
    """The weekly rule that DTSTART and RRULE lines describe, in station time `tz`.

    Cases: FREQ=WEEKLY without BYDAY means DTSTART's weekday; FREQ=DAILY means BYDAY or every day; COUNT and UNTIL
    become the last day. A DTSTART in another zone is turned into station time. Raises RecurrenceError for everything
    that is no plain week: intervals above one, months, set positions, several times a day.
    """
    rule, _ = from_recurrence(
        text, id=id, zone=zone, length_ms=length_ms, tz=tz, repeats=repeats, on_holidays=on_holidays
    )
    return rule


def from_recurrence(
    text: str,
    *,
    id: str,  # noqa: A002 - the word of WeeklyRule, by keyword only
    zone: str,
    length_ms: int,
    tz: ZoneInfo = STATION_TZ,
    repeats: str | None = None,
    on_holidays: bool = False,
) -> tuple[WeeklyRule, tuple[SlotException, ...]]:
    """Like from_rrule, with EXDATE as cancelled sessions and RDATE as added ones."""
    lines = [_Line.read(line) for line in _unfolded(text)]
    start = _only(lines, "DTSTART").instants(tz)
    parts = _checked_parts(_only(lines, "RRULE"))
    if len(start) != 1 or not isinstance(start[0], datetime):
        raise RecurrenceError("DTSTART phải ghi một ngày giờ, ví dụ DTSTART;TZID=Asia/Ho_Chi_Minh:20260105T170000.")
    first = start[0].astimezone(tz)
    rule = WeeklyRule(
        id=id,
        zone=zone,
        weekdays=_weekdays(parts, start[0], first),
        starts_at=_steady_time(start[0], tz),
        length_ms=length_ms,
        valid_from=first.date(),
        valid_to=_last_day(start[0], parts, tz),
        repeats=repeats,
        on_holidays=on_holidays,
    )
    excluded = {_station_day(one, tz) for line in lines if line.name == "EXDATE" for one in line.instants(tz)}
    added = {one for line in lines if line.name == "RDATE" for one in line.instants(tz)}
    cancels = [SlotException(zone, day, id, "cancel") for day in sorted(excluded)]
    adds = [
        SlotException(
            zone, _station_day(one, tz), id, "add", one.astimezone(tz).time() if isinstance(one, datetime) else None
        )
        for one in sorted(added, key=lambda one: (_station_day(one, tz), str(one)))
    ]
    return rule, (*cancels, *adds)


@dataclass(frozen=True, slots=True)
class _Line:
    """One property of the text: name, zone if any, value."""

    name: str
    tzid: str | None
    value: str

    @classmethod
    def read(cls, line: str) -> _Line:
        head, colon, value = line.partition(":")
        name, *parameters = head.split(";")
        if not colon or name.upper() not in ("DTSTART", "RRULE", "EXDATE", "RDATE"):
            raise RecurrenceError(f"Dòng không phải DTSTART, RRULE, EXDATE hay RDATE: {line}")
        named = dict(parameter.upper().partition("=")[::2] for parameter in parameters if "=" in parameter)
        tzid = next((one.partition("=")[2] for one in parameters if one.upper().startswith("TZID=")), None)
        if named.get("VALUE", "DATE-TIME") not in ("DATE-TIME", "DATE"):
            raise RecurrenceError(f"Kiểu giá trị không dùng được: {line}")
        return cls(name.upper(), tzid, value.strip())

    def instants(self, tz: ZoneInfo) -> list[datetime | date]:
        """The values: aware instants, or days where only a date stands."""
        return [self._instant(value.strip(), tz) for value in self.value.split(",")]

    def _instant(self, value: str, tz: ZoneInfo) -> datetime | date:
        try:
            if len(value) == len("20260105"):
                return datetime.strptime(value, "%Y%m%d").replace(tzinfo=tz).date()
            if value.endswith("Z"):
                return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            local = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone follows two lines below
            if self.tzid is None:
                raise RecurrenceError(f"{self.name} phải có múi giờ (TZID hoặc Z): {value}")
            return local_instant(local.date(), local.time(), ZoneInfo(self.tzid))
        except (ZoneInfoNotFoundError, IsADirectoryError, PermissionError) as error:
            raise RecurrenceError(f"Không có múi giờ {self.tzid}.") from error
        except RecurrenceError:
            raise
        except ValueError as error:
            raise RecurrenceError(f"Ngày giờ hoặc múi giờ viết sai trong {self.name}: {value}") from error


def _unfolded(text: str) -> list[str]:
    """The lines of the text, with long lines that were folded put together (RFC 5545, 3.1)."""
    joined = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    return [line.strip() for line in joined.split("\n") if line.strip()]


def _only(lines: list[_Line], name: str) -> _Line:
    found = [line for line in lines if line.name == name]
    if len(found) != 1:
        raise RecurrenceError(f"Phải có đúng một dòng {name}.")
    return found[0]


def _checked_parts(line: _Line) -> dict[str, str]:
    """The parts of the RRULE, after refusing all that is more than a plain week."""
    parts = dict(part.upper().partition("=")[::2] for part in line.value.split(";") if part)
    if parts.get("FREQ") not in ("WEEKLY", "DAILY"):
        raise RecurrenceError("Chỉ dùng được FREQ=WEEKLY hoặc FREQ=DAILY.")
    if parts.get("INTERVAL", "1") != "1":
        raise RecurrenceError("Lịch tuần không cách quãng: INTERVAL phải là 1.")
    unknown = sorted(parts.keys() - {"FREQ", "INTERVAL", "WKST", "BYDAY", "UNTIL", "COUNT"})
    if unknown:
        raise RecurrenceError(f"Lịch tuần không có phần {', '.join(unknown)}.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RecurrenceError("Chỉ ghi một trong hai: COUNT hoặc UNTIL.")
    return parts


def _weekdays(parts: dict[str, str], start: datetime, local_start: datetime) -> frozenset[int]:
    if "BYDAY" in parts:
        codes = parts["BYDAY"].split(",")
        wrong = [code for code in codes if code not in _CODES]
        if wrong:
            raise RecurrenceError(f"BYDAY chỉ nhận {', '.join(_CODES)}, không nhận {', '.join(wrong)}.")
        weekdays = {_CODES.index(code) for code in codes}
    else:
        weekdays = {start.weekday()} if parts["FREQ"] == "WEEKLY" else set(range(7))
    # Half past ten on Sunday evening in UTC is half past five on Monday morning at the station.
    shift = (local_start.date() - start.date()).days
    return frozenset((weekday + shift) % 7 for weekday in weekdays)


def _steady_time(start: datetime, tz: ZoneInfo) -> time:
    """The start in station time; refused if the two zones change their clocks differently within a year."""
    weeks = [datetime.combine(start.date() + timedelta(weeks=week), start.time(), start.tzinfo) for week in range(53)]
    times = {week.astimezone(tz).time() for week in weeks}
    if start.tzinfo != tz and len(times) > 1:
        raise RecurrenceError("Múi giờ của DTSTART đổi giờ khác với múi giờ của đài.")
    return start.astimezone(tz).time()


def _last_day(start: datetime, parts: dict[str, str], tz: ZoneInfo) -> date | None:
    """The day of the last session; None for a rule without end. The expansion is dateutil's."""
    try:
        # COUNT and UNTIL are in the parts; joining them again keeps whatever else stood in the text away.
        rule = rrulestr(";".join(f"{key}={value}" for key, value in parts.items()), dtstart=start)
        if "COUNT" not in parts and "UNTIL" not in parts:
            return None
        sessions = list(islice(rule, MOST_SESSIONS + 1))
    except ValueError as error:
        raise RecurrenceError(f"RRULE viết sai: {error}") from error
    if not sessions:
        raise RecurrenceError("Lịch kết thúc trước buổi đầu tiên.")
    if len(sessions) > MOST_SESSIONS:
        raise RecurrenceError("Lịch có thời hạn quá dài; bỏ UNTIL và COUNT nếu không có ngày kết thúc.")
    return sessions[-1].astimezone(tz).date()


def _station_day(one: datetime | date, tz: ZoneInfo) -> date:
    return one.astimezone(tz).date() if isinstance(one, datetime) else one


def _property(name: str, locals_: Sequence[datetime], tz: ZoneInfo) -> str:
    if tz.key == "UTC":
        return f"{name}:" + ",".join(f"{local:%Y%m%dT%H%M%SZ}" for local in locals_)
    return f"{name};TZID={tz.key}:" + ",".join(f"{local:%Y%m%dT%H%M%S}" for local in locals_)
