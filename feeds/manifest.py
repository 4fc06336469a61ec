"""What one player must hold, as canonical JSON: the same content is the same bytes."""

import hashlib
from datetime import datetime

from feeds.canonical import compact, sorted_lines
from feeds.dates import rfc_3339
from feeds.validation import require_instant
from feeds.values import Interrupt, Manifest, ManifestItem

VERSION = 1


def manifest(value: Manifest, *, generated_at: datetime) -> bytes:
    """The manifest file. `generated_at` is the instant of the data's last change, given by the caller.

    Raises InvalidValue.
    """
    require_instant("generated_at", generated_at)
    return sorted_lines(_content(value) | {"generation": generation(value), "generated_at": rfc_3339(generated_at)})


def generation(value: Manifest) -> str:
    """The SHA-256 of the content without `generated_at`: it changes exactly when a player has something to do."""
    return hashlib.sha256(compact(_content(value)).encode()).hexdigest()


def _content(value: Manifest) -> dict[str, object]:
    items = sorted(value.items, key=lambda item: (item.starts_at, item.id))
    return {
        "version": VERSION,
        "valid_until": rfc_3339(value.valid_until),
        "poll_s": value.poll_s,
        "zone": value.zone,
        "items": [_item(item) for item in items],
        "interrupts": [_interrupt(interrupt) for interrupt in sorted(value.interrupts, key=lambda one: one.id)],
    }


def _item(item: ManifestItem) -> dict[str, object]:
    return {
        "id": item.id,
        "starts_at": rfc_3339(item.starts_at),
        "length_ms": item.length_ms,
        "path": item.path,
        "sha256": item.sha256,
        "bytes": item.bytes,
        "type": item.type,
        "priority": item.priority,
    }


def _interrupt(interrupt: Interrupt) -> dict[str, object]:
    return {
        "id": interrupt.id,
        "path": interrupt.path,
        "sha256": interrupt.sha256,
        "bytes": interrupt.bytes,
        "play": interrupt.play,
        "expires_at": rfc_3339(interrupt.expires_at),
    }
