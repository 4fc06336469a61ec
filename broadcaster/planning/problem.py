"""From the books to a planning problem: rows in, frozen values out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from broadcaster import defaults
from broadcaster.heard import heard_of, heard_since, in_time
from broadcaster.missed import missed_airings
from broadcaster.models import (
    Airing,
    AirtimeTarget,
    Article,
    BroadcastSession,
    Kind,
    Placement,
    Plan,
    PlanState,
    Priority,
    Unit,
    Zone,
)
from broadcaster.months import bounds, day_start
from broadcaster.sessions import station_calendar
from scheduler import planning

#: A session without any report so long after its start did not air, as far as planning knows.
REPORTS_AWAITED = timedelta(hours=48)
#: What is so near stays as it was published, nothing is added to it either: players hold it by now.
LOCKED_AHEAD = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class MonthProblem:
    """A month's problem with the rows behind its ids, and the placements that stay because they are past."""

    problem: planning.Problem
    sessions: Mapping[str, BroadcastSession]
    articles: Mapping[str, Article]
    units: Mapping[str, Unit]
    kept: tuple[Placement, ...]


def published_plan_of(session: Session, month: str) -> Plan | None:
    """The plan of a month that binds, if one was published."""
    return session.scalars(select(Plan).where(Plan.month == month, Plan.state == PlanState.PUBLISHED)).first()


def airable_articles(session: Session, only: Collection[int] | None = None) -> list[Article]:
    """Every article that is endorsed, approved in its present text, and not withdrawn; with `only`, of these."""
    query = select(Article).options(
        selectinload(Article.approvals), selectinload(Article.endorsement), selectinload(Article.zones)
    )
    if only is not None:
        query = query.where(Article.id.in_(only))
    articles = session.scalars(query.where(Article.withdrawn_at.is_(None)).order_by(Article.ref))
    return [article for article in articles if article.endorsement is not None and article.approval is not None]


def air_by(article: Article, tz: ZoneInfo) -> datetime | None:
    """When the article has to have aired: as it says, or a spontaneous one within a working day of its approval."""
    if article.air_by is not None or article.kind != Kind.SPONTANEOUS or article.approval is None:
        return article.air_by
    approved = max(article.approval.approved_at, article.not_before or article.approval.approved_at)
    session = object_session(article)
    assert session is not None  # an article of the books
    next_day = station_calendar(session, tz).add_working_days(approved.astimezone(tz).date(), 1)
    return day_start(next_day + timedelta(days=1), tz)


def build_problem(
    session: Session,
    month: str,
    lengths_ms: Mapping[int, int],
    *,
    now: datetime,
    tz: ZoneInfo,
    zone: Zone | None = None,
    by_hand: bool = False,
) -> MonthProblem:
    """The problem of what is left of a month.

    `lengths_ms` gives each airable article's length by its id; one without is left out. With a `zone`, the other zones
    stay as published. `by_hand` is the problem as an editor has it: only what an editor locked is held, and what is
    near may still be changed.
    """
    first, after = bounds(month, tz)
    rows = session.scalars(
        select(BroadcastSession)
        .where(
            BroadcastSession.starts_at >= max(first, now),
            BroadcastSession.starts_at < after,
            BroadcastSession.cancelled_why.is_(None),
        )
        .order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)
    ).all()
    sessions = {session_id(row): row for row in rows}
    articles = {article.ref: article for article in airable_articles(session, lengths_ms.keys())}
    published = _published_placements(session, month)
    coming = [placement for placement in published if session_id(placement.session) in sessions]
    coming = [placement for placement in coming if _may_stay(placement)]
    held_until = now if by_hand else now + LOCKED_AHEAD
    near = {placement.session_id for placement in coming if placement.session.starts_at < held_until}
    locked = [
        placement
        for placement in coming
        if placement.locked or placement.session_id in near or (zone and placement.session.zone_id != zone.id)
    ]
    held_ids = {placement.id for placement in locked}
    if zone is not None:
        held = {session_id(placement.session) for placement in locked}
        sessions = {key: row for key, row in sessions.items() if row.zone_id == zone.id or key in held}
    full = near | {row.id for row in sessions.values() if zone is not None and row.zone_id != zone.id}
    units = list(session.scalars(select(Unit).order_by(Unit.code)))
    zones = list(session.scalars(select(Zone)))
    rules = _rules(zones)
    due = {} if by_hand else _due_again(session, now=now, tz=tz)
    problem = planning.Problem(
        tz=str(tz),
        now=now,
        period_starts_at=first,
        sessions=_sessions(sessions, locked, lengths_ms, rules.gap_ms or 0, full),
        articles=tuple(
            replace(value, air_by=due[value.id]) if value.id in due else value
            for value in (_article(article, lengths_ms[article.id], zones, tz) for article in articles.values())
        ),
        targets=tuple(_targets(session, units, month, first)),
        history=tuple(_history(session, articles, published, lengths_ms, first=first, now=now)),
        locked=tuple(_pair(placement) for placement in locked),
        previous=tuple(_pair(placement) for placement in coming if placement.id not in held_ids),
        rules=rules,
    )
    past = tuple(placement for placement in published if placement.session.starts_at < now)
    return MonthProblem(problem, sessions, articles, {unit.code: unit for unit in units}, past)


