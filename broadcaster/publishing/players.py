"""What each player must hold: its manifest, under an address that nobody can guess."""

from __future__ import annotations

from datetime import datetime, timedelta

from broadcaster.config import Settings
from broadcaster.models import Bulletin, Player, Priority
from broadcaster.months import day_start
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View
from broadcaster.publishing.zones import heard_bulletins
from feeds.manifest import manifest
from feeds.values import Manifest, ManifestItem


def player_files(view: View, settings: Settings, addresses: Addresses) -> dict[str, Content]:
    """The manifest of every player that was not revoked."""
    return {
        addresses.manifest(player.read_key): _manifest(player, view, settings, addresses) for player in view.players
    }


def _manifest(player: Player, view: View, settings: Settings, addresses: Addresses) -> bytes:
    tz = settings.zone_info
    today = day_start(view.now.astimezone(tz).date(), tz)
    # What began yesterday and is still on the air must not be taken from under the player at midnight.
    held = [
        bulletin
        for bulletin in heard_bulletins(view, player.zone)
        if bulletin.session.starts_at >= today or _ends_at(bulletin) > view.now
    ]
    # Dated by the data, so that publishing again changes no byte.
    generated_at = max((view.changed_at(bulletin.session, tz) for bulletin in held), default=today)
    value = Manifest(
        zone=player.zone.code,
        valid_until=today + timedelta(days=1, hours=settings.hold_ahead_h),
        poll_s=settings.poll_s,
        items=tuple(_item(bulletin, settings, addresses) for bulletin in held),
    )
    return manifest(value, generated_at=max(generated_at, today).astimezone(tz))


def _ends_at(bulletin: Bulletin) -> datetime:
    return bulletin.session.starts_at + timedelta(milliseconds=bulletin.session.length_ms)


def _item(bulletin: Bulletin, settings: Settings, addresses: Addresses) -> ManifestItem:
    order = list(Priority)
    priorities = [Priority(item.article.priority) for item in bulletin.items if item.article is not None]
    return ManifestItem(
        id=bulletin.code,
        starts_at=bulletin.session.starts_at.astimezone(settings.zone_info),
        length_ms=bulletin.length_ms,
        path=addresses.media(bulletin.sha256),
        sha256=bulletin.sha256,
        bytes=bulletin.size_bytes,
        priority=max(priorities, key=order.index, default=Priority.NORMAL).value,
    )
