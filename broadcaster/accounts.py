"""Accounts: made and invited by an administrator, signed in with a password, each browser listed and revocable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from broadcaster import audit
from broadcaster.errors import BroadcasterError, NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import UNIT_ROLES, Invitation, Role, SignIn, Unit, User
from broadcaster.passwords import check_new, fits, hashed, new_token, token_hash

INVITATION_DAYS = 7
FIRST_ADMINISTRATOR = "quan-tri"
#: A browser that was not seen for so long is signed out; one in daily use stays signed in.
IDLE_DAYS = 14
#: `seen_at` is written so often at most: reading pages shall not mean writing to the database.
SEEN_EVERY = timedelta(minutes=5)
#: After so many wrong passwords in a row the account waits: 1, 2, 4 … minutes, an hour at most.
FREE_FAILURES = 5
_LONGEST_WAIT = timedelta(hours=1)


class SignInRefused(BroadcasterError):
    """Name and password do not belong together, or the account waits. It does not say which of the two is wrong."""

    can_retry = True


@dataclass(frozen=True, slots=True)
class AccountData:
    """What an administrator says of an account."""

    name: str
    full_name: str
    role: Role
    unit_code: str | None = None


def user_named(session: Session, name: str) -> User:
    """The account of that name.

    Raises:
        NotFound: there is none.
    """
    user = session.scalars(select(User).where(User.name == name)).first()
    if user is None:
        raise NotFound(_("không có tài khoản «{name}»", name=name))
    return user


def save_account(session: Session, data: AccountData, *, by: str, now: datetime) -> User:
    """Makes an account or changes what is known of it.

    Raises:
        NotFound: there is no such unit.
        NotAllowed: a role that acts for a unit has none.
    """
    unit = _unit(session, data.unit_code)
    if data.role in UNIT_ROLES and unit is None:
        raise NotAllowed(_("Vai trò {role} thuộc về một đơn vị: hãy chọn đơn vị.", role=data.role))
    user = session.scalars(select(User).where(User.name == data.name)).first()
    if user is None:
        user = User(name=data.name, created_at=now, failures=0)
        session.add(user)
    user.full_name, user.role, user.unit = data.full_name or data.name, data.role, unit
    audit.record(session, "users.save", data.name, by=by, now=now, role=data.role, unit=data.unit_code)
    return user


def invite(session: Session, name: str, *, by: str, now: datetime) -> str:
    """A new letter for the account, in whose place older ones are void; answers its token, which is shown once.

    Raises:
        NotFound: there is no such account.
    """
    user = user_named(session, name)
    void = update(Invitation).where(Invitation.user_id == user.id, Invitation.used_at.is_(None))
    session.execute(void.values(expires_at=now))
    token = new_token()
    expires_at = now + timedelta(days=INVITATION_DAYS)
    session.add(Invitation(user=user, token_hash=token_hash(token), made_by=by, made_at=now, expires_at=expires_at))
    audit.record(session, "users.invite", name, by=by, now=now)
    return token


def first_invitation(session: Session, *, by: str, now: datetime) -> str | None:
    """A letter for the first administrator of a new installation; None where somebody can sign in already."""
    if somebody_can_sign_in(session):
        return None
    if session.scalars(select(User).where(User.name == FIRST_ADMINISTRATOR)).first() is None:
        save_account(session, AccountData(FIRST_ADMINISTRATOR, "", Role.ADMIN), by=by, now=now)
    return invite(session, FIRST_ADMINISTRATOR, by=by, now=now)


def somebody_can_sign_in(session: Session) -> bool:
    """Whether any account has a password and is open."""
    usable = select(User.id).where(User.password_hash.is_not(None), User.disabled_at.is_(None))
    return session.scalars(usable.limit(1)).first() is not None


def invitation_of(session: Session, token: str, *, now: datetime) -> Invitation:
    """The invitation that a token opens.

    Raises:
        NotFound: there is none, it was used, it ran out, or its account is disabled.
    """
    wanted = select(Invitation).where(Invitation.token_hash == token_hash(token)).options(joinedload(Invitation.user))
    invitation = session.scalars(wanted).first()
    usable = invitation is not None and invitation.used_at is None and now < invitation.expires_at
    if invitation is None or not usable or invitation.user.disabled_at is not None:
        raise NotFound(_("Thư mời này không còn dùng được. Hãy xin quản trị viên một thư mới."))
    return invitation


def accept_invitation(session: Session, token: str, password: str, *, now: datetime) -> User:
    """Sets the first password, or a new one where the old was forgotten; whoever was signed in is signed out.

    Raises:
        NotFound: the invitation is of no use any more.
        WeakPassword: the password would be guessed.
    """
    invitation = invitation_of(session, token, now=now)
    user = invitation.user
    _set_password(session, user, password, now=now)
    invitation.used_at = now
    audit.record(session, "users.accept_invitation", user.name, by=user.name, now=now)
    return user


def change_password(session: Session, user: User, old: str, new: str, *, keep: SignIn | None, now: datetime) -> None:
    """Changes one's own password and signs out every other browser.

    Raises:
        SignInRefused: the old password is wrong.
        WeakPassword: the new one would be guessed.
    """
    if not fits(old, user.password_hash):
        raise SignInRefused(_("Mật khẩu hiện tại không đúng."))
    _set_password(session, user, new, now=now, keep=keep)
    audit.record(session, "users.change_password", user.name, by=user.name, now=now)


def _set_password(session: Session, user: User, password: str, *, now: datetime, keep: SignIn | None = None) -> None:
    check_new(password, name=user.name)
    user.password_hash, user.failures, user.failed_at = hashed(password), 0, None
    end_sign_ins(session, user, now=now, keep=keep)


def set_password(session: Session, name: str, password: str, *, by: str, now: datetime) -> None:
    """Sets an account's password without its owner, as at set-up from the command line.

    Raises:
        NotFound: there is no such account.
        WeakPassword: the password would be guessed.
    """
    _set_password(session, user_named(session, name), password, now=now)
    audit.record(session, "users.set_password", name, by=by, now=now)


def disable(session: Session, name: str, *, by: str, now: datetime) -> None:
    """Closes an account and signs it out everywhere; its name stays in the books.

    Raises:
        NotFound: there is no such account.
        NotAllowed: it is one's own, or the last administrator's.
    """
    user = user_named(session, name)
    if user.name == by:
        raise NotAllowed(_("Không thể tự khóa tài khoản của mình."))
    others = select(User.id).where(User.role == Role.ADMIN, User.disabled_at.is_(None), User.id != user.id)
    if user.role == Role.ADMIN and session.scalars(others.limit(1)).first() is None:
        raise NotAllowed(_("Đây là quản trị viên cuối cùng, không khóa được."))
    user.disabled_at = now
    end_sign_ins(session, user, now=now)
    audit.record(session, "users.disable", name, by=by, now=now)


def enable(session: Session, name: str, *, by: str, now: datetime) -> None:
    """Opens a closed account again.

    Raises:
        NotFound: there is no such account.
    """
    user_named(session, name).disabled_at = None
    audit.record(session, "users.enable", name, by=by, now=now)


def sign_in(session: Session, name: str, password: str, *, address: str, browser: str, now: datetime) -> str | None:
    """Signs somebody in; answers the token for the browser's cookie, None where name and password do not fit.

    It answers instead of raising, so that the transaction keeps the count of wrong passwords.

    Raises:
        SignInRefused: the account waits after too many wrong passwords.
    """
    user = session.scalars(select(User).where(User.name == name)).first()
    if user is not None and now < _waits_until(user):
        raise SignInRefused(_("Tài khoản tạm chờ sau nhiều lần sai mật khẩu. Hãy thử lại sau ít phút."))
    right = fits(password, user.password_hash if user is not None else None)
    if user is None or not right or user.disabled_at is not None:
        if user is not None:
            user.failures, user.failed_at = user.failures + 1, now
        return None
    user.failures, user.failed_at = 0, None
    return begin_sign_in(session, user, address=address, browser=browser, now=now)


def begin_sign_in(session: Session, user: User, *, address: str, browser: str, now: datetime) -> str:
    """Opens a browser's sign-in for somebody who has shown who they are; answers its token."""
    token = new_token()
    row = SignIn(user=user, token_hash=token_hash(token), address=address, browser=browser[:200])
    row.signed_in_at = row.seen_at = now
    session.add(row)
    audit.record(session, "users.sign_in", user.name, by=user.name, now=now)
    return token


