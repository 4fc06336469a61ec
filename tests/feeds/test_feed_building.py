"""What the builders promise: the same bytes for the same values, dates of the data, nothing of the process around."""

import ast
import locale
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import time_machine

import feeds
from feeds.checks import check_podcast
from feeds.fragments import FragmentCache
from feeds.jsonfeed import json_feed
from feeds.markup import new_feed
from feeds.podcast import podcast_feed
from feeds.rss import column_feed
from tests.feeds.samples import NOON, a_channel, a_podcast, an_audio, an_episode, an_item

CHANNEL_BUILDERS = [column_feed, json_feed]


def test_bytes_depend_on_neither_clock_nor_process() -> None:
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        before = column_feed(a_channel()), json_feed(a_channel()), podcast_feed(a_podcast())
    with time_machine.travel(datetime(2030, 6, 1, tzinfo=UTC)):
        after = column_feed(a_channel()), json_feed(a_channel()), podcast_feed(a_podcast())
    assert before == after


def test_the_locale_of_the_process_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> str:
        raise AssertionError("the locale of the whole process would change under other threads")

    monkeypatch.setattr(locale, "setlocale", forbidden)
    assert column_feed(a_channel())
    assert podcast_feed(a_podcast())


def test_feedgen_still_presets_the_date_that_we_take_out() -> None:
    generator, _ = new_feed()
    generator.title("a")
    generator.link(href="https://a.example")
    generator.description("a")
    assert b"lastBuildDate" not in generator.rss_str()


