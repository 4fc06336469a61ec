"""Takes in the units of the town."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit, defaults
from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.files import units_document
from broadcaster.intake.rows import Row, rows_of
from broadcaster.language import gettext as _
from broadcaster.models import Succession, Unit, UnitKind, Zone


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, by the senders' own references."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    #: What staff should know: a zone was made, an approval lost, an article taken off the air.
    notes: tuple[str, ...] = ()


def import_units(
    session: Session, path: Path, *, now: datetime, tz: ZoneInfo, by: str, dry_run: bool = False
) -> Imported:
    """Stores the units of a file, new or changed.

    Raises:
        ImportRefused: with every fault of the file; nothing was stored.
    """
    faults: list[Fault] = []
    rows = rows_of(units_document(path), path.name, "units", faults)
    zones = {zone.code: zone for zone in session.scalars(select(Zone))}
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    # The very first file may name the zones; later an unknown one is taken for a slip of the pen.
    may_name_zones = not zones
    seen: dict[str, str] = {}
    read = [_read_unit(row, seen) for row in rows]
    known = set(units) | set(seen)
    for row, values in zip(rows, read, strict=True):
        if values["zone"] is not None and not may_name_zones and values["zone"] not in zones:
            row.fault("zone", _("không có địa bàn «{code}»", code=values["zone"]))
        for code in row.codes("succeeds"):
            if code not in known:
                row.fault("succeeds", _("không có đơn vị «{code}»", code=code))
    if faults:
        raise ImportRefused(faults)
    if dry_run:
        return _sorted_out(units, read)
    notes = _make_zones(session, read, zones, now, tz) if may_name_zones else ()
    result = _sorted_out(units, read)
    for row, values in zip(rows, read, strict=True):
        unit = units.get(str(values["code"]))
        if unit is None:
            unit = Unit(code=values["code"])
            session.add(unit)
            units[unit.code] = unit
        _fill(unit, values, zones)
        session.flush()
        for code in row.codes("succeeds"):
            session.merge(Succession(successor_id=unit.id, predecessor_id=units[code].id))
    audit.record(
        session, "units.import", path.name, by=by, now=now, added=len(result.added), changed=len(result.changed)
    )
    return Imported(result.added, result.changed, result.same, notes)


def _read_unit(row: Row, seen: dict[str, str]) -> dict[str, object]:
    code = row.code("code")
    if code is not None:
        if code in seen:
            row.fault("code", _("«{code}» trùng với {place}", code=code, place=seen[code]))
        seen.setdefault(code, row.place)
    valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        row.fault("valid_to", _("trước ngày bắt đầu"))
    return {
        "code": code,
        "name": row.text("name", required=True),
        "kind": row.choice("kind", UnitKind),
        "zone": row.code("zone", required=False),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


def _values_of(unit: Unit) -> dict[str, object]:
    zone = unit.zone.code if unit.zone else None
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "zone": zone,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    }


def _sorted_out(units: dict[str, Unit], read: list[dict[str, object]]) -> Imported:
    added = [str(values["code"]) for values in read if values["code"] not in units]
    old = [values for values in read if values["code"] in units]
    changed = [str(values["code"]) for values in old if values != _values_of(units[str(values["code"])])]
    same = [str(values["code"]) for values in old if str(values["code"]) not in changed]
    return Imported(tuple(added), tuple(changed), tuple(same))


def _fill(unit: Unit, values: dict[str, object], zones: dict[str, Zone]) -> None:
    unit.name, unit.kind = str(values["name"]), str(values["kind"])
    unit.zone = zones.get(str(values["zone"])) if values["zone"] is not None else None
    unit.valid_from, unit.valid_to = values["valid_from"], values["valid_to"]  # type: ignore[assignment]  # read as days


def _make_zones(
    session: Session, read: list[dict[str, object]], zones: dict[str, Zone], now: datetime, tz: ZoneInfo
) -> tuple[str, ...]:
    codes = dict.fromkeys(str(values["zone"]) for values in read if values["zone"] is not None)
    for position, code in enumerate(codes):
        zones[code] = defaults.new_zone(code, position)
        session.add(zones[code])
        session.add_all(defaults.slot_rules_of(zones[code], now.astimezone(tz).date().replace(day=1)))
    return tuple(_("đã tạo địa bàn «{code}» với lịch mặc định 05:30 và 17:00", code=code) for code in codes)
