"""The values feeds are made of.

They say what is to be published and nothing about how. Text is plain text, never HTML; it is cleaned when a feed is
built. Instants are aware and appear in feeds with the offset they are given in. A value that could not be published
truthfully raises InvalidValue when it is made.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from feeds.errors import InvalidValue
from feeds.identity import podcast_guid
from feeds.text import says_something
from feeds.timetable import CalendarSession, Interrupt, Manifest, ManifestItem, PlaylistEntry
from feeds.validation import (
    require_distinct,
    require_identifier,
    require_instant,
    require_language,
    require_media_type,
    require_newest_first,
    require_number,
    require_text,
    require_tuple,
    require_url,
)

__all__ = [
    "GENERATOR",
    "Audio",
    "CalendarSession",
    "Channel",
    "Chapter",
    "Cue",
    "FeedEntry",
    "Interrupt",
    "Item",
    "Manifest",
    "ManifestItem",
    "PlaylistEntry",
    "Podcast",
    "PodcastEpisode",
    "require_chapters",
]

GENERATOR = "town-broadcaster"
_FEED_URLS = ("link", "self_url", "image_url", "hub_url", "previous_archive_url", "next_archive_url", "current_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """A published audio file: its address, true size in bytes and length; `synthetic` if a machine speaks in it."""

    url: str
    bytes: int
    length_ms: int
    type: str = "audio/mpeg"
    synthetic: bool = False

    def __post_init__(self) -> None:
        require_url("url", self.url)
        require_number("bytes", self.bytes, least=1)
        require_number("length_ms", self.length_ms, least=1)
        require_media_type("type", self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article in a portal column.

    `guid` never changes in the article's life. `author` is the name of a unit, never of a person. An empty `summary`
    is made from the body.
    """

    guid: str
    title: str
    link: str
    published_at: datetime
    # Equality looks at everything; the hash leaves out what is long, for it is taken of thousands of items at a time.
    summary: str = field(default="", hash=False)
    body_paragraphs: tuple[str, ...] = field(default=(), hash=False)
    updated_at: datetime | None = None
    author: str | None = None
    categories: tuple[str, ...] = ()
    audio: Audio | None = None
    image_url: str | None = None

    def __post_init__(self) -> None:
        require_identifier("guid", self.guid)
        require_text("title", self.title)
        require_url("link", self.link)
        require_instant("published_at", self.published_at)
        require_instant("updated_at", self.updated_at)
        require_url("image_url", self.image_url)
        require_tuple("body_paragraphs", self.body_paragraphs, str)
        require_tuple("categories", self.categories, str)
        if not says_something(self.summary) and not any(map(says_something, self.body_paragraphs)):
            raise InvalidValue("summary", "tóm tắt và nội dung không được cùng để trống")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A portal column as one feed document, items newest first.

    `updated_at` comes from the data, never from the clock. A document with `current_url` is an archive of the feed at
    that address (RFC 5005); `previous_archive_url` leads to older items, `next_archive_url` to newer ones.
    """

    title: str
    description: str
    link: str
    self_url: str
    updated_at: datetime
    items: tuple[Item, ...] = ()
    language: str = "vi"
    image_url: str | None = None
    hub_url: str | None = None
    generator: str = GENERATOR
    copyright: str | None = None
    previous_archive_url: str | None = None
    next_archive_url: str | None = None
    current_url: str | None = None

    def __post_init__(self) -> None:
        _require_feed(self)
        require_tuple("items", self.items, Item)
        require_distinct("items.guid", [item.guid for item in self.items])
        require_newest_first("items.published_at", [item.published_at for item in self.items])


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a recording: where it starts and what it is called."""

    starts_ms: int
    title: str

    def __post_init__(self) -> None:
        require_number("starts_ms", self.starts_ms)
        require_text("title", self.title)


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch of a transcript: from when to when, and the words."""

    starts_ms: int
    ends_ms: int
    text: str

    def __post_init__(self) -> None:
        require_number("starts_ms", self.starts_ms)
        require_number("ends_ms", self.ends_ms, least=self.starts_ms + 1)
        require_text("text", self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastEpisode:
    """A bulletin in a podcast. `spoken_by` names voices or units; `synthetic` marks speech made by a machine.

    Where the description says nothing, the title stands for it.
    """

    guid: str
    title: str
    description: str
    link: str
    published_at: datetime
    audio: Audio
    season: int | None = None
    number: int | None = None
    chapters_url: str | None = None
    transcript_url: str | None = None
    chapters: tuple[Chapter, ...] = ()
    synthetic: bool = False
    spoken_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_identifier("guid", self.guid)
        require_text("title", self.title)
        require_url("link", self.link)
        require_instant("published_at", self.published_at)
        require_number("season", self.season, least=1)
        require_number("number", self.number, least=1)
        require_url("chapters_url", self.chapters_url)
        require_url("transcript_url", self.transcript_url)
        require_tuple("spoken_by", self.spoken_by, str)
        require_tuple("chapters", self.chapters, Chapter)
        require_chapters("chapters", self.chapters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Podcast:
    """A podcast as one feed document, episodes newest first.

    Directories want every recording at an address of its own; two alike are no reason to leave a zone without its
    feed, so only the checks object.

    `guid` defaults to the one the podcast namespace derives from `self_url`. `owner` is a unit; `owner_email` its
    public mailbox. `block` keeps directories away from a feed that is not for the public.
    """

    title: str
    description: str
    link: str
    self_url: str
    owner: str
    updated_at: datetime
    image_url: str | None = None
    episodes: tuple[PodcastEpisode, ...] = ()
    guid: str = ""
    owner_email: str | None = None
    category: str = "Government"
    subcategory: str | None = None
    explicit: bool = False
    locked: bool = True
    block: bool = False
    language: str = "vi"
    hub_url: str | None = None
    generator: str = GENERATOR
    copyright: str | None = None
    previous_archive_url: str | None = None
    next_archive_url: str | None = None
    current_url: str | None = None

    def __post_init__(self) -> None:
        _require_feed(self)
        if not self.guid:
            object.__setattr__(self, "guid", podcast_guid(self.current_url or self.self_url))
        require_identifier("guid", self.guid)
        require_text("owner", self.owner)
        require_text("category", self.category)
        require_tuple("episodes", self.episodes, PodcastEpisode)
        require_distinct("episodes.guid", [episode.guid for episode in self.episodes])
        require_newest_first("episodes.published_at", [episode.published_at for episode in self.episodes])


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A feed in the list of all feeds."""

    title: str
    xml_url: str
    html_url: str | None = None

    def __post_init__(self) -> None:
        require_text("title", self.title)
        require_url("xml_url", self.xml_url)
        require_url("html_url", self.html_url)


def require_chapters(field: str, chapters: tuple[Chapter, ...]) -> None:
    """Chapters in the order they are heard, no two at one moment. Raises InvalidValue."""
    for earlier, later in pairwise(chapters):
        if later.starts_ms <= earlier.starts_ms:
            raise InvalidValue(field, "phải xếp theo thời gian, không trùng mốc bắt đầu")


def _require_feed(feed: Channel | Podcast) -> None:
    require_text("title", feed.title)
    require_text("description", feed.description)
    require_language("language", feed.language)
    require_instant("updated_at", feed.updated_at)
    for name in _FEED_URLS:
        require_url(name, getattr(feed, name))
