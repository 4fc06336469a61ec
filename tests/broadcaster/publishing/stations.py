"""A station written straight into the books, with sound that is only named: what is told of it at any second."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.shelf import Shelf
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.migrations import migrate
from broadcaster.models import (
    Approval,
    Article,
    AuditEntry,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Column,
    Endorsement,
    ItemKind,
    Placement,
    Plan,
    PlanState,
    Player,
    Post,
    Rendition,
    Unit,
    Zone,
)
from broadcaster.models.article import digest_of_text
from broadcaster.months import month_of
from broadcaster.profiles import article_shaped_by, profile_of
from broadcaster.publishing import Changes, Memory, publish
from broadcaster.scripts import Voice

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
ENTERED = datetime(2026, 11, 2, 8, tzinfo=TZ)
PLANNED = datetime(2026, 11, 6, 8, tzinfo=TZ)
READ_KEY = "khoa-doc-khong-doan-duoc-0123456789"


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=TZ)


def sound_of(name: str) -> bytes:
    return f"sound of {name} ".encode() * 40


@dataclass
class Station:
    """One zone `tt`, one column `ntvt`, one player; sessions are known by day and time, articles by their letters."""

    settings: Settings
    database: Database
    voice: Voice
    memory: Memory = field(default_factory=Memory)
    sound: Callable[[str], bytes] = sound_of
    #: The files' digests back to what they are, so that tests can speak of "sound of A".
    names: dict[str, str] = field(default_factory=dict)

    def publish(self, now: datetime) -> Changes:
        return publish(self.database, self.settings, self.voice, now=now, memory=self.memory)

    def article(self, session: Session, ref: str) -> Article:
        return session.scalars(select(Article).where(Article.ref == ref)).one()

    def broadcast(self, session: Session, name: str) -> BroadcastSession:
        starts_at = at(f"2026-{name}")
        return session.scalars(select(BroadcastSession).where(BroadcastSession.starts_at == starts_at)).one()

    def told(self) -> Mapping[str, Sequence[str]]:
        """What stands in the tree, by who looks."""
        root = self.settings.public_folder
        column = json.loads((root / "feeds/columns/ntvt.json").read_bytes())
        manifests = [json.loads(path.read_bytes()) for path in root.glob("players/*/manifest.json")]
        return {
            "column": [item["title"].removeprefix("Bài ") for item in column["items"]],
            "podcast": _episodes(root / "feeds/zones/tt.xml"),
            "players": [item["id"] for manifest in manifests for item in manifest["items"]],
            "today": [line[-8:-4] for line in _lines(root / "zones/tt/today.m3u")],
            "lines": [
                line.removeprefix("Bài ")
                for event in Calendar.from_ical((root / "schedule/tt.ics").read_bytes()).walk("VEVENT")
                for line in str(event.get("description", "")).splitlines()
            ],
        }

    def short(self, paths: Sequence[str]) -> list[str]:
        """Paths as a table names them: no digests, no key, no room where the name tells it."""
        return sorted(self._short(path) for path in paths)

    def _short(self, path: str) -> str:
        if path.startswith("media/"):
            return f"sound of {self.names[path[9:-4]]}"
        return path.replace(READ_KEY, "KEY")


def _lines(playlist: Path) -> list[str]:
    return [line for line in playlist.read_text("utf-8").splitlines() if not line.startswith("#")]


def _episodes(podcast: Path) -> list[str]:
    """Each episode by its first chapter, which these bulletins name after their session."""
    return [str(entry.psc_chapters.chapters[0].title) for entry in feedparser.parse(podcast.read_bytes()).entries]


@dataclass(frozen=True)
class Story:
    """An article: when it may be told, and when it stands in the column."""

    ref: str
    posts_at: str | None = None
    not_before: str | None = None
    expires_at: str | None = None


STORIES = (
    Story("A", "2026-11-10T07:00"),
    Story("B", "2026-11-10T07:00", not_before="2026-11-10T12:00"),
    Story("X", "2026-11-10T07:00", expires_at="2026-11-10T17:10"),
    Story("W", "2026-11-10T07:00"),
    Story("M", "2026-11-30T07:00", expires_at="2026-12-01T00:00"),
    Story("D", "2026-12-01T07:00"),
)
#: Session by day and time, and what airs in it. The last of November lasts until ten past midnight.
SESSIONS = {
    "11-10T05:30": "A",
    "11-10T17:00": "XW",
    "11-11T05:30": "B",
    "11-30T17:00": "M",
    "11-30T23:50": "A",
    "12-01T05:30": "D",
}
LENGTH_MS = 20 * 60_000


def settings_in(folder: Path, public_url: str = "http://127.0.0.1:8000") -> Settings:
    return Settings(data=folder / "data", tts="monotone", public_url=public_url, station="Đài Thử")


def copied(made: Station, folder: Path) -> Station:
    """The same station in another folder: quicker than writing its books again."""
    shutil.copytree(made.settings.data, folder / "data")
    settings = settings_in(folder)
    return Station(settings, Database(settings.database), made.voice, names=made.names)


def make_station(
    folder: Path, *, public_url: str = "http://127.0.0.1:8000", sound: Callable[[str], bytes] = sound_of
) -> Station:
    settings = settings_in(folder, public_url)
    database = Database(settings.database)
    migrate(database)
    station = Station(settings, database, Voice.of_station("monotone"), sound=sound)
    with database.writing() as session:
        _write_books(session, station)
    return station


def _write_books(session: Session, station: Station) -> None:
    zone, column = Zone(code="tt", name="Trung tâm"), Column(code="ntvt", name="Người tốt, việc tốt")
    unit = Unit(code="phuong-mot", name="Phường Một", kind="phuong")
    session.add_all([zone, column, unit])
    session.add(AuditEntry(at=ENTERED, by="test", act="begin", what="-", detail={}, digest="0" * 64))
    session.add(Player(code="loa", name="Loa", zone=zone, read_key=READ_KEY, token_hash="-"))
    plans = {
        month: Plan(month=month, state=PlanState.PUBLISHED, made_at=PLANNED, published_at=PLANNED, score=0, moves=0)
        for month in ("2026-11", "2026-12")
    }
    session.add_all(plans.values())
    session.flush()
    articles = {}
    for story in STORIES:
        articles[story.ref] = article = _article(story, unit)
        session.add(article)
        session.flush()
        render(session, station, article, zone)
        if story.posts_at:
            post = Post(column=column, article=article, posts_at=at(story.posts_at))
            plans[month_of(post.posts_at, TZ)].posts.append(post)
    for name, refs in SESSIONS.items():
        air(session, station, plans[month_of(at(f"2026-{name}"), TZ)], zone, name, [articles[ref] for ref in refs])


def air(session: Session, station: Station, plan: Plan, zone: Zone, name: str, articles: Sequence[Article]) -> None:
    """A session by day and time, with its places in the plan and its bulletin."""
    broadcast = BroadcastSession(zone=zone, starts_at=at(f"2026-{name}"), length_ms=LENGTH_MS)
    session.add(broadcast)
    session.flush()
    for position, article in enumerate(articles):
        place = Placement(session=broadcast, article=article, position=position, length_ms=60_000)
        place.first_run = True
        plan.placements.append(place)
    _join(session, station, Shelf(station.settings.shelf_folder), broadcast, name, articles)


def _article(story: Story, unit: Unit) -> Article:
    title, body = f"Bài {story.ref}", f"Chuyện của {story.ref}.\n\nKết quả của {story.ref}."
    article = Article(
        ref=story.ref, unit=unit, field="nong-thon-moi", kind="exemplar", priority="normal", title=title, body=body,
        text_digest=digest_of_text(title, None, body), subject_kind="individual", written_on=date(2026, 11, 2),
        not_before=at(story.not_before) if story.not_before else None,
        expires_at=at(story.expires_at) if story.expires_at else None,
        entered_by="van-thu", received_at=ENTERED, changed_at=ENTERED,
    )  # fmt: skip
    article.endorsement = Endorsement(name="Thủ Trưởng", position="Chủ tịch", endorsed_on=date(2026, 11, 3))
    article.approvals.append(Approval(by="thu-ky", approved_at=ENTERED, text_digest=article.text_digest))
    return article


def _keep(station: Station, shelf: Shelf, name: str) -> tuple[str, int]:
    data = station.sound(name)
    sha256 = hashlib.sha256(data).hexdigest()
    station.names[sha256] = name
    shelf.put(sha256, ".mp3", data)
    return sha256, len(data)


def render(session: Session, station: Station, article: Article, zone: Zone) -> None:
    """The sound of an article, as its row and its file on the shelf."""
    sha256, size = _keep(station, Shelf(station.settings.shelf_folder), article.ref)
    session.add(
        Rendition(
            article_id=article.id, shaped_by=article_shaped_by(article, profile_of(zone), station.voice),
            frames_key="0" * 64, media_sha256=sha256, media_bytes=size, engine="monotone", voice="-", synthetic=True,
            length_ms=60_000, loudness_lufs=-16, true_peak_dbtp=-2, degraded=[], unknown_words=[], warnings=[],
            made_at=ENTERED,
        )
    )  # fmt: skip


def _join(
    session: Session,
    station: Station,
    shelf: Shelf,
    broadcast: BroadcastSession,
    name: str,
    articles: Sequence[Article],
) -> None:
    sha256, size = _keep(station, shelf, name)
    items = [BulletinItem(position=0, kind=ItemKind.IDENT, title=name, starts_ms=0, length_ms=30_000)]
    items += [
        BulletinItem(
            position=number, kind=ItemKind.ITEM, article=article, title=article.title,
            starts_ms=number * 60_000, length_ms=60_000,
        )
        for number, article in enumerate(articles, start=1)
    ]  # fmt: skip
    session.add(
        Bulletin(
            session=broadcast, code=name, composition="-", sha256=sha256, size_bytes=size,
            length_ms=60_000 * (len(articles) + 1), made_at=PLANNED, synthetic=True, spoken_by=["Giọng máy"], notes=[],
            items=items,
        )
    )  # fmt: skip
