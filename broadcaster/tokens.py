"""Secrets that programs show us: made here, shown once, and kept as digests.

A token is a readable prefix that says what it is for, and 256 bits from the system. Nothing is gained by a slow hash:
nobody can try 2**256 of them. So a token is looked up by its digest, which says nothing about the token itself however
long the look takes, and compared in constant time all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

SECRET_BYTES = 32
#: How tokens begin, so that a leaked one is recognised: a player's, and that of another program.
WRITE_PREFIX, PROGRAM_PREFIX = "bcw_", "bci_"
#: So much of a token is kept and shown: enough to tell two apart, far from enough to use one.
SHOWN = len(WRITE_PREFIX) + 6
_TOKEN = re.compile(rf"(?:{WRITE_PREFIX}|{PROGRAM_PREFIX})[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is shown, once. Its text stays out of every `repr`."""

    text: str = field(repr=False)

    @property
    def prefix(self) -> str:
        return self.text[:SHOWN]

    @property
    def sha256(self) -> str:
        return digest_of_token(self.text)


def new_write_token() -> NewToken:
    """A player's token."""
    return NewToken(WRITE_PREFIX + secrets.token_urlsafe(SECRET_BYTES))


def new_program_token() -> NewToken:
    """The token of another program."""
    return NewToken(PROGRAM_PREFIX + secrets.token_urlsafe(SECRET_BYTES))


def new_read_key() -> str:
    """A key that stands in an address: 256 bits in hexadecimal digits."""
    return secrets.token_hex(SECRET_BYTES)


def digest_of_token(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def is_same_digest(kept: str, shown: str) -> bool:
    """Whether two digests are the same, in a time that does not tell how far they agree."""
    return hmac.compare_digest(kept.encode(), shown.encode())


def looks_like_token(text: str) -> bool:
    """Whether a text has the shape of one of our tokens."""
    return _TOKEN.fullmatch(text) is not None
