"""Everything that can be wrong with a problem's values, found in one pass and reported at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from scheduler.planning.faults import Fault, ProblemError
from scheduler.planning.values import Problem


def check_problem(problem: Problem) -> None:
    """Says nothing about a problem that makes sense.

    Raises:
        ProblemError: with every fault, each naming its field. Whether ``locked`` can be kept together is found when
            it is put in place, see ``scheduler.planning.start``.
    """
    checks: tuple[Callable[[Problem], Iterator[Fault]], ...] = (
        _clock_faults,
        _session_faults,
        _article_faults,
        _target_faults,
        _history_faults,
        _rule_faults,
        _pair_faults,
    )
    faults = [fault for check in checks for fault in check(problem)]
    if faults:
        raise ProblemError(faults)


def _twice(place: str, names: Iterable[str]) -> Iterator[Fault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Fault(place, f"{name!r} có {count} lần, chỉ được một")


def _clock_faults(problem: Problem) -> Iterator[Fault]:
    try:
        ZoneInfo(problem.tz)
    except (ValueError, OSError, LookupError):
        yield Fault("tz", f"không có múi giờ {problem.tz!r}")
    for name, instant in (("now", problem.now), ("period_starts_at", problem.period_starts_at)):
        if instant is not None and instant.tzinfo is None:
            yield Fault(name, "thời điểm thiếu múi giờ")


def _session_faults(problem: Problem) -> Iterator[Fault]:
    for index, session in enumerate(problem.sessions):
        place = f"sessions[{index}]"
        if session.starts_at.tzinfo is None:
            yield Fault(f"{place}.starts_at", "thời điểm thiếu múi giờ")
        if session.capacity_ms < 0:
            yield Fault(f"{place}.capacity_ms", f"không được âm: {session.capacity_ms}")
        if session.length_ms < 0:
            yield Fault(f"{place}.length_ms", f"không được âm: {session.length_ms}")
    yield from _twice("sessions.id", (session.id for session in problem.sessions))


def _article_faults(problem: Problem) -> Iterator[Fault]:
    for index, article in enumerate(problem.articles):
        place = f"articles[{index}]"
        if article.length_ms <= 0:
            yield Fault(f"{place}.length_ms", f"phải lớn hơn 0: {article.length_ms}")
        for name in ("not_before", "expires_at", "air_by"):
            instant = getattr(article, name)
            if instant is not None and instant.tzinfo is None:
                yield Fault(f"{place}.{name}", "thời điểm thiếu múi giờ")
        if article.max_airings is not None and article.max_airings < 0:
            yield Fault(f"{place}.max_airings", f"không được âm: {article.max_airings}")
        if article.min_between_airings_h is not None and not _limit(article.min_between_airings_h):
            yield Fault(f"{place}.min_between_airings_h", f"phải là số không âm: {article.min_between_airings_h}")
        if len(set(article.zones)) < len(article.zones):
            yield from _twice(f"{place}.zones", article.zones)
    yield from _twice("articles.id", (article.id for article in problem.articles))


def _limit(value: float) -> bool:
    return math.isfinite(value) and value >= 0


def _target_faults(problem: Problem) -> Iterator[Fault]:
    for index, target in enumerate(problem.targets):
        for name in ("min_ms", "min_articles"):
            value = getattr(target, name)
            if value is not None and value < 0:
                yield Fault(f"targets[{index}].{name}", f"không được âm: {value}")
    yield from _twice("targets.unit", (target.unit for target in problem.targets))


def _history_faults(problem: Problem) -> Iterator[Fault]:
    for index, airing in enumerate(problem.history):
        if airing.session_starts_at.tzinfo is None:
            yield Fault(f"history[{index}].session_starts_at", "thời điểm thiếu múi giờ")
        if airing.length_ms < 0:
            yield Fault(f"history[{index}].length_ms", f"không được âm: {airing.length_ms}")


def _rule_faults(problem: Problem) -> Iterator[Fault]:
    rules = problem.rules
    if rules.gap_ms < 0:
        yield Fault("rules.gap_ms", f"không được âm: {rules.gap_ms}")
    if not _limit(rules.min_between_airings_h):
        yield Fault("rules.min_between_airings_h", f"phải là số không âm: {rules.min_between_airings_h}")
    if rules.max_airings_in_days is not None and min(rules.max_airings_in_days) < 1:
        yield Fault("rules.max_airings_in_days", f"phải là [số lần ≥ 1, số ngày ≥ 1]: {rules.max_airings_in_days}")
    if rules.max_per_unit_in_session is not None and rules.max_per_unit_in_session < 0:
        yield Fault("rules.max_per_unit_in_session", f"không được âm: {rules.max_per_unit_in_session}")


def _pair_faults(problem: Problem) -> Iterator[Fault]:
    sessions = {session.id for session in problem.sessions}
    articles = {article.id for article in problem.articles}
    for index, pair in enumerate(problem.locked):
        if pair.session not in sessions:
            yield Fault(f"locked[{index}]", f"không có buổi {pair.session!r}")
        if pair.article not in articles:
            yield Fault(f"locked[{index}]", f"không có bài {pair.article!r}")
    yield from _twice("locked", (f"{pair.session} / {pair.article}" for pair in problem.locked))
