"""One session: what it holds and how full it is, its bulletin to listen to, and the forms that change it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, request
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from broadcaster.access import Act, may
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import (
    Approval,
    Article,
    ArticleZone,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Endorsement,
    Placement,
    Plan,
    Unit,
)
from broadcaster.months import bounds, day_start, month_of
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.held import Markers
from broadcaster.publishing.view import may_be_heard
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, page, settings
from broadcaster.web.desk.plan.books import Reader, is_free_for, one_sitting, standing
from broadcaster.web.desk.plan.house import reader
from broadcaster.web.desk.plan.values import Sitting

sittings = Blueprint("plan_sittings", __name__, url_prefix=DESK + "/plan/sessions")

#: So many articles are offered at once; a search finds the others.
MOST_OFFERED = 20


@dataclass(frozen=True, slots=True)
class Target:
    """A session that an item may go to, in the version that was seen."""

    id: int
    version: int
    zone: str
    starts_at: datetime

    @property
    def value(self) -> str:
        return f"{self.id}.{self.version}"


@dataclass(frozen=True, slots=True)
class Offer:
    """An article that may be added. `waits`: the month has no place for it yet."""

    ref: str
    title: str
    unit: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """The session's bulletin. `path` is where the public tree has it; None while it has not."""

    path: str | None
    length_ms: int
    notes: Sequence[str]


@sittings.get("/<int:session_id>")
@allowed(Act.SEE_PLAN)
def session(session_id: int) -> Response:
    """The session as it is published."""
    return session_page(session_id)


def session_page(session_id: int, *, refused: Sequence[str] = (), status: int = 200) -> Response:
    """The session's page; with what was refused and why, where something was."""
    who = reader()
    with books_reading() as books:
        sitting = one_sitting(books, session_id, who)
        if sitting is None:
            raise NotFound(_("không có buổi này"))
        may_change = may(user(), Act.CHANGE_PLAN) and sitting.may_change
        asked = request.args.get("q", "").strip()[:100]
        return page(
            "desk/plan/session.html",
            status=status,
            sitting=sitting,
            may_change=may_change,
            targets=_targets(books, sitting, who) if may_change else [],
            offers=_offers(books, sitting, asked) if may_change else [],
            asked=asked,
            sound=_sound(books, sitting, who),
            refused=refused,
        )


def _targets(books: Session, sitting: Sitting, who: Reader) -> list[Target]:
    """Where its items may go: the zone's other sessions of the month to come, and other zones' of the same day."""
    first, after = bounds(month_of(sitting.starts_at, who.tz), who.tz)
    day = day_start(sitting.starts_at.date(), who.tz)
    same_day = and_(BroadcastSession.starts_at >= day, BroadcastSession.starts_at < day + timedelta(days=1))
    rows = books.scalars(
        select(BroadcastSession)
        .where(
            BroadcastSession.starts_at > max(first, who.now),
            BroadcastSession.starts_at < after,
            BroadcastSession.cancelled_why.is_(None),
            BroadcastSession.id != sitting.id,
            or_(BroadcastSession.zone_id == sitting.zone_id, same_day),
        )
        .order_by(BroadcastSession.starts_at, BroadcastSession.zone_id)
    )
    return [
        Target(row.id, row.programme_version, row.zone.name, row.starts_at.astimezone(who.tz))
        for row in rows
        if not row.is_interrupt
    ]


def _offers(books: Session, sitting: Sitting, asked: str) -> list[Offer]:
    """Articles that may be added: those that still wait for a place first; with a question, those that answer it."""
    held = select(Placement.article_id).where(Placement.session_id == sitting.id)
    month = f"{sitting.starts_at:%Y-%m}"
    placed = exists(_of_month(select(Placement.id), month).where(Placement.article_id == Article.id))
    here = or_(
        ~exists().where(ArticleZone.article_id == Article.id),
        exists().where(ArticleZone.article_id == Article.id, ArticleZone.zone_id == sitting.zone_id),
    )
    wanted = (
        select(Article.ref, Article.title, Unit.name, placed)
        .join(Unit, Unit.id == Article.unit_id)
        .where(may_air(), is_free_for(sitting.starts_at), here, Article.id.not_in(standing(held)))
        .order_by(placed, Article.received_at.desc(), Article.id.desc())
    )
    rows = books.execute(wanted) if asked else books.execute(wanted.limit(MOST_OFFERED))
    words = folded(asked).split()
    found = [
        Offer(ref, title, unit, not is_placed)
        for ref, title, unit, is_placed in rows
        if all(word in folded(f"{ref} {title} {unit}") for word in words)
    ]
    return found[:MOST_OFFERED]


def _of_month(wanted: Select[tuple[int]], month: str) -> Select[tuple[int]]:
    return standing(wanted).where(Plan.month == month)


def may_air() -> ColumnElement[bool]:
    """The condition under which the house lets an article be heard: endorsed, approved as it stands, not withdrawn."""
    approved = exists().where(
        Approval.article_id == Article.id,
        Approval.dropped_at.is_(None),
        Approval.text_digest == Article.text_digest,
    )
    endorsed = exists().where(Endorsement.article_id == Article.id)
    return and_(Article.withdrawn_at.is_(None), endorsed, approved)


def folded(text: str) -> str:
    """Text as people search for it: without marks, without capitals, đ as d."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return bare.casefold().replace("đ", "d")


def _sound(books: Session, sitting: Sitting, who: Reader) -> Sound | None:
    articles = selectinload(Bulletin.items).joinedload(BulletinItem.article)
    bulletin = books.scalars(
        select(Bulletin)
        .where(Bulletin.session_id == sitting.id, Bulletin.superseded_at.is_(None))
        .options(articles.joinedload(Article.endorsement), articles.selectinload(Article.approvals))
    ).first()
    if bulletin is None:
        return None
    row = books.get_one(BroadcastSession, sitting.id)
    addresses = Addresses(settings().public_url, who.tz)
    path = addresses.bulletin(row.zone.code, row.starts_at)
    is_there = may_be_heard(bulletin, who.now) and (settings().public_folder / path).is_file()
    if Markers(settings().public_folder).stands(path):
        # Until then its name is not enough; staff get it by its digest, which nobody guesses.
        path = addresses.media(bulletin.sha256)
    notes = [str(note) for note in bulletin.notes] if may(user(), Act.CHANGE_PLAN) else []
    return Sound(path if is_there else None, bulletin.length_ms, notes)
