"""A long feed as one short document and a chain of archives (RFC 5005, section 4).

Archives are counted from the oldest item, so a new item touches the subscription document alone, until a page is full.
The subscription document always shows the newest page; it may share items with the newest archive, which readers tell
by their guid. Taking an old item away moves those after it, and rewrites the archives from there on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from feeds.errors import InvalidValue
from feeds.values import Channel, Item, Podcast, PodcastEpisode

PAGE_ITEMS = 100

Entry = TypeVar("Entry", Item, PodcastEpisode)


@dataclass(frozen=True, slots=True)
class _Archive(Generic[Entry]):
    """One archive: its entries, newest first, its address and those of its neighbours."""

    entries: tuple[Entry, ...]
    url: str
    previous_url: str | None
    next_url: str | None


def channel_pages(
    channel: Channel, archive_url: Callable[[int], str], page_items: int = PAGE_ITEMS
) -> tuple[Channel, ...]:
    """The subscription document first, then the archives from the newest to the oldest.

    `channel` holds all items; `archive_url` gives the address of archive 1 (the oldest), 2, 3, …. A channel that fits
    a page comes back as it is. Raises InvalidValue where an address is none.
    """
    archives = _archives(channel.items, archive_url, page_items)
    if not archives:
        return (channel,)
    current = replace(channel, items=channel.items[:page_items], previous_archive_url=archives[0].url)
    return current, *(
        replace(
            channel,
            items=archive.entries,
            self_url=archive.url,
            updated_at=max(map(_item_changed_at, archive.entries)),
            current_url=channel.self_url,
            previous_archive_url=archive.previous_url,
            next_archive_url=archive.next_url,
        )
        for archive in archives
    )


def podcast_pages(
    podcast: Podcast, archive_url: Callable[[int], str], page_items: int = PAGE_ITEMS
) -> tuple[Podcast, ...]:
    """The same for a podcast; all its documents keep its guid."""
    archives = _archives(podcast.episodes, archive_url, page_items)
    if not archives:
        return (podcast,)
    current = replace(podcast, episodes=podcast.episodes[:page_items], previous_archive_url=archives[0].url)
    return current, *(
        replace(
            podcast,
            episodes=archive.entries,
            self_url=archive.url,
            updated_at=archive.entries[0].published_at,
            current_url=podcast.self_url,
            previous_archive_url=archive.previous_url,
            next_archive_url=archive.next_url,
        )
        for archive in archives
    )


def _archives(entries: tuple[Entry, ...], archive_url: Callable[[int], str], page_items: int) -> list[_Archive[Entry]]:
    """The archives of entries that are given newest first; the newest archive first. None if one page holds all."""
    if page_items < 1:
        raise InvalidValue("page_items", "phải là số nguyên không nhỏ hơn 1")
    count = max(0, -(-len(entries) // page_items) - 1)
    urls = [archive_url(number) for number in range(1, count + 1)]
    archives = []
    for index in reversed(range(count)):
        newest = len(entries) - (index + 1) * page_items
        archives.append(
            _Archive(
                entries[newest : newest + page_items],
                urls[index],
                urls[index - 1] if index else None,
                urls[index + 1] if index + 1 < count else None,
            )
        )
    return archives


def _item_changed_at(item: Item) -> datetime:
    return item.updated_at or item.published_at
