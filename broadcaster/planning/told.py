"""Who changed the published plan since somebody looked: the words that a second editor is told."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.errors import OutOfDate
from broadcaster.language import gettext as _
from broadcaster.models import AuditEntry, BroadcastSession
from broadcaster.session_codes import session_code

#: More than this many changes are not read by anybody; the newest are told.
MOST_TOLD = 10


class PlanChanged(OutOfDate):
    """Somebody changed the plan in between; `changes` says what and who, the newest first."""

    def __init__(self, what: str, changes: tuple[str, ...]) -> None:
        self.changes = changes
        super().__init__("\n".join([what, *(f"  {change}" for change in changes)]))


def changes_of_session(
    session: Session, broadcast: BroadcastSession, month: str, seen: int, tz: ZoneInfo
) -> tuple[str, ...]:
    """What happened to a session's programme since it was at version `seen`, the newest first."""
    code = session_code(broadcast, tz)
    found = []
    for entry in _entries(session, month):
        version = _versions(entry).get(code)
        if version is not None and version <= seen:
            break
        if version is not None:
            found.append(words_of(entry, tz))
    return tuple(found[:MOST_TOLD])


def changes_of_plan(session: Session, month: str, plan_id: int | None, version: int, tz: ZoneInfo) -> tuple[str, ...]:
    """What happened to a month since its plan `plan_id` was at this version, the newest first."""
    found = []
    for entry in _entries(session, month):
        if entry.detail.get("plan") == plan_id and int(entry.detail.get("version", 0)) <= version:
            break
        found.append(words_of(entry, tz))
    return tuple(found[:MOST_TOLD])


def _entries(session: Session, month: str) -> list[AuditEntry]:
    """The acts that changed the month's published plan, the newest first."""
    query = select(AuditEntry).where(AuditEntry.what == month, AuditEntry.act.startswith("plan."))
    entries = session.scalars(query.order_by(AuditEntry.id.desc()))
    return [entry for entry in entries if entry.act not in {"plan.draft", "plan.discard"}]


def _versions(entry: AuditEntry) -> dict[str, int]:
    versions: dict[str, int] = entry.detail.get("sessions") or {}
    return versions


def words_of(entry: AuditEntry, tz: ZoneInfo) -> str:
    """One change in words: who, when, what."""
    return _("{by} lúc {at}: {act}", by=entry.by, at=_local(entry.at, tz), act=_act(entry))


def _local(at: datetime, tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%H:%M %d/%m/%Y}"


def _act(entry: AuditEntry) -> str:
    detail = entry.detail
    ref, places = str(detail.get("article", "")), ", ".join(_versions(entry))
    sentences = {
        "plan.move": _("chuyển {ref} (các buổi {sessions})", ref=ref, sessions=places),
        "plan.add": _("thêm {ref} vào {sessions}", ref=ref, sessions=places),
        "plan.remove": _("bỏ {ref} khỏi {sessions}", ref=ref, sessions=places),
        "plan.reorder": _("đổi thứ tự trong {sessions}", sessions=places),
        "plan.lock": _("khóa {ref} trong {sessions}", ref=ref, sessions=places),
        "plan.unlock": _("mở khóa {ref} trong {sessions}", ref=ref, sessions=places),
        "plan.urgent": _("đưa tin khẩn cấp {ref} lên sóng ({sessions})", ref=ref, sessions=places),
        "plan.accept": _("nhận bản nháp cho {sessions}", sessions=places),
        "plan.publish": _("công bố lịch mới"),
        "plan.mend": _("bỏ {ref} khỏi {sessions}: {why}", ref=ref, sessions=places, why=str(detail.get("why", ""))),
    }
    return sentences.get(entry.act, entry.act)
