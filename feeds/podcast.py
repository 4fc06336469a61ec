"""A zone's bulletins as a podcast: RSS 2.0 with Apple's and the Podcasting 2.0 namespaces.

Sources: Apple's podcast RSS requirements; https://github.com/Podcastindex-org/podcast-namespace; Podlove Simple
Chapters 1.2. Speech made by a machine is marked with `podcast:txt purpose="ai-content"` and said in words.
"""

from functools import partial

from feeds.dates import rfc_5322
from feeds.fragments import FragmentCache
from feeds.markup import Element, Extension, item_fragment, new_entry, new_feed, spliced
from feeds.rss import SYNTHETIC_MARK, fill_head, head_elements
from feeds.text import EPISODE_DESCRIPTION_BYTES, clean, html_within, plain_line, says_something, whole_seconds
from feeds.values import Chapter, Podcast, PodcastEpisode

_PREFIXES = ("atom", "content", "fh", "itunes", "podcast", "psc")
_PERSON_CHARACTERS = 128  # podcast:person may be cut beyond
SYNTHETIC_NOTICE = "Bản tin có giọng đọc nhân tạo (AI)."


def podcast_feed(podcast: Podcast, fragments: FragmentCache | None = None) -> bytes:
    """The RSS document of a podcast. With a cache only new episodes are built; the bytes are the same."""
    cache = fragments if fragments is not None else FragmentCache(max(1, len(podcast.episodes)))
    generator, extension = new_feed()
    fill_head(generator, podcast)
    extension.prefixes = _PREFIXES
    extension.elements = (*head_elements(podcast), *_itunes_head(podcast), *_podcasting_head(podcast))
    make = partial(_fragment, language=podcast.language)
    return spliced(
        generator, [cache.get(_key(episode, podcast.language), make, episode) for episode in podcast.episodes]
    )


def _key(episode: PodcastEpisode, language: str) -> tuple[object, ...]:
    # Equal instants with different offsets are equal values but are written differently.
    return "podcast", language, episode, episode.published_at.utcoffset()


def _itunes_head(podcast: Podcast) -> list[Element]:
    owner = plain_line(podcast.owner)
    inner = (Element("itunes:category", None, (("text", podcast.subcategory),)),) if podcast.subcategory else ()
    written = [
        Element("itunes:author", owner),
        Element("itunes:category", None, (("text", podcast.category),), inner),
        # Apple takes true and false only; feedgen's own writer takes anything but these.
        Element("itunes:explicit", _true_or_false(podcast.explicit)),
        Element("itunes:type", "episodic"),
    ]
    if podcast.owner_email:
        contact = (Element("itunes:name", owner), Element("itunes:email", podcast.owner_email))
        written.append(Element("itunes:owner", children=contact))
    if podcast.image_url:
        written.append(Element("itunes:image", None, (("href", podcast.image_url),)))
    if podcast.block:
        written.append(Element("itunes:block", "Yes"))
    return written


def _podcasting_head(podcast: Podcast) -> list[Element]:
    owner = (("owner", podcast.owner_email),) if podcast.owner_email else ()
    written = [
        Element("podcast:guid", podcast.guid),
        Element("podcast:locked", "yes" if podcast.locked else "no", owner),
        Element("podcast:medium", "podcast"),
    ]
    if podcast.block:
        written.append(Element("podcast:block", "yes"))
    if any(_is_synthetic(episode) for episode in podcast.episodes):
        written.append(SYNTHETIC_MARK)
    return written


def _fragment(episode: PodcastEpisode, language: str) -> bytes:
    entry, extension = new_entry()
    entry.title(plain_line(episode.title))
    entry.link(href=episode.link)
    entry.guid(episode.guid, permalink=False)
    # First, so that it stays when a very long description is cut.
    notice = (SYNTHETIC_NOTICE,) if _is_synthetic(episode) else ()
    description = episode.description if says_something(episode.description) else episode.title
    paragraphs = (*notice, *clean(description).split("\n\n"))
    entry.description(html_within(paragraphs, EPISODE_DESCRIPTION_BYTES))
    entry.enclosure(episode.audio.url, episode.audio.bytes, episode.audio.type)
    _extend(extension, episode, language)
    return item_fragment(entry, _PREFIXES)


def _extend(extension: Extension, episode: PodcastEpisode, language: str) -> None:
    written = [
        Element("pubDate", rfc_5322(episode.published_at)),
        Element("itunes:title", plain_line(episode.title)),
        Element("itunes:duration", str(max(1, whole_seconds(episode.audio.length_ms)))),
        Element("itunes:explicit", "false"),
        Element("itunes:episodeType", "full"),
    ]
    for name, number in (("season", episode.season), ("episode", episode.number)):
        if number is not None:
            written += [Element(f"itunes:{name}", str(number)), Element(f"podcast:{name}", str(number))]
    written += _companions(episode, language)
    people = dict.fromkeys(
        name for name in (plain_line(name, _PERSON_CHARACTERS) for name in episode.spoken_by) if name
    )
    written += [Element("podcast:person", name, (("role", "narrator"), ("group", "cast"))) for name in people]
    if _is_synthetic(episode):
        written.append(SYNTHETIC_MARK)
    extension.elements = tuple(written)


def _companions(episode: PodcastEpisode, language: str) -> list[Element]:
    written = []
    if episode.chapters_url:
        attributes = (("url", episode.chapters_url), ("type", "application/json+chapters"))
        written.append(Element("podcast:chapters", None, attributes))
    if episode.transcript_url:
        attributes = (("url", episode.transcript_url), ("type", "text/vtt"))
        written.append(Element("podcast:transcript", None, (*attributes, ("language", language))))
    if episode.chapters:
        chapters = tuple(map(_simple_chapter, episode.chapters))
        written.append(Element("psc:chapters", None, (("version", "1.2"),), chapters))
    return written


def _simple_chapter(chapter: Chapter) -> Element:
    seconds, milliseconds = divmod(chapter.starts_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    start = f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"
    return Element("psc:chapter", None, (("start", start), ("title", plain_line(chapter.title))))


def _is_synthetic(episode: PodcastEpisode) -> bool:
    return episode.synthetic or episode.audio.synthetic


def _true_or_false(value: bool) -> str:
    return "true" if value else "false"