def _due_again(session: Session, *, now: datetime, tz: ZoneInfo) -> dict[str, datetime]:
    """By reference: until when urgent articles and those of priority that were missed are to be made up for.

    That is the end of the next working day, or earlier where the article says so itself.
    """
    next_day = station_calendar(session, tz).add_working_days(now.astimezone(tz).date(), 1)
    ends = day_start(next_day + timedelta(days=1), tz)
    due = {}
    for one in missed_airings(session, now=now, awaited=REPORTS_AWAITED):
        own = one.article.air_by
        if one.article.priority != Priority.NORMAL:
            due[one.article.ref] = own if own is not None and now < own < ends else ends
    return due


def stored_problem(
    session: Session,
    plan: Plan,
    sessions: Mapping[str, BroadcastSession],
    standing: Sequence[Placement],
    *,
    now: datetime,
    tz: ZoneInfo,
) -> planning.Problem:
    """As much of a published month's problem as explanations need: what stands, as long as it was planned to be."""
    zones = list(session.scalars(select(Zone)))
    units = list(session.scalars(select(Unit).order_by(Unit.code)))
    first, _after = bounds(plan.month, tz)
    rules = _rules(zones)
    lengths_ms = {row.article_id: row.length_ms for row in standing}
    articles = {row.article_id: row.article for row in standing}
    return planning.Problem(
        tz=str(tz),
        now=now,
        period_starts_at=first,
        sessions=_sessions(sessions, standing, lengths_ms, rules.gap_ms, frozenset()),
        articles=tuple(_article(article, lengths_ms[key], zones, tz) for key, article in articles.items()),
        targets=tuple(_targets(session, units, plan.month, first)),
        locked=tuple(_pair(row) for row in standing if row.locked),
        rules=rules,
    )


def session_id(row: BroadcastSession) -> str:
    """What a session is called in the planning problem: it sorts by time."""
    return f"{row.starts_at:%Y%m%dT%H%MZ}-{row.zone.code}"


def _published_placements(session: Session, month: str) -> list[Placement]:
    rows = session.scalars(
        select(Placement)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Plan.month == month, Plan.state == PlanState.PUBLISHED)
        .options(joinedload(Placement.session).joinedload(BroadcastSession.zone), joinedload(Placement.article))
    )
    standing = [placement for placement in rows if placement.removed_at is None]
    return sorted(standing, key=lambda placement: (placement.session.starts_at, placement.position))


def _pair(placement: Placement) -> planning.Pair:
    return planning.Pair(session_id(placement.session), placement.article.ref)


def _may_stay(placement: Placement) -> bool:
    """Whether what was published may still air where it was: the article may have changed since."""
    article, broadcast = placement.article, placement.session
    return article.is_airable(broadcast.starts_at) and (not article.zones or broadcast.zone in article.zones)


def _sessions(
    rows: Mapping[str, BroadcastSession],
    locked: Sequence[Placement],
    lengths_ms: Mapping[int, int],
    gap_ms: int,
    full: Set[int],
) -> tuple[planning.Session, ...]:
    """The sessions with what they can take.

    A session of `full` (too near, or of a zone that is not planned) is full with what it has. What was locked before
    its true length was known has its room in any case: the bulletin sees to it that the session is not exceeded.
    """
    locked_ms: dict[str, int] = {}
    for placement in locked:
        key = session_id(placement.session)
        locked_ms[key] = locked_ms.get(key, 0) + lengths_ms[placement.article_id] + gap_ms
    found = []
    for key, row in rows.items():
        taken_ms = locked_ms.get(key, 0)
        capacity_ms = taken_ms if row.id in full else max(row.capacity_ms, taken_ms)
        found.append(planning.Session(key, row.zone.code, row.starts_at, row.length_ms, capacity_ms))
    return tuple(found)


