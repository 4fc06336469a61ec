"""The portal's columns: a feed each, and a page for every posted article."""

from __future__ import annotations

from datetime import datetime

from broadcaster import defaults
from broadcaster.config import Settings
from broadcaster.models import Article, Column, Post, Rendition
from broadcaster.publishing.addresses import Addresses, guid_of_article
from broadcaster.publishing.pages import article_page
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View, appears_at
from feeds.archives import channel_pages
from feeds.fragments import FragmentCache
from feeds.jsonfeed import json_feed
from feeds.rss import column_feed
from feeds.values import Audio, Channel, Item


def column_files(view: View, settings: Settings, addresses: Addresses, fragments: FragmentCache) -> dict[str, Content]:
    """Both feeds of every column with their archives, and the articles' pages."""
    files: dict[str, Content] = {}
    for column in view.columns:
        posts = view.posts.get(column.code, [])[: settings.feed_items]
        items = tuple(_item(post, view, addresses, settings) for post in posts)
        for suffix, build in (("xml", column_feed), ("json", json_feed)):
            channel = _channel(column, items, suffix, view, addresses, settings)

            def archive_url(number: int, code: str = column.code, suffix: str = suffix) -> str:
                return addresses.url(addresses.column_archive(code, number, suffix))

            for document in channel_pages(channel, archive_url):
                files[addresses.path(document.self_url)] = build(document, fragments)
    first_posts = _first_posts(view)
    for article, rendition in posted_articles(view).values():
        published_at = first_posts[article.id]
        audio = _audio(rendition, addresses) if rendition else None
        page = article_page(article, published_at.astimezone(settings.zone_info), audio, settings)
        files[addresses.article(article.ref)] = page
    return files


def posted_articles(view: View) -> dict[int, tuple[Article, Rendition | None]]:
    """Every article that stands in a column now, with its sound where it has been rendered."""
    return {
        post.article_id: (post.article, view.renditions.get(post.article_id))
        for posts in view.posts.values()
        for post in posts
    }


def _first_posts(view: View) -> dict[int, datetime]:
    """When each posted article was first to be read, by its id."""
    found: dict[int, datetime] = {}
    for posts in view.posts.values():
        for post in posts:
            found[post.article_id] = min(appears_at(post), found.get(post.article_id, appears_at(post)))
    return found


def _audio(rendition: Rendition, addresses: Addresses) -> Audio:
    return Audio(
        url=addresses.url(addresses.media(rendition.media_sha256)),
        bytes=rendition.media_bytes,
        length_ms=rendition.length_ms,
        synthetic=rendition.synthetic,
    )


def _item(post: Post, view: View, addresses: Addresses, settings: Settings) -> Item:
    article, rendition = post.article, view.renditions.get(post.article_id)
    return Item(
        guid=guid_of_article(article.ref),
        title=article.title,
        link=addresses.url(addresses.article(article.ref)),
        published_at=appears_at(post).astimezone(settings.zone_info),
        updated_at=max(appears_at(post), article.changed_at).astimezone(settings.zone_info),
        summary=article.summary or "",
        body_paragraphs=article.paragraphs,
        # The unit stands as the author: the writer's name is personal data of the cover sheet.
        author=article.unit.name,
        categories=(defaults.FIELDS[article.field],),
        audio=_audio(rendition, addresses) if rendition else None,
    )


def _channel(
    column: Column, items: tuple[Item, ...], suffix: str, view: View, addresses: Addresses, settings: Settings
) -> Channel:
    # What left the column changed its feed too: the date of a feed never goes back.
    moments = [item.updated_at or item.published_at for item in items]
    updated_at = max([*moments, view.left_at.get(column.code, view.since)], default=view.since)
    return Channel(
        title=f"{column.name} – {settings.station}",
        description=column.description or f"Chuyên mục {column.name} của {settings.station}",
        link=addresses.url(""),
        self_url=addresses.url(addresses.column_feed(column.code, suffix)),
        updated_at=updated_at.astimezone(settings.zone_info),
        image_url=addresses.url(addresses.mark()),
        hub_url=settings.hub_url or None,
        items=items,
    )
