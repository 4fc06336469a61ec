"""What one player must hold, as canonical JSON: the same content is the same bytes."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from feeds.canonical import sorted_lines
from feeds.dates import rfc_3339
from feeds.validation import require_instant
from feeds.values import Interrupt, Manifest, ManifestItem

VERSION = 1


def manifest(value: Manifest, *, generated_at: datetime) -> bytes:
    """The manifest file. `generated_at` is the instant of the data's last change, given by the caller.

    Raises InvalidValue.
    """
    require_instant("generated_at", generated_at)
    content = _content(value)
    return sorted_lines(content | {"generation": generation_of(content), "generated_at": rfc_3339(generated_at)})


def generation(value: Manifest) -> str:
    """The SHA-256 of the content without `generated_at`: it changes exactly when what a player must hold does."""
    return generation_of(_content(value))


def generation_of(data: Mapping[str, object]) -> str:
    """The generation that a parsed manifest must bear; its own `generation` and `generated_at` don't count."""
    content = {name: data[name] for name in sorted(data) if name not in ("generation", "generated_at")}
    return hashlib.sha256(sorted_lines(content)).hexdigest()


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
        # Said only where there is something to say: players of before know neither.
        **({"length_ms": interrupt.length_ms} if interrupt.length_ms is not None else {}),
        **({"drill": True} if interrupt.drill else {}),
    }
