"""Whatever text comes in, what goes out is valid, says what it should and keeps every rule of the checks."""

import io
import json
from datetime import UTC, timedelta

import feedparser
import podcastparser
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from feeds.calendar import calendar
from feeds.chapters import chapters_json
from feeds.checks import (
    check_calendar,
    check_chapters,
    check_column,
    check_json_feed,
    check_m3u,
    check_opml,
    check_podcast,
    check_transcript,
    check_xspf,
)
from feeds.jsonfeed import json_feed
from feeds.opml import opml
from feeds.playlist import m3u, xspf
from feeds.podcast import podcast_feed
from feeds.rss import column_feed
from feeds.text import plain_line, says_something
from feeds.transcript import webvtt
from feeds.values import Audio, Channel, Chapter, Cue, FeedEntry, Item, PlaylistEntry, Podcast, PodcastEpisode
from tests.feeds.samples import NOON, STATION, a_channel, a_session

NASTY = [
    "]]>",
    "<![CDATA[x]]>",
    "<script>alert(1)</script>",
    '" onload="x()" a="',
    "&lt;b&gt; &amp; &#0; &nbsp;",
    "a\x00b\x0bc\x1f",
    "\ud83d lẻ \ude00",
    "👩‍👩‍👧‍👦 🇻🇳 ❤️",
    "Thu\u031b\u0323c hie\u0302\u0323n",
    "phải\u202esang trái",
    "dòng một\r\ndòng hai\u2028dòng ba",
    'a,b;c:d\\e\n"f"',
    "#EXTM3U\n#EXTINF:1,x",
    "00:00:00.000 --> 00:00:01.000",
    "\n\nEND:VEVENT\nBEGIN:VALARM",
    "ﷺ" * 20,
    "từ " * 400,
    "x" * 5000,
    "=cmd|' /C calc'!A0",
    "<",
    "<!--",
    "–",
]
ANY = st.one_of(st.text(st.characters(), max_size=60), st.sampled_from(NASTY))
WORDS = st.one_of(ANY, st.lists(st.sampled_from(NASTY), min_size=2, max_size=4).map("".join)).filter(says_something)
LINES = st.lists(ANY, max_size=4).map(tuple)
INSTANTS = st.datetimes(
    min_value=NOON.replace(tzinfo=None),
    max_value=NOON.replace(tzinfo=None, year=2100),
    timezones=st.sampled_from([UTC, STATION]),
)


def audio_numbered(number: int, synthetic: bool) -> Audio:
    return Audio(url=f"https://a.example/{number}.mp3", bytes=number + 1, length_ms=600_000, synthetic=synthetic)


@st.composite
def items(draw: st.DrawFn) -> Item:
    number = draw(st.integers(0, 10**9))
    body = draw(LINES)
    summary = draw(ANY)
    assume(says_something(summary) or any(map(says_something, body)))
    return Item(
        guid=f"urn:article:{number}",
        title=draw(WORDS),
        link=f"https://a.example/{number}",
        published_at=draw(INSTANTS),
        summary=summary,
        body_paragraphs=body,
        updated_at=draw(st.none() | INSTANTS),
        author=draw(st.none() | ANY),
        categories=draw(LINES),
        audio=draw(st.none() | st.booleans().map(lambda synthetic: audio_numbered(number, synthetic))),
    )


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    found = draw(st.lists(items(), max_size=5, unique_by=lambda item: item.guid))
    newest_first = tuple(sorted(found, key=lambda item: item.published_at, reverse=True))
    return Channel(
        title=draw(WORDS),
        description=draw(WORDS),
        link="https://a.example/",
        self_url="https://a.example/a.xml",
        updated_at=newest_first[0].published_at if newest_first else NOON,
        items=newest_first,
        copyright=draw(st.none() | ANY),
        generator=draw(WORDS),
    )


@st.composite
def episodes(draw: st.DrawFn) -> PodcastEpisode:
    number = draw(st.integers(0, 10**9))
    titles = draw(st.lists(WORDS, max_size=3))
    return PodcastEpisode(
        guid=f"urn:bulletin:{number}",
        title=draw(WORDS),
        description=draw(WORDS),
        link=f"https://a.example/{number}",
        published_at=draw(INSTANTS),
        audio=audio_numbered(number, synthetic=draw(st.booleans())),
        chapters=tuple(Chapter(index * 1500, title) for index, title in enumerate(titles)),
        synthetic=draw(st.booleans()),
        spoken_by=draw(LINES),
    )


