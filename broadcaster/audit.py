"""The chain of acts: who did what, each entry bound to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.models import AuditEntry

_BEGINNING = "0" * 64


def _digest(before: str, at: datetime, by: str, act: str, what: str, detail: Mapping[str, object]) -> str:
    instant = at.astimezone(UTC).isoformat()
    text = json.dumps([before, instant, by, act, what, detail], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def record(session: Session, act: str, what: str, *, by: str, now: datetime, **detail: object) -> None:
    """Adds an act to the chain. `detail` never holds personal data of a cover sheet."""
    session.flush()
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).first()
    before = last.digest if last else _BEGINNING
    digest = _digest(before, now, by, act, what, detail)
    session.add(AuditEntry(at=now, by=by, act=act, what=what, detail=dict(detail), digest=digest))
    session.flush()


def first_broken_link(session: Session) -> int | None:
    """The id of the first entry that does not follow from the one before; None where the chain is whole."""
    before = _BEGINNING
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.digest != _digest(before, entry.at, entry.by, entry.act, entry.what, entry.detail):
            return entry.id
        before = entry.digest
    return None
