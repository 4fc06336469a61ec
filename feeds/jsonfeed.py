"""A portal column as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from feeds.canonical import compact
from feeds.dates import rfc_3339
from feeds.fragments import FragmentCache
from feeds.rss import body_html, summary_of
from feeds.text import CHANNEL_DESCRIPTION_CHARACTERS, plain_line
from feeds.values import Audio, Channel, Item

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(channel: Channel, fragments: FragmentCache | None = None) -> bytes:
    """The JSON document of a column, one item a line. With a cache only items it does not hold yet are built.

    `self_url`, `previous_archive_url` and `current_url` of the channel are the addresses of JSON documents here.
    """
    cache = fragments if fragments is not None else FragmentCache(max(1, len(channel.items)))
    head = compact(_head(channel))
    items = [cache.get(_key(item), _fragment, item) for item in channel.items]
    opening = f'{head[:-1]},"items":['.encode()
    return opening + (b"\n" if items else b"") + b",\n".join(items) + b"]}\n"


def _head(channel: Channel) -> dict[str, object]:
    head: dict[str, object] = {
        "version": VERSION,
        "title": plain_line(channel.title),
        "home_page_url": channel.link,
        "feed_url": channel.self_url,
        "description": plain_line(channel.description, CHANNEL_DESCRIPTION_CHARACTERS),
        "language": channel.language,
    }
    if channel.previous_archive_url:
        head["next_url"] = channel.previous_archive_url
    if channel.image_url:
        head["icon"] = channel.image_url
    if channel.hub_url:
        head["hubs"] = [{"type": "WebSub", "url": channel.hub_url}]
    return head


def _key(item: Item) -> tuple[object, ...]:
    # Equal instants with different offsets are equal values but are written differently.
    updated_at = item.updated_at
    return "json", item, item.published_at.utcoffset(), updated_at and updated_at.utcoffset()


def _fragment(item: Item) -> bytes:
    return compact(_item(item)).encode()


def _item(item: Item) -> dict[str, object]:
    written: dict[str, object] = {
        "id": item.guid,
        "url": item.link,
        "title": plain_line(item.title),
        "summary": summary_of(item),
        "content_html": body_html(item),
        "date_published": rfc_3339(item.published_at),
    }
    if item.updated_at:
        written["date_modified"] = rfc_3339(item.updated_at)
    if item.author and (name := plain_line(item.author)):
        written["authors"] = [{"name": name}]
    if tags := list(dict.fromkeys(name for name in map(plain_line, item.categories) if name)):
        written["tags"] = tags
    if item.image_url:
        written["image"] = item.image_url
    if item.audio:
        written["attachments"] = [_attachment(item.audio)]
        if item.audio.synthetic:
            # Keys that start with an underscore are the format's place for what it does not name itself.
            written["_speech"] = {"synthetic": True}
    return written


def _attachment(audio: Audio) -> dict[str, object]:
    seconds, rest = divmod(audio.length_ms, 1000)
    return {
        "url": audio.url,
        "mime_type": audio.type,
        "size_in_bytes": audio.bytes,
        "duration_in_seconds": audio.length_ms / 1000 if rest else seconds,
    }