def _article(article: Article, length_ms: int, zones: Sequence[Zone], tz: ZoneInfo) -> planning.Article:
    # Urgent news bypasses the cap on airings.
    most = min((zone.max_airings for zone in article.zones or zones), default=None)
    cap = None if article.priority == Priority.URGENT else most
    return article_value(article, length_ms, [zone.code for zone in article.zones], cap, tz)


def article_value(
    article: Article, length_ms: int, places: Iterable[str], max_airings: int | None, tz: ZoneInfo
) -> planning.Article:
    """An article as the library plans it: into the zones of a programme or the columns of the portal."""
    return planning.Article(
        id=article.ref,
        unit=article.unit.code,
        field=article.field,
        length_ms=length_ms,
        priority=planning.Priority(article.priority),
        kind=article.kind,
        not_before=article.not_before,
        expires_at=article.expires_at,
        air_by=air_by(article, tz),
        zones=tuple(places),
        max_airings=max_airings,
    )


def _targets(session: Session, units: Sequence[Unit], month: str, first: datetime) -> list[planning.Target]:
    stored: dict[int, AirtimeTarget] = {}
    for target in session.scalars(
        select(AirtimeTarget).where(AirtimeTarget.from_month <= month).order_by(AirtimeTarget.from_month)
    ):
        stored[target.unit_id] = target
    return [
        planning.Target(
            unit.code,
            stored[unit.id].min_ms if unit.id in stored else defaults.DEFAULT_TARGET_MS,
            stored[unit.id].min_articles if unit.id in stored else 1,
        )
        for unit in units
        if unit.is_valid_on(first.date())
    ]


def _history(
    session: Session,
    articles: Mapping[str, Article],
    published: Sequence[Placement],
    lengths_ms: Mapping[int, int],
    *,
    first: datetime,
    now: datetime,
) -> list[planning.PastAiring]:
    """What was reported as heard, and what was published for sessions whose reports are still awaited.

    Of the time before the month only what says something about articles that may still air.
    """
    before = max(first, now)
    may_air = {article.id for article in articles.values() if article.expires_at is None or article.expires_at > now}
    heard = {(line.heard.session_id, line.heard.article_id): line for line in heard_of(session, may_air)}
    heard.update({(line.heard.session_id, line.heard.article_id): line for line in heard_since(session, first)})
    owners = _owners(session, {article_id for _session_id, article_id in heard})
    zones = dict(session.execute(select(Zone.id, Zone.code)).tuples().all())
    history = [
        planning.PastAiring(
            *owners[line.heard.article_id], line.starts_at, zones[line.heard.zone_id], line.heard.heard_ms
        )
        for line in sorted(heard.values(), key=in_time)
        if line.heard.is_run and line.started_at < before
    ]
    return history + _awaited(session, published, lengths_ms, now)


def _owners(session: Session, article_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """The reference and the unit of each article."""
    query = select(Article.id, Article.ref, Unit.code).join(Unit, Unit.id == Article.unit_id)
    rows = session.execute(query).tuples()
    return {article_id: (ref, unit) for article_id, ref, unit in rows if article_id in article_ids}


def _awaited(
    session: Session, published: Sequence[Placement], lengths_ms: Mapping[int, int], now: datetime
) -> list[planning.PastAiring]:
    """What is taken for heard until its session's reports are overdue."""
    recent = [placement for placement in published if now - REPORTS_AWAITED <= placement.session.starts_at < now]
    recent_ids = {placement.session_id for placement in recent}
    reported = set(session.scalars(select(Airing.session_id).where(Airing.session_id.in_(recent_ids))))
    awaited = []
    for placement in recent:
        length_ms = lengths_ms.get(placement.article_id)
        if placement.session_id not in reported and length_ms is not None:
            article, broadcast = placement.article, placement.session
            past = planning.PastAiring(
                article.ref, article.unit.code, broadcast.starts_at, broadcast.zone.code, length_ms
            )
            awaited.append(past)
    return awaited


def _rules(zones: Sequence[Zone]) -> planning.Rules:
    """One set of rules for the whole station: where zones differ, the strictest holds for all."""
    if not zones:
        return planning.Rules()
    return planning.Rules(
        gap_ms=max(zone.gap_ms for zone in zones),
        min_between_airings_h=max(zone.min_between_airings_h for zone in zones),
        max_airings_in_days=(
            min(zone.max_airings_in_days_count for zone in zones),
            max(zone.max_airings_in_days_days for zone in zones),
        ),
        max_per_unit_in_session=min(zone.max_per_unit_in_session for zone in zones),
        adjacent_same_field=all(zone.adjacent_same_field for zone in zones),
    )
