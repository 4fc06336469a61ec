"""Calendars, playlists and manifests: what they say and when they change."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from feeds.calendar import calendar
from feeds.chapters import chapters_json
from feeds.errors import InvalidValue
from feeds.manifest import generation, manifest
from feeds.opml import opml
from feeds.playlist import m3u, xspf
from feeds.transcript import webvtt
from feeds.values import Chapter, Cue
from tests.feeds.samples import FEEDS, NOON, PLAYLIST, STATION, a_manifest, a_manifest_item, a_session


def test_a_session_keeps_its_moment_in_any_time_zone() -> None:
    session = a_session(starts_at=datetime(2026, 12, 1, 10, tzinfo=UTC))
    for time_zone in (STATION, ZoneInfo("Europe/Paris"), ZoneInfo("UTC")):
        (event,) = Calendar.from_ical(calendar([session], name="Lịch", time_zone=time_zone)).events
        assert isinstance(event.start, datetime)
        assert event.start.astimezone(UTC) == session.starts_at
        assert event.start.utcoffset() == session.starts_at.astimezone(time_zone).utcoffset()


def test_stamps_of_a_calendar_come_from_the_sessions() -> None:
    written = calendar([a_session()], name="Lịch", time_zone=STATION)
    assert b"DTSTAMP:20261201T050000Z\r\n" in written
    assert b"LAST-MODIFIED:20261201T050000Z\r\n" in written
    assert b"SEQUENCE:2\r\n" in written
    assert b"DURATION:PT30M\r\n" in written
    assert b"DTSTART;TZID=Asia/Ho_Chi_Minh:20261202T120000\r\n" in written


def test_a_calendar_is_the_same_in_whatever_order_its_sessions_come() -> None:
    sessions = [a_session(number) for number in range(1, 5)]
    written = calendar(sessions, name="Lịch", time_zone=STATION)
    assert calendar(reversed(sessions), name="Lịch", time_zone=STATION) == written


def test_two_sessions_of_one_uid_are_refused() -> None:
    with pytest.raises(InvalidValue, match=r"sessions\.uid"):
        calendar([a_session(1), a_session(1, length_ms=1)], name="Lịch", time_zone=STATION)


def test_less_than_a_second_is_shown_as_one() -> None:
    assert b"DURATION:PT1S" in calendar([a_session(length_ms=300)], name="Lịch", time_zone=STATION)


def test_a_playlist_gives_seconds_to_m3u_and_milliseconds_to_xspf() -> None:
    assert m3u(PLAYLIST).decode().splitlines()[2:] == [
        "#EXTINF:1800,Bản tin sáng",
        "https://phat-thanh.example/zones/tt/2026-12-01/0530.mp3",
        "#EXTINF:1800,Bản tin chiều, phát lại",
        "https://phat-thanh.example/zones/tt/2026-12-01/1700.mp3",
    ]
    assert "<duration>1799500</duration>" in xspf(PLAYLIST).decode()
    assert xspf(PLAYLIST, "Hôm nay") != xspf(PLAYLIST)


def test_the_list_of_feeds_gives_pages_where_there_are_some() -> None:
    written = opml(FEEDS, title="Nguồn tin").decode()
    assert written.count("xmlUrl=") == 2
    assert written.count("htmlUrl=") == 1
    assert "dateModified" not in written
    assert "Tue, 01 Dec 2026 12:00:00 +0700" in opml(FEEDS, title="Nguồn tin", updated_at=NOON).decode()


def test_a_manifest_has_exactly_the_agreed_keys() -> None:
    data = json.loads(manifest(a_manifest(), generated_at=NOON))
    assert set(data) == {
        "version", "generation", "generated_at", "valid_until", "poll_s", "zone", "items", "interrupts",
    }  # fmt: skip
    assert data["version"] == 1
    assert data["items"][0] == {
        "id": "bulletin-1",
        "starts_at": "2026-12-01T13:00:00+07:00",
        "length_ms": 1_800_000,
        "path": "zones/tt/2026-12-01/1300.mp3",
        "sha256": f"{1:064x}",
        "bytes": 14_400_001,
        "type": "audio/mpeg",
        "priority": "normal",
    }
    assert set(data["interrupts"][0]) == {"id", "path", "sha256", "bytes", "play", "expires_at"}


def test_the_generation_is_the_digest_of_everything_but_itself_and_the_moment() -> None:
    value = a_manifest()
    data = json.loads(manifest(value, generated_at=NOON))
    claimed = data.pop("generation")
    del data["generated_at"]
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    assert claimed == generation(value) == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_generation_changes_with_the_content_and_not_with_the_moment() -> None:
    value = a_manifest()
    later = json.loads(manifest(value, generated_at=NOON + timedelta(days=1)))
    assert later["generation"] == generation(value)
    assert generation(a_manifest(items=())) != generation(value)
    assert generation(a_manifest(interrupts=())) != generation(value)
    assert generation(a_manifest(poll_s=61)) != generation(value)


def test_a_manifest_is_the_same_in_whatever_order_its_items_come() -> None:
    items = tuple(a_manifest_item(number) for number in range(1, 6))
    assert manifest(a_manifest(items=items), generated_at=NOON) == manifest(
        a_manifest(items=items[::-1]), generated_at=NOON
    )


def test_a_manifest_needs_an_aware_moment() -> None:
    with pytest.raises(InvalidValue, match="generated_at"):
        manifest(a_manifest(), generated_at=NOON.replace(tzinfo=None))


def test_chapters_start_at_seconds_whole_where_they_are() -> None:
    written = json.loads(chapters_json((Chapter(0, "Nhạc hiệu"), Chapter(61_500, "Bài một")), "Bản tin"))
    assert written == {
        "version": "1.2.0",
        "title": "Bản tin",
        "chapters": [{"startTime": 0, "title": "Nhạc hiệu"}, {"startTime": 61.5, "title": "Bài một"}],
    }


def test_chapters_and_cues_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidValue):
        chapters_json((Chapter(5, "a"), Chapter(5, "b")))
    with pytest.raises(InvalidValue):
        webvtt((Cue(5, 6, "a"), Cue(4, 6, "b")))


def test_words_of_a_transcript_cannot_end_their_cue() -> None:
    assert webvtt((Cue(0, 3_723_004, "một\n\n-->\n<b>hai & ba"),)).decode() == (
        "WEBVTT\n\n00:00:00.000 --> 01:02:03.004\nmột\n--&gt;\n&lt;b&gt;hai &amp; ba\n"
    )
