"""Renditions: articles as mastered sound, and who spoke them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.article import Article


class Rendition(Base):
    """One text spoken once. `shaped_by` is the digest of everything that shaped the sound but the engine.

    An ident or a sign-off is a rendition without an article. `frames_key` names its frames on the shelf; they can be
    lost and made again, the row stays.
    """

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("shaped_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    shaped_by: Mapped[str]
    frames_key: Mapped[str]
    #: The same sound as a file of its own, with tags: its digest is its name in the public tree.
    media_sha256: Mapped[str]
    media_bytes: Mapped[int]
    engine: Mapped[str]
    voice: Mapped[str]
    synthetic: Mapped[bool]
    length_ms: Mapped[int]
    loudness_lufs: Mapped[float]
    true_peak_dbtp: Mapped[float]
    #: Engines that were to speak and did not, and why.
    degraded: Mapped[list[Any]]
    unknown_words: Mapped[list[Any]]
    warnings: Mapped[list[Any]]
    made_at: Mapped[datetime]

    article: Mapped[Article | None] = relationship()
