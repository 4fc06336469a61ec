"""Values the tests of this room share: one of each, complete, changed by keyword."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from feeds.values import (
    Audio,
    CalendarSession,
    Channel,
    Chapter,
    Cue,
    FeedEntry,
    Interrupt,
    Item,
    Manifest,
    ManifestItem,
    PlaylistEntry,
    Podcast,
    PodcastEpisode,
)

STATION = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 12, 1, 12, tzinfo=STATION)


def an_audio(number: int = 1, **changed: Any) -> Audio:
    values: dict[str, Any] = {
        "url": f"https://phat-thanh.example/media/{number:02x}/{number:064x}.mp3",
        "bytes": 1_600_000 + number,
        "length_ms": 200_000,
        "synthetic": True,
    }
    return Audio(**values | changed)


def an_item(number: int = 1, **changed: Any) -> Item:
    values: dict[str, Any] = {
        "guid": f"urn:uuid:00000000-0000-5000-8000-{number:012}",
        "title": f"Người tốt, việc tốt số {number}: 15/15 xã về đích",
        "link": f"https://cong.example/bai/{number}",
        "published_at": NOON + timedelta(hours=number),
        "updated_at": NOON + timedelta(hours=number, minutes=5),
        "summary": f"Tóm tắt của bài {number}.",
        "body_paragraphs": (f"Đoạn đầu của bài {number}.", "Đoạn hai: 5.000.000 đồng & 8,7 m2."),
        "author": "Phường Lê Lợi",
        "categories": ("Nông thôn mới", "Kỷ cương hành chính"),
        "audio": an_audio(number),
        "image_url": f"https://cong.example/anh/{number}.jpg",
    }
    return Item(**values | changed)


def a_channel(count: int = 3, **changed: Any) -> Channel:
    values: dict[str, Any] = {
        "title": "Người tốt, việc tốt",
        "description": "Chuyên mục Người tốt, việc tốt của thị xã",
        "link": "https://cong.example/nguoi-tot-viec-tot",
        "self_url": "https://phat-thanh.example/feeds/columns/nguoi-tot-viec-tot.xml",
        "updated_at": NOON + timedelta(hours=count, minutes=5),
        "items": tuple(an_item(number) for number in range(count, 0, -1)),
        "image_url": "https://phat-thanh.example/static/column.png",
        "hub_url": "https://hub.example/",
        "copyright": "Trung tâm VH-TT-TT",
    }
    return Channel(**values | changed)


def an_episode(number: int = 1, **changed: Any) -> PodcastEpisode:
    values: dict[str, Any] = {
        "guid": f"bulletin-tt-{number:05}",
        "title": f"Bản tin chiều số {number}",
        "description": "Gồm các bài:\n- Bài một\n- Bài hai",
        "link": f"https://phat-thanh.example/bulletins/{number}",
        "published_at": NOON + timedelta(days=number),
        "audio": an_audio(number, length_ms=1_800_000),
        "season": 2026,
        "number": number,
        "chapters_url": f"https://phat-thanh.example/zones/tt/{number}.chapters.json",
        "transcript_url": f"https://phat-thanh.example/zones/tt/{number}.vtt",
        "chapters": (Chapter(0, "Nhạc hiệu"), Chapter(61_500, "Bài một")),
        "synthetic": True,
        "spoken_by": ("Giọng máy espeak-ng",),
    }
    return PodcastEpisode(**values | changed)


def a_podcast(count: int = 3, **changed: Any) -> Podcast:
    values: dict[str, Any] = {
        "title": "Đài truyền thanh phường Lê Lợi",
        "description": "Các bản tin đã phát trên loa của phường",
        "link": "https://phat-thanh.example/",
        "self_url": "https://phat-thanh.example/feeds/zones/le-loi.xml",
        "owner": "Trung tâm VH-TT-TT thị xã",
        "owner_email": "truyenthanh@cong.example",
        "updated_at": NOON + timedelta(days=count),
        "image_url": "https://phat-thanh.example/static/podcast.png",
        "episodes": tuple(an_episode(number) for number in range(count, 0, -1)),
    }
    return Podcast(**values | changed)


def a_session(number: int = 1, **changed: Any) -> CalendarSession:
    values: dict[str, Any] = {
        "uid": f"tt-20261201-{number:04}@phat-thanh.example",
        "starts_at": NOON + timedelta(days=number),
        "length_ms": 1_800_000,
        "title": f"Bản tin trưa số {number}; nhạc hiệu, lời xướng",
        "updated_at": NOON,
        "lines": ("1. Gương người tốt, việc tốt ở xã Sơn Đông", "2. Cải cách hành chính"),
        "sequence": 2,
        "place": "Địa bàn trung tâm",
    }
    return CalendarSession(**values | changed)


def a_manifest(**changed: Any) -> Manifest:
    values: dict[str, Any] = {
        "zone": "tt",
        "valid_until": NOON + timedelta(days=2),
        "poll_s": 60,
        "items": tuple(a_manifest_item(number) for number in (1, 2)),
        "interrupts": (
            Interrupt(
                id="interrupt-1",
                path=f"media/ab/{'ab' * 32}.mp3",
                sha256="ab" * 32,
                bytes=96_000,
                expires_at=NOON + timedelta(hours=1),
            ),
        ),
    }
    return Manifest(**values | changed)


def a_manifest_item(number: int = 1, **changed: Any) -> ManifestItem:
    values: dict[str, Any] = {
        "id": f"bulletin-{number}",
        "starts_at": NOON + timedelta(hours=number),
        "length_ms": 1_800_000,
        "path": f"zones/tt/2026-12-01/{12 + number}00.mp3",
        "sha256": f"{number:064x}",
        "bytes": 14_400_000 + number,
    }
    return ManifestItem(**values | changed)


PLAYLIST = (
    PlaylistEntry("https://phat-thanh.example/zones/tt/2026-12-01/0530.mp3", "Bản tin sáng", 1_800_000),
    PlaylistEntry("https://phat-thanh.example/zones/tt/2026-12-01/1700.mp3", "Bản tin chiều, phát lại", 1_799_500),
)
FEEDS = (
    FeedEntry("Người tốt, việc tốt", "https://phat-thanh.example/feeds/columns/nguoi-tot-viec-tot.xml"),
    FeedEntry("Bản tin trung tâm", "https://phat-thanh.example/feeds/zones/tt.xml", "https://phat-thanh.example/"),
)
CHAPTERS = (Chapter(0, "Nhạc hiệu"), Chapter(24_000, "Lời xướng"), Chapter(61_500, "Bài một"))
CUES = (Cue(0, 4_000, "Đây là đài truyền thanh."), Cue(4_000, 9_250, "Sau đây là bản tin."))
