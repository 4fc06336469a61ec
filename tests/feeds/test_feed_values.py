"""Values that could not be published truthfully are refused, by field."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from feeds.errors import InvalidValue
from feeds.identity import podcast_guid
from feeds.values import Chapter, Cue, FeedEntry, PlaylistEntry
from tests.feeds.samples import (
    NOON,
    a_channel,
    a_manifest,
    a_manifest_item,
    a_podcast,
    a_session,
    an_audio,
    an_episode,
    an_item,
)

NAIVE = datetime(2026, 12, 1, 12)  # noqa: DTZ001 - the fault under test
ODD_OFFSET = datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=7, seconds=7)))

REFUSED: list[tuple[Callable[..., object], dict[str, object], str]] = [
    (an_audio, {"url": "/media/a.mp3"}, "url"),
    (an_audio, {"url": "https://phát.example/a.mp3"}, "url"),
    (an_audio, {"url": "https://a.example/a b.mp3"}, "url"),
    (an_audio, {"url": "javascript:alert(1)"}, "url"),
    (an_audio, {"url": 'https://a.example/"onload="'}, "url"),
    (an_audio, {"bytes": 0}, "bytes"),
    (an_audio, {"bytes": True}, "bytes"),
    (an_audio, {"bytes": 1.0}, "bytes"),
    (an_audio, {"length_ms": -1}, "length_ms"),
    (an_audio, {"type": "mp3"}, "type"),
    (an_item, {"guid": ""}, "guid"),
    (an_item, {"guid": "a  b"}, "guid"),
    (an_item, {"guid": "a\x00"}, "guid"),
    (an_item, {"title": " \x00\ud800\u200b "}, "title"),
    (an_item, {"title": None}, "title"),
    (an_item, {"link": "cong.example/1"}, "link"),
    (an_item, {"published_at": NAIVE}, "published_at"),
    (an_item, {"published_at": ODD_OFFSET}, "published_at"),
    (an_item, {"updated_at": NAIVE}, "updated_at"),
    (an_item, {"updated_at": "2026-12-01"}, "updated_at"),
    (an_item, {"summary": " ", "body_paragraphs": ("", " ")}, "summary"),
    (an_item, {"summary": "\x00\u200d", "body_paragraphs": ("\ud800", "\n")}, "summary"),
    (an_item, {"body_paragraphs": ["a"]}, "body_paragraphs"),
    (an_item, {"body_paragraphs": "abc"}, "body_paragraphs"),
    (an_item, {"categories": (1,)}, "categories"),
    (an_item, {"image_url": "x.jpg"}, "image_url"),
    (a_channel, {"title": ""}, "title"),
    (a_channel, {"language": "tiếng Việt"}, "language"),
    (a_channel, {"self_url": "feeds/a.xml"}, "self_url"),
    (a_channel, {"hub_url": "hub"}, "hub_url"),
    (a_channel, {"items": (an_item(1), an_item(1))}, "items.guid"),
    (a_channel, {"items": (an_item(1), an_item(2))}, "items.published_at"),
    (a_channel, {"items": [an_item(1)]}, "items"),
    (an_episode, {"number": 0}, "number"),
    (an_episode, {"chapters": (Chapter(1, "a"), Chapter(1, "b"))}, "chapters"),
    (an_episode, {"transcript_url": "x"}, "transcript_url"),
    (a_podcast, {"owner": ""}, "owner"),
    (a_podcast, {"episodes": (an_episode(1), an_episode(2))}, "episodes.published_at"),
    (a_podcast, {"episodes": (an_episode(2), an_episode(2))}, "episodes.guid"),
    (a_session, {"length_ms": 0}, "length_ms"),
    (a_session, {"sequence": -1}, "sequence"),
    (a_session, {"uid": ""}, "uid"),
    (a_manifest_item, {"path": "/media/a.mp3"}, "path"),
    (a_manifest_item, {"path": "media/../a.mp3"}, "path"),
    (a_manifest_item, {"path": "media/.a.mp3"}, "path"),
    (a_manifest_item, {"path": "media\\a.mp3"}, "path"),
    (a_manifest_item, {"path": "media//a.mp3"}, "path"),
    (a_manifest_item, {"sha256": "AB" * 32}, "sha256"),
    (a_manifest_item, {"sha256": "ab" * 31}, "sha256"),
    (a_manifest_item, {"priority": "high"}, "priority"),
    (a_manifest, {"poll_s": 0}, "poll_s"),
    (a_manifest, {"valid_until": NAIVE}, "valid_until"),
    (a_manifest, {"items": (a_manifest_item(1), a_manifest_item(1))}, "items.id"),
]


@pytest.mark.parametrize(("make", "changed", "field"), REFUSED)
def test_a_value_that_cannot_be_published_is_refused(
    make: Callable[..., object], changed: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        make(**changed)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")
    assert not caught.value.retryable


def test_small_values_are_refused_too() -> None:
    for make in (
        lambda: Chapter(-1, "a"),
        lambda: Chapter(0, " "),
        lambda: Cue(5, 5, "a"),
        lambda: Cue(0, 5, ""),
        lambda: PlaylistEntry("a.mp3", "a", 1),
        lambda: FeedEntry("a", "feeds/a.xml"),
    ):
        with pytest.raises(InvalidValue):
            make()


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "http://127.0.0.1:8000/a.mp3",
        "http://[::1]:8000/a",
        "HTTPS://A.example/a?b=c&d=%20#e",
        "https://a.example?x",
    ],
)
def test_usual_addresses_are_taken(url: str) -> None:
    assert an_audio(url=url).url == url


def test_items_of_one_instant_may_stand_in_any_order() -> None:
    items = tuple(an_item(number, published_at=NOON) for number in (1, 3, 2))
    assert a_channel(items=items).items == items


@pytest.mark.parametrize(
    ("url", "guid"),
    [  # the examples of the namespace's own description, with other schemes and slashes
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss///", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_a_podcast_guid_depends_on_neither_scheme_nor_slashes_at_the_end(url: str, guid: str) -> None:
    assert podcast_guid(url) == guid


def test_all_pages_of_a_podcast_bear_the_guid_of_its_subscription_document() -> None:
    podcast = a_podcast()
    page = a_podcast(self_url="https://phat-thanh.example/feeds/zones/tt-1.xml", current_url=podcast.self_url)
    assert page.guid == podcast.guid
