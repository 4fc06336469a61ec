"""Passwords and tokens: how they are kept so that whoever reads the database cannot use them."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _

#: NIST SP 800-63B: length is what counts; no rule on kinds of letters, no expiry.
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_TOKEN_BYTES = 32

# OWASP's second choice of parameters: about 80 ms on an office PC and 19 MB, so that a few sign-ins at once do no harm.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Checked where there is no account, so that an answer takes as long as if there were one.
_NOBODYS = _HASHER.hash(secrets.token_urlsafe(16))


class WeakPassword(BroadcasterError):
    """The new password is too short, too long, or the account's own name."""


def hashed(password: str) -> str:
    """The hash to keep, with its salt and parameters."""
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one whose hash was kept; takes its time also where there is none."""
    try:
        return _HASHER.verify(kept or _NOBODYS, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def check_new(password: str, *, name: str) -> None:
    """Refuses passwords that would be guessed.

    Raises:
        WeakPassword: saying what a good one has.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(
            _("Mật khẩu cần ít nhất {count} ký tự; một câu ngắn dễ nhớ là tốt nhất.", count=SHORTEST_PASSWORD)
        )
    if len(password) > LONGEST_PASSWORD:
        raise WeakPassword(_("Mật khẩu dài quá {count} ký tự.", count=LONGEST_PASSWORD))
    if len(set(password)) < 4 or name.casefold() in password.casefold():
        raise WeakPassword(_("Mật khẩu này quá dễ đoán: đừng lặp một vài ký tự và đừng dùng tên tài khoản."))


def new_token() -> str:
    """A secret of 256 bits for an address or a cookie."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is kept of a token. It has 256 bits of chance, so that a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()
