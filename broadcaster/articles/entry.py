"""Articles entered and changed by people at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.access import Act, acts_for_one_unit, require
from broadcaster.approvals import article_seen_by
from broadcaster.errors import NotAllowed, OutOfDate
from broadcaster.intake.articles import Sender, take_in_articles
from broadcaster.intake.units import Imported
from broadcaster.language import gettext as _
from broadcaster.models import Article, Unit, User

PERSON_FIELDS = ("name", "position", "workplace", "address", "phone")
PLAIN_FIELDS = ("ref", "title", "field", "kind", "priority", "body", "summary")


def sender_of(session: Session, user: User) -> Sender:
    """What somebody may hand in.

    Raises:
        NotAllowed: the role may not enter articles, or its unit is missing.
    """
    require(user, Act.ENTER_ARTICLES)
    if not acts_for_one_unit(user):
        return Sender(unit=None, holds_paper=True)
    unit = session.get(Unit, user.unit_id) if user.unit_id is not None else None
    if unit is None:
        raise NotAllowed(_("tài khoản chưa thuộc đơn vị nào"))
    return Sender(unit=unit.code, holds_paper=False)


def hand_in(
    session: Session, document: object, name: str, user: User, *, now: datetime, tz: ZoneInfo, dry_run: bool = False
) -> Imported:
    """Takes a file in that somebody hands in, all or nothing.

    Raises:
        ImportRefused: with every fault of the file.
        NotAllowed: the user may not enter articles.
    """
    sender = sender_of(session, user)
    return take_in_articles(session, document, name, now=now, tz=tz, by=user.name, dry_run=dry_run, sender=sender)


def enter(session: Session, values: Mapping[str, object], user: User, *, now: datetime, tz: ZoneInfo) -> str:
    """Enters an article under a reference of the house's own; answers it.

    Raises:
        ImportRefused: with every fault, its field behind the last dot of its place.
        NotAllowed: the user may not enter articles.
    """
    ref = _next_ref(session, f"{now.astimezone(tz):%Y}-")
    _take_in(session, {**values, "ref": ref}, user, now=now, tz=tz, act="articles.enter")
    return ref


def change(
    session: Session, ref: str, values: Mapping[str, object], user: User, *, seen: str, now: datetime, tz: ZoneInfo
) -> Imported:
    """Changes an article; `seen` is when it was last changed (ISO 8601) as the user knew it.

    Raises:
        NotFound: there is no such article that the user may see.
        NotAllowed: the role does not allow it, or the unit may not change what is approved or withdrawn.
        OutOfDate: somebody changed it in between.
        ImportRefused: with every fault.
    """
    article = article_seen_by(session, ref, user)
    check_changeable(article, user)
    if seen != article.changed_at.isoformat():
        raise OutOfDate(_("{ref}: bài vừa được người khác sửa, hãy mở lại để xem rồi sửa tiếp", ref=ref))
    return _take_in(session, {**values, "ref": ref}, user, now=now, tz=tz, act="articles.change")


def check_changeable(article: Article, user: User) -> None:
    """Refuses a change that nobody or not this user may make.

    Raises:
        NotAllowed: saying why.
    """
    require(user, Act.ENTER_ARTICLES)
    if article.withdrawn_at is not None:
        raise NotAllowed(_("{ref}: bài đã bị rút, không sửa được", ref=article.ref))
    if acts_for_one_unit(user) and article.approval is not None:
        raise NotAllowed(_("{ref}: bài đã được duyệt, hãy báo phòng Nội vụ nếu cần sửa", ref=article.ref))


def values_of(article: Article) -> dict[str, object]:
    """A stored article in the import format, without endorsement and approval, which are acts of their own."""
    values: dict[str, object] = {field: getattr(article, field) for field in PLAIN_FIELDS}
    for person in article.people:
        values[person.role] = {field: getattr(person, field) for field in PERSON_FIELDS}
    subject = values.get("subject")
    if isinstance(subject, dict):
        subject["subject_kind"] = article.subject_kind
    for field in ("written_on", "not_before", "expires_at", "air_by"):
        moment = getattr(article, field)
        values[field] = moment.isoformat() if moment is not None else None
    values["unit"] = article.unit.code
    values["zones"] = [zone.code for zone in article.zones]
    values["columns"] = [column.code for column in article.columns]
    return values


def _take_in(
    session: Session, values: dict[str, object], user: User, *, now: datetime, tz: ZoneInfo, act: str
) -> Imported:
    sender = sender_of(session, user)
    name = str(values["ref"])
    return take_in_articles(session, {"articles": [values]}, name, now=now, tz=tz, by=user.name, sender=sender, act=act)


def _next_ref(session: Session, prefix: str) -> str:
    """The next free number of the year. Writers come one by one, and the column is unique."""
    taken = session.scalar(select(func.count(Article.id)).where(Article.ref.startswith(prefix))) or 0
    while True:
        taken += 1
        ref = f"{prefix}{taken:04d}"
        if session.scalars(select(Article.id).where(Article.ref == ref)).first() is None:
            return ref
