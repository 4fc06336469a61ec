"""What is wrong with a set of rules or sessions, said to people before anything is planned on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Literal

from scheduler.slots.instants import days_between
from scheduler.slots.values import Occurrence, WeeklyRule
from scheduler.slots.wording import day_words, minutes_words, time_words, weekday_words

EARLIEST_START = time(5, 30)  # residents complain about loudspeakers at half past four or five
TOWN_LONGEST_SESSION_MS = 45 * 60_000
URBAN_LONGEST_SESSION_MS = 15 * 60_000
DAY_MS = 24 * 60 * 60_000

FaultCode = Literal[
    "too_early",
    "too_long",
    "no_length",
    "no_weekday",
    "ends_before_it_begins",
    "overlap",
    "versions_overlap",
    "repeats_unknown",
    "repeats_in_a_circle",
]


@dataclass(frozen=True, slots=True)
class ZoneLimits:
    """What a zone allows. The defaults are a town's.

    Attributes:
        zone: The zone.
        earliest_start: No session starts earlier in the day, station time.
        longest_session_ms: No session is longer.
    """

    zone: str
    earliest_start: time = EARLIEST_START
    longest_session_ms: int = TOWN_LONGEST_SESSION_MS


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake. `code` is for programs, `text` says it in Vietnamese with its place; `rule` None: no single rule."""

    code: FaultCode
    zone: str
    rule: str | None
    text: str


def check_rules(rules: Sequence[WeeklyRule], limits: Iterable[ZoneLimits] = ()) -> tuple[Fault, ...]:
    """Every fault of the rules, all at once, in an order of its own. A zone without limits has the town's."""
    by_zone = {limit.zone: limit for limit in limits}
    faults: list[Fault] = []
    for rule in rules:
        faults.extend(_faults_of(rule, by_zone.get(rule.zone, ZoneLimits(rule.zone))))
        faults.extend(_faults_of_repeat(rule, rules))
    for one, other in combinations(rules, 2):
        if one.zone == other.zone:
            faults.extend(_faults_between(*sorted((one, other), key=lambda rule: (rule.id, rule.valid_from))))
    return _in_order(faults)


def check_occurrences(sessions: Sequence[Occurrence], limits: Iterable[ZoneLimits] = ()) -> tuple[Fault, ...]:
    """The same limits for real sessions: exceptions and swaps can break what the rules respect."""
    by_zone = {limit.zone: limit for limit in limits}
    faults: list[Fault] = []
    of_zone: dict[str, list[Occurrence]] = defaultdict(list)
    for session in sessions:
        where = f"Buổi {time_words(session.starts_at.time())} {day_words(session.starts_at.date())}"
        limit = by_zone.get(session.zone, ZoneLimits(session.zone))
        faults.extend(_faults_of_time(where, session, session.starts_at.time(), limit))
        of_zone[session.zone].append(session)
    for group in of_zone.values():
        group.sort(key=lambda session: session.starts_at.astimezone(UTC))
        latest = group[0]
        for session in group[1:]:
            if session.starts_at.astimezone(UTC) < latest.ends_at.astimezone(UTC):
                faults.append(_collision(session, latest))
            latest = max(latest, session, key=lambda one: one.ends_at.astimezone(UTC))
    return _in_order(faults)


def _collision(session: Occurrence, running: Occurrence) -> Fault:
    at, day = time_words(session.starts_at.time()), day_words(session.starts_at.date())
    before = time_words(running.starts_at.time())
    text = f"Địa bàn {session.zone}: buổi {at} {day} bắt đầu khi buổi {before} chưa kết thúc."
    return _fault("overlap", session, text)


def _faults_of(rule: WeeklyRule, limit: ZoneLimits) -> list[Fault]:
    where = f"Lịch {rule.id}"
    faults = _faults_of_time(where, rule, rule.starts_at, limit)
    if not rule.weekdays or not rule.weekdays <= frozenset(range(7)):
        faults.append(_fault("no_weekday", rule, f"{where}: chọn ít nhất một ngày, từ thứ Hai đến Chủ nhật."))
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        text = f"{where}: ngày kết thúc ({day_words(rule.valid_to)}) trước ngày bắt đầu ({day_words(rule.valid_from)})."
        faults.append(_fault("ends_before_it_begins", rule, text))
    return faults


