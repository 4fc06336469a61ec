"""Today's bulletins for players: M3U and XSPF (https://www.xspf.org/spec)."""

from collections.abc import Iterable

from feeds.markup import Element, document
from feeds.text import plain_line, whole_seconds
from feeds.values import PlaylistEntry

_XSPF = "http://xspf.org/ns/0/"


def m3u(entries: Iterable[PlaylistEntry]) -> bytes:
    """An extended M3U in UTF-8; lengths in whole seconds, as the format has them."""
    lines = ["#EXTM3U", "#EXTENC:UTF-8"]
    for entry in entries:
        lines += [f"#EXTINF:{max(1, whole_seconds(entry.length_ms))},{plain_line(entry.title)}", entry.url]
    return ("\n".join(lines) + "\n").encode()


def xspf(entries: Iterable[PlaylistEntry], title: str | None = None) -> bytes:
    """An XSPF playlist; durations in milliseconds."""
    tracks = tuple(Element("track", children=_track(entry)) for entry in entries)
    head = (Element("title", plain_line(title)),) if title else ()
    body = Element("trackList", children=tracks)
    return document(Element("playlist", None, (("version", "1"),), (*head, body)), _XSPF)


def _track(entry: PlaylistEntry) -> tuple[Element, ...]:
    return (
        Element("location", entry.url),
        Element("title", plain_line(entry.title)),
        Element("duration", str(entry.length_ms)),
    )
