"""People who sign in: accounts, their invitations, and where they are signed in at the moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.db import Base
from broadcaster.models.unit import Unit


class Role(StrEnum):
    """What somebody is in the house; what each may do stands in `broadcaster.access`."""

    CONTRIBUTOR = "contributor"
    ENDORSER = "endorser"
    REVIEWER = "reviewer"
    EDITOR = "editor"
    OPERATOR = "operator"
    ADMIN = "admin"


#: These act for one unit and see nothing of the others.
UNIT_ROLES = frozenset({Role.CONTRIBUTOR, Role.ENDORSER})


class User(Base):
    """Somebody who acts under a name and a role. Without a password nobody can sign in under the name."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    created_at: Mapped[datetime]
    #: As argon2id writes it, with its parameters and salt.
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    #: Wrong passwords since the last right one, and when the last of them was given.
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship()

    def __repr__(self) -> str:
        return f"<User {self.name}>"


class Invitation(Base):
    """A letter that lets its bearer choose the account's password, once and for a while. Known by its hash alone."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class SignIn(Base):
    """One browser in which somebody is signed in. Its token lies in the browser's cookie; here is only its hash."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str]
    browser: Mapped[str]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