def test_only_the_command_line_touches_disk_clock_or_environment() -> None:
    touching = {"os", "pathlib", "io", "tempfile", "time", "random", "socket", "locale", "subprocess", "threading"}
    folder = Path(feeds.__file__).parent
    for path in folder.rglob("*.py"):
        imported = {
            name.partition(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for name in _imported(node)
        }
        allowed = {"__main__.py": touching, "fragments.py": {"threading"}}.get(path.name, set())
        assert imported & touching <= allowed, path.name


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_instants_are_written_in_the_offset_they_are_given_in() -> None:
    utc = NOON.astimezone(UTC)
    written = column_feed(a_channel(items=(an_item(published_at=utc),), updated_at=utc)).decode()
    assert written.count("Tue, 01 Dec 2026 05:00:00 +0000") == 2
    assert "Tue, 01 Dec 2026 12:00:00 +0700" in column_feed(a_channel(items=(), updated_at=NOON)).decode()


@pytest.mark.parametrize("build", CHANNEL_BUILDERS)
def test_kept_fragments_never_change_a_byte(build: type) -> None:
    cache = FragmentCache()
    channel = a_channel(20)
    former = build(channel, cache)
    assert former == build(channel)
    assert build(channel, cache) == former
    grown = a_channel(21)
    assert build(grown, cache) == build(grown) != former
    mended = replace(grown, items=(replace(grown.items[0], title="Tiêu đề mới"), *grown.items[2:]))
    assert build(mended, cache) == build(mended)


@pytest.mark.parametrize("build", CHANNEL_BUILDERS)
def test_equal_instants_of_different_offsets_are_not_taken_for_each_other(build: type) -> None:
    cache = FragmentCache()
    here = a_channel(items=(an_item(published_at=NOON, updated_at=NOON),), updated_at=NOON)
    there = replace(
        here, items=(an_item(published_at=NOON.astimezone(UTC), updated_at=NOON.astimezone(UTC)),), updated_at=NOON
    )
    assert here == there
    assert build(here, cache) == build(here)
    assert build(there, cache) == build(there) != build(here)


def test_kept_episodes_never_change_a_byte() -> None:
    cache = FragmentCache()
    podcast = a_podcast(5)
    assert podcast_feed(podcast, cache) == podcast_feed(podcast, cache) == podcast_feed(podcast)
    english = replace(podcast, language="en")
    assert podcast_feed(english, cache) == podcast_feed(english)
    abroad = replace(
        podcast, episodes=tuple(replace(one, published_at=one.published_at.astimezone(UTC)) for one in podcast.episodes)
    )
    assert podcast_feed(abroad, cache) == podcast_feed(abroad) != podcast_feed(podcast)


def test_one_cache_serves_all_formats_and_threads() -> None:
    cache = FragmentCache()
    channel, podcast = a_channel(30), a_podcast(30)
    right = column_feed(channel), json_feed(channel), podcast_feed(podcast)
    built: list[tuple[bytes, bytes, bytes]] = []

    def build() -> None:
        built.append((column_feed(channel, cache), json_feed(channel, cache), podcast_feed(podcast, cache)))

    threads = [Thread(target=build) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == [right] * 8
    assert len(cache) == 90


def test_a_full_cache_lets_go_of_what_was_longest_unused() -> None:
    cache = FragmentCache(2)
    made: list[int] = []

    def make(number: int) -> bytes:
        made.append(number)
        return b"%d" % number

    for number in (1, 2, 1, 3, 1, 2):
        assert cache.get(number, make, number) == b"%d" % number
    assert made == [1, 2, 3, 2]
    assert len(cache) == 2


def test_a_cache_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        FragmentCache(0)


def test_a_fragment_stands_in_the_document_as_feedgen_itself_would_write_it() -> None:
    # Parsed, each item has the same names, namespaces and words as in a document of that item alone.
    whole = ElementTree.fromstring(column_feed(a_channel(3)))
    for index, item in enumerate(a_channel(3).items):
        alone = ElementTree.fromstring(column_feed(a_channel(items=(item,))))
        assert ElementTree.tostring(whole.findall("channel/item")[index]) == ElementTree.tostring(
            alone.findall("channel/item")[0]
        )
    assert b"ns0:" not in column_feed(a_channel(3))
    assert column_feed(a_channel(3)).count(b"xmlns:atom") == 1


def test_an_item_without_recording_picture_author_or_summary_has_none_in_the_feed() -> None:
    bare = an_item(audio=None, image_url=None, author=None, summary="", categories=(), updated_at=None)
    written = column_feed(a_channel(items=(bare,))).decode()
    for absent in (
        "enclosure",
        "itunes:duration>",
        "media:thumbnail",
        "dc:creator>",
        "<category",
        "ai-content",
        "Nghe",
    ):
        assert absent not in written
    assert "&lt;p&gt;Đoạn đầu của bài 1. Đoạn hai: 5.000.000 đồng" in written


def test_human_recordings_bear_no_mark_of_a_machine() -> None:
    human = an_audio(synthetic=False)
    episode = an_episode(audio=human, synthetic=False)
    for written in (
        column_feed(a_channel(items=(an_item(audio=human),))),
        podcast_feed(a_podcast(episodes=(episode,))),
        json_feed(a_channel(items=(an_item(audio=human),))),
    ):
        assert "nhân tạo" not in written.decode()
        assert b"ai-content" not in written
        assert b"_speech" not in written


def test_categories_and_voices_are_named_once() -> None:
    item = an_item(categories=("NTM", " NTM ", "\x00", "CCHC"))
    assert column_feed(a_channel(items=(item,))).count(b"<category>") == 2
    episode = an_episode(spoken_by=("Giọng A", "Giọng  A", " "))
    assert podcast_feed(a_podcast(episodes=(episode,))).count(b"<podcast:person ") == 1


def test_a_podcast_offers_paging_and_blocking_where_asked() -> None:
    written = podcast_feed(
        a_podcast(
            block=True,
            subcategory="Local",
            owner_email=None,
            hub_url="https://hub.example/",
            previous_archive_url="https://phat-thanh.example/feeds/zones/tt-1.xml",
        )
    ).decode()
    assert "<itunes:block>Yes</itunes:block>" in written
    assert "<podcast:block>yes</podcast:block>" in written
    assert '<itunes:category text="Local"/>' in written
    assert 'rel="hub" href="https://hub.example/"' in written
    assert 'rel="prev-archive"' in written
    assert "itunes:owner" not in written


def test_a_podcast_shows_less_than_a_second_as_one() -> None:
    episode = an_episode(audio=an_audio(length_ms=300), chapters=())
    assert b"<itunes:duration>1</itunes:duration>" in podcast_feed(a_podcast(episodes=(episode,)))


def test_the_head_alone_is_a_feed() -> None:
    for written in (column_feed(a_channel(0)), podcast_feed(a_podcast(0))):
        channel = ElementTree.fromstring(written).find("channel")
        assert channel is not None
        assert channel.findall("item") == []


def test_dates_change_only_with_the_data() -> None:
    later = a_channel(updated_at=NOON + timedelta(days=9))
    assert column_feed(later) != column_feed(a_channel())
    assert json_feed(later) == json_feed(a_channel())


def test_a_bulletin_repeated_unchanged_does_not_stop_its_feed() -> None:
    repeated = a_podcast(episodes=(an_episode(2, audio=an_audio(1)), an_episode(1, audio=an_audio(1))))
    written = podcast_feed(repeated)
    assert written.count(b"<item>") == 2
    assert {fault.rule for fault in check_podcast(written)} == {"enclosure-repeated"}


def test_a_bulletin_without_a_description_is_described_by_its_title() -> None:
    written = podcast_feed(a_podcast(episodes=(an_episode(description=" "),)))
    assert "&lt;p&gt;Bản tin chiều số 1&lt;/p&gt;</description>" in written.decode()
    assert check_podcast(written) == []
