"""Which articles take part in planning, and how long each is: those that may air at all, and are not long done with."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.lengths import article_lengths_ms
from broadcaster.models import (
    Approval,
    Article,
    ArticleZone,
    BroadcastSession,
    Endorsement,
    Placement,
    Plan,
    PlanState,
    Recording,
    Rendition,
    Zone,
)
from broadcaster.scripts import Voice

#: After so long every report is in, and what was missed has been made up for or given up.
SETTLED_AFTER = timedelta(days=35)


def candidate_ids(session: Session, now: datetime) -> set[int]:
    """The ids of all articles that planning has to think about.

    Endorsed, approved in their present text, not withdrawn, and not long expired: why one that has just expired airs no
    more is still asked. Those that were planned as often as they
    may air in each of their zones, the last time over five weeks ago, are left out: of a station's thousands of
    articles nearly all are, and no rule would let them air again.
    """
    query = (
        select(Article.id)
        .join(Endorsement, Endorsement.article_id == Article.id)
        .join(Approval, Approval.article_id == Article.id)
        .where(
            Article.withdrawn_at.is_(None),
            Article.expires_at.is_(None) | (Article.expires_at > now - SETTLED_AFTER),
            Approval.dropped_at.is_(None),
            Approval.text_digest == Article.text_digest,
        )
    )
    return set(session.scalars(query)) - _settled(session, now)


def planning_lengths_ms(session: Session, voice: Voice, now: datetime) -> dict[int, int]:
    """The length of every candidate, by its id: as rendered, else as planned before, else estimated.

    Only what was never rendered or planned since its text changed is read aloud on paper: that takes a hundredth of a
    second each, and a station has thousands.
    """
    wanted = candidate_ids(session, now)
    recorded = set(session.scalars(select(Recording.article_id).where(Recording.removed_at.is_(None))))
    planned = (
        select(Placement.article_id, func.max(Placement.length_ms))
        .join(Article, Article.id == Placement.article_id)
        .join(Plan, Plan.id == Placement.plan_id)
        .where(Plan.made_at >= Article.changed_at)
        .group_by(Placement.article_id)
    )
    rendered = (
        select(Article.id, Rendition.length_ms)
        .join(Rendition, Rendition.article_id == Article.id)
        .where(Rendition.made_at >= Article.changed_at)
        .order_by(Rendition.made_at, Rendition.id)
    )
    known = dict(session.execute(planned).tuples().all())
    known.update(session.execute(rendered).tuples().all())
    found = {key: length_ms for key, length_ms in known.items() if key in wanted and key not in recorded}
    return {**found, **article_lengths_ms(session, voice, wanted - found.keys())}


def _settled(session: Session, now: datetime) -> set[int]:
    """Articles planned up to their cap in every zone of theirs, long ago."""
    planned = (
        select(
            Placement.article_id,
            func.count().label("airings"),
            func.max(BroadcastSession.starts_at).label("last"),
            func.max(Zone.max_airings).label("most"),
        )
        .join(Plan, Plan.id == Placement.plan_id)
        .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
        .join(Zone, Zone.id == BroadcastSession.zone_id)
        .where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
        .group_by(Placement.article_id, BroadcastSession.zone_id)
        .subquery()
    )
    full = (
        select(planned.c.article_id, func.count())
        .where(planned.c.airings >= planned.c.most, planned.c.last < now - SETTLED_AFTER)
        .group_by(planned.c.article_id)
    )
    own = dict(
        session.execute(select(ArticleZone.article_id, func.count()).group_by(ArticleZone.article_id)).tuples().all()
    )
    every = session.scalar(select(func.count()).select_from(Zone)) or 0
    return {article_id for article_id, zones in session.execute(full).tuples() if zones >= own.get(article_id, every)}
