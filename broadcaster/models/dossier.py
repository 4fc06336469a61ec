"""What belongs to an article's dossier: the texts it had, the scans of its paper, and what the reviewer found in it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.db import Base


class ArticleVersion(Base):
    """One text of an article, kept for good: what was endorsed or approved can be read again."""

    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "text_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    text_digest: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    by: Mapped[str]
    at: Mapped[datetime]


class ScanKind(StrEnum):
    """What a scan shows."""

    SEALED = "sealed"
    COVER = "cover"
    OTHER = "other"


class Scan(Base):
    """A scanned paper. The file lies under its digest, outside the public tree; its name at the sender is not kept."""

    __tablename__ = "scans"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    kind: Mapped[str]
    sha256: Mapped[str]
    suffix: Mapped[str]
    size_bytes: Mapped[int]
    pages: Mapped[int]
    by: Mapped[str]
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class DossierCheck(Base):
    """The reviewer signed for an article and looked its dossier through. It informs; it refuses nothing."""

    __tablename__ = "dossier_checks"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    motive: Mapped[bool]
    figures: Mapped[bool]
    results: Mapped[bool]
    spread: Mapped[bool]
    cover: Mapped[bool]
    sealed: Mapped[bool]
    copies: Mapped[int]
    by: Mapped[str]
    at: Mapped[datetime]
