"""The list of all feeds as OPML 2.0 (http://opml.org/spec2.opml)."""

from collections.abc import Iterable
from datetime import datetime

from feeds.dates import rfc_5322
from feeds.markup import Element, document
from feeds.text import plain_line
from feeds.validation import require_instant, require_text
from feeds.values import FeedEntry


def opml(entries: Iterable[FeedEntry], *, title: str, updated_at: datetime | None = None) -> bytes:
    """The list, in the order given. `updated_at` comes from the data. Raises InvalidValue."""
    require_text("title", title)
    require_instant("updated_at", updated_at)
    head = [Element("title", plain_line(title))]
    if updated_at:
        head.append(Element("dateModified", rfc_5322(updated_at)))
    outlines = tuple(Element("outline", None, tuple(_attributes(entry).items())) for entry in entries)
    sections = (Element("head", children=tuple(head)), Element("body", children=outlines))
    return document(Element("opml", None, (("version", "2.0"),), sections))


def _attributes(entry: FeedEntry) -> dict[str, str]:
    title = plain_line(entry.title)
    attributes = {"type": "rss", "text": title, "title": title, "xmlUrl": entry.xml_url}
    if entry.html_url:
        attributes["htmlUrl"] = entry.html_url
    return attributes
