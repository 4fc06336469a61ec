"""What each player must hold: its manifest, under an address that nobody can guess."""

from __future__ import annotations

from datetime import datetime, timedelta

from audio.shelf import Shelf
from broadcaster import models
from broadcaster.config import Settings
from broadcaster.models import Bulletin, Player, Priority
from broadcaster.months import day_start
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View
from broadcaster.publishing.zones import heard_bulletins
from feeds.manifest import manifest
from feeds.values import Interrupt, Manifest, ManifestItem


def player_files(view: View, settings: Settings, addresses: Addresses) -> dict[str, Content]:
    """The manifest of every player that was not revoked."""
    return {
        addresses.manifest(player.read_key): _manifest(player, view, settings, addresses) for player in view.players
    }


def interrupt_sound(view: View, shelf: Shelf, addresses: Addresses) -> dict[str, Content]:
    """What interrupts play, for as long as they are on: under its digest alone, for nobody else is to find it."""
    return {addresses.media(one.sha256): shelf.get(one.sha256) for rows in view.interrupts.values() for one in rows}


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
    interrupts = view.interrupts[player.zone.code]
    changes = [view.changed_at(bulletin.session, tz) for bulletin in held]
    generated_at = max([*changes, *(one.sent_at for one in interrupts)], default=today)
    value = Manifest(
        zone=player.zone.code,
        valid_until=today + timedelta(days=1, hours=settings.hold_ahead_h),
        poll_s=settings.poll_s,
        items=tuple(_item(bulletin, settings, addresses) for bulletin in held),
        interrupts=tuple(_interrupt(one, settings, addresses) for one in interrupts),
    )
    return manifest(value, generated_at=max(generated_at, today).astimezone(tz))


def _ends_at(bulletin: Bulletin) -> datetime:
    return bulletin.session.starts_at + timedelta(milliseconds=bulletin.session.length_ms)


def _interrupt(one: models.Interrupt, settings: Settings, addresses: Addresses) -> Interrupt:
    return Interrupt(
        id=one.code,
        path=addresses.media(one.sha256),
        sha256=one.sha256,
        bytes=one.size_bytes,
        expires_at=one.expires_at.astimezone(settings.zone_info),
        length_ms=one.length_ms,
        drill=one.drill,
    )


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
