"""Takes in the station's own set-up: zones, columns, weekly slots, people, players, the campaign and the targets."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit, defaults
from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.rows import Row, read_document
from broadcaster.language import gettext as _
from broadcaster.models import (
    UNIT_ROLES,
    AirtimeTarget,
    Campaign,
    Column,
    Player,
    Quota,
    Role,
    SlotException,
    SlotRule,
    Technology,
    Unit,
    UnitKind,
    User,
    Zone,
)
from broadcaster.sessions import weekly_rules
from broadcaster.tokens import new_read_key, new_write_token
from scheduler import slots

FILLERS = ("none", "music", "silence", "repeat")
EXCEPTION_ACTIONS = ("cancel", "add", "move")

#: What tells the rows of a list apart: two of one name in a file contradict each other.
_NAMED_BY = {"zones": "code", "columns": "code", "slots": "code", "users": "name", "players": "code"}


def import_station(session: Session, path: Path, *, now: datetime, tz: ZoneInfo, by: str) -> dict[str, str]:
    """Stores a station file, new things and changed ones; answers the write token of each new player, shown once.

    Raises:
        ImportRefused: with every fault of the file; nothing was stored.
    """
    faults: list[Fault] = []
    whole = Row(read_document(path), path.name, faults)
    today = now.astimezone(tz).date()
    with session.no_autoflush:
        zones = {zone.code: zone for zone in session.scalars(select(Zone))}
        for position, row in enumerate(_rows(whole, "zones")):
            _zone(session, row, position, zones)
        for position, row in enumerate(_rows(whole, "columns")):
            _column(session, row, position)
        for row in _rows(whole, "slots"):
            _slot(session, row, zones, today)
        _check_slots(session, whole, list(zones.values()))
        for row in _rows(whole, "exceptions"):
            _exception(session, row, zones)
        for row in _rows(whole, "users"):
            _user(session, row, now)
        tokens: dict[str, str] = {}
        for row in _rows(whole, "players"):
            _player(session, row, zones, tokens, now)
        campaign = whole.nested("campaign")
        if campaign is not None:
            _campaign(session, campaign)
        targets = {(target.unit_id, target.from_month): target for target in session.scalars(select(AirtimeTarget))}
        for row in _rows(whole, "targets"):
            _targets(session, row, targets)
    if faults:
        raise ImportRefused(faults)
    audit.record(session, "station.import", path.name, by=by, now=now)
    return tokens


def _rows(whole: Row, key: str) -> list[Row]:
    listed = whole.values.get(key, [])
    if not isinstance(listed, list):
        whole.fault(key, _("phải là danh sách"))
        return []
    rows = [Row(value, f"{whole.place}: {key}[{index}]", whole.faults) for index, value in enumerate(listed)]
    seen: dict[object, str] = {}
    field = _NAMED_BY.get(key, "")
    for row in rows:
        name = row.values.get(field)
        if isinstance(name, str) and name in seen:
            row.fault(field, _("«{code}» trùng với {place}", code=name, place=seen[name]))
        elif isinstance(name, str):
            seen[name] = row.place
    return rows


def _zone(session: Session, row: Row, position: int, zones: dict[str, Zone]) -> None:
    code = row.code("code")
    name = row.text("name", required=True)
    if code is None or name is None:
        return
    zone = zones.get(code)
    if zone is None:
        zone = zones[code] = defaults.new_zone(code, position)
        session.add(zone)
    zone.name, zone.position = name, position
    zone.earliest_start = row.clock("earliest_start", default=time(5, 30)) or time(5, 30)
    zone.longest_session_ms = row.number("longest_session_ms", default=45 * 60_000, least=60_000)
    zone.gap_ms = row.number("gap_ms", default=3_000)
    zone.frame_ms = row.number("frame_ms", default=60_000)
    zone.max_airings = row.number("max_airings", default=6, least=1)
    zone.min_between_airings_h = row.number("min_between_airings_h", default=11)
    zone.max_per_unit_in_session = row.number("max_per_unit_in_session", default=1, least=1)
    zone.filler = row.choice("filler", FILLERS, default="none") or "none"


def _column(session: Session, row: Row, position: int) -> None:
    code, name = row.code("code"), row.text("name", required=True)
    if code is None or name is None:
        return
    column = session.scalars(select(Column).where(Column.code == code)).first()
    if column is None:
        column = defaults.new_column(code, position)
        session.add(column)
    column.name, column.position = name, position
    column.description = row.text("description") or ""
    column.posts_a_day = row.number("posts_a_day", default=2, least=1)
    column.posts_at = row.clock("posts_at", default=time(7)) or time(7)


def _known_zone(row: Row, zones: dict[str, Zone], *, required: bool) -> Zone | None:
    code = row.code("zone", required=required)
    if code is not None and code not in zones:
        row.fault("zone", _("không có địa bàn «{code}»", code=code))
    return zones.get(code) if code is not None else None


def _slot(session: Session, row: Row, zones: dict[str, Zone], today: date) -> None:
    code, zone, starts_at = row.code("code"), _known_zone(row, zones, required=True), row.clock("starts_at")
    if code is None or zone is None or starts_at is None:
        return
    weekdays = row.text("weekdays") or defaults.WORKING_WEEK
    if not set(weekdays) <= set("0123456"):
        row.fault("weekdays", _("gồm các chữ số 0 (thứ Hai) đến 6 (Chủ nhật)"))
    length_ms = row.number("length_ms", default=defaults.DEFAULT_SESSION_MS, least=60_000)
    rule = session.scalars(select(SlotRule).where(SlotRule.code == code)).first()
    if rule is None:
        rule = SlotRule(code=code)
        session.add(rule)
    rule.zone, rule.weekdays, rule.starts_at, rule.length_ms = (
        zone,
        "".join(sorted(set(weekdays))),
        starts_at,
        length_ms,
    )
    rule.valid_from = row.day("valid_from") or today.replace(month=1, day=1)
    rule.valid_to = row.day("valid_to")
    rule.on_holidays = row.flag("on_holidays", default=False)


def _check_slots(session: Session, whole: Row, zones: list[Zone]) -> None:
    """Earliest start, longest session and sessions that overlap: judged on all rules together, old and new."""
    if whole.faults:
        return
    session.flush()
    limits = [slots.ZoneLimits(zone.code, zone.earliest_start, zone.longest_session_ms) for zone in zones]
    for fault in slots.check_rules(weekly_rules(session), limits):
        whole.fault(f"slots ({fault.rule})", fault.text)


def _exception(session: Session, row: Row, zones: dict[str, Zone]) -> None:
    day, reason = row.day("day", required=True), row.text("reason", required=True)
    action = row.choice("action", EXCEPTION_ACTIONS)
    zone = _known_zone(row, zones, required=False)
    rule_code = row.code("rule", required=False)
    starts_at = row.clock("starts_at") if row.has("starts_at") else None
    length_ms = row.number("length_ms", least=60_000) if row.has("length_ms") else None
    if action in {"add", "move"} and starts_at is None:
        row.fault("starts_at", _("thiếu, bắt buộc phải có"))
    if day is None or reason is None or action is None:
        return
    known = session.scalars(
        select(SlotException).where(
            SlotException.day == day, SlotException.rule_code == rule_code, SlotException.action == action
        )
    ).all()
    if not any(exception.zone is zone for exception in known):
        session.add(
            SlotException(
                zone=zone,
                rule_code=rule_code,
                day=day,
                action=action,
                starts_at=starts_at,
                length_ms=length_ms,
                reason=reason,
            )
        )


def _user(session: Session, row: Row, now: datetime) -> None:
    name, full_name = row.code("name"), row.text("full_name", required=True)
    role, unit = row.choice("role", tuple(Role)), _unit_of(session, row)
    if role in UNIT_ROLES and row.values.get("unit") is None:
        row.fault("unit", _("thiếu, bắt buộc phải có"))
    if name is None or full_name is None or role is None:
        return
    user = session.scalars(select(User).where(User.name == name)).first()
    if user is None:
        user = User(name=name, created_at=now, failures=0)
        session.add(user)
    user.full_name, user.role = full_name, role
    if unit is not None:
        user.unit = unit


def _unit_of(session: Session, row: Row) -> Unit | None:
    """The one unit that somebody acts for."""
    code = row.code("unit", required=False)
    unit = session.scalars(select(Unit).where(Unit.code == code)).first() if code is not None else None
    if code is not None and unit is None:
        row.fault("unit", _("không có đơn vị «{code}»", code=code))
    return unit


def _player(session: Session, row: Row, zones: dict[str, Zone], tokens: dict[str, str], now: datetime) -> None:
    code, name, zone = row.code("code"), row.text("name", required=True), _known_zone(row, zones, required=True)
    technology = row.choice("technology", Technology, default=Technology.IP)
    if code is None or name is None or zone is None or technology is None:
        return
    player = session.scalars(select(Player).where(Player.code == code)).first()
    if player is None:
        token = new_write_token()
        tokens[code] = token.text
        player = Player(code=code, read_key=new_read_key(), technology=technology)
        player.token_prefix, player.token_hash, player.token_made_at = token.prefix, token.sha256, now
        session.add(player)
    player.name, player.zone = name, zone
    if row.has("technology"):
        player.technology = technology


def _units_of(session: Session, row: Row) -> list[Unit]:
    """The units that a row is about: one by code, or all of a kind."""
    code, kind = row.code("unit", required=False), row.text("kind")
    if code is None and kind is None:
        row.fault("unit", _("cần «unit» hoặc «kind»"))
        return []
    if kind is not None and kind not in list(UnitKind):
        row.fault("kind", _("«{value}» không có trong: {options}", value=kind, options=", ".join(UnitKind)))
        return []
    wanted = Unit.code == code if code is not None else Unit.kind == kind
    units = list(session.scalars(select(Unit).where(wanted)))
    if code is not None and not units:
        row.fault("unit", _("không có đơn vị «{code}»", code=code))
    return units


def _campaign(session: Session, row: Row) -> None:
    code, name = row.code("code"), row.text("name", required=True)
    starts_on, deadline_on = row.day("starts_on", required=True), row.day("deadline_on", required=True)
    inclusive = row.flag("deadline_inclusive", default=False)
    quotas = [(_units_of(session, quota), quota.number("min_articles")) for quota in _rows(row, "quotas")]
    if code is None or name is None or starts_on is None or deadline_on is None:
        return
    campaign = session.scalars(select(Campaign).where(Campaign.code == code)).first() or Campaign(code=code)
    campaign.name, campaign.starts_on, campaign.deadline_on = name, starts_on, deadline_on
    campaign.deadline_inclusive = inclusive
    session.add(campaign)
    session.flush()
    # The last row that names a unit holds: a kind first, then an exception from it.
    for unit_id, least in {unit.id: least for units, least in quotas for unit in units}.items():
        session.merge(Quota(campaign_id=campaign.id, unit_id=unit_id, min_articles=least))


def _targets(session: Session, row: Row, targets: dict[tuple[int, str], AirtimeTarget]) -> None:
    """A later row of a file may make an exception from an earlier one: all wards, then one of them."""
    month = row.text("from_month", required=True)
    min_ms, min_articles = row.number("min_ms"), row.number("min_articles", default=1)
    if month is None or not _is_month(month):
        row.fault("from_month", _("phải là tháng dạng 2026-04"))
        return
    for unit in _units_of(session, row):
        target = targets.setdefault((unit.id, month), AirtimeTarget(unit_id=unit.id, from_month=month))
        target.min_ms, target.min_articles = min_ms, min_articles
        session.add(target)


def _is_month(text: str) -> bool:
    try:
        return len(text) == 7 and bool(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return False
