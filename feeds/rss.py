"""A portal column as RSS 2.0.

Laid out for readers that show only title, link, description and date (DNN, SharePoint, Liferay, WordPress): the
description carries the summary and the audio link; fuller readers find the text in content:encoded, the unit in
dc:creator and the recording in the enclosure.
"""

from typing import Any

from feeds.dates import rfc_3339, rfc_5322
from feeds.fragments import FragmentCache
from feeds.markup import Element, Extension, item_fragment, new_entry, new_feed, spliced
from feeds.text import (
    CHANNEL_DESCRIPTION_CHARACTERS,
    SUMMARY_CHARACTERS,
    html_paragraphs,
    html_text,
    length_in_words,
    plain_line,
    says_something,
    shortened,
    whole_seconds,
)
from feeds.values import Audio, Channel, Item, Podcast

_PREFIXES = ("atom", "content", "dc", "fh", "itunes", "media", "podcast")
_CHARACTERS_FROM_BODY = 300

# How long a reader may keep a feed; DNN's asks the feed and nothing else. As long as the files may be kept by caches.
POLL_MINUTES = 5
SYNTHETIC_MARK = Element("podcast:txt", "true", (("purpose", "ai-content"),))


def column_feed(channel: Channel, fragments: FragmentCache | None = None) -> bytes:
    """The RSS document of a column. With a cache only new items are built; the bytes are the same."""
    cache = fragments if fragments is not None else FragmentCache(max(1, len(channel.items)))
    generator, extension = new_feed()
    fill_head(generator, channel)
    extension.prefixes = _PREFIXES
    extension.elements = head_elements(channel)
    return spliced(generator, [cache.get(_key(item), _fragment, item) for item in channel.items])


def fill_head(generator: Any, feed: Channel | Podcast) -> None:
    """What feedgen has words for in the head of a feed."""
    generator.title(plain_line(feed.title))
    # feedgen takes the last link for the channel's own: self first, then the page.
    generator.link(href=feed.self_url, rel="self", type="application/rss+xml")
    generator.link(href=feed.link, rel="alternate")
    generator.description(plain_line(feed.description, CHANNEL_DESCRIPTION_CHARACTERS))
    generator.language(feed.language)
    generator.ttl(POLL_MINUTES)
    generator.generator(plain_line(feed.generator))
    if feed.copyright:
        generator.copyright(plain_line(feed.copyright))
    if feed.image_url:
        generator.image(url=feed.image_url)


def head_elements(feed: Channel | Podcast) -> tuple[Element, ...]:
    """What feedgen lacks in the head of any feed: the date of the data, the hub, and the links of RFC 5005."""
    links = (
        ("hub", feed.hub_url),
        ("current", feed.current_url),
        ("prev-archive", feed.previous_archive_url),
        ("next-archive", feed.next_archive_url),
    )
    written = [Element("lastBuildDate", rfc_5322(feed.updated_at))]
    written += [Element("atom:link", None, (("rel", relation), ("href", url))) for relation, url in links if url]
    if feed.current_url:
        written.append(Element("fh:archive"))
    return tuple(written)


def summary_of(item: Item) -> str:
    """The summary in one line, made from the body where the article has none."""
    if says_something(item.summary):
        return shortened(item.summary, SUMMARY_CHARACTERS)
    return shortened(" ".join(item.body_paragraphs), _CHARACTERS_FROM_BODY)


def body_html(item: Item) -> str:
    """The full text as HTML, the recording first, so that it is found."""
    return audio_html(item.audio) + (html_paragraphs(item.body_paragraphs) or html_paragraphs((item.summary,)))


def audio_html(audio: Audio | None) -> str:
    """A link to the recording with its length, and the notice that a machine speaks where one does."""
    if audio is None:
        return ""
    notice = ", giọng đọc nhân tạo (AI)" if audio.synthetic else ""
    return f'<p><a href="{html_text(audio.url)}">Nghe bài viết</a> ({length_in_words(audio.length_ms)}{notice})</p>'


def _key(item: Item) -> tuple[object, ...]:
    # Equal instants with different offsets are equal values but are written differently.
    updated_at = item.updated_at
    return "rss", item, item.published_at.utcoffset(), updated_at and updated_at.utcoffset()


def _fragment(item: Item) -> bytes:
    entry, extension = new_entry()
    title, summary = plain_line(item.title), summary_of(item)
    entry.title(title)
    entry.link(href=item.link)
    entry.guid(item.guid, permalink=False)
    entry.description(f"<p>{html_text(summary)}</p>{audio_html(item.audio)}")
    entry.content(body_html(item))
    names = dict.fromkeys(name for name in map(plain_line, item.categories) if name)
    if names:
        entry.category([{"term": name} for name in names])
    if item.audio:
        entry.enclosure(item.audio.url, item.audio.bytes, item.audio.type)
    _extend(extension, item)
    return item_fragment(entry, _PREFIXES)


def _extend(extension: Extension, item: Item) -> None:
    written = [Element("pubDate", rfc_5322(item.published_at))]
    if item.updated_at:
        written.append(Element("atom:updated", rfc_3339(item.updated_at)))
    if item.author and (name := plain_line(item.author)):
        written.append(Element("dc:creator", name))
    if item.image_url:
        # As media:content some podcast programs would take the picture for a second recording.
        written.append(Element("media:thumbnail", None, (("url", item.image_url),)))
    if item.audio:
        written.append(Element("itunes:duration", str(max(1, whole_seconds(item.audio.length_ms)))))
        if item.audio.synthetic:
            written.append(SYNTHETIC_MARK)
    extension.elements = tuple(written)
