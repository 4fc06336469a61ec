"""A podcast for every zone: each bulletin from the moment it airs, with its chapters and its words."""

from __future__ import annotations

from collections.abc import Sequence

from broadcaster.config import Settings
from broadcaster.models import Bulletin, ItemKind, Zone
from broadcaster.publishing.addresses import Addresses, guid_of_session
from broadcaster.publishing.transcripts import transcript_of
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View
from broadcaster.publishing.zones import aired_bulletins, session_title
from feeds.archives import podcast_pages
from feeds.chapters import chapters_json
from feeds.fragments import FragmentCache
from feeds.podcast import podcast_feed
from feeds.values import Audio, Chapter, Podcast, PodcastEpisode


def podcast_files(view: View, settings: Settings, addresses: Addresses, fragments: FragmentCache) -> dict[str, Content]:
    """The podcast of every zone with its archives, and what belongs to each of its episodes."""
    files: dict[str, Content] = {}
    for zone in view.zones:
        aired = aired_bulletins(view, zone)

        def archive_url(number: int, code: str = zone.code) -> str:
            return addresses.url(addresses.zone_archive(code, number))

        for page in podcast_pages(_podcast(zone, aired, view, settings, addresses), archive_url):
            files[addresses.path(page.self_url)] = podcast_feed(page, fragments)
        for bulletin in aired:
            starts_at = bulletin.session.starts_at
            chapters = chapters_json(_chapters(bulletin), session_title(bulletin.session, settings))
            files[addresses.beside_bulletin(zone.code, starts_at, "chapters.json")] = chapters
            files[addresses.beside_bulletin(zone.code, starts_at, "vtt")] = transcript_of(bulletin)
    return files


def _podcast(zone: Zone, aired: Sequence[Bulletin], view: View, settings: Settings, addresses: Addresses) -> Podcast:
    changes = [max(row.session.starts_at, view.changed_at(row.session, settings.zone_info)) for row in aired]
    updated_at = min(max(changes, default=view.since), view.now)
    return Podcast(
        title=f"{settings.station} – {zone.name}",
        description=f"Các bản tin truyền thanh của địa bàn {zone.name}",
        link=addresses.url(""),
        self_url=addresses.url(addresses.zone_feed(zone.code)),
        owner=settings.station,
        updated_at=updated_at.astimezone(settings.zone_info),
        image_url=addresses.url(addresses.artwork()),
        hub_url=settings.hub_url or None,
        episodes=tuple(_episode(bulletin, settings, addresses) for bulletin in aired),
    )


def _episode(bulletin: Bulletin, settings: Settings, addresses: Addresses) -> PodcastEpisode:
    zone, starts_at = bulletin.session.zone.code, bulletin.session.starts_at
    items = [item for item in bulletin.items if item.kind == ItemKind.ITEM]
    return PodcastEpisode(
        guid=guid_of_session(zone, starts_at),
        title=session_title(bulletin.session, settings),
        description="; ".join(item.title for item in items),
        link=addresses.url(""),
        published_at=starts_at.astimezone(settings.zone_info),
        audio=Audio(
            url=addresses.url(addresses.media(bulletin.sha256)),
            bytes=bulletin.size_bytes,
            length_ms=bulletin.length_ms,
            synthetic=bulletin.synthetic,
        ),
        chapters_url=addresses.url(addresses.beside_bulletin(zone, starts_at, "chapters.json")),
        transcript_url=addresses.url(addresses.beside_bulletin(zone, starts_at, "vtt")),
        chapters=_chapters(bulletin),
        synthetic=bulletin.synthetic,
        spoken_by=tuple(bulletin.spoken_by),
    )


def _chapters(bulletin: Bulletin) -> tuple[Chapter, ...]:
    return tuple(Chapter(item.starts_ms, item.title) for item in bulletin.items)
