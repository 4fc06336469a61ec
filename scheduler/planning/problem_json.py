"""The planning problem as JSON, both ways. Reading names every fault of the document at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from scheduler.planning.faults import Fault, ProblemError
from scheduler.planning.values import Article, Pair, PastAiring, Priority, Problem, Rules, Session, Target

Value = TypeVar("Value")


class _Reader:
    """Takes fields out of one JSON object and notes what is wrong with them, under the object's place."""

    def __init__(self, row: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
        self._row = row
        self._place = place
        self._faults = faults

    def fault(self, name: str, message: str) -> None:
        self._faults.append(Fault(f"{self._place}.{name}" if self._place else name, message))

    def text(self, name: str, default: str | None = None) -> str:
        value = self._row.get(name, default)
        if isinstance(value, str) and value:
            return value
        self.fault(name, "phải là chuỗi không rỗng")
        return ""

    def instant(self, name: str, *, required: bool = False) -> datetime | None:
        value = self._row.get(name)
        if value is None and not required:
            return None
        if isinstance(value, str):
            try:
                instant = datetime.fromisoformat(value)
            except ValueError:
                instant = None
            if instant is not None and instant.tzinfo is not None:
                return instant
        self.fault(name, "phải là thời điểm ISO 8601 có múi giờ")
        return None

    def whole(self, name: str, *, required: bool = False, default: int | None = None) -> int | None:
        value = self._row.get(name, default)
        if value is None and not required:
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(name, "phải là số nguyên")
        return default

    def number(self, name: str) -> float | None:
        value = self._row.get(name)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self.fault(name, "phải là số")
        return None


def problem_from_json(document: Mapping[str, Any]) -> Problem:
    """Reads the format that ``docs/planning.md`` describes.

    Raises:
        ProblemError: with every fault of form in the document, each with its place.
    """
    if not isinstance(document, Mapping):
        raise ProblemError([Fault("$", "phải là một đối tượng JSON")])
    faults: list[Fault] = []
    reader = _Reader(document, "", faults)
    problem = Problem(
        tz=reader.text("tz", "Asia/Ho_Chi_Minh"),
        now=reader.instant("now"),
        period_starts_at=reader.instant("period_starts_at"),
        sessions=_rows(document, "sessions", faults, _session),
        articles=_rows(document, "articles", faults, _article),
        targets=_rows(document, "targets", faults, _target),
        history=_rows(document, "history", faults, _past_airing),
        locked=_rows(document, "locked", faults, _pair),
        previous=_rows(document, "previous", faults, _pair),
        rules=_rules(document.get("rules"), faults),
    )
    if faults:
        raise ProblemError(faults)
    return problem


def _rows(
    document: Mapping[str, Any], name: str, faults: list[Fault], read: Callable[[_Reader], Value | None]
) -> tuple[Value, ...]:
    rows = document.get(name)
    if rows is None:
        return ()
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        faults.append(Fault(name, "phải là một danh sách"))
        return ()
    values = []
    for index, row in enumerate(rows):
        place = f"{name}[{index}]"
        if not isinstance(row, Mapping):
            faults.append(Fault(place, "phải là một đối tượng JSON"))
            continue
        value = read(_Reader(row, place, faults))
        if value is not None:
            values.append(value)
    return tuple(values)


def _session(reader: _Reader) -> Session | None:
    identity, zone = reader.text("id"), reader.text("zone")
    starts_at = reader.instant("starts_at", required=True)
    capacity_ms = reader.whole("capacity_ms", required=True)
    length_ms = reader.whole("length_ms", default=capacity_ms)
    if starts_at is None or capacity_ms is None or length_ms is None:
        return None
    return Session(identity, zone, starts_at, length_ms, capacity_ms)


def _article(reader: _Reader) -> Article | None:
    priority_text = reader.text("priority", "normal")
    priority = Priority.NORMAL
    if priority_text in set(Priority):
        priority = Priority(priority_text)
    elif priority_text:
        reader.fault("priority", "phải là normal, priority hoặc urgent")
    length_ms = reader.whole("length_ms", required=True)
    article = Article(
        id=reader.text("id"),
        unit=reader.text("unit"),
        field=reader.text("field"),
        length_ms=length_ms or 0,
        priority=priority,
        kind=reader.text("kind", "exemplar"),
        not_before=reader.instant("not_before"),
        expires_at=reader.instant("expires_at"),
        air_by=reader.instant("air_by"),
        zones=_zones(reader),
        max_airings=reader.whole("max_airings"),
        min_between_airings_h=reader.number("min_between_airings_h"),
    )
    return None if length_ms is None else article


def _zones(reader: _Reader) -> tuple[str, ...]:
    zones = reader._row.get("zones")
    if zones is None:
        return ()
    if isinstance(zones, list | tuple) and all(isinstance(zone, str) and zone for zone in zones):
        return tuple(zones)
    reader.fault("zones", "phải là danh sách mã địa bàn")
    return ()


def _target(reader: _Reader) -> Target | None:
    return Target(reader.text("unit"), reader.whole("min_ms"), reader.whole("min_articles"))


def _past_airing(reader: _Reader) -> PastAiring | None:
    starts_at = reader.instant("session_starts_at", required=True)
    length_ms = reader.whole("length_ms", required=True)
    article, unit, zone = reader.text("article"), reader.text("unit"), reader.text("zone")
    if starts_at is None or length_ms is None:
        return None
    return PastAiring(article, unit, starts_at, zone, length_ms)


def _pair(reader: _Reader) -> Pair | None:
    return Pair(reader.text("session"), reader.text("article"))


def _rules(row: object, faults: list[Fault]) -> Rules:
    if row is None:
        return Rules()
    if not isinstance(row, Mapping):
        faults.append(Fault("rules", "phải là một đối tượng JSON"))
        return Rules()
    reader = _Reader(row, "rules", faults)
    adjacent = row.get("adjacent_same_field")
    if adjacent is not None and not isinstance(adjacent, bool):
        reader.fault("adjacent_same_field", "phải là true hoặc false")
    airings = row.get("max_airings_in_days")
    limit: tuple[int, int] | None = None
    if airings is not None:
        whole = isinstance(airings, list | tuple) and all(type(part) is int for part in airings)
        if whole and len(airings) == 2:
            limit = (airings[0], airings[1])
        else:
            reader.fault("max_airings_in_days", "phải là [số lần, số ngày]")
    return Rules(
        gap_ms=reader.whole("gap_ms", default=0) or 0,
        min_between_airings_h=reader.number("min_between_airings_h") or 0,
        max_airings_in_days=limit,
        max_per_unit_in_session=reader.whole("max_per_unit_in_session"),
        adjacent_same_field=adjacent is not False,
    )


def _text_of(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """The document that :func:`problem_from_json` reads back as an equal problem."""
    rules = problem.rules
    return {
        "tz": problem.tz,
        "now": _text_of(problem.now),
        "period_starts_at": _text_of(problem.period_starts_at),
        "sessions": [
            {
                "id": session.id,
                "zone": session.zone,
                "starts_at": session.starts_at.isoformat(),
                "length_ms": session.length_ms,
                "capacity_ms": session.capacity_ms,
            }
            for session in problem.sessions
        ],
        "articles": [_article_to_json(article) for article in problem.articles],
        "targets": [
            {"unit": target.unit, "min_ms": target.min_ms, "min_articles": target.min_articles}
            for target in problem.targets
        ],
        "history": [
            {
                "article": airing.article,
                "unit": airing.unit,
                "session_starts_at": airing.session_starts_at.isoformat(),
                "zone": airing.zone,
                "length_ms": airing.length_ms,
            }
            for airing in problem.history
        ],
        "locked": [{"session": pair.session, "article": pair.article} for pair in problem.locked],
        "previous": [{"session": pair.session, "article": pair.article} for pair in problem.previous],
        "rules": {
            "gap_ms": rules.gap_ms,
            "min_between_airings_h": rules.min_between_airings_h,
            "max_airings_in_days": None if rules.max_airings_in_days is None else list(rules.max_airings_in_days),
            "max_per_unit_in_session": rules.max_per_unit_in_session,
            "adjacent_same_field": rules.adjacent_same_field,
        },
    }


def _article_to_json(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "unit": article.unit,
        "field": article.field,
        "length_ms": article.length_ms,
        "priority": str(article.priority),
        "kind": article.kind,
        "not_before": _text_of(article.not_before),
        "expires_at": _text_of(article.expires_at),
        "air_by": _text_of(article.air_by),
        "zones": list(article.zones),
        "max_airings": article.max_airings,
        "min_between_airings_h": article.min_between_airings_h,
    }
