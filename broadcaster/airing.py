"""Takes in as-run reports: what players and operators say was on the air."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.rows import Row, read_document, rows_of
from broadcaster.language import gettext as _
from broadcaster.models import Airing, Bulletin, Outcome, Player

Status = Literal["recorded", "duplicate", "rejected"]
FIELDS = ("event_id", "item_id", "started_at", "played_ms", "outcome", "reason", "player")
LONGEST_EVENT_ID = 200
#: A report from the future by more than this is a wrong clock, not an airing.
CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one reported row; `reason` says why a row was rejected."""

    event_id: str
    status: Status
    reason: str | None = None


def import_airings(session: Session, path: Path, *, by: str, now: datetime) -> tuple[Result, ...]:
    """Stores the reports of a file (json or csv); a bad row harms no other, and each row gets its answer.

    Raises:
        ImportRefused: the file as a whole cannot be read.
    """
    if path.suffix.lower() == ".csv":
        listed: Sequence[Mapping[str, object]] = _csv_rows(path)
        rows = [(values, f"{path.name}: {_('dòng {line}', line=line)}") for line, values in enumerate(listed, start=2)]
    else:
        faults: list[Fault] = []
        found = rows_of(read_document(path), path.name, "airings", faults)
        if any(fault.place == path.name for fault in faults):
            raise ImportRefused(faults)
        rows = [(row.values, row.place) for row in found]
    return record_airings(session, rows, by=by, now=now)


def record_airings(
    session: Session, rows: Sequence[tuple[Mapping[str, object], str]], *, by: str, now: datetime
) -> tuple[Result, ...]:
    """Stores reported rows, each given with its place for messages; answers one result a row, in order."""
    results = []
    recorded = 0
    for values, place in rows:
        faults: list[Fault] = []
        row = Row(values, place, faults)
        event_id = row.text("event_id", required=True)
        airing = _read(session, row, now) if event_id is not None else None
        if event_id is not None and len(event_id) > LONGEST_EVENT_ID:
            row.fault("event_id", _("dài quá {most} ký tự", most=LONGEST_EVENT_ID))
        if faults or airing is None or event_id is None:
            results.append(Result(event_id or "", "rejected", "; ".join(str(fault) for fault in faults)))
            continue
        known = session.scalars(select(Airing).where(Airing.event_id == event_id)).first()
        if known is not None:
            results.append(Result(event_id, "duplicate"))
            continue
        airing.event_id = event_id
        session.add(airing)
        session.flush()
        recorded += 1
        results.append(Result(event_id, "recorded"))
    if recorded:
        audit.record(session, "airings.import", str(recorded), by=by, now=now)
    return tuple(results)


def _read(session: Session, row: Row, now: datetime) -> Airing | None:
    item_id = row.text("item_id", required=True)
    started_at = row.instant("started_at")
    if started_at is None and not row.has("started_at"):
        row.fault("started_at", _("thiếu, bắt buộc phải có"))
    if started_at is not None and started_at > now + CLOCK_TOLERANCE:
        row.fault("started_at", _("ở tương lai; đồng hồ của máy phát có đúng không?"))
    played_ms = row.number("played_ms")
    outcome = row.choice("outcome", Outcome)
    reason = row.text("reason")
    bulletin = _bulletin(session, item_id, started_at) if item_id and started_at else None
    if item_id and started_at and bulletin is None:
        row.fault("item_id", _("không có bản tin «{item}»", item=item_id))
    player = _player(session, row)
    if bulletin is None or started_at is None or outcome is None or item_id is None:
        return None
    if played_ms > bulletin.length_ms + 1000:
        row.fault("played_ms", _("dài hơn bản tin ({length} ms)", length=bulletin.length_ms))
    return Airing(
        item_id=item_id,
        session_id=bulletin.session_id,
        bulletin_id=bulletin.id,
        player_id=player.id if player else None,
        started_at=started_at,
        played_ms=0 if outcome == Outcome.FAILED else played_ms,
        outcome=outcome,
        reason=reason,
        reported_at=now,
    )


def _player(session: Session, row: Row) -> Player | None:
    code = row.text("player")
    if code is None:
        return None
    player = session.scalars(select(Player).where(Player.code == code)).first()
    if player is None:
        row.fault("player", _("không có máy phát «{code}»", code=code))
    return player


def _bulletin(session: Session, item_id: str, started_at: datetime) -> Bulletin | None:
    """The version that was played: the very one by its id, or by a session's id the one that stood at that moment."""
    exact = session.scalars(select(Bulletin).where(Bulletin.code == item_id)).first()
    if exact is not None:
        return exact
    prefix = item_id.replace("%", "").replace("_", "") + "-"
    versions = session.scalars(
        select(Bulletin)
        .where(Bulletin.code.startswith(prefix, autoescape=True))
        .order_by(Bulletin.made_at, Bulletin.id)
    ).all()
    versions = [version for version in versions if version.code.rpartition("-")[0] == item_id]
    stood = [version for version in versions if version.made_at <= started_at]
    return stood[-1] if stood else next(iter(versions), None)


def _csv_rows(path: Path) -> list[Mapping[str, object]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as missing:
        raise ImportRefused([Fault(path.name, _("không mở được tệp: {why}", why=missing.strerror or ""))]) from None
    except UnicodeDecodeError as wrong:
        raise ImportRefused([Fault(path.name, _("không phải UTF-8 (byte thứ {byte})", byte=wrong.start + 1))]) from None
    # Spreadsheets of Vietnamese offices write semicolons where the comma is the decimal sign.
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing_columns = [field for field in FIELDS[:5] if field not in (reader.fieldnames or [])]
    if missing_columns:
        raise ImportRefused([Fault(path.name, _("thiếu cột: {columns}", columns=", ".join(missing_columns)))])
    return [_typed(row) for row in reader]


def _typed(row: Mapping[str, str | None]) -> dict[str, object]:
    """A row of text as the json format has it: numbers as numbers, empty cells as nothing."""
    values: dict[str, object] = {field: (row.get(field) or "").strip() or None for field in FIELDS}
    played = values["played_ms"]
    if isinstance(played, str) and played.isdigit():
        values["played_ms"] = int(played)
    return values
