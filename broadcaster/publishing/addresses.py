"""Where things stand in the public tree, and the addresses under which the world finds them."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}")
#: Names of our articles in the space of UUIDs: made once, never to be changed.
_ARTICLES = uuid.UUID("5b0d6c1e-8f0e-4a3b-9a57-3f6f0f1f2d11")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Paths of the tree and, behind `public_url`, their URLs. Days and times are station time."""

    public_url: str
    tz: ZoneInfo

    def url(self, path: str) -> str:
        return f"{self.public_url}/{path}"

    def column_feed(self, code: str, suffix: str = "xml") -> str:
        return f"feeds/columns/{code}.{suffix}"

    def column_archive(self, code: str, number: int, suffix: str = "xml") -> str:
        return f"feeds/columns/{code}/{number}.{suffix}"

    def zone_archive(self, code: str, number: int) -> str:
        return f"feeds/zones/{code}/{number}.xml"

    def heard_today(self, zone: str, suffix: str) -> str:
        return f"feeds/zones/{zone}.{suffix}"

    def artwork(self) -> str:
        return "feeds/artwork.png"

    def mark(self) -> str:
        return "feeds/mark.png"

    def style(self) -> str:
        return "articles/style.css"

    def index(self) -> str:
        return "index.html"

    def path(self, url: str) -> str:
        """The path in the tree behind one of our own URLs."""
        return url.removeprefix(self.public_url + "/")

    def zone_feed(self, code: str) -> str:
        return f"feeds/zones/{code}.xml"

    def opml(self) -> str:
        return "feeds/index.opml"

    def calendar(self, zone: str) -> str:
        return f"schedule/{zone}.ics"

    def today(self, zone: str, suffix: str) -> str:
        return f"zones/{zone}/today.{suffix}"

    def bulletin(self, zone: str, starts_at: datetime) -> str:
        local = starts_at.astimezone(self.tz)
        return f"zones/{zone}/{local:%Y-%m-%d}/{local:%H%M}.mp3"

    def beside_bulletin(self, zone: str, starts_at: datetime, suffix: str) -> str:
        """The chapters or the transcript of a bulletin that has been on the air."""
        return self.bulletin(zone, starts_at).removesuffix("mp3") + suffix

    def media(self, sha256: str) -> str:
        return f"media/{sha256[:2]}/{sha256}.mp3"

    def manifest(self, read_key: str) -> str:
        return f"players/{read_key}/manifest.json"

    def article(self, ref: str) -> str:
        # A sender's reference may hold anything; what is no plain name is named by its digest.
        name = ref if _SAFE.fullmatch(ref) else hashlib.sha256(ref.encode()).hexdigest()[:24]
        return f"articles/{name}.html"


def guid_of_article(ref: str) -> str:
    """The name under which feed readers know an article for ever."""
    return uuid.uuid5(_ARTICLES, ref).urn


def guid_of_session(zone: str, starts_at: datetime) -> str:
    """The name of a session's bulletin, whatever version of it stands."""
    return uuid.uuid5(_ARTICLES, f"{zone}@{starts_at.timestamp():.0f}").urn
