"""The values of what tells when: the calendar, the playlists and the players' manifests."""

from dataclasses import dataclass
from datetime import datetime

from feeds.validation import (
    require_distinct,
    require_identifier,
    require_instant,
    require_media_type,
    require_number,
    require_one_of,
    require_sha256,
    require_text,
    require_tree_path,
    require_tuple,
    require_url,
)

PRIORITIES = ("normal", "priority", "urgent")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSession:
    """A session of the published schedule. `uid` never changes; `sequence` rises with every change of the session."""

    uid: str
    starts_at: datetime
    length_ms: int
    title: str
    updated_at: datetime
    lines: tuple[str, ...] = ()
    sequence: int = 0
    place: str | None = None

    def __post_init__(self) -> None:
        require_identifier("uid", self.uid)
        require_instant("starts_at", self.starts_at)
        require_number("length_ms", self.length_ms, least=1)
        require_text("title", self.title)
        require_instant("updated_at", self.updated_at)
        require_number("sequence", self.sequence)
        require_tuple("lines", self.lines, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestItem:
    """A file a player must hold and when it plays it."""

    id: str
    starts_at: datetime
    length_ms: int
    path: str
    sha256: str
    bytes: int
    type: str = "audio/mpeg"
    priority: str = "normal"

    def __post_init__(self) -> None:
        require_identifier("id", self.id)
        require_instant("starts_at", self.starts_at)
        require_number("length_ms", self.length_ms, least=1)
        require_tree_path("path", self.path)
        require_sha256("sha256", self.sha256)
        require_number("bytes", self.bytes, least=1)
        require_media_type("type", self.type)
        require_one_of("priority", self.priority, PRIORITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt:
    """A file a player plays at once, unless it has expired by then. A `drill` is one, and counts nowhere.

    Without a `length_ms` a player books as long as it played.
    """

    id: str
    path: str
    sha256: str
    bytes: int
    expires_at: datetime
    play: str = "now"
    length_ms: int | None = None
    drill: bool = False

    def __post_init__(self) -> None:
        require_identifier("id", self.id)
        require_tree_path("path", self.path)
        require_sha256("sha256", self.sha256)
        require_number("bytes", self.bytes, least=1)
        require_instant("expires_at", self.expires_at)
        require_one_of("play", self.play, ("now",))
        require_number("length_ms", self.length_ms, least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What one player must hold until `valid_until`, asking again every `poll_s` seconds."""

    zone: str
    valid_until: datetime
    poll_s: int
    items: tuple[ManifestItem, ...] = ()
    interrupts: tuple[Interrupt, ...] = ()

    def __post_init__(self) -> None:
        require_identifier("zone", self.zone)
        require_instant("valid_until", self.valid_until)
        require_number("poll_s", self.poll_s, least=1)
        require_tuple("items", self.items, ManifestItem)
        require_tuple("interrupts", self.interrupts, Interrupt)
        require_distinct("items.id", (item.id for item in self.items))
        require_distinct("interrupts.id", (interrupt.id for interrupt in self.interrupts))


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """A line of a playlist."""

    url: str
    title: str
    length_ms: int

    def __post_init__(self) -> None:
        require_url("url", self.url)
        require_text("title", self.title)
        require_number("length_ms", self.length_ms, least=1)
