"""Each rule of the checks holds for what we build and fails for one planted fault."""

import ast
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

import feeds.checks
from feeds.calendar import calendar
from feeds.chapters import chapters_json
from feeds.checks import (
    Fault,
    check_calendar,
    check_chapters,
    check_column,
    check_json_feed,
    check_m3u,
    check_manifest,
    check_opml,
    check_podcast,
    check_published,
    check_transcript,
    check_xspf,
)
from feeds.jsonfeed import json_feed
from feeds.manifest import manifest
from feeds.opml import opml
from feeds.playlist import m3u, xspf
from feeds.podcast import podcast_feed
from feeds.rss import column_feed
from feeds.transcript import webvtt
from tests.feeds.samples import (
    CHAPTERS,
    CUES,
    FEEDS,
    NOON,
    PLAYLIST,
    STATION,
    a_channel,
    a_manifest,
    a_podcast,
    a_session,
    an_audio,
)

Check = Callable[[bytes], list[Fault]]

ADDRESS = "12 phố Lê Lợi, tổ 3"
PHONE = "0912.345.678"
TRUE_BYTES = {item.audio.url: item.audio.bytes for item in a_channel().items if item.audio}


def _column(content: bytes) -> list[Fault]:
    return check_column(content, private=(ADDRESS, PHONE), true_bytes=TRUE_BYTES)


def _json(content: bytes) -> list[Fault]:
    return check_json_feed(content, private=(ADDRESS, PHONE), true_bytes=TRUE_BYTES)


GOOD: dict[str, tuple[Check, bytes]] = {
    "column": (_column, column_feed(a_channel())),
    "json": (_json, json_feed(a_channel(previous_archive_url="https://phat-thanh.example/feeds/columns/a-1.json"))),
    "archive": (_column, column_feed(a_channel(current_url="https://phat-thanh.example/feeds/columns/all.xml"))),
    "podcast": (check_podcast, podcast_feed(a_podcast())),
    "blocked podcast": (check_podcast, podcast_feed(a_podcast(block=True, image_url=None))),
    "calendar": (check_calendar, calendar((a_session(1), a_session(2)), name="Lịch phát sóng", time_zone=STATION)),
    "m3u": (check_m3u, m3u(PLAYLIST)),
    "xspf": (check_xspf, xspf(PLAYLIST, "Hôm nay")),
    "opml": (check_opml, opml(FEEDS, title="Tất cả nguồn tin", updated_at=NOON)),
    "manifest": (check_manifest, manifest(a_manifest(), generated_at=NOON)),
    "chapters": (check_chapters, chapters_json(CHAPTERS, "Bản tin")),
    "transcript": (check_transcript, webvtt(CUES)),
}

