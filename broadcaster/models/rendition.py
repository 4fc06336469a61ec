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
    frames_key: Mapped[str] = mapped_column(index=True)
    #: The same sound as a file of its own, with tags: its digest is its name in the public tree. Empty for what is
    #: never published by itself: the station's lines, and articles at another pace.
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
    #: Its sentences, as written and as spoken, with their places: `{"text", "spoken", "starts_ms", "ends_ms"}`. None of
    #: a recording.
    sentences: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    #: What was changed so that a session fits: `{"pauses", "rate", "stretch"}`; empty where nothing was.
    pacing: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    made_at: Mapped[datetime]

    article: Mapped[Article | None] = relationship()


class RenditionFault(Base):
    """What could not be spoken, or was refused by inspection, and why. Gone as soon as it has been made.

    `shaped_by` is what the rendition would have been known by; `can_retry` says that the next run tries again.
    """

    __tablename__ = "rendition_faults"

    shaped_by: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    title: Mapped[str]
    why: Mapped[str]
    can_retry: Mapped[bool]
    failed_at: Mapped[datetime]

    article: Mapped[Article | None] = relationship()


class VoicePace(Base):
    """How a voice reads, milliseconds (see `audio.estimating.Pace`), learnt from so many articles that it has read."""

    __tablename__ = "voice_paces"

    engine: Mapped[str] = mapped_column(primary_key=True)
    voice: Mapped[str] = mapped_column(primary_key=True)
    syllable_ms: Mapped[float]
    comma_ms: Mapped[float]
    stop_ms: Mapped[float]
    samples: Mapped[int]
    learnt_at: Mapped[datetime]
