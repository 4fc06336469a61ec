"""The demonstration's passwords: made once with the town, kept beside it for its owner alone, told at each start."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.files import write_whole
from broadcaster.accounts import set_password
from broadcaster.models import User

#: Syllables without marks, easily told apart and typed on any keyboard.
# fmt: off - a list of words, not of lines
SYLLABLES = (
    "ba",
    "bo",
    "ca",
    "chim",
    "cau",
    "dao",
    "den",
    "gao",
    "gio",
    "hoa",
    "hat",
    "kho",
    "lua",
    "lang",
    "mai",
    "me",
    "mua",
    "nang",
    "nha",
    "nui",
    "oi",
    "phong",
    "que",
    "quat",
    "ruong",
    "rung",
    "sao",
    "song",
    "suoi",
    "tam",
    "tau",
    "than",
    "thu",
    "tre",
    "trau",
    "trang",
    "vang",
    "ve",
    "vuon",
    "xa",
    "xuan",
    "xe",
)
# fmt: on
WORDS_A_PASSWORD = 5


def give_passwords(session: Session, folder: Path, *, by: str, now: datetime) -> None:
    """Gives every account without a password one of its own; the file comes before the rows."""
    known = dict(passwords_in(folder))
    without = session.scalars(select(User).where(User.password_hash.is_(None)).order_by(User.id)).all()
    if not without:
        return
    for user in without:
        known.setdefault(user.name, " ".join(secrets.choice(SYLLABLES) for _ in range(WORDS_A_PASSWORD)))
    path = _file(folder)
    write_whole(path, json.dumps(known, ensure_ascii=False, indent=1).encode())
    path.chmod(0o600)
    for user in without:
        set_password(session, user.name, known[user.name], by=by, now=now)


def passwords_in(folder: Path) -> Mapping[str, str]:
    """Account and password, as they were given."""
    path = _file(folder)
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _file(folder: Path) -> Path:
    return folder / "passwords.json"
