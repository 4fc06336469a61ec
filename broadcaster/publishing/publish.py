"""Brings the public tree up to date with the books."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from audio.shelf import Shelf
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.columns import column_files, posted_articles
from broadcaster.publishing.players import player_files
from broadcaster.publishing.tree import Changes, Content, bring_in_line
from broadcaster.publishing.view import View, look
from broadcaster.publishing.zones import zone_files, zone_sound
from broadcaster.scripts import Voice
from feeds.opml import opml
from feeds.values import FeedEntry


def publish(database: Database, settings: Settings, voice: Voice, *, now: datetime) -> Changes:
    """Writes what the tree lacks and takes out what may not be seen any more; the same state changes nothing."""
    with database.reading() as session:
        wanted = tree_at(session, settings, voice, now=now)
    return bring_in_line(settings.public_folder, wanted)


def tree_at(session: Session, settings: Settings, voice: Voice, *, now: datetime) -> dict[str, Content]:
    """Everything the public tree holds at an instant, by path."""
    addresses = Addresses(settings.public_url, settings.zone_info)
    shelf = Shelf(settings.shelf_folder)
    view = look(session, settings, voice, now=now)
    return {
        **zone_sound(view, shelf, addresses),
        **_article_sound(view, shelf, addresses),
        **column_files(view, settings, addresses),
        **zone_files(view, settings, addresses),
        **player_files(view, settings, addresses),
        addresses.opml(): _opml(view, settings, addresses),
    }


def _article_sound(view: View, shelf: Shelf, addresses: Addresses) -> dict[str, Content]:
    return {
        addresses.media(rendition.media_sha256): shelf.get(rendition.media_sha256)
        for _article, rendition in posted_articles(view).values()
        if rendition is not None
    }


def _opml(view: View, settings: Settings, addresses: Addresses) -> bytes:
    columns = [FeedEntry(column.name, addresses.url(addresses.column_feed(column.code))) for column in view.columns]
    zones = [FeedEntry(zone.name, addresses.url(addresses.zone_feed(zone.code))) for zone in view.zones]
    return opml([*columns, *zones], title=settings.station)
