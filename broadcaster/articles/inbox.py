"""Where each article stands on its way to the air, worked out from the books, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from broadcaster.access import acts_for_one_unit
from broadcaster.articles.search import found_ids
from broadcaster.models import (
    Airing,
    Approval,
    Article,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    DossierCheck,
    Endorsement,
    Outcome,
    Placement,
    Plan,
    PlanState,
    Unit,
    User,
)


class State(StrEnum):
    """One state an article, the first that holds in the order of `state_column`."""

    WAITS_FOR_ENDORSEMENT = "waits-for-endorsement"
    RECEIVED = "received"
    WAITS_FOR_APPROVAL = "waits-for-approval"
    APPROVED = "approved"
    PLANNED = "planned"
    AIRED = "aired"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the list; empty means all."""

    state: str = ""
    unit: str = ""
    kind: str = ""
    field: str = ""
    priority: str = ""
    words: str = ""


def state_column(now: datetime) -> ColumnElement[str]:
    """An article's state at an instant.

    Withdrawn and expired come first, for nothing else matters then; an endorsed article whose dossier nobody has looked
    through is `received`; one that airs again is `planned`, one that has only been heard `aired`.
    """
    endorsed = exists().where(Endorsement.article_id == Article.id)
    approved = exists().where(
        Approval.article_id == Article.id,
        Approval.text_digest == Article.text_digest,
        Approval.dropped_at.is_(None),
    )
    seen = exists().where(DossierCheck.article_id == Article.id)
    return case(
        (Article.withdrawn_at.is_not(None), State.WITHDRAWN.value),
        (Article.expires_at <= now, State.EXPIRED.value),
        (~endorsed, State.WAITS_FOR_ENDORSEMENT.value),
        (~approved & seen, State.WAITS_FOR_APPROVAL.value),
        (~approved, State.RECEIVED.value),
        (Article.not_before > now, State.EMBARGOED.value),
        (_planned(now), State.PLANNED.value),
        (_heard(), State.AIRED.value),
        else_=State.APPROVED.value,
    )


def _planned(now: datetime) -> ColumnElement[bool]:
    coming = (
        select(Placement.article_id)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .where(
            Plan.state == PlanState.PUBLISHED,
            Placement.removed_at.is_(None),
            BroadcastSession.cancelled_why.is_(None),
            BroadcastSession.starts_at > now,
        )
    )
    return Article.id.in_(coming)


def _heard() -> ColumnElement[bool]:
    return exists().where(
        BulletinItem.article_id == Article.id,
        Bulletin.id == BulletinItem.bulletin_id,
        Airing.bulletin_id == Bulletin.id,
        Airing.outcome != Outcome.FAILED,
        Airing.played_ms > BulletinItem.starts_ms,
    )


def listed(session: Session, wanted: Wanted, user: User, *, now: datetime) -> Select[Any]:
    """The articles that are asked for and that the user may see, each with its state, the newest first."""
    state = state_column(now)
    query = select(Article, state.label("state")).options(joinedload(Article.unit))
    query = _narrowed(session, query, wanted, user)
    if wanted.state:
        query = query.where(state == wanted.state)
    return query.order_by(Article.received_at.desc(), Article.id.desc())


def counts(session: Session, wanted: Wanted, user: User, *, now: datetime) -> Mapping[str, int]:
    """How many there are in each state of what is asked for otherwise."""
    state = state_column(now).label("state")
    inner = _narrowed(session, select(state), wanted, user).subquery()
    rows = session.execute(select(inner.c.state, func.count()).group_by(inner.c.state))
    found: dict[str, int] = dict(rows.tuples().all())
    return {one.value: found.get(one.value, 0) for one in State}


def state_of(session: Session, article: Article, *, now: datetime) -> str:
    """One article's state."""
    return str(session.scalars(select(state_column(now)).select_from(Article).where(Article.id == article.id)).one())


def _narrowed(session: Session, query: Select[Any], wanted: Wanted, user: User) -> Select[Any]:
    if acts_for_one_unit(user):
        query = query.where(Article.unit_id == user.unit_id)
    if wanted.unit:
        query = query.where(Article.unit_id.in_(select(Unit.id).where(Unit.code == wanted.unit)))
    for name in ("kind", "field", "priority"):
        if value := getattr(wanted, name):
            query = query.where(getattr(Article, name) == value)
    ids = found_ids(session, wanted.words) if wanted.words.strip() else None
    if ids is not None:
        query = query.where(Article.id.in_(ids))
    elif wanted.words.strip():
        query = query.where(or_(False))
    return query
