"""Brings the public tree up to date with the books."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from audio.shelf import Shelf
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.columns import column_files, posted_articles
from broadcaster.publishing.held import Markers
from broadcaster.publishing.hub import tell_hub
from broadcaster.publishing.index import index_files
from broadcaster.publishing.memory import Memory
from broadcaster.publishing.players import interrupt_sound, player_files
from broadcaster.publishing.podcasts import podcast_files
from broadcaster.publishing.schedule import schedule_files
from broadcaster.publishing.storage import BucketStorage, FolderStorage
from broadcaster.publishing.tree import Changes, Content, alone, bring_storage_in_line
from broadcaster.publishing.view import View, look
from broadcaster.publishing.zones import waiting_bulletins, zone_files, zone_sound
from broadcaster.scripts import Voice


def publish(
    database: Database, settings: Settings, voice: Voice, *, now: datetime, memory: Memory | None = None
) -> Changes:
    """Writes what the tree lacks and takes out what may not be seen any more; the same state changes nothing.

    The folder comes first, so that loudspeakers nearby get theirs whatever becomes of the rest; then the bucket, where
    one is set; then the hub is told, where there is one. A hub that does not listen holds nothing up.

    Raises:
        StorageUnavailable: the bucket; the folder is up to date, and the next publication goes on from there.
    """
    with database.reading() as session:
        view = look(session, settings, voice, now=now)
        wanted = _tree_of(view, settings, memory)
        waiting = waiting_bulletins(view, Addresses(settings.public_url, settings.zone_info))
    with alone(settings.public_folder):
        changes = _bring_folder_in_line(settings.public_folder, wanted, waiting)
        if settings.bucket_url:
            # A bucket cannot ask for a key: there, what may not be fetched by its name is not under it.
            open_to_all = {path: content for path, content in wanted.items() if path not in waiting}
            bring_storage_in_line(BucketStorage.at(settings.bucket_url), open_to_all)
        if settings.hub_url:
            tell_hub(settings.hub_url, settings.data / "hub.json", _subscribed(wanted, settings), now=now)
    return changes


def _bring_folder_in_line(root: Path, wanted: Mapping[str, Content], waiting: Collection[str]) -> Changes:
    """Markers stand before what they guard is there, and fall when it may be had, or is gone."""
    folder, markers = FolderStorage(root), Markers(root)
    markers.raise_for(waiting)
    over = markers.paths() - set(waiting)
    # Before feeds name what airs: none is to lead to a file that nobody gets.
    markers.lift(over & wanted.keys())
    changes = bring_storage_in_line(folder, wanted)
    markers.lift(over - wanted.keys())
    folder.forget_old_tombstones(time.time())
    return changes


def tree_at(
    session: Session, settings: Settings, voice: Voice, *, now: datetime, memory: Memory | None = None
) -> dict[str, Content]:
    """Everything the public tree holds at an instant, by path."""
    return _tree_of(look(session, settings, voice, now=now), settings, memory)


def _tree_of(view: View, settings: Settings, memory: Memory | None) -> dict[str, Content]:
    addresses = Addresses(settings.public_url, settings.zone_info)
    shelf = Shelf(settings.shelf_folder)
    fragments = (memory or Memory()).fragments
    return {
        **interrupt_sound(view, shelf, addresses),
        **zone_sound(view, shelf, addresses),
        **{
            addresses.media(rendition.media_sha256): shelf.get(rendition.media_sha256)
            for _article, rendition in posted_articles(view).values()
            if rendition is not None
        },
        **column_files(view, settings, addresses, fragments),
        **podcast_files(view, settings, addresses, fragments),
        **zone_files(view, settings, addresses),
        **schedule_files(view, settings, addresses),
        **player_files(view, settings, addresses),
        **index_files(view, settings, addresses),
    }


def _subscribed(wanted: Mapping[str, Content], settings: Settings) -> dict[str, bytes]:
    """The feeds that somebody may have subscribed to through the hub, by their URL."""
    addresses = Addresses(settings.public_url, settings.zone_info)
    return {
        addresses.url(path): content
        for path, content in wanted.items()
        if isinstance(content, bytes) and path.startswith("feeds/") and path.endswith((".xml", ".json"))
    }