# What is good, what of it is replaced once by what, and the rule that must notice.
PLANTED: list[tuple[str, str, str, str]] = [
    ("column", "Tóm tắt của bài 3", unicodedata.normalize("NFD", "Tóm tắt của bài 3"), "nfc"),
    ("column", "Tóm tắt của bài 3", "Tóm tắt\u202e của bài 3", "characters"),
    ("column", "<title>Người tốt, việc tốt</title>", "", "missing"),
    ("column", "<link>https://cong.example/bai/3</link>", "<link>/bai/3</link>", "url"),
    ("column", "<link>https://cong.example/bai/3</link>", "<link>https://cổng.example/3</link>", "url"),
    ("column", "việc tốt số 3", "việc tốt\nsố 3", "one-line"),
    ("column", "việc tốt số 3", "việc &lt;b&gt;tốt&lt;/b&gt;", "title-html"),
    ("column", "việc tốt số 3", "việc " * 60 + "tốt", "length"),
    ("column", "rss xmlns:atom", "rdf xmlns:atom", "xml"),
    ("column", 'version="2.0"', 'version="0.92"', "rss"),
    ("column", "<rss ", "<!DOCTYPE rss><rss ", "doctype"),
    ("column", 'rel="self"', 'rel="via"', "self"),
    ("column", 'rel="hub"', 'rel="self"', "self"),
    ("column", 'rel="hub"', 'rel="next-archive"', "paging"),
    ("archive", "<fh:archive/>", "", "paging"),
    ("archive", "columns/all.xml", "columns/nguoi-tot-viec-tot.xml", "paging"),
    ("column", "<language>vi</language>", "", "missing"),
    ("column", "<ttl>5</ttl>", "<ttl>PT5M</ttl>", "ttl"),
    ("column", "<generator>town-broadcaster</generator>", "", "missing"),
    ("column", "<lastBuildDate>Tue, 01 Dec 2026 15:05:00 +0700</lastBuildDate>", "", "missing"),
    ("column", "Tue, 01 Dec 2026 15:05:00 +0700", "Tue, 01 Dec 2026 14:05:00 +0700", "built-before-item"),
    ("column", "<pubDate>Tue, 01 Dec 2026 15:00", "<pubDate>Mon, 01 Dec 2026 15:00", "date"),
    ("column", "15:00:00 +0700</pubDate>", "15:00:00 ICT</pubDate>", "date"),
    ("column", "<pubDate>Tue, 01 Dec 2026 15:00", "<pubDate>1/12/2026 15:00", "date"),
    ("column", "<pubDate>Tue, 01 Dec 2026 15:00:00 +0700</pubDate>", "", "missing"),
    ("column", "<pubDate>Tue, 01 Dec 2026 15:00:00", "<pubDate>Tue, 01 Dec 2026 09:00:00", "order"),
    ("column", "2026-12-01T15:05:00+07:00", "2026-12-01T15:05:00", "date"),
    ("column", "5000-8000-000000000003", "5000-8000-000000000002", "guid-repeated"),
    ("column", 'isPermaLink="false"', 'isPermaLink="true"', "guid-permalink"),
    ("column", 'isPermaLink="false">urn:uuid:00000000-0000-5000-8000-000000000003', 'isPermaLink="false">', "missing"),
    ("column", "&lt;p&gt;Tóm tắt", "&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;Tóm tắt", "active-html"),
    ("column", "&lt;p&gt;Tóm tắt", '&lt;p onclick="x()"&gt;Tóm tắt', "active-html"),
    ("column", "&lt;p&gt;Tóm tắt", "&lt;!-- x --&gt;&lt;p&gt;Tóm tắt", "active-html"),
    ("column", "&lt;p&gt;Tóm tắt", "&lt;?php x ?&gt;&lt;p&gt;Tóm tắt", "active-html"),
    ("column", "&lt;p&gt;Tóm tắt", "&lt;!DOCTYPE x&gt;&lt;p&gt;Tóm tắt", "active-html"),
    ("column", "&lt;p&gt;Tóm tắt", "&lt;![x]&gt;&lt;p&gt;Tóm tắt", "active-html"),
    ("column", "&lt;p&gt;Tóm tắt", '&lt;img src="/a.png"&gt;&lt;p&gt;Tóm tắt', "active-html"),
    ("column", "&lt;p&gt;Tóm tắt", '&lt;a href="javascript:x()"&gt;x&lt;/a&gt;&lt;p&gt;Tóm tắt', "url"),
    ("column", "&lt;p&gt;Tóm tắt", '&lt;a href="../x"&gt;x&lt;/a&gt;&lt;p&gt;Tóm tắt', "url"),
    ("column", "Đoạn đầu của bài 3", "&amp;lt;script&amp;gt;", "active-html"),
    ("column", "Đoạn đầu của bài 3", "gọi 0912 345 678", "private"),
    ("column", "Đoạn đầu của bài 3", "gọi (+84) 912.345.678", "private"),
    ("column", "Đoạn đầu của bài 3", "ở 12 PHỐ Lê Lợi,  tổ 3", "private"),
    ("column", "<dc:creator>Phường Lê Lợi</dc:creator>", "<dc:creator/>", "missing"),
    ("column", "<category>Nông thôn mới</category>", "<category> </category>", "missing"),
    ("column", 'length="1600003"', 'length="200"', "enclosure-length"),
    ("column", 'length="1600003"', 'length="0"', "enclosure-length"),
    ("column", 'length="1600003"', 'length=""', "enclosure-length"),
    ("column", 'type="audio/mpeg"', 'type="text/html"', "enclosure-type"),
    ("column", '<enclosure url="https://phat-thanh.example/media/03', '<enclosure url="/media/03', "url"),
    (
        "column",
        '<enclosure url="https://phat-thanh.example/media/03',
        '<enclosure url="https://x.example/',
        "enclosure-file",
    ),
    (
        "column",
        '<enclosure url="https://phat-thanh.example/media/03',
        '<enclosure url="https://x.example/',
        "audio-link",
    ),
    (
        "column",
        "<enclosure ",
        '<enclosure url="https://x.example/1" length="1" type="audio/mpeg"/><enclosure ',
        "enclosures",
    ),
    ("column", '<podcast:txt purpose="ai-content">true</podcast:txt>', "", "synthetic"),
    ("column", "giọng đọc nhân tạo", "giọng đọc", "synthetic"),
    ("podcast", "<itunes:explicit>false", "<itunes:explicit>no", "explicit"),
    ("podcast", ">yes</podcast:locked>", ">true</podcast:locked>", "locked"),
    ("podcast", "<podcast:guid>", "<podcast:guid>x", "podcast-guid"),
    ("blocked podcast", "<podcast:block>yes</podcast:block>", "", "block"),
    ("blocked podcast", "<itunes:block>Yes</itunes:block><", "<itunes:image/><", "block"),
    ("podcast", "<itunes:author>Trung tâm VH-TT-TT thị xã</itunes:author>", "", "missing"),
    ("podcast", '<itunes:category text="Government"/>', "", "missing"),
    ("podcast", '<itunes:image href="https:', '<itunes:image href="', "url"),
    ("podcast", "<itunes:duration>1800", "<itunes:duration>30:00", "duration"),
    ("podcast", "<itunes:duration>1800", "<itunes:duration>60", "chapters"),
    ("podcast", 'start="00:01:01.500"', 'start="61.5"', "chapters"),
    ("podcast", 'start="00:01:01.500"', 'start="00:00:00.000"', "order"),
    ("podcast", 'title="Bài một"', 'title=""', "missing"),
    ("podcast", "Bản tin có giọng đọc nhân tạo (AI).", "Bản tin.", "synthetic"),
    ("podcast", "- Bài hai", "- Bài hai" * 1500, "length"),
    ("podcast", 'chapters url="https', 'chapters url="ftp', "url"),
    ("podcast", ' type="text/vtt"', "", "missing"),
    ("json", '"https://jsonfeed.org/version/1.1"', '"https://jsonfeed.org/version/1"', "json-feed"),
    ("json", '"items":', '"entries":', "json-feed"),
    ("json", '"items":[', '"items":[1,', "json-feed"),
    ("json", '{"version"', '{"version', "json"),
    ("json", '"title":"Người tốt, việc tốt"', '"title":""', "missing"),
    ("json", '"home_page_url":"https:', '"home_page_url":"', "url"),
    ("json", 'columns/a-1.json"', 'columns/nguoi-tot-viec-tot.xml"', "paging"),
    ("json", '"language":"vi"', '"lang":"vi"', "missing"),
    ("json", '5000-8000-000000000003"', '5000-8000-000000000002"', "guid-repeated"),
    ("json", "2026-12-01T15:00:00+07:00", "2026-12-01T09:00:00+07:00", "order"),
    ("json", "2026-12-01T15:00:00+07:00", "2026-12-01 15:00", "date"),
    ("json", '"content_html":"<p>', '"content_html":"<p><iframe></iframe>', "active-html"),
    ("json", '"size_in_bytes":1600003', '"size_in_bytes":"1600003"', "enclosure-length"),
    ("json", '"size_in_bytes":1600003', '"size_in_bytes":1', "enclosure-length"),
    ("json", '"mime_type":"audio/mpeg"', '"mime_type":"text/plain"', "enclosure-type"),
    ("json", "Nghe bài viết</a>", "0912345678</a>", "private"),
    ("calendar", "\r\n", "\n", "line-ends"),
    ("calendar", "SUMMARY:", f"X-LONG:{'a' * 80}\r\nSUMMARY:", "line-length"),
    ("calendar", "END:VEVENT", "END:", "icalendar"),
    ("calendar", "END:VCALENDAR", "", "icalendar"),
    ("calendar", "DTSTAMP:2026", "DTSTAMP:", "icalendar"),
    ("calendar", "VERSION:2.0\r\n", "", "missing"),
    ("calendar", "DTSTAMP:20261201T050000Z\r\n", "", "missing"),
    ("calendar", "UID:tt-20261201-0001", "UID:tt-20261201-0002", "guid-repeated"),
    ("calendar", "DTSTART;TZID=Asia/Ho_Chi_Minh:2026", "DTSTART;TZID=Asia/Bangkok:2026", "time-zone"),
    ("calendar", "DTSTART;TZID=Asia/Ho_Chi_Minh:2026", "DTSTART:2026", "time-zone"),
    ("m3u", "#EXTM3U", "#M3U", "m3u"),
    ("m3u", "#EXTINF:1800,", "#EXTINF:-1,", "m3u"),
    ("m3u", "#EXTINF:1800,Bản tin sáng\n", "", "m3u"),
    ("m3u", "https://phat-thanh.example/zones/tt/2026-12-01/0530", "0530", "url"),
    ("xspf", "trackList", "tracks", "xml"),
    ("xspf", 'version="1"', 'version="0"', "xspf"),
    ("xspf", "<duration>1800000", "<duration>30:00", "duration"),
    ("opml", 'version="2.0"', 'version="1.0"', "opml"),
    ("opml", 'type="rss"', 'type="link"', "opml"),
    ("opml", "columns/nguoi-tot-viec-tot.xml", "zones/tt.xml", "feed-repeated"),
    ("opml", 'htmlUrl="https:', 'htmlUrl="', "url"),
    ("manifest", '"poll_s": 60', '"poll": 60', "keys"),
    ("manifest", '"poll_s": 60', '"poll_s": 0', "number"),
    ("manifest", '"poll_s": 60', '"poll_s": 61', "generation"),
    ("manifest", '"poll_s": 60', '"poll_s":  60', "canonical"),
    ("manifest", '"version": 1', '"version": 2', "manifest"),
    ("manifest", '"zone": "tt"', '"zone": ""', "missing"),
    ("manifest", '"path": "zones/', '"path": "../zones/', "path"),
    ("manifest", '"sha256": "00', '"sha256": "', "sha256"),
    ("manifest", '"type": "audio/mpeg"', '"type": "text/html"', "enclosure-type"),
    ("manifest", '"priority": "normal"', '"priority": "low"', "manifest"),
    ("manifest", '"play": "now"', '"play": "later"', "manifest"),
    ("manifest", '"id": "bulletin-2"', '"id": "bulletin-1"', "guid-repeated"),
    ("manifest", '"generated_at": "2026-12-01T12:00:00+07:00"', '"generated_at": "2026-12-01T12:00:00"', "date"),
    ("chapters", '"1.2.0"', '"1.1"', "chapters"),
    ("chapters", '"startTime": 61.5', '"startTime": "61.5"', "chapters"),
    ("chapters", '"startTime": 61.5', '"startTime": true', "chapters"),
    ("chapters", '"startTime": 61.5', '"startTime": 24', "order"),
    ("chapters", '"Bài một"', '""', "missing"),
    ("transcript", "WEBVTT", "VTT", "vtt"),
    ("transcript", "00:00:04.000 -->", "00:00:4,000 -->", "vtt"),
    ("transcript", "00:00:09.250", "00:00:03.250", "vtt"),
    ("transcript", "Sau đây là bản tin.", "Sau đây --> bản tin.", "vtt"),
    ("transcript", "00:00:00.000 --> 00:00:04.000", "00:00:05.000 --> 00:00:06.000", "order"),
]


