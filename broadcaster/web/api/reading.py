"""What programs read of the books: airtime, schedule, articles, units. Nobody's name, address or phone is among it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from broadcaster.airtime import month_airtime, to_json
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import (
    Article,
    BroadcastSession,
    Placement,
    Plan,
    PlanState,
    Scope,
    Succession,
    Unit,
    Zone,
)
from broadcaster.months import day_start, month_of
from broadcaster.web.api import schemas
from broadcaster.web.api.bearer import require_program
from broadcaster.web.api.bodies import asked_day, asked_number
from broadcaster.web.api.house import instant
from broadcaster.web.api.refusals import ApiRefusal
from broadcaster.web.desk.house import books_reading, moment, station_zone

MOST_DAYS, MOST_ARTICLES = 62, 500
WEEK = timedelta(days=6)
#: What numbers rows in every database.
MOST_ID = 2**31 - 1


def read_airtime() -> dict[str, Any]:
    """The airtime table of `?month=2026-11`, else of this month."""
    now, tz = moment(), station_zone()
    with books_reading() as session:
        require_program(session, Scope.READ)
        month = request.args.get("month") or month_of(now, tz)
        return to_json(month_airtime(session, month, now=now, tz=tz))


def read_schedule() -> schemas.Schedule:
    """The sessions from `?from=` to `?to=`, both days included, of `?zone=` or of all; else of the next seven days."""
    now, tz = moment(), station_zone()
    with books_reading() as session:
        require_program(session, Scope.READ)
        first = asked_day("from", now.astimezone(tz).date())
        last = asked_day("to", first + WEEK)
        if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
            raise ApiRefusal(400, "bad_request", _("chỉ hỏi được từ 1 đến {most} ngày", most=MOST_DAYS))
        begins, ends = day_start(first, tz), day_start(last + timedelta(days=1), tz)
        query = (
            select(BroadcastSession)
            .where(BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < ends)
            .order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)
            .options(joinedload(BroadcastSession.zone))
        )
        zone = request.args.get("zone")
        if zone:
            query = query.where(BroadcastSession.zone_id == _zone_id(session, zone))
        rows = session.scalars(query).all()
        items = _items(session, [row.id for row in rows], now)
        return schemas.Schedule(sessions=[_session(row, items.get(row.id, [])) for row in rows])


def read_articles() -> schemas.ArticleList:
    """The articles, a unit's token its own alone; `?after=` the `next` of the page before, `?limit=` at most 500."""
    with books_reading() as session:
        program = require_program(session, Scope.READ)
        limit = asked_number("limit", 100, most=MOST_ARTICLES) or 1
        query = (
            select(Article)
            .where(Article.id > asked_number("after", 0, most=MOST_ID))
            .order_by(Article.id)
            .limit(limit + 1)
            .options(
                joinedload(Article.unit),
                joinedload(Article.endorsement),
                selectinload(Article.approvals),
                selectinload(Article.zones),
                selectinload(Article.columns),
            )
        )
        if program.unit_id is not None:
            query = query.where(Article.unit_id == program.unit_id)
        found = session.scalars(query).all()
        page = found[:limit]
        return schemas.ArticleList(
            articles=[_article(article) for article in page], next=page[-1].id if len(found) > limit else None
        )


def read_units() -> schemas.UnitList:
    """All units with their lines of succession."""
    with books_reading() as session:
        require_program(session, Scope.READ)
        units = session.scalars(select(Unit).order_by(Unit.code).options(joinedload(Unit.zone))).all()
        codes = {unit.id: unit.code for unit in units}
        before: dict[int, list[str]] = {}
        for link in session.scalars(select(Succession)):
            before.setdefault(link.successor_id, []).append(codes[link.predecessor_id])
        return schemas.UnitList(units=[_unit(unit, sorted(before.get(unit.id, []))) for unit in units])


def _zone_id(session: Session, code: str) -> int:
    found = session.scalars(select(Zone.id).where(Zone.code == code)).first()
    if found is None:
        raise NotFound(_("không có địa bàn «{code}»", code=code))
    return found


def _items(session: Session, session_ids: list[int], now: datetime) -> dict[int, list[schemas.ScheduledItem]]:
    """What was published for each session and may be told of now."""
    query = (
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Placement.session_id.in_(session_ids), Placement.removed_at.is_(None), Plan.state == PlanState.PUBLISHED)
        .order_by(Placement.session_id, Placement.position)
        .options(joinedload(Placement.article).joinedload(Article.unit))
    )
    found: dict[int, list[schemas.ScheduledItem]] = {}
    for placement in session.scalars(query):
        article = placement.article
        secret = article.not_before is not None and article.not_before > now
        item = schemas.ScheduledItem(
            position=placement.position,
            ref=None if secret else article.ref,
            title=None if secret else article.title,
            unit=article.unit.code,
        )
        found.setdefault(placement.session_id, []).append(item)
    return found


def _session(row: BroadcastSession, items: list[schemas.ScheduledItem]) -> schemas.ScheduledSession:
    return schemas.ScheduledSession(
        zone=row.zone.code,
        starts_at=instant(row.starts_at) or "",
        length_ms=row.length_ms,
        cancelled=not row.is_open,
        items=items,
    )


def _article(article: Article) -> schemas.Article:
    return schemas.Article(
        ref=article.ref,
        title=article.title,
        unit=article.unit.code,
        field=article.field,
        kind=article.kind,
        priority=article.priority,
        received_at=instant(article.received_at) or "",
        endorsed=article.endorsement is not None,
        approved=article.approval is not None,
        withdrawn=article.withdrawn_at is not None,
        not_before=instant(article.not_before),
        expires_at=instant(article.expires_at),
        zones=[zone.code for zone in article.zones],
        columns=[column.code for column in article.columns],
    )


def _unit(unit: Unit, succeeds: list[str]) -> schemas.Unit:
    return schemas.Unit(
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        zone=unit.zone.code if unit.zone else None,
        valid_from=unit.valid_from.isoformat() if unit.valid_from else None,
        valid_to=unit.valid_to.isoformat() if unit.valid_to else None,
        succeeds=succeeds,
    )
