"""Reads one row of an imported file field by field, and gathers every fault instead of stopping at the first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path

from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.garbled import garbled_place, normalised
from broadcaster.language import gettext as _

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_FILE_BYTES = 64 * 1024 * 1024
#: Days and instants outside of these years are slips of the pen.
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200

#: What every database holds as a whole number.
MOST = 2**31 - 1


class Row:
    """One object of a file. Each reading method answers the value, or None and a fault on the list."""

    def __init__(self, value: object, place: str, faults: list[Fault]) -> None:
        self.place = place
        self.faults = faults
        if isinstance(value, Mapping):
            self.values: Mapping[str, object] = value
        else:
            self.values = {}
            self.fault("", _("phải là một đối tượng JSON"))

    def fault(self, field: str, message: str) -> None:
        self.faults.append(Fault(f"{self.place}.{field}" if field else self.place, message))

    def has(self, field: str) -> bool:
        return self.values.get(field) is not None

    def text(self, field: str, *, required: bool = False) -> str | None:
        value = self.values.get(field)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.fault(field, _("thiếu, bắt buộc phải có"))
            return None
        if not isinstance(value, str):
            self.fault(field, _("phải là chữ"))
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            self.fault(field, _("có ký tự không hợp lệ"))
            return None
        clean = normalised(value)
        garbled = garbled_place(clean)
        if garbled is not None:
            self.fault(
                field, _("chữ bị lỗi bảng mã (TCVN3, VNI…) tại «{garbled}»; hãy lưu lại bằng Unicode", garbled=garbled)
            )
            return None
        return clean

    def code(self, field: str, *, required: bool = True) -> str | None:
        value = self.text(field, required=required)
        if value is not None and not _CODE.fullmatch(value):
            self.fault(field, _("«{value}» không phải mã hợp lệ (chữ thường không dấu, số và gạch nối)", value=value))
            return None
        return value

    def choice(self, field: str, options: Iterable[str], *, default: str | None = None) -> str | None:
        value = self.text(field, required=default is None)
        if value is None:
            return default
        known = list(options)
        if value not in known:
            self.fault(field, _("«{value}» không có trong: {options}", value=value, options=", ".join(known)))
            return None
        return value

    def day(self, field: str, *, required: bool = False) -> date | None:
        value = self.text(field, required=required)
        if value is None:
            return None
        try:
            if not _DAY.fullmatch(value):
                raise ValueError
            day = date.fromisoformat(value)
            _check_year(day)
            return day
        except ValueError:
            self.fault(field, _("«{value}» không phải ngày hợp lệ (năm-tháng-ngày, ví dụ 2026-04-28)", value=value))
            return None

    def instant(self, field: str) -> datetime | None:
        value = self.text(field)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value)
            _check_year(instant)
        except ValueError:
            self.fault(field, _("«{value}» không phải thời điểm hợp lệ (ví dụ 2026-04-28T17:00:00+07:00)", value=value))
            return None
        if instant.tzinfo is None:
            self.fault(field, _("«{value}» thiếu múi giờ (ví dụ +07:00)", value=value))
            return None
        return instant

    def clock(self, field: str, *, default: time | None = None) -> time | None:
        value = self.text(field, required=default is None)
        if value is None:
            return default
        try:
            clock = time.fromisoformat(value)
            if clock.tzinfo is not None:
                # A slot stands in station time; another zone's clock would be a guess.
                raise ValueError
            return clock
        except ValueError:
            self.fault(field, _("«{value}» không phải giờ hợp lệ (ví dụ 05:30)", value=value))
            return None

    def number(self, field: str, *, default: int | None = None, least: int = 0) -> int:
        value = self.values.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
            self.fault(field, _("phải là số nguyên từ {least} đến {most}", least=least, most=MOST))
            return least
        return value

    def flag(self, field: str, *, default: bool) -> bool:
        value = self.values.get(field, default)
        if not isinstance(value, bool):
            self.fault(field, _("phải là true hoặc false"))
            return default
        return value

    def codes(self, field: str) -> list[str]:
        """A list of codes without repetition; missing or null means none."""
        value = self.values.get(field)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(code, str) and _CODE.fullmatch(code) for code in value):
            self.fault(field, _("phải là danh sách mã (chữ thường không dấu, số và gạch nối)"))
            return []
        return list(dict.fromkeys(value))

    def nested(self, field: str, *, required: bool = False) -> Row | None:
        """The row inside a field."""
        if not self.has(field):
            if required:
                self.fault(field, _("thiếu, bắt buộc phải có"))
            return None
        return Row(self.values[field], f"{self.place}.{field}", self.faults)


def _check_year(day: date) -> None:
    """Raises ValueError for a year in which nobody broadcasts, and whose instants may lie outside of time in UTC."""
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValueError(day)


def read_document(path: Path) -> object:
    """The JSON document of a file.

    Raises:
        ImportRefused: the file is missing, too large, not UTF-8, or not JSON; the place is named.
    """
    name = path.name
    try:
        if path.stat().st_size > LONGEST_FILE_BYTES:
            raise ImportRefused([Fault(name, _("tệp quá lớn (trên 64 MB)"))])
        document: object = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as missing:
        raise ImportRefused([Fault(name, _("không mở được tệp: {why}", why=missing.strerror or ""))]) from None
    except UnicodeDecodeError as wrong:
        where = _("không phải UTF-8 (byte thứ {byte})", byte=wrong.start + 1)
        raise ImportRefused([Fault(name, where)]) from None
    except json.JSONDecodeError as wrong:
        where = _("không phải JSON: dòng {line}, cột {column}", line=wrong.lineno, column=wrong.colno)
        raise ImportRefused([Fault(name, where)]) from None
    except ValueError:
        # A number of thousands of digits is no fault of syntax to the reader, but it refuses to take it.
        raise ImportRefused([Fault(name, _("không phải JSON: có số quá dài"))]) from None
    except RecursionError:
        raise ImportRefused([Fault(name, _("không phải JSON: lồng quá sâu"))]) from None
    return document


def rows_of(document: object, name: str, key: str, faults: list[Fault]) -> list[Row]:
    """The rows under a key of a document, each with its place in the file."""
    listed = document.get(key) if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        faults.append(Fault(name, _("thiếu danh sách «{key}»", key=key)))
        return []
    return [Row(value, _place(value, name, f"{key}[{index}]"), faults) for index, value in enumerate(listed)]


class Placed(dict[str, object]):
    """An object that says itself where in its file it stands, as a row of a sheet does."""

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        super().__init__(values)
        self.place = place


def _place(value: object, name: str, place: str) -> str:
    return f"{name}: {value.place if isinstance(value, Placed) else place}"
