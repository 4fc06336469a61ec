"""The front of the tree: one plain page that leads to everything public, the list of feeds, and the pictures."""

from __future__ import annotations

from broadcaster.config import Settings
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.pages import picture, public_page
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View
from broadcaster.publishing.zones import aired_bulletins, session_title, todays_bulletins
from feeds.opml import opml
from feeds.values import FeedEntry


def index_files(view: View, settings: Settings, addresses: Addresses) -> dict[str, Content]:
    """The front page, the list of feeds, the pictures of the feeds and the look of the pages."""
    return {
        addresses.index(): _index(view, settings, addresses),
        addresses.opml(): _opml(view, settings, addresses),
        addresses.artwork(): picture("artwork.png"),
        addresses.mark(): picture("mark.png"),
        addresses.style(): picture("style.css"),
    }


def _opml(view: View, settings: Settings, addresses: Addresses) -> bytes:
    columns = [FeedEntry(column.name, addresses.url(addresses.column_feed(column.code))) for column in view.columns]
    zones = [FeedEntry(zone.name, addresses.url(addresses.zone_feed(zone.code))) for zone in view.zones]
    return opml([*columns, *zones], title=settings.station)


def _index(view: View, settings: Settings, addresses: Addresses) -> bytes:
    """Nothing of the players' part is named here before its session begins."""
    columns = [
        {
            "name": column.name,
            "rss": addresses.column_feed(column.code),
            "json": addresses.column_feed(column.code, "json"),
        }
        for column in view.columns
    ]
    zones = []
    for zone in view.zones:
        day = todays_bulletins(aired_bulletins(view, zone)[::-1], view, settings)
        bulletins = [
            {
                "title": session_title(row.session, settings),
                "path": addresses.media(row.sha256),
                "minutes": max(1, round(row.length_ms / 60_000)),
            }
            for row in day
        ]
        zones.append(
            {
                "name": zone.name,
                "podcast": addresses.zone_feed(zone.code),
                "calendar": addresses.calendar(zone.code),
                "m3u": addresses.heard_today(zone.code, "m3u"),
                "xspf": addresses.heard_today(zone.code, "xspf"),
                "bulletins": bulletins,
            }
        )
    return public_page(
        "index.html",
        station=settings.station,
        day=view.now.astimezone(settings.zone_info).date(),
        columns=columns,
        zones=zones,
        opml=addresses.opml(),
        mark=addresses.mark(),
    )
