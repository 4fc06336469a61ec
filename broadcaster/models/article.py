"""Articles, their cover sheet, endorsement and approval."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.errors import NotAllowed
from broadcaster.language import gettext as _
from broadcaster.models.dossier import ArticleVersion, DossierCheck, Scan
from broadcaster.models.unit import Unit
from broadcaster.models.zone import Column, Zone


class Kind(StrEnum):
    """An exemplar (ĐHTT, NTVT) or a spontaneous deed (đột xuất): two duties of every unit."""

    EXEMPLAR = "exemplar"
    SPONTANEOUS = "spontaneous"


class Priority(StrEnum):
    """Thông thường, ưu tiên, khẩn cấp (Circular 39/2020/TT-BTTTT)."""

    NORMAL = "normal"
    PRIORITY = "priority"
    URGENT = "urgent"


def digest_of_text(title: str, summary: str | None, body: str) -> str:
    """What an approval is bound to: every word that is heard or read."""
    parts = (title, summary or "", body)
    return hashlib.sha256(b"".join(hashlib.sha256(part.encode()).digest() for part in parts)).hexdigest()


class Article(Base):
    """An article of a unit about an exemplar."""

    __tablename__ = "articles"
    # The rows are long: this one answers "how many of whom in which month" without touching them.
    __table_args__ = (Index("ix_articles_received_at", "received_at", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    field: Mapped[str]
    kind: Mapped[str]
    priority: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    text_digest: Mapped[str]
    subject_kind: Mapped[str]
    written_on: Mapped[date] = mapped_column(Date)
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    air_by: Mapped[datetime | None]
    entered_by: Mapped[str]
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None]

    unit: Mapped[Unit] = relationship()
    people: Mapped[list[CoverPerson]] = relationship(cascade="all, delete-orphan")
    endorsement: Mapped[Endorsement | None] = relationship(cascade="all, delete-orphan", uselist=False)
    approvals: Mapped[list[Approval]] = relationship(cascade="all, delete-orphan", order_by="Approval.id")
    versions: Mapped[list[ArticleVersion]] = relationship(cascade="all, delete-orphan", order_by="ArticleVersion.id")
    scans: Mapped[list[Scan]] = relationship(cascade="all, delete-orphan", order_by="Scan.id")
    dossier: Mapped[DossierCheck | None] = relationship(cascade="all, delete-orphan", uselist=False)
    recordings: Mapped[list[Recording]] = relationship(cascade="all, delete-orphan", order_by="Recording.id")
    zones: Mapped[list[Zone]] = relationship(secondary="article_zones", order_by=Zone.position)
    columns: Mapped[list[Column]] = relationship(secondary="article_columns", order_by=Column.position)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs of the body."""
        return tuple(paragraph.strip() for paragraph in self.body.split("\n\n") if paragraph.strip())

    @property
    def approval(self) -> Approval | None:
        """The approval in force: of exactly this text, not taken back."""
        for approval in reversed(self.approvals):
            if approval.dropped_at is None and approval.text_digest == self.text_digest:
                return approval
        return None

    @property
    def recording(self) -> Recording | None:
        """The human recording of exactly this text, if there is one: it is aired instead of speech."""
        for recording in reversed(self.recordings):
            if recording.removed_at is None and recording.text_digest == self.text_digest:
                return recording
        return None

    @property
    def version(self) -> ArticleVersion | None:
        """The present text as it is kept."""
        return next((kept for kept in self.versions if kept.text_digest == self.text_digest), None)

    @property
    def writers(self) -> frozenset[str]:
        """The accounts that entered the article or wrote its present text."""
        version = self.version
        return frozenset({self.entered_by} if version is None else {self.entered_by, version.by})

    def keep_text(self, by: str, now: datetime) -> None:
        """Keeps the present text among those that the article had; a kept one stays its first writer's."""
        if self.version is None:
            version = ArticleVersion(text_digest=self.text_digest, title=self.title, by=by, at=now)
            version.summary, version.body = self.summary, self.body
            self.versions.append(version)

    def is_airable(self, at: datetime) -> bool:
        """Whether the article may be heard or read at an instant."""
        return (
            self.endorsement is not None
            and self.approval is not None
            and self.withdrawn_at is None
            and (self.not_before is None or self.not_before <= at)
            and (self.expires_at is None or at < self.expires_at)
        )

    def approve(self, by: str, now: datetime) -> Approval:
        """Approves this very text for broadcast.

        Raises:
            NotAllowed: the article is not endorsed, is withdrawn, or was entered, written or endorsed by the approver.
        """
        if self.withdrawn_at is not None:
            raise NotAllowed(_("{ref}: bài đã bị rút, không duyệt được", ref=self.ref))
        if self.endorsement is None:
            raise NotAllowed(_("{ref}: bài chưa có xác nhận của thủ trưởng đơn vị", ref=self.ref))
        if by in self.writers:
            raise NotAllowed(_("{ref}: người nhập bài không được tự duyệt bài đó", ref=self.ref))
        if by == self.endorsement.recorded_by:
            raise NotAllowed(_("{ref}: người xác nhận bài không được tự duyệt bài đó", ref=self.ref))
        if self.approval is not None:
            return self.approval
        approval = Approval(by=by, approved_at=now, text_digest=self.text_digest)
        self.approvals.append(approval)
        return approval

    def drop_approvals(self, now: datetime) -> bool:
        """Takes back every approval in force; True if there was one."""
        standing = [approval for approval in self.approvals if approval.dropped_at is None]
        for approval in standing:
            approval.dropped_at = now
        return bool(standing)

    def withdraw(self, why: str, now: datetime) -> bool:
        """Takes the article off the air for good; False if it was withdrawn before."""
        if self.withdrawn_at is not None:
            return False
        self.withdrawn_at, self.withdrawn_why = now, why
        return True


class CoverPerson(Base):
    """The writer or the subject as the cover sheet names them.

    Personal data (Law 91/2025/QH15): never spoken, published, exported to the portal or logged.
    """

    __tablename__ = "cover_people"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[str | None]
    workplace: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]

    def __repr__(self) -> str:
        return f"<CoverPerson {self.role} of article {self.article_id}>"


class Endorsement(Base):
    """The unit's head appraised, confirmed, signed and sealed the article."""

    __tablename__ = "endorsements"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    name: Mapped[str]
    position: Mapped[str]
    endorsed_on: Mapped[date] = mapped_column(Date)
    #: The text that lay before whoever signed; unknown for what came in before it was written down.
    text_digest: Mapped[str | None]
    #: The account that put it into the books: the head's own, or that of the staff who held the signed paper.
    recorded_by: Mapped[str | None]


class Approval(Base):
    """Somebody approved one text for broadcast; it holds for that text alone."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    by: Mapped[str]
    approved_at: Mapped[datetime] = mapped_column(index=True)
    text_digest: Mapped[str]
    dropped_at: Mapped[datetime | None]


class Recording(Base):
    """A person read one text of the article. The file lies under its digest in the recordings' folder."""

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    text_digest: Mapped[str]
    sha256: Mapped[str]
    suffix: Mapped[str]
    length_ms: Mapped[int]
    warnings: Mapped[list[Any]]
    by: Mapped[str]
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ArticleZone(Base):
    """An article meant for certain zones only; none means all."""

    __tablename__ = "article_zones"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), primary_key=True)


class ArticleColumn(Base):
    """An article wanted in a column of the portal."""

    __tablename__ = "article_columns"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("columns.id"), primary_key=True)
