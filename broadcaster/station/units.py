"""Units: entered, renamed, merged and split.

What was written under an old unit stays there; a line of succession leads from it to those that took up its work
(administrative reform of 2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster import audit
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import AirtimeTarget, Succession, Unit, UnitKind, User, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitData:
    """What an administrator says of a unit; `valid_to` is its last day."""

    name: str
    kind: UnitKind
    zone: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def unit_of(session: Session, code: str) -> Unit:
    """The unit of a code.

    Raises:
        NotFound: there is none.
    """
    unit = session.scalars(select(Unit).where(Unit.code == code).options(joinedload(Unit.zone))).first()
    if unit is None:
        raise NotFound(_("không có đơn vị «{code}»", code=code))
    return unit


def save_unit(session: Session, code: str, data: UnitData, *, by: str, now: datetime) -> Unit:
    """Makes a unit or corrects what is known of it. A new name by decision is a new unit: see `succeed`.

    Raises:
        NotFound: there is no such zone.
        NotAllowed: it would end before it begins.
    """
    zone = session.scalars(select(Zone).where(Zone.code == data.zone)).first() if data.zone else None
    if data.zone and zone is None:
        raise NotFound(_("không có địa bàn «{code}»", code=data.zone))
    if data.valid_from and data.valid_to and data.valid_to < data.valid_from:
        raise NotAllowed(_("Đơn vị không thể kết thúc trước khi bắt đầu."))
    unit = session.scalars(select(Unit).where(Unit.code == code)).first()
    if unit is None:
        unit = Unit(code=code)
        session.add(unit)
    unit.name, unit.kind, unit.zone = data.name, data.kind, zone
    unit.valid_from, unit.valid_to = data.valid_from, data.valid_to
    session.flush()
    audit.record(session, "units.save", code, by=by, now=now, name=data.name)
    return unit


def succeed(
    session: Session,
    olds: Sequence[str],
    news: Sequence[tuple[str, UnitData]],
    *,
    from_day: date,
    by: str,
    now: datetime,
) -> tuple[Unit, ...]:
    """Old units end the day before, new ones begin and take up their line.

    One old and one new: renamed. Several old: merged. Several new: split. Accounts of the old units go over to the
    first new one, and so do targets of airtime where the new unit has none.

    Raises:
        NotFound: an old unit or a zone does not exist.
        NotAllowed: an old unit has ended already, or a new code is taken.
    """
    before = [unit_of(session, code) for code in olds]
    for unit in before:
        if not unit.is_valid_on(from_day - timedelta(days=1)):
            raise NotAllowed(_("Đơn vị «{code}» không còn hoạt động trước ngày ấy.", code=unit.code))
    taken = set(session.scalars(select(Unit.code).where(Unit.code.in_([code for code, _data in news]))))
    if taken:
        raise NotAllowed(_("Đã có đơn vị mang mã: {codes}", codes=", ".join(sorted(taken))))
    after = []
    for code, data in news:
        unit = save_unit(session, code, data, by=by, now=now)
        unit.valid_from = from_day
        after.append(unit)
    session.flush()
    for old in before:
        old.valid_to = from_day - timedelta(days=1)
        for new in after:
            session.merge(Succession(successor_id=new.id, predecessor_id=old.id))
        for user in session.scalars(select(User).where(User.unit_id == old.id)):
            user.unit = after[0]
    _hand_over_targets(session, before, after, from_day)
    codes = {"olds": list(olds), "news": [code for code, _data in news]}
    audit.record(session, "units.succeed", ", ".join(olds), by=by, now=now, **codes)
    return tuple(after)


def _hand_over_targets(session: Session, before: Sequence[Unit], after: Sequence[Unit], from_day: date) -> None:
    """Minutes owed are added up and shared out, so that a reform neither makes nor loses airtime."""
    month = f"{from_day:%Y-%m}"
    standing: list[AirtimeTarget] = []
    for old in before:
        wanted = select(AirtimeTarget).where(AirtimeTarget.unit_id == old.id, AirtimeTarget.from_month <= month)
        newest = session.scalars(wanted.order_by(AirtimeTarget.from_month.desc()).limit(1)).first()
        if newest is not None:
            standing.append(newest)
    if not standing:
        return
    min_ms = sum(target.min_ms for target in standing) // len(after)
    min_articles = max(target.min_articles for target in standing)
    for new in after:
        session.add(AirtimeTarget(unit_id=new.id, from_month=month, min_ms=min_ms, min_articles=min_articles))


def predecessors_of(session: Session, unit: Unit) -> Sequence[Unit]:
    """The units whose work this one took up."""
    wanted = select(Unit).join(Succession, Succession.predecessor_id == Unit.id)
    return session.scalars(wanted.where(Succession.successor_id == unit.id).order_by(Unit.name)).all()


def successors_of(session: Session, unit: Unit) -> Sequence[Unit]:
    """The units that took up this one's work."""
    wanted = select(Unit).join(Succession, Succession.successor_id == Unit.id)
    return session.scalars(wanted.where(Succession.predecessor_id == unit.id).order_by(Unit.name)).all()
