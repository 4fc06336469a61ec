"""Programs of units and of others in the town that send articles in or read the books, each by a token of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster import audit
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import ApiToken, Scope, Unit
from broadcaster.tokens import NewToken, digest_of_token, is_same_digest, new_program_token


def all_tokens(session: Session) -> Sequence[ApiToken]:
    """Every token that was ever made, by name."""
    return session.scalars(select(ApiToken).options(joinedload(ApiToken.unit)).order_by(ApiToken.name)).all()


def make_token(
    session: Session, name: str, scopes: Sequence[Scope], *, unit_code: str | None, by: str, now: datetime
) -> NewToken:
    """A new token, shown once. With a unit it sees and writes that unit's articles alone.

    Raises:
        NotAllowed: a token of this name is in use, or has no scope; or a unit's own would approve articles.
        NotFound: there is no such unit.
    """
    if not scopes:
        raise NotAllowed(_("khóa phải có ít nhất một quyền"))
    if unit_code is not None and Scope.APPROVE_ARTICLES in scopes:
        raise NotAllowed(_("khóa của đơn vị không được duyệt bài"))
    known = session.scalars(select(ApiToken).where(ApiToken.name == name)).first()
    if known is not None and known.revoked_at is None:
        raise NotAllowed(_("khóa «{name}» đã có; hãy thu hồi trước khi cấp lại", name=name))
    unit = session.scalars(select(Unit).where(Unit.code == unit_code)).first() if unit_code is not None else None
    if unit_code is not None and unit is None:
        raise NotFound(_("không có đơn vị «{code}»", code=unit_code))
    fresh = new_program_token()
    row = known or ApiToken(name=name)
    row.unit, row.scopes, row.revoked_at = unit, [scope.value for scope in scopes], None
    row.token_prefix, row.token_hash, row.made_at, row.made_by = fresh.prefix, fresh.sha256, now, by
    session.add(row)
    audit.record(session, "tokens.add", name, by=by, now=now, scopes=row.scopes, unit=unit_code, token=fresh.prefix)
    return fresh


def revoke_token(session: Session, name: str, *, by: str, now: datetime) -> bool:
    """Ends a token at once; False where it had ended before.

    Raises:
        NotFound: there is no such token.
    """
    row = session.scalars(select(ApiToken).where(ApiToken.name == name)).first()
    if row is None:
        raise NotFound(_("không có khóa «{name}»", name=name))
    if row.revoked_at is not None:
        return False
    row.revoked_at = now
    audit.record(session, "tokens.revoke", name, by=by, now=now)
    return True


def program_of_token(session: Session, token: str) -> ApiToken | None:
    """Whose token this is; None for one that was revoked or never ours."""
    shown = digest_of_token(token)
    query = select(ApiToken).where(ApiToken.token_hash == shown, ApiToken.revoked_at.is_(None))
    row = session.scalars(query.options(joinedload(ApiToken.unit))).first()
    return row if row is not None and is_same_digest(row.token_hash, shown) else None