@st.composite
def podcasts(draw: st.DrawFn) -> Podcast:
    found = draw(st.lists(episodes(), max_size=4, unique_by=lambda episode: episode.guid))
    newest_first = tuple(sorted(found, key=lambda episode: episode.published_at, reverse=True))
    return Podcast(
        title=draw(WORDS),
        description=draw(WORDS),
        link="https://a.example/",
        self_url="https://a.example/a.xml",
        owner=draw(WORDS),
        image_url="https://a.example/a.png",
        updated_at=newest_first[0].published_at if newest_first else NOON,
        episodes=newest_first,
    )


@given(channels())
@settings(max_examples=80, deadline=None)
def test_any_column_is_valid_and_read_back_whole(channel: Channel) -> None:
    written = column_feed(channel)
    assert check_column(written) == []
    read = feedparser.parse(written)
    assert not read.bozo
    assert [entry.id for entry in read.entries] == [item.guid for item in channel.items]
    assert [len(entry.enclosures) for entry in read.entries] == [item.audio is not None for item in channel.items]


@given(channels())
@settings(max_examples=80, deadline=None)
def test_any_column_is_a_valid_json_feed(channel: Channel) -> None:
    written = json_feed(channel)
    assert check_json_feed(written) == []
    assert [item["title"] for item in json.loads(written)["items"]] == [
        plain_line(item.title) for item in channel.items
    ]


@given(podcasts())
@settings(max_examples=60, deadline=None)
def test_any_podcast_is_valid_and_read_back_whole(podcast: Podcast) -> None:
    written = podcast_feed(podcast)
    assert check_podcast(written) == []
    assert not feedparser.parse(written).bozo
    read = podcastparser.parse(podcast.self_url, io.BytesIO(written))
    assert [episode["guid"] for episode in read["episodes"]] == [episode.guid for episode in podcast.episodes]


@given(st.lists(st.tuples(WORDS, LINES, INSTANTS), max_size=3), WORDS)
@settings(max_examples=50, deadline=None)
def test_any_schedule_is_valid_and_read_back_whole(drawn: list[tuple[str, tuple[str, ...], object]], name: str) -> None:
    sessions = [
        a_session(number, title=title, lines=lines, starts_at=starts_at, place=title)
        for number, (title, lines, starts_at) in enumerate(drawn)
    ]
    written = calendar(sessions, name=name, time_zone=STATION)
    assert check_calendar(written) == []
    events = Calendar.from_ical(written).events
    assert {(str(event["UID"]), str(event["SUMMARY"]), event.start) for event in events} == {
        (session.uid, plain_line(session.title), session.starts_at.replace(microsecond=0)) for session in sessions
    }


@given(st.lists(st.tuples(WORDS, st.integers(1, 10**8)), max_size=5), WORDS)
@settings(deadline=None)
def test_any_playlist_and_list_of_feeds_is_valid(drawn: list[tuple[str, int]], title: str) -> None:
    entries = [PlaylistEntry(f"https://a.example/{index}", *one) for index, one in enumerate(drawn)]
    assert check_m3u(m3u(entries)) == []
    assert check_xspf(xspf(entries, title)) == []
    listed = [FeedEntry(entry.title, entry.url, entry.url) for entry in entries]
    assert check_opml(opml(listed, title=title)) == []
    assert m3u(entries).count(b"\n") == 2 + 2 * len(entries)


@given(st.lists(WORDS, max_size=6))
@settings(deadline=None)
def test_any_chapters_and_transcript_are_valid(words: list[str]) -> None:
    chapters = tuple(Chapter(index * 1001, text) for index, text in enumerate(words))
    assert check_chapters(chapters_json(chapters, words[0] if words else None)) == []
    cues = tuple(Cue(index * 1001, index * 1001 + 1, text) for index, text in enumerate(words))
    written = webvtt(cues)
    assert check_transcript(written) == []
    assert written.count(b" --> ") == len(cues)


@pytest.mark.parametrize("count", [0, 10_000])
def test_columns_of_no_and_of_ten_thousand_items_keep_every_rule(count: int) -> None:
    channel = a_channel(count, updated_at=NOON + timedelta(hours=count, minutes=5))
    assert check_column(column_feed(channel)) == []
    written = json_feed(channel)
    assert check_json_feed(written) == []
    assert len(json.loads(written)["items"]) == count