@pytest.mark.parametrize("name", GOOD)
def test_what_we_build_has_no_fault(name: str) -> None:
    check, content = GOOD[name]
    assert check(content) == []


@pytest.mark.parametrize(("name", "former", "planted", "rule"), PLANTED)
def test_a_planted_fault_is_found_by_its_rule(name: str, former: str, planted: str, rule: str) -> None:
    check, content = GOOD[name]
    assert former.encode() in content
    faults = check(content.replace(former.encode(), planted.encode(), 1))
    assert rule in {fault.rule for fault in faults}
    assert all(fault.place and fault.message for fault in faults)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(("prefix", "rule"), [(b"\xff", "utf-8"), (b"\xef\xbb\xbf", "utf-8")])
def test_other_encodings_and_byte_order_marks_are_found(name: str, prefix: bytes, rule: str) -> None:
    check, content = GOOD[name]
    assert rule in {fault.rule for fault in check(prefix + content)}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("content", [b"", b"\n", b"{}", b"[]", b"null", b"<a/>", b"x" * 5000, b"[" * 100_000])
def test_anything_else_gives_faults_and_never_an_exception(name: str, content: bytes) -> None:
    assert GOOD[name][0](content) != []


@pytest.mark.parametrize("name", ["column", "json", "podcast"])
def test_a_recording_used_twice_is_found(name: str) -> None:
    check, content = GOOD[name]
    first, second = an_audio(1).url.encode(), an_audio(2).url.encode()
    assert "enclosure-repeated" in {fault.rule for fault in check(content.replace(first, second))}


