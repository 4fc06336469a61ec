"""What zones live on: bulletins under stable names, and the playlists of the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from audio.shelf import Shelf
from broadcaster.config import Settings
from broadcaster.models import BroadcastSession, Bulletin, Zone
from broadcaster.months import day_start
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.held import OPEN_AHEAD
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View, may_be_heard
from broadcaster.scripts import part_of_day
from feeds.playlist import m3u, xspf
from feeds.values import PlaylistEntry


def zone_files(view: View, settings: Settings, addresses: Addresses) -> dict[str, Content]:
    """The playlists of every zone: the players' of the whole day, and everybody's of what has begun."""
    files: dict[str, Content] = {}
    for zone in view.zones:
        day = todays_bulletins(heard_bulletins(view, zone), view, settings)
        title = f"{zone.name} – {settings.station}"
        players = [_entry(bulletin, settings, addresses) for bulletin in day]
        heard = [entry for entry, row in zip(players, day, strict=True) if row.session.starts_at <= view.now]
        files[addresses.today(zone.code, "m3u")] = m3u(players)
        files[addresses.today(zone.code, "xspf")] = xspf(players, title=title)
        files[addresses.heard_today(zone.code, "m3u")] = m3u(heard)
        files[addresses.heard_today(zone.code, "xspf")] = xspf(heard, title=title)
    return files


def zone_sound(view: View, shelf: Shelf, addresses: Addresses) -> dict[str, Content]:
    """The bulletins themselves, under their digests and under their stable names."""
    files: dict[str, Content] = {}
    for zone in view.zones:
        for bulletin in heard_bulletins(view, zone):
            held: Path | None = shelf.get(bulletin.sha256)
            files[addresses.media(bulletin.sha256)] = held
            files[addresses.bulletin(zone.code, bulletin.session.starts_at)] = held
    return files


def waiting_bulletins(view: View, addresses: Addresses) -> frozenset[str]:
    """The stable names that nobody but players may fetch yet."""
    return frozenset(
        addresses.bulletin(zone.code, bulletin.session.starts_at)
        for zone in view.zones
        for bulletin in heard_bulletins(view, zone)
        if bulletin.session.starts_at - view.now > OPEN_AHEAD
    )


def heard_bulletins(view: View, zone: Zone) -> list[Bulletin]:
    """The zone's bulletins of the window in which everything may be heard, oldest first."""
    return [bulletin for bulletin in view.bulletins[zone.code] if may_be_heard(bulletin, view.now)]


def aired_bulletins(view: View, zone: Zone) -> list[Bulletin]:
    """Those of them that have begun, newest first: what everybody may know of."""
    return [bulletin for bulletin in reversed(heard_bulletins(view, zone)) if bulletin.session.starts_at <= view.now]


def todays_bulletins(bulletins: Iterable[Bulletin], view: View, settings: Settings) -> Sequence[Bulletin]:
    """Those of a station day, in their order."""
    begins = day_start(view.now.astimezone(settings.zone_info).date(), settings.zone_info)
    ends = begins + timedelta(days=1)
    return [bulletin for bulletin in bulletins if begins <= bulletin.session.starts_at < ends]


def session_title(broadcast: BroadcastSession, settings: Settings) -> str:
    """The words for a session, with its date in station time."""
    local = broadcast.starts_at.astimezone(settings.zone_info)
    return f"Bản tin {part_of_day(local.time())} {local:%d/%m/%Y} – {broadcast.zone.name}"


def _entry(bulletin: Bulletin, settings: Settings, addresses: Addresses) -> PlaylistEntry:
    path = addresses.bulletin(bulletin.session.zone.code, bulletin.session.starts_at)
    return PlaylistEntry(addresses.url(path), session_title(bulletin.session, settings), bulletin.length_ms)
