"""Takes in as-run reports: what players and operators say was on the air."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.entries import ClosedMonths
from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.rows import Row, read_document, rows_of
from broadcaster.language import gettext as _
from broadcaster.models import Airing, Bulletin, DrillReport, Interrupt, Outcome, Player
from broadcaster.players import CLOCK_NOISE_MS, skew_of

Status = Literal["recorded", "duplicate", "rejected"]
FIELDS = ("event_id", "item_id", "started_at", "played_ms", "outcome", "reason", "player")
LONGEST_EVENT_ID, LONGEST_REASON = 200, 500
#: A report from the future by more than this is a wrong clock, not an airing.
CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one reported row; `reason` says why a row was rejected."""

    event_id: str
    status: Status
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is known of a report besides its rows.

    `player` showed its token: the rows are its own, and only its zone's bulletins are there for it. `sent_at` is the
    moment of sending by the reporter's clock. Rows older than `accepted_days` come too late; None: none does.
    """

    player: Player | None = None
    sent_at: datetime | None = None
    accepted_days: int | None = None


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
    session: Session,
    rows: Sequence[tuple[Mapping[str, object], str]],
    *,
    by: str,
    now: datetime,
    exchange: Exchange | None = None,
) -> tuple[Result, ...]:
    """Stores reported rows, each given with its place for messages; answers one result a row, in order."""
    given, closed = exchange or Exchange(), ClosedMonths.read(session)
    results = [_take_in(session, values, place, given, closed, by, now) for values, place in rows]
    recorded = sum(result.status == "recorded" for result in results)
    if recorded:
        audit.record(session, "airings.import", str(recorded), by=by, now=now)
    return tuple(results)


def _take_in(
    session: Session,
    values: Mapping[str, object],
    place: str,
    exchange: Exchange,
    closed: ClosedMonths,
    by: str,
    now: datetime,
) -> Result:
    faults: list[Fault] = []
    row = Row(values, place, faults)
    event_id = row.text("event_id", required=True)
    if event_id is not None and len(event_id) > LONGEST_EVENT_ID:
        row.fault("event_id", _("dài quá {most} ký tự", most=LONGEST_EVENT_ID))
    if event_id is None or faults:
        return _rejected(event_id, faults)
    # Before anything else is judged: what was taken in once is answered alike for ever, however late it is repeated.
    player = exchange.player or _named_player(session, row)
    if not faults and _is_known(session, event_id, player):
        return Result(event_id, "duplicate")
    said = _read(session, row, player, exchange, now)
    if faults or said is None:
        return _rejected(event_id, faults)
    said.event_id = event_id
    with _booked(session, said, closed, by, now):
        session.add(said)
        session.flush()
    return Result(event_id, "recorded")


def _booked(
    session: Session, said: Airing | DrillReport, closed: ClosedMonths, by: str, now: datetime
) -> AbstractContextManager[None]:
    """What a report changes of months that are closed by now is booked in the open one."""
    if isinstance(said, DrillReport):
        return nullcontext()
    return closed.watching(
        session,
        session_id=said.session_id,
        bulletin_id=said.bulletin_id,
        started_at=said.started_at,
        by=by,
        why=_("báo phát đến muộn"),
        now=now,
    )


def _rejected(event_id: str | None, faults: Sequence[Fault]) -> Result:
    return Result(event_id or "", "rejected", "; ".join(str(fault) for fault in faults))


def _is_known(session: Session, event_id: str, player: Player | None) -> bool:
    """Whether this reporter's event is in the books; the same name from two players means two events."""
    for table in (Airing, DrillReport):
        whose: ColumnElement[bool] = table.player_id == player.id if player else table.player_id.is_(None)
        if session.scalars(select(table.id).where(and_(table.event_id == event_id, whose))).first() is not None:
            return True
    return False


