"""Approval for broadcast, and withdrawal: acts of named people, each bound to what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import audit
from broadcaster.access import sees_unit
from broadcaster.errors import NotAllowed, NotFound, OutOfDate
from broadcaster.language import gettext as _
from broadcaster.mending import Freed, take_off_air
from broadcaster.models import Article, User
from broadcaster.readings import Doubt, accept_readings, doubts_of
from broadcaster.scripts import Voice

APPROVING_ROLES = frozenset({"reviewer", "admin"})


def article_of(session: Session, ref: str) -> Article:
    """The article of a reference.

    Raises:
        NotFound: there is none.
    """
    article = session.scalars(select(Article).where(Article.ref == ref)).first()
    if article is None:
        raise NotFound(_("không có bài «{ref}»", ref=ref))
    return article


def article_seen_by(session: Session, ref: str, user: User) -> Article:
    """The article of a reference, for somebody who may see it.

    Raises:
        NotFound: there is none, or it belongs to a unit that the user does not act for.
    """
    article = session.scalars(select(Article).where(Article.ref == ref)).first()
    if article is None or not sees_unit(user, article.unit_id):
        raise NotFound(_("không có bài «{ref}»", ref=ref))
    return article


def check_digest(article: Article, digest: str) -> None:
    """Whoever signs signs what was read.

    Raises:
        OutOfDate: the text was changed since.
    """
    if digest != article.text_digest:
        raise OutOfDate(_("{ref}: văn bản vừa được người khác sửa, hãy đọc lại rồi làm tiếp", ref=article.ref))


def approve(
    session: Session, refs: Sequence[str], *, voice: Voice, by: str, now: datetime, accept_doubts: bool = False
) -> tuple[str, ...]:
    """Approves articles for broadcast, all or none; answers those that were not approved before.

    An article with tokens that nobody knows is not approved before an editor has seen how they are going to be said;
    with `accept_doubts` the approver accepts them in the same step.

    Raises:
        NotFound: an article or the user is unknown.
        NotAllowed: the user's role may not approve, or an article may not be approved (every reason is named).
    """
    user = session.scalars(select(User).where(User.name == by)).first()
    if user is None:
        raise NotFound(_("không có tài khoản «{name}»", name=by))
    if user.role not in APPROVING_ROLES:
        raise NotAllowed(_("tài khoản «{name}» không có quyền duyệt (vai trò {role})", name=by, role=user.role))
    newly, refused = [], []
    for ref in dict.fromkeys(refs):
        article = article_of(session, ref)
        standing = article.approval
        if accept_doubts and standing is None:
            accept_readings(session, article, voice, by=by, now=now)
        doubts = [doubt for doubt in doubts_of(session, article, voice) if doubt.stops] if standing is None else []
        if doubts:
            refused.append(_doubtful(ref, doubts))
            continue
        try:
            approval = article.approve(by, now)
        except NotAllowed as reason:
            refused.append(str(reason))
            continue
        if approval is not standing:
            newly.append(ref)
            audit.record(session, "articles.approve", ref, by=by, now=now, text=article.text_digest)
    if refused:
        raise NotAllowed("\n".join(refused))
    return tuple(newly)


def _doubtful(ref: str, doubts: Sequence[Doubt]) -> str:
    listed = "\n".join(f"    «{doubt.suspicion.token}» → {doubt.suspicion.proposed}" for doubt in doubts)
    return _("{ref}: có chỗ chưa biết đọc, cần người biên tập chấp nhận hoặc sửa:", ref=ref) + "\n" + listed


def withdraw(session: Session, ref: str, *, why: str, by: str, now: datetime) -> tuple[Freed, ...]:
    """Takes an article off the air; answers every place it held.

    Raises:
        NotFound: there is no such article.
    """
    article = article_of(session, ref)
    if not article.withdraw(why, now):
        return ()
    freed = take_off_air(session, article, now=now, why=why)
    audit.record(session, "articles.withdraw", ref, by=by, now=now, why=why, freed=len(freed))
    return freed