def _faults_of_time(where: str, subject: WeeklyRule | Occurrence, at: time, limit: ZoneLimits) -> list[Fault]:
    faults: list[Fault] = []
    if at.replace(tzinfo=None) < limit.earliest_start:
        text = (
            f"{where} bắt đầu lúc {time_words(at)}; địa bàn {limit.zone} sớm nhất {time_words(limit.earliest_start)}."
        )
        faults.append(_fault("too_early", subject, text))
    if subject.length_ms <= 0:
        faults.append(_fault("no_length", subject, f"{where}: thời lượng phải lớn hơn 0."))
    elif subject.length_ms > limit.longest_session_ms:
        text = (
            f"{where} dài {minutes_words(subject.length_ms)}; "
            f"địa bàn {limit.zone} mỗi buổi nhiều nhất {minutes_words(limit.longest_session_ms)}."
        )
        faults.append(_fault("too_long", subject, text))
    return faults


def _faults_of_repeat(rule: WeeklyRule, rules: Sequence[WeeklyRule]) -> list[Fault]:
    if rule.repeats is None:
        return []
    repeats = {other.id: other.repeats for other in rules if other.zone == rule.zone}
    if rule.repeats not in repeats:
        text = f"Lịch {rule.id} phát lại {rule.repeats}, nhưng địa bàn {rule.zone} không có lịch đó."
        return [_fault("repeats_unknown", rule, text)]
    if _comes_back(rule, repeats):
        return [_fault("repeats_in_a_circle", rule, f"Lịch {rule.id} phát lại chính nó (trực tiếp hoặc vòng quanh).")]
    return []


def _comes_back(rule: WeeklyRule, repeats: Mapping[str, str | None]) -> bool:
    following = rule.repeats
    for _ in range(len(repeats)):
        if following is None or following == rule.id:
            break
        following = repeats.get(following)
    return following == rule.id


def _faults_between(one: WeeklyRule, other: WeeklyRule) -> list[Fault]:
    """Two rules of one zone: versions of one rule that hold at once, or sessions that run into each other."""
    first = max(one.valid_from, other.valid_from)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    if one.id == other.id:
        if last < first:
            return []
        text = f"Lịch {one.id} có hai bản cùng hiệu lực từ {day_words(first)}."
        return [_fault("versions_overlap", other, text)]
    # Both come back every week: what does not happen in the first nine days of common validity, a day before it
    # included for sessions across midnight, never happens.
    stretch = list(days_between(first - timedelta(days=1), first + timedelta(days=8)))
    for day, start, end in _sessions(one, stretch):
        for _, other_start, other_end in _sessions(other, stretch):
            if start < other_end and other_start < end:
                text = (
                    f"Địa bàn {one.zone}: lịch {one.id} ({time_words(one.starts_at)}, {minutes_words(one.length_ms)}) "
                    f"và lịch {other.id} ({time_words(other.starts_at)}, {minutes_words(other.length_ms)}) "
                    f"trùng nhau vào {weekday_words(day.weekday())}."
                )
                return [_fault("overlap", one, text)]
    return []


def _sessions(rule: WeeklyRule, stretch: Sequence[date]) -> list[tuple[date, datetime, datetime]]:
    starts = [
        (day, datetime.combine(day, rule.starts_at))
        for day in stretch
        if day.weekday() in rule.weekdays and rule.is_valid_on(day)
    ]
    return [(day, start, start + timedelta(milliseconds=rule.length_ms)) for day, start in starts]


def _fault(code: FaultCode, subject: WeeklyRule | Occurrence, text: str) -> Fault:
    return Fault(code, subject.zone, subject.id if isinstance(subject, WeeklyRule) else subject.rule, text)


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(set(faults), key=lambda fault: (fault.zone, fault.rule or "", fault.code, fault.text)))