def _read(
    session: Session, row: Row, player: Player | None, exchange: Exchange, now: datetime
) -> Airing | DrillReport | None:
    item_id = row.text("item_id", required=True)
    clock = _moment(row, exchange, now)
    played_ms = row.number("played_ms")
    outcome = row.choice("outcome", Outcome)
    reason = row.text("reason")
    if reason is not None and len(reason) > LONGEST_REASON:
        row.fault("reason", _("dài quá {most} ký tự", most=LONGEST_REASON))
    interrupted_by = row.text("interrupted_by")
    if interrupted_by is not None and len(interrupted_by) > LONGEST_EVENT_ID:
        row.fault("interrupted_by", _("dài quá {most} ký tự", most=LONGEST_EVENT_ID))
    if player is not None and exchange.player is not None and row.text("player") not in (None, player.code):
        row.fault("player", _("khóa này là của máy phát khác"))
    if item_id is None or clock is None:
        return None
    started_at, skew_ms = clock
    heard_ms = 0 if outcome == Outcome.FAILED else played_ms
    drill = _drill(session, item_id, exchange.player)
    if drill is not None and outcome is not None:
        return DrillReport(
            interrupt_id=drill.id,
            player_id=player.id if player else None,
            started_at=started_at,
            played_ms=min(heard_ms, drill.length_ms),
            outcome=outcome,
            reason=reason,
            reported_at=now,
        )
    bulletin = _bulletin(session, item_id, started_at)
    if bulletin is not None and exchange.player is not None and bulletin.session.zone_id != exchange.player.zone_id:
        # Another zone's bulletins are not there for this player, whether they exist or not.
        bulletin = None
    if bulletin is None:
        row.fault("item_id", _("không có bản tin «{item}»", item=item_id))
    if bulletin is None or outcome is None:
        return None
    if played_ms > bulletin.length_ms + 1000:
        row.fault("played_ms", _("dài hơn bản tin ({length} ms)", length=bulletin.length_ms))
    return Airing(
        item_id=item_id,
        session_id=bulletin.session_id,
        bulletin_id=bulletin.id,
        player_id=player.id if player else None,
        started_at=started_at,
        skew_ms=skew_ms,
        played_ms=heard_ms,
        outcome=outcome,
        reason=reason,
        interrupted_by=interrupted_by,
        reported_at=now,
    )


def _moment(row: Row, exchange: Exchange, now: datetime) -> tuple[datetime, int | None] | None:
    """When it started by our clock, and how far the reporter's clock ran ahead; None where the row does not say.

    Cases: `age_ms` counts from the start to the sending, by a clock of the device that nobody sets, so it holds even
    where the device's clock was set right in between; else the clock is judged at the moment of sending; a clock that
    differs by no more than a slow line explains is taken as right.
    """
    started_at = row.instant("started_at")
    if started_at is None:
        if not row.has("started_at"):
            row.fault("started_at", _("thiếu, bắt buộc phải có"))
        return None
    skew_ms = skew_of(exchange.sent_at, now)
    if row.has("age_ms"):
        by_age = now - timedelta(milliseconds=row.number("age_ms"))
        off_ms = round((started_at - by_age).total_seconds() * 1000)
        skew_ms = off_ms if abs(off_ms) > CLOCK_NOISE_MS else 0
    started_at -= timedelta(milliseconds=skew_ms or 0)
    if started_at > now + CLOCK_TOLERANCE:
        row.fault("started_at", _("ở tương lai; đồng hồ của máy phát có đúng không?"))
    if exchange.accepted_days is not None and started_at < now - timedelta(days=exchange.accepted_days):
        row.fault("started_at", _("báo quá muộn: chỉ nhận trong {days} ngày", days=exchange.accepted_days))
    return started_at, skew_ms


def _drill(session: Session, item_id: str, player: Player | None) -> Interrupt | None:
    """The drill of this id; another zone's is not there for a player."""
    found = session.scalars(select(Interrupt).where(Interrupt.code == item_id, Interrupt.drill.is_(True))).first()
    return None if found is not None and player is not None and found.zone_id != player.zone_id else found


def _named_player(session: Session, row: Row) -> Player | None:
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
