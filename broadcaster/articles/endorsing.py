"""The unit's head confirms an article, at the desk or on paper that staff hold in their hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.access import Act, acts_for_one_unit, may, require
from broadcaster.approvals import article_seen_by, check_digest
from broadcaster.errors import NotAllowed
from broadcaster.language import gettext as _
from broadcaster.models import Article, Endorsement, Role, User


@dataclass(frozen=True, slots=True)
class Paper:
    """What the signed page says: whoever signed, in which position, on which day."""

    name: str
    position: str
    endorsed_on: date


def may_endorse(user: User) -> bool:
    """Whether the user may confirm articles: as the unit's head, or by recording the paper."""
    return may(user, Act.ENDORSE_ARTICLES) or (may(user, Act.ENTER_ARTICLES) and not acts_for_one_unit(user))


def endorse(
    session: Session, ref: str, user: User, position: str, *, digest: str, now: datetime, tz: ZoneInfo
) -> Article:
    """The unit's head confirms the text that was read, in the head's own name and on this day.

    Raises:
        NotFound: there is no such article in the unit.
        NotAllowed: the role does not allow it, or the head entered the article.
        OutOfDate: the text was changed in between.
    """
    require(user, Act.ENDORSE_ARTICLES)
    return _endorsed(session, ref, user, Paper(user.full_name, position, now.astimezone(tz).date()), digest, now)


def record_paper(
    session: Session, ref: str, user: User, paper: Paper, *, digest: str, now: datetime, tz: ZoneInfo
) -> Article:
    """Staff write down what the signed and sealed page says.

    Raises:
        NotFound: there is no such article.
        NotAllowed: the user acts for a unit or may not enter articles, or the day lies ahead.
        OutOfDate: the text was changed in between.
    """
    require(user, Act.ENTER_ARTICLES)
    if acts_for_one_unit(user):
        raise NotAllowed(_("chỉ thủ trưởng đơn vị xác nhận bài của đơn vị mình"))
    if paper.endorsed_on > now.astimezone(tz).date():
        raise NotAllowed(_("ngày ký ở tương lai"))
    return _endorsed(session, ref, user, paper, digest, now)


def _endorsed(session: Session, ref: str, user: User, paper: Paper, digest: str, now: datetime) -> Article:
    article = article_seen_by(session, ref, user)
    check_digest(article, digest)
    if article.withdrawn_at is not None:
        raise NotAllowed(_("{ref}: bài đã bị rút", ref=ref))
    if user.role == Role.ENDORSER and user.name in article.writers:
        raise NotAllowed(_("{ref}: người nhập bài không tự xác nhận bài đó", ref=ref))
    article.keep_text(article.entered_by, article.changed_at)
    row = article.endorsement or Endorsement()
    row.name, row.position, row.endorsed_on = paper.name, paper.position, paper.endorsed_on
    row.text_digest, row.recorded_by = article.text_digest, user.name
    article.endorsement = row
    audit.record(session, "articles.endorse", ref, by=user.name, now=now, text=article.text_digest)
    return article
