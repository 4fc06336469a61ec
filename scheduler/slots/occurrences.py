"""From rules, exceptions and calendar to the sessions that really take place.

A day's sessions follow from that day alone; only `repeats_starts_at` looks back. So any stretch of days gives the same
sessions as its days one by one, and a rule that starts to hold later never touches an earlier day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from scheduler.slots.instants import days_between, local_instant
from scheduler.slots.station_calendar import DayOff, StationCalendar, SwapDay
from scheduler.slots.values import MissingDay, Occurrence, Schedule, SlotError, SlotException, WeeklyRule
from scheduler.slots.wording import day_words, time_words

LOOK_BACK_DAYS = 31  # a session longer ago than that is no "previous evening" any more


def occurrences(
    rules: Sequence[WeeklyRule],
    exceptions: Sequence[SlotException],
    calendar: StationCalendar,
    first: date,
    last: date,
) -> Schedule:
    """Every session that starts from `first` to `last` in station time, both included, and the days that miss one.

    The order of the rules and exceptions changes nothing. On a day worked in a swap a rule plays if it has that
    weekday or the weekday of the day given off. Raises SlotError for an exception that says too little to be applied.
    """
    days = _Days(tuple(rules), tuple(exceptions), calendar)
    found: list[Occurrence] = []
    missing: list[MissingDay] = []
    for day in days_between(first, last):
        sessions, gaps = days.on(day)
        found.extend(days.with_repeat(session, day) for session in sessions)
        missing.extend(gaps)
    return Schedule(
        tuple(sorted(found, key=_by_time)),
        tuple(sorted(set(missing), key=lambda gap: (gap.date, gap.zone, gap.rule, gap.reason))),
    )


def _by_time(occurrence: Occurrence) -> tuple[datetime, str, str, int]:
    return occurrence.starts_at.astimezone(UTC), occurrence.zone, occurrence.rule or "", occurrence.length_ms


class _Days:
    """The days of one calculation, each worked out once."""

    def __init__(
        self, rules: tuple[WeeklyRule, ...], exceptions: tuple[SlotException, ...], calendar: StationCalendar
    ) -> None:
        self._rules = rules
        self._calendar = calendar
        self._zones = sorted({rule.zone for rule in rules})
        self._versions: dict[tuple[str, str | None], list[WeeklyRule]] = defaultdict(list)
        for rule in rules:
            self._versions[rule.zone, rule.id].append(rule)
        self._exceptions: dict[date, list[SlotException]] = defaultdict(list)
        for exception in exceptions:
            self._exceptions[exception.date].append(exception)
        self._done: dict[date, tuple[tuple[Occurrence, ...], tuple[MissingDay, ...]]] = {}

    def on(self, day: date) -> tuple[tuple[Occurrence, ...], tuple[MissingDay, ...]]:
        """The day's sessions, without what they repeat, and its gaps."""
        if day not in self._done:
            self._done[day] = self._work_out(day)
        return self._done[day]

    def with_repeat(self, session: Occurrence, day: date) -> Occurrence:
        """The session with the start of the latest session of its repeated rule that ended before it began."""
        versions = self._versions.get((session.zone, session.rule), [])
        repeated = {rule.repeats for rule in versions if rule.repeats is not None and rule.is_valid_on(day)}
        starts_at_utc = session.starts_at.astimezone(UTC)
        for distance in range(LOOK_BACK_DAYS + 1 if repeated else 0):
            earlier = [
                source.starts_at
                for source in self.on(day - timedelta(days=distance))[0]
                if source.rule in repeated
                and source.zone == session.zone
                and source.ends_at.astimezone(UTC) <= starts_at_utc
            ]
            if earlier:
                return replace(session, repeats_starts_at=max(earlier, key=lambda at: at.astimezone(UTC)))
        return session

    def _work_out(self, day: date) -> tuple[tuple[Occurrence, ...], tuple[MissingDay, ...]]:
        exceptions = self._exceptions.get(day, [])
        sessions: list[Occurrence] = []
        gaps: list[MissingDay] = []
        off, swap = self._calendar.day_off(day), self._calendar.swap_worked_on(day)
        for rule in self._rules:
            made = self._of_rule(rule, day, exceptions, *((None, None) if rule.on_holidays else (off, swap)))
            if isinstance(made, Occurrence):
                sessions.append(made)
            elif made is not None:
                gaps.append(made)
        for exception in exceptions:
            if exception.action == "add":
                sessions.extend(self._added(exception, day))
        played = {(session.zone, session.rule) for session in sessions}
        return (
            tuple(sorted(_without_doubles(sessions), key=_by_time)),
            tuple(gap for gap in gaps if (gap.zone, gap.rule) not in played),
        )

    def _of_rule(
        self, rule: WeeklyRule, day: date, exceptions: list[SlotException], off: DayOff | None, swap: SwapDay | None
    ) -> Occurrence | MissingDay | None:
        """The rule's session of the day or its gap; `off` and `swap`: what the calendar says, as far as it counts."""
        if not rule.is_valid_on(day):
            return None
        by_weekday = day.weekday() in rule.weekdays
        if not by_weekday and not (swap and swap.off.weekday() in rule.weekdays):
            return None
        if off:
            return MissingDay(rule.zone, rule.id, day, off.reason, off.code)
        concerned = [exception for exception in exceptions if _concerns(exception, rule)]
        cancels = sorted(exception.reason for exception in concerned if exception.action == "cancel")
        if cancels:
            reasons = "; ".join(dict.fromkeys(reason for reason in cancels if reason))
            words = f"Buổi bị hủy: {reasons}" if reasons else "Buổi bị hủy"
            return MissingDay(rule.zone, rule.id, day, words, "cancelled")
        note = "" if by_weekday or swap is None else f"Làm bù cho {day_words(swap.off)}"
        moves = [exception for exception in concerned if exception.action == "move"]
        if moves:
            return self._moved(rule, day, moves)
        return Occurrence(
            rule.zone, rule.id, local_instant(day, rule.starts_at, self._calendar.tz), rule.length_ms, note=note
        )

    def _moved(self, rule: WeeklyRule, day: date, moves: list[SlotException]) -> Occurrence:
        # Two moves of one session are a mistake that the checks report; the one that names the zone wins, then the
        # later one, so that the order of the input never decides.
        move = max(
            moves,
            key=lambda one: (one.zone is not None, one.starts_at or rule.starts_at, one.length_ms or 0, one.reason),
        )
        if move.rule is None or (move.starts_at is None and move.length_ms is None):
            raise SlotError(f"Lệnh dời buổi {day_words(day)} phải ghi rõ buổi nào và giờ mới hoặc thời lượng mới.")
        at = move.starts_at or rule.starts_at
        words = f"Dời từ {time_words(rule.starts_at)}" if at != rule.starts_at else "Đổi thời lượng"
        return Occurrence(
            rule.zone,
            rule.id,
            local_instant(day, at, self._calendar.tz),
            move.length_ms if move.length_ms is not None else rule.length_ms,
            note=f"{words}: {move.reason}" if move.reason else words,
        )

    def _added(self, exception: SlotException, day: date) -> list[Occurrence]:
        note = f"Buổi thêm: {exception.reason}" if exception.reason else "Buổi thêm"
        tz = self._calendar.tz
        if exception.rule is None:
            if exception.starts_at is None or exception.length_ms is None:
                raise SlotError(f"Buổi thêm {day_words(day)} phải ghi rõ giờ bắt đầu và thời lượng.")
            starts_at = local_instant(day, exception.starts_at, tz)
            zones = self._zones if exception.zone is None else [exception.zone]
            return [Occurrence(zone, None, starts_at, exception.length_ms, note=note) for zone in zones]
        versions = [rule for rule in self._rules if _concerns(exception, rule)]
        if not versions:
            raise SlotError(f"Buổi thêm {day_words(day)} nhắc tới buổi không có trong lịch: {exception.rule}.")
        return [
            Occurrence(
                rule.zone,
                rule.id,
                local_instant(day, exception.starts_at or rule.starts_at, tz),
                exception.length_ms if exception.length_ms is not None else rule.length_ms,
                note=note,
            )
            for rule in _version_for(versions, day)
        ]


def _concerns(exception: SlotException, rule: WeeklyRule) -> bool:
    return exception.zone in (None, rule.zone) and exception.rule in (None, rule.id)


def _version_for(versions: list[WeeklyRule], day: date) -> list[WeeklyRule]:
    """Of each zone the version of the rule that holds on the day, else the one nearest before it, else the first."""
    chosen: dict[str, WeeklyRule] = {}
    for rule in sorted(versions, key=lambda rule: rule.valid_from):
        if rule.zone not in chosen or rule.valid_from <= day:
            chosen[rule.zone] = rule
    return list(chosen.values())


def _without_doubles(sessions: list[Occurrence]) -> list[Occurrence]:
    """One session where a rule and an addition name the same start."""
    kept: dict[tuple[str, str | None, datetime], Occurrence] = {}
    for session in sorted(sessions, key=lambda session: (session.note, session.length_ms)):
        kept.setdefault((session.zone, session.rule, session.starts_at.astimezone(UTC)), session)
    return list(kept.values())