def test_an_empty_calendar_without_its_time_zone_is_no_calendar() -> None:
    content = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    assert [(fault.rule, fault.place) for fault in check_calendar(content)] == [("missing", "VCALENDAR")]


def test_a_list_in_place_of_an_object_is_found_in_a_manifest() -> None:
    data = json.loads(GOOD["manifest"][1])
    for name in ("items", "interrupts"):
        assert check_manifest(json.dumps(data | {name: {}}).encode())
        assert check_manifest(json.dumps(data | {name: [1]}).encode())


def test_every_rule_that_the_checks_know_has_a_planted_fault() -> None:
    folder = Path(feeds.checks.__file__).parent
    known = {rule for path in folder.glob("*.py") for rule in _rules(path.read_text(encoding="utf-8"))}
    proven = {rule for *_, rule in PLANTED} | {"utf-8", "enclosure-repeated"}
    assert known - proven == set()


def _rules(source: str) -> set[str]:
    """The rule codes in calls of Findings.add and Findings.require, and of check_distinct, which takes one."""
    position = {"add": 0, "require": 1, "check_distinct": 1}
    found = set()
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in position and len(call.args) > position[name]:
            rule = call.args[position[name]]
            if isinstance(rule, ast.Constant) and isinstance(rule.value, str):
                found.add(rule.value)
    return found


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("feeds/columns/nguoi-tot-viec-tot.xml", "column"),
        ("feeds/columns/nguoi-tot-viec-tot.json", "json"),
        ("feeds/zones/tt.xml", "podcast"),
        ("feeds/index.opml", "opml"),
        ("schedule/tt.ics", "calendar"),
        ("zones/tt/today.m3u", "m3u"),
        ("zones/tt/today.xspf", "xspf"),
        ("players/abc/manifest.json", "manifest"),
        ("zones/tt/2026-12-01/1700.chapters.json", "chapters"),
        ("zones/tt/2026-12-01/1700.vtt", "transcript"),
    ],
)
def test_a_file_of_the_tree_is_checked_by_the_rules_of_its_kind(path: str, name: str) -> None:
    content = GOOD[name][1]
    assert check_published(path, content) == []
    assert check_published(path, content[:-20])


def test_files_without_rules_are_said_to_have_none() -> None:
    assert check_published("media/ab/abcd.mp3", b"") is None
