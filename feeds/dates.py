"""Dates as feeds write them, in the offset of the instant that is given."""

from datetime import datetime
from email.utils import format_datetime


def rfc_5322(instant: datetime) -> str:
    """As RSS wants it: `Tue, 01 Dec 2026 17:00:00 +0700`; whole seconds."""
    return format_datetime(instant)


def rfc_3339(instant: datetime) -> str:
    """As Atom, JSON Feed and our manifests want it: `2026-12-01T17:00:00+07:00`; whole seconds."""
    return instant.isoformat(timespec="seconds")
