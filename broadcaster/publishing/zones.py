"""What zones live on: bulletins under stable names, podcasts, playlists, the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from audio.shelf import Shelf
from broadcaster.config import Settings
from broadcaster.models import BroadcastSession, Bulletin, ItemKind, Placement, Zone
from broadcaster.months import day_start
from broadcaster.publishing.addresses import Addresses, guid_of_session
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View, may_be_heard
from broadcaster.scripts import part_of_day
from feeds.calendar import calendar
from feeds.playlist import m3u, xspf
from feeds.podcast import podcast_feed
from feeds.values import Audio, CalendarSession, Chapter, PlaylistEntry, Podcast, PodcastEpisode


def zone_files(view: View, settings: Settings, addresses: Addresses) -> dict[str, Content]:
    """Every text file of the zones."""
    files: dict[str, Content] = {}
    for zone in view.zones:
        bulletins = heard_bulletins(view, zone)
        files[addresses.zone_feed(zone.code)] = podcast_feed(_podcast(zone, bulletins, view, settings, addresses))
        files[addresses.calendar(zone.code)] = _calendar(zone, view, settings)
        today = [_entry(bulletin, settings, addresses) for bulletin in _today(bulletins, view, settings)]
        files[addresses.today(zone.code, "m3u")] = m3u(today)
        files[addresses.today(zone.code, "xspf")] = xspf(today, title=f"{zone.name} – {settings.station}")
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


def heard_bulletins(view: View, zone: Zone) -> list[Bulletin]:
    """The zone's bulletins of the window in which everything may be heard, oldest first."""
    return [bulletin for bulletin in view.bulletins[zone.code] if may_be_heard(bulletin, view.now)]


def session_title(broadcast: BroadcastSession, settings: Settings) -> str:
    """The words for a session, with its date in station time."""
    local = broadcast.starts_at.astimezone(settings.zone_info)
    return f"Bản tin {part_of_day(local.time())} {local:%d/%m/%Y} – {broadcast.zone.name}"


def _today(bulletins: Iterable[Bulletin], view: View, settings: Settings) -> list[Bulletin]:
    begins = day_start(view.now.astimezone(settings.zone_info).date(), settings.zone_info)
    ends = begins + timedelta(days=1)
    return [bulletin for bulletin in bulletins if begins <= bulletin.session.starts_at < ends]


def _entry(bulletin: Bulletin, settings: Settings, addresses: Addresses) -> PlaylistEntry:
    path = addresses.bulletin(bulletin.session.zone.code, bulletin.session.starts_at)
    return PlaylistEntry(addresses.url(path), session_title(bulletin.session, settings), bulletin.length_ms)


def _podcast(
    zone: Zone, bulletins: Sequence[Bulletin], view: View, settings: Settings, addresses: Addresses
) -> Podcast:
    aired = [bulletin for bulletin in reversed(bulletins) if bulletin.session.starts_at <= view.now]
    episodes = tuple(_episode(bulletin, settings, addresses) for bulletin in aired)
    changes = [max(row.session.starts_at, view.changed_at(row.session, settings.zone_info)) for row in aired]
    updated_at = min(max(changes, default=view.since), view.now)
    return Podcast(
        title=f"{settings.station} – {zone.name}",
        description=f"Các bản tin truyền thanh của địa bàn {zone.name}",
        link=addresses.url(""),
        self_url=addresses.url(addresses.zone_feed(zone.code)),
        owner=settings.station,
        updated_at=updated_at.astimezone(settings.zone_info),
        episodes=episodes,
    )


def _episode(bulletin: Bulletin, settings: Settings, addresses: Addresses) -> PodcastEpisode:
    items = [item for item in bulletin.items if item.kind == ItemKind.ITEM]
    return PodcastEpisode(
        guid=guid_of_session(bulletin.session.zone.code, bulletin.session.starts_at),
        title=session_title(bulletin.session, settings),
        description="; ".join(item.title for item in items),
        link=addresses.url(""),
        published_at=bulletin.session.starts_at.astimezone(settings.zone_info),
        audio=Audio(
            url=addresses.url(addresses.media(bulletin.sha256)),
            bytes=bulletin.size_bytes,
            length_ms=bulletin.length_ms,
            synthetic=bulletin.synthetic,
        ),
        chapters=tuple(Chapter(item.starts_ms, item.title) for item in bulletin.items),
        synthetic=bulletin.synthetic,
        spoken_by=tuple(bulletin.spoken_by),
    )


def _calendar(zone: Zone, view: View, settings: Settings) -> bytes:
    sessions = [_calendar_session(row, view, settings) for row in view.sessions[zone.code]]
    return calendar(sessions, name=f"Lịch phát thanh {zone.name}", time_zone=settings.zone_info)


def _calendar_session(row: BroadcastSession, view: View, settings: Settings) -> CalendarSession:
    placements = view.placements[row.id]
    return CalendarSession(
        uid=guid_of_session(row.zone.code, row.starts_at),
        starts_at=row.starts_at,
        length_ms=row.length_ms,
        title=f"Phát thanh {part_of_day(row.starts_at.astimezone(settings.zone_info).time())} – {row.zone.name}",
        updated_at=view.changed_at(row, settings.zone_info),
        lines=tuple(_line(placement, view) for placement in placements),
        place=row.zone.name,
    )


def _line(placement: Placement, view: View) -> str:
    embargo = placement.article.not_before
    if embargo is not None and embargo > view.now:
        return "Bài sẽ được giới thiệu trong buổi phát"
    return placement.article.title
