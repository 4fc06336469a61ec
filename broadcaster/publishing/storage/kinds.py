"""Types and times to keep of the tree's files, told by their paths: the same in a bucket as over HTTP."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_TYPES = {
    ".mp3": "audio/mpeg",
    ".json": "application/json",
    ".ics": "text/calendar; charset=utf-8",
    ".m3u": "audio/x-mpegurl; charset=utf-8",
    ".xspf": "application/xspf+xml; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
}
_FEED_TYPES = {".xml": "application/rss+xml; charset=utf-8", ".json": "application/feed+json; charset=utf-8"}
_CHAPTERS_TYPE = "application/json+chapters"
_ROOM_CACHING = {
    "feeds": "public, max-age=300",
    "schedule": "public, max-age=300",
    "articles": "public, max-age=300",
    # A bulletin keeps its name when a newer version takes its place, so whoever holds it asks again.
    "zones": "public, no-cache",
    "players": "private, no-cache",
}
_MEDIA = re.compile(r"media/([0-9a-f]{2})/(\1[0-9a-f]{62})\.[a-z0-9]+")


def type_of(path: str) -> str:
    """The Content-Type of a file of the tree."""
    suffix = PurePosixPath(path).suffix
    if path.endswith(".chapters.json"):
        return _CHAPTERS_TYPE
    if path.startswith("feeds/") and suffix in _FEED_TYPES:
        return _FEED_TYPES[suffix]
    return _TYPES.get(suffix, "application/octet-stream")


def caching_of(path: str) -> str:
    """The Cache-Control of a file of the tree. Media is named by its digest and never changes."""
    if digest_in_name(path):
        return "public, max-age=31536000, immutable"
    return _ROOM_CACHING.get(path.split("/")[0], "public, no-cache")


def digest_in_name(path: str) -> str | None:
    """The SHA-256 of a file of `media/` as its name says it; None where the name says none."""
    media = _MEDIA.fullmatch(path)
    return media.group(2) if media else None