def _waits_until(user: User) -> datetime:
    over = user.failures - FREE_FAILURES
    if over < 0 or user.failed_at is None:
        return user.created_at
    return user.failed_at + min(_LONGEST_WAIT, timedelta(minutes=2 ** min(over, 10)))


def sign_in_of(session: Session, token: str, *, now: datetime) -> SignIn | None:
    """The sign-in that a cookie's token opens; None where it ended, was idle for too long, or its account is closed."""
    wanted = select(SignIn).where(SignIn.token_hash == token_hash(token))
    row = session.scalars(wanted.options(joinedload(SignIn.user).joinedload(User.unit))).first()
    if row is None or row.ended_at is not None or row.user.disabled_at is not None:
        return None
    return row if now - row.seen_at < timedelta(days=IDLE_DAYS) else None


def open_sign_ins(session: Session, user: User, *, now: datetime) -> Sequence[SignIn]:
    """Every browser in which the user is signed in, the one seen last first."""
    wanted = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    recent = wanted.where(SignIn.seen_at > now - timedelta(days=IDLE_DAYS))
    return session.scalars(recent.order_by(SignIn.seen_at.desc())).all()


def end_sign_in(session: Session, user: User, sign_in_id: int, *, now: datetime) -> None:
    """Signs one browser out.

    Raises:
        NotFound: the user has no such sign-in.
    """
    row = session.get(SignIn, sign_in_id)
    if row is None or row.user_id != user.id:
        raise NotFound(_("không có phiên đăng nhập ấy"))
    row.ended_at = row.ended_at or now


def end_sign_ins(session: Session, user: User, *, now: datetime, keep: SignIn | None = None) -> None:
    """Signs every browser out but the one to keep."""
    standing = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    if keep is not None:
        standing = standing.where(SignIn.id != keep.id)
    session.execute(standing.values(ended_at=now))


def _unit(session: Session, code: str | None) -> Unit | None:
    if not code:
        return None
    unit = session.scalars(select(Unit).where(Unit.code == code)).first()
    if unit is None:
        raise NotFound(_("không có đơn vị «{code}»", code=code))
    return unit
