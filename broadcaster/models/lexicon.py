"""The town's own lexicon, and the readings that editors have accepted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.db import Base


class LexiconRow(Base):
    """How the town says a token. Rows are never changed: a new one takes the place of the old, which stays."""

    __tablename__ = "lexicon"
    __table_args__ = (
        Index(
            "uq_lexicon_one_standing",
            "written",
            "before",
            "after",
            "unit_code",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    written: Mapped[str]
    spoken: Mapped[str]
    kind: Mapped[str]
    #: Words separated by "|" of which one must stand right before or after; empty: wherever it stands.
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str] = mapped_column(default="")
    #: The code of the one unit for which it counts; empty: for all.
    unit_code: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class AcceptedReading(Base):
    """An editor saw how a doubtful token of one text is going to be said, and accepted it."""

    __tablename__ = "accepted_readings"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    text_digest: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    spoken: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
