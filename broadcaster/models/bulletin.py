"""Bulletins: the sound of a session, in the version that stands and those that stood before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.article import Article
from broadcaster.models.rendition import Rendition
from broadcaster.models.slot import BroadcastSession


class ItemKind(StrEnum):
    """What a part of a bulletin is; only an `item` is somebody's airtime."""

    TUNE = "tune"
    IDENT = "ident"
    ITEM = "item"
    SIGN_OFF = "sign-off"
    FILLER = "filler"


class Bulletin(Base):
    """One version of a session's programme.

    A row only ever changes to say when a newer version took its place: an airing points to exactly what was heard.
    """

    __tablename__ = "bulletins"
    __table_args__ = (
        Index(
            "uq_bulletins_one_standing",
            "session_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("broadcast_sessions.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    #: Digest of everything that it was joined from.
    composition: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    length_ms: Mapped[int]
    made_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    synthetic: Mapped[bool]
    spoken_by: Mapped[list[Any]]
    #: What was planned and had no room, and other things that staff should know.
    notes: Mapped[list[Any]]

    session: Mapped[BroadcastSession] = relationship()
    items: Mapped[list[BulletinItem]] = relationship(cascade="all, delete-orphan", order_by="BulletinItem.position")


class BulletinItem(Base):
    """A part of a bulletin, where it starts and how long it is."""

    __tablename__ = "bulletin_items"

    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletins.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    title: Mapped[str]
    starts_ms: Mapped[int]
    length_ms: Mapped[int]
    #: Who speaks in it; empty where nobody does.
    spoken_by: Mapped[str] = mapped_column(default="")
    #: Names its frames on the shelf, and by them the rendition that was heard, whatever has been rendered since.
    frames_key: Mapped[str] = mapped_column(default="", server_default="")

    article: Mapped[Article | None] = relationship()
    rendition: Mapped[Rendition | None] = relationship(
        primaryjoin=lambda: foreign(BulletinItem.frames_key) == Rendition.frames_key, viewonly=True, uselist=False
    )
