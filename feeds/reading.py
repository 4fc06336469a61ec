"""Values out of JSON, with every fault of a document named at once and in its place."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from feeds.errors import InvalidValue

Value = TypeVar("Value")

_NAMES = {str: "chuỗi ký tự", int: "số nguyên", bool: "true hoặc false", datetime: "thời điểm ISO 8601 có múi giờ"}


class InvalidDocument(ValueError):
    """A JSON document that cannot be read as the value asked for. `faults` lists each as `place: what is wrong`."""

    retryable = False

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def read_value(kind: type[Value], data: object) -> Value:
    """A dataclass of that kind from parsed JSON; keys are the names of its fields. Raises InvalidDocument."""
    faults: list[str] = []
    value = _read(kind, data, "", faults)
    if faults or not isinstance(value, kind):
        raise InvalidDocument(faults)
    return value


def _read(kind: Any, data: object, place: str, faults: list[str]) -> Any:
    """The value, or None with at least one more fault in the list."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if data is None else _read(get_args(kind)[0], data, place, faults)
    if origin is tuple:
        return _read_list(get_args(kind)[0], data, place, faults)
    if is_dataclass(kind):
        return _read_object(kind, data, place, faults)
    if kind is datetime and isinstance(data, str):
        return _read_instant(data, place, faults)
    if type(data) is not kind:
        faults.append(f"{place}: phải là {_NAMES[kind]}")
        return None
    return data


def _read_instant(data: str, place: str, faults: list[str]) -> datetime | None:
    try:
        return datetime.fromisoformat(data)
    except ValueError:
        faults.append(f"{place}: phải là {_NAMES[datetime]}, ví dụ 2026-12-01T17:00:00+07:00")
        return None


def _read_list(kind: Any, data: object, place: str, faults: list[str]) -> tuple[Any, ...]:
    if not isinstance(data, list):
        faults.append(f"{place}: phải là danh sách")
        return ()
    return tuple(_read(kind, entry, f"{place}[{index}]", faults) for index, entry in enumerate(data))


def _read_object(kind: Any, data: object, place: str, faults: list[str]) -> Any:
    if not isinstance(data, Mapping):
        faults.append(f"{place or 'tệp'}: phải là đối tượng JSON")
        return None
    before = len(faults)
    known = {field.name: field for field in fields(kind)}
    faults += [f"{_inside(place, name)}: không có trường này" for name in data if name not in known]
    hints = get_type_hints(kind)
    arguments: dict[str, Any] = {}
    for name, field in known.items():
        if name in data:
            arguments[name] = _read(hints[name], data[name], _inside(place, name), faults)
        elif field.default is MISSING and field.default_factory is MISSING:
            faults.append(f"{_inside(place, name)}: thiếu trường bắt buộc")
    if len(faults) > before:
        return None
    try:
        return kind(**arguments)
    except InvalidValue as fault:
        faults.append(f"{_inside(place, fault.field)}: {fault.fault}")
        return None


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
