"""Long feeds as a chain of documents (RFC 5005)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.archives import channel_pages, podcast_pages
from feeds.checks import check_column, check_podcast
from feeds.errors import InvalidValue
from feeds.podcast import podcast_feed
from feeds.rss import column_feed
from feeds.values import Channel, Podcast
from tests.feeds.samples import a_channel, a_podcast


def _url(number: int) -> str:
    return f"https://phat-thanh.example/feeds/columns/nguoi-tot-viec-tot-{number}.xml"


@pytest.mark.parametrize(
    ("items", "archives"), [(0, 0), (1, 0), (99, 0), (100, 0), (101, 1), (200, 1), (201, 2), (1000, 9)]
)
def test_archives_begin_beyond_a_hundred_items(items: int, archives: int) -> None:
    channel = a_channel(items)
    pages = channel_pages(channel, _url)
    assert len(pages) == 1 + archives
    assert [item.guid for item in pages[0].items] == [item.guid for item in channel.items[:100]]
    assert all(len(page.items) == 100 for page in pages[1:])


def test_a_channel_of_one_page_comes_back_as_it_is() -> None:
    channel = a_channel(5)
    assert channel_pages(channel, _url) == (channel,)
    podcast = a_podcast(5)
    assert podcast_pages(podcast, _url) == (podcast,)


@given(st.integers(0, 60), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_whoever_follows_the_chain_meets_every_item(count: int, page_items: int) -> None:
    channel = a_channel(count)
    pages = channel_pages(channel, _url, page_items)
    by_url = {page.self_url: page for page in pages}
    assert len(by_url) == len(pages)
    met: list[str] = []
    page: Channel | None = pages[0]
    while page:
        met += [item.guid for item in page.items]
        page = by_url[page.previous_archive_url] if page.previous_archive_url else None
    assert list(dict.fromkeys(met)) == [item.guid for item in channel.items]
    assert len(met) - len(set(met)) < page_items


@given(st.integers(0, 40), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_a_new_item_changes_the_first_document_and_at_most_links_a_new_archive(count: int, page_items: int) -> None:
    before = {page.self_url: page for page in channel_pages(a_channel(count), _url, page_items)}
    after = {page.self_url: page for page in channel_pages(a_channel(count + 1), _url, page_items)}
    own = a_channel().self_url
    added = set(after) - set(before)
    assert len(added) <= 1
    for url, page in before.items():
        if url != own:
            assert after[url] == page or (added and replace(after[url], next_archive_url=None) == page)


def test_archives_know_their_neighbours_and_what_they_belong_to() -> None:
    channel = a_channel(25)
    current, third, second, first = channel_pages(channel, _url, 7)
    assert current.previous_archive_url == third.self_url == _url(3)
    assert current.current_url is None
    assert (third.previous_archive_url, third.next_archive_url) == (_url(2), None)
    assert (second.previous_archive_url, second.next_archive_url) == (_url(1), _url(3))
    assert (first.previous_archive_url, first.next_archive_url) == (None, _url(2))
    assert {page.current_url for page in (first, second, third)} == {channel.self_url}
    assert first.items[-1] == channel.items[-1]
    assert first.updated_at == channel.items[18].updated_at


def test_every_page_keeps_every_rule() -> None:
    for page in channel_pages(a_channel(25), _url, 7):
        assert check_column(column_feed(page)) == []
    for podcast_page in podcast_pages(a_podcast(25), _url, 7):
        assert check_podcast(podcast_feed(podcast_page)) == []


def test_pages_of_a_podcast_hold_all_episodes_and_one_guid() -> None:
    podcast = a_podcast(25)
    pages: tuple[Podcast, ...] = podcast_pages(podcast, _url, 10)
    assert [len(page.episodes) for page in pages] == [10, 10, 10]
    assert {episode.guid for page in pages for episode in page.episodes} == {one.guid for one in podcast.episodes}
    assert {page.guid for page in pages} == {podcast.guid}
    assert [page.updated_at for page in pages[1:]] == [page.episodes[0].published_at for page in pages[1:]]


@pytest.mark.parametrize("page_items", [0, -1])
def test_pages_of_nothing_are_refused(page_items: int) -> None:
    with pytest.raises(InvalidValue):
        channel_pages(a_channel(3), _url, page_items)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidValue, match="archive_url"):
        channel_pages(a_channel(3), lambda number: f"archive-{number}", 2)
