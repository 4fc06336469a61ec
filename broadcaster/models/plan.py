"""Plans of a month: a draft is a proposal, the one published plan binds, the others are history."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.article import Article
from broadcaster.models.slot import BroadcastSession
from broadcaster.models.unit import Unit
from broadcaster.models.zone import Column


class PlanState(StrEnum):
    """A proposal, the plan that binds, or one that did."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Plan(Base):
    """One plan of one month.

    `base_id` and `base_version` are the plan that was published when this draft was made, as it stood then. `version`
    grows with every change of a published plan, so that whoever looked at it before is told.
    """

    __tablename__ = "plans"
    __table_args__ = (
        # At most one plan of a month binds, whoever publishes at the same time.
        Index(
            "uq_plans_one_published",
            "month",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    base_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    base_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    score: Mapped[float]
    bound: Mapped[float | None]
    gap: Mapped[float | None]
    moves: Mapped[int]

    placements: Mapped[list[Placement]] = relationship(cascade="all, delete-orphan")
    posts: Mapped[list[Post]] = relationship(cascade="all, delete-orphan")
    reasons: Mapped[list[PlanReason]] = relationship(cascade="all, delete-orphan")
    units: Mapped[list[PlanUnit]] = relationship(cascade="all, delete-orphan")


class Placement(Base):
    """An article in a session. One that was taken off the air stays, with when and why."""

    __tablename__ = "placements"
    __table_args__ = (UniqueConstraint("plan_id", "session_id", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("broadcast_sessions.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    position: Mapped[int]
    #: The article's length as it was known when the plan was made.
    length_ms: Mapped[int]
    first_run: Mapped[bool]
    #: An editor's word: planning anew keeps it where it is.
    locked: Mapped[bool] = mapped_column(default=False)
    removed_at: Mapped[datetime | None]
    removed_why: Mapped[str | None]

    session: Mapped[BroadcastSession] = relationship()
    article: Mapped[Article] = relationship()


class Post(Base):
    """An article in a column of the portal, from an instant on."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("plan_id", "column_id", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("columns.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    posts_at: Mapped[datetime] = mapped_column(index=True)
    removed_at: Mapped[datetime | None]
    removed_why: Mapped[str | None]

    column: Mapped[Column] = relationship()
    article: Mapped[Article] = relationship()


class PlanReason(Base):
    """Why an article airs nowhere, or not in some zone, in a plan."""

    __tablename__ = "plan_reasons"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    zone_code: Mapped[str | None]
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]]

    article: Mapped[Article] = relationship()


class PlanUnit(Base):
    """What a plan gives a unit, and what the unit could reach at most where its minimum is out of reach."""

    __tablename__ = "plan_units"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    target_ms: Mapped[int]
    planned_ms: Mapped[int]
    short_ms: Mapped[int]
    articles: Mapped[int]
    reachable_ms: Mapped[int | None]

    unit: Mapped[Unit] = relationship(lazy="joined")


class RunState(StrEnum):
    """How far planning in the background is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PlanRun(Base):
    """Planning in the background: who asked for it, how far it is, and the draft that came of it.

    `told_at` is when the run last said how far it is: one that fell silent died with its process.
    """

    __tablename__ = "plan_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(index=True)
    zone_code: Mapped[str | None]
    by: Mapped[str]
    state: Mapped[str]
    #: How much is done, in thousandths.
    permille: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    told_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    message: Mapped[str | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id", ondelete="SET NULL"))
