"""What independent programs read out of our feeds."""

import io
import logging

import feedparser
import podcastparser
import pytest

from feeds.podcast import podcast_feed
from feeds.rss import column_feed
from tests.feeds.samples import a_channel, a_podcast


def test_feedparser_reads_every_field_of_a_column_without_a_warning() -> None:
    channel = a_channel(3)
    read = feedparser.parse(column_feed(channel))
    assert not read.bozo
    assert read.feed.title == channel.title
    assert read.feed.link == channel.link
    assert [entry.id for entry in read.entries] == [item.guid for item in channel.items]
    entry, item = read.entries[0], channel.items[0]
    assert item.audio is not None
    assert entry.title == item.title
    assert entry.link == item.link
    assert entry.author == item.author
    assert entry.published == "Tue, 01 Dec 2026 15:00:00 +0700"
    assert entry.updated == "2026-12-01T15:05:00+07:00"
    assert [tag.term for tag in entry.tags] == list(item.categories)
    assert item.audio.url in entry.summary
    assert item.summary in entry.summary
    assert "5.000.000 đồng &amp; 8,7 m2" in entry.content[0].value
    assert [(link.href, link.length, link.type) for link in entry.enclosures] == [
        (item.audio.url, str(item.audio.bytes), "audio/mpeg")
    ]
    assert not entry.guidislink


def test_podcastparser_finds_exactly_one_recording_an_item(caplog: pytest.LogCaptureFixture) -> None:
    channel = a_channel(3)
    with caplog.at_level(logging.DEBUG):
        read = podcastparser.parse(channel.self_url, io.BytesIO(column_feed(channel)))
    assert not caplog.records
    assert [
        (episode["guid"], episode["total_time"], [(one["url"], one["file_size"]) for one in episode["enclosures"]])
        for episode in read["episodes"]
    ] == [(item.guid, 200, [(item.audio.url, item.audio.bytes)]) for item in channel.items if item.audio]


def test_feedparser_reads_a_podcast_without_a_warning() -> None:
    podcast = a_podcast(2)
    read = feedparser.parse(podcast_feed(podcast))
    assert not read.bozo
    assert read.feed.podcast_guid == podcast.guid
    assert not read.feed.itunes_explicit
    assert read.feed.author == podcast.owner
    entry = read.entries[0]
    assert entry.itunes_duration == "1800"
    assert entry.podcast_txt == {"purpose": "ai-content"}
    assert entry.podcast_transcript["type"] == "text/vtt"
    assert entry.podcast_chapters["type"] == "application/json+chapters"
    assert entry.psc_chapters.chapters[1].title == "Bài một"


def test_podcastparser_reads_a_podcast_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    podcast = a_podcast(2)
    with caplog.at_level(logging.DEBUG):
        read = podcastparser.parse(podcast.self_url, io.BytesIO(podcast_feed(podcast)))
    assert not caplog.records
    assert read["explicit"] is False
    assert [episode["total_time"] for episode in read["episodes"]] == [1800, 1800]
    assert read["episodes"][0]["chapters"] == [
        {"start": 0, "title": "Nhạc hiệu"},
        {"start": 61, "title": "Bài một"},
    ]
    assert read["episodes"][0]["number"] == 2
