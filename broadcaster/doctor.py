"""The health of everything, each finding with how to mend it."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import select, text

from audio.engines import engines_from_setting
from audio.engines.errors import EngineError
from audio.errors import AudioError
from audio.shelf import Shelf
from audio.transcoding import ffmpeg
from broadcaster import audit
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.language import gettext as _
from broadcaster.lexicon import station_voice
from broadcaster.migrations import is_current
from broadcaster.models import BroadcastSession, Bulletin, Placement, Plan, PlanState, Rendition, RenditionFault, Zone
from broadcaster.planning.problem import airable_articles
from broadcaster.profiles import article_shaped_by, profile_of

HERE = Path(__file__).resolve().parent.parent
LEAST_FREE_BYTES = 1_000_000_000
#: Between these versions a WAL reset can corrupt the file.
SQLITE_BAD_FROM, SQLITE_BAD_TO = (3, 7, 0), (3, 51, 2)
SOON = timedelta(hours=24)
#: Engines that are tried with a word; the others are services, which a look must not wait for or pay for.
ON_THIS_MACHINE = frozenset({"espeak", "monotone", "piper"})

State = Literal["ok", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `mend` says what to do where it is not well."""

    name: str
    state: State
    words: str
    mend: str = ""


def examine(settings: Settings, database: Database, *, now: datetime) -> list[Finding]:
    """Looks at everything that the morning depends on; one look that fails does not stop the others."""
    found = list(_shadowed())
    found += [_folders(settings), _disk(settings), _ffmpeg()]
    found += list(_engines(settings))
    if not is_current(database):
        return [*found, Finding("database", "failure", _("cơ sở dữ liệu chưa sẵn sàng"), _("chạy: broadcaster init"))]
    found += [_database(database), _chain(database)]
    looks: tuple[Callable[[Settings, Database, datetime], Finding], ...] = (
        _renditions,
        _refused,
        _shelf,
        _bulletins,
        _zones,
    )
    return found + [look(settings, database, now) for look in looks]


def _shadowed() -> Iterator[Finding]:
    """Our libraries have everyday names: a stranger's package of the same name must not stand in their place."""
    for name in ("scheduler", "audio", "feeds", "templates"):
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or HERE not in origin.parents:
            mend = _("gỡ gói lạ «{name}» khỏi môi trường, rồi cài lại", name=name)
            yield Finding(f"package {name}", "failure", _("gói «{name}» không phải của hệ thống", name=name), mend)
            return
    yield Finding("packages", "ok", _("các thư viện là của hệ thống"))


def _folders(settings: Settings) -> Finding:
    for folder in (settings.data, settings.shelf_folder, settings.public_folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".probe"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as refused:
            words = _("không ghi được vào {folder}: {why}", folder=folder, why=refused.strerror)
            return Finding("folders", "failure", words, _("cấp quyền ghi cho thư mục này"))
    return Finding("folders", "ok", _("ghi được vào mọi thư mục"))


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data).free
    words = _("còn trống {gigabytes:.1f} GB").format(gigabytes=free / 1e9)
    if free < LEAST_FREE_BYTES:
        return Finding("disk", "warning", words, _("dọn ổ đĩa: cần ít nhất 1 GB"))
    return Finding("disk", "ok", words)


def _ffmpeg() -> Finding:
    try:
        ffmpeg(["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "0.1", "-f", "null", "-"])
    except (AudioError, OSError) as failure:
        return Finding("ffmpeg", "failure", str(failure), _("cài lại môi trường: xóa .venv rồi chạy lại run.py"))
    return Finding("ffmpeg", "ok", _("ffmpeg chạy được"))


def _engines(settings: Settings) -> Iterator[Finding]:
    """Engines on this machine speak a word; those over the network are only named: a look must not wait for them."""
    try:
        engines = engines_from_setting(settings.tts, settings.engines)
    except EngineError as wrong:
        yield Finding("engines", "failure", str(wrong), _("sửa BROADCASTER_TTS"))
        return
    for engine in engines:
        name = f"engine {engine.name}"
        if engine.name not in ON_THIS_MACHINE:
            yield Finding(name, "ok", _("dùng qua mạng; khi mạng hỏng, giọng sau đọc thay"))
        else:
            try:
                length_ms = engine.synthesise("xin chào").length_ms
                yield Finding(name, "ok", _("đọc được ({length} ms)", length=length_ms))
            except AudioError as failure:
                yield Finding(
                    name, "failure", str(failure), _("cài lại môi trường, hoặc bỏ giọng này khỏi BROADCASTER_TTS")
                )
        engine.close()


def _database(database: Database) -> Finding:
    if database.engine.dialect.name != "sqlite":
        return Finding("database", "ok", database.engine.dialect.name)
    with database.reading() as session:
        version = str(session.scalar(text("select sqlite_version()")))
        sound = session.scalar(text("pragma quick_check"))
    if sound != "ok":
        return Finding(
            "database", "failure", _("tệp cơ sở dữ liệu hỏng: {why}", why=sound), _("khôi phục từ bản sao lưu")
        )
    number = tuple(int(part) for part in version.split("."))
    if SQLITE_BAD_FROM <= number <= SQLITE_BAD_TO:
        mend = _("cài gói pysqlite3: các bản SQLite cũ có thể làm hỏng tệp")
        return Finding("database", "warning", f"SQLite {version}", mend)
    return Finding("database", "ok", f"SQLite {version}")


def _chain(database: Database) -> Finding:
    with database.reading() as session:
        broken = audit.first_broken_link(session)
    if broken is not None:
        return Finding(
            "audit", "failure", _("sổ nhật ký bị sửa tại dòng {id}", id=broken), _("đối chiếu với bản sao lưu")
        )
    return Finding("audit", "ok", _("sổ nhật ký liền mạch"))


def _renditions(settings: Settings, database: Database, now: datetime) -> Finding:
    voice = station_voice(database, settings)
    with database.reading() as session:
        made = set(session.scalars(select(Rendition.shaped_by)))
        zones = list(session.scalars(select(Zone)))
        missing = []
        for article in airable_articles(session):
            if article.expires_at is not None and article.expires_at <= now:
                continue  # nobody will hear it any more, so rendering makes nothing of it either
            profiles = {profile_of(zone) for zone in article.zones or zones}
            if any(article_shaped_by(article, profile, voice) not in made for profile in profiles):
                missing.append(article.ref)
    if missing:
        words = _("{count} bài đã duyệt chưa có âm thanh: {refs}", count=len(missing), refs=", ".join(missing[:10]))
        return Finding("renditions", "warning", words, _("chạy: broadcaster render"))
    return Finding("renditions", "ok", _("mọi bài đã duyệt đều có âm thanh"))


def _refused(_settings: Settings, database: Database, now: datetime) -> Finding:
    with database.reading() as session:
        faults = session.scalars(select(RenditionFault).order_by(RenditionFault.failed_at)).all()
        # Of an article that may not air any more, nobody has to mend the sound.
        faults = [fault for fault in faults if fault.article is None or fault.article.is_airable(now)]
    if faults:
        named = "; ".join(f"«{fault.title}»: {fault.why}" for fault in faults[:5])
        words = _("{count} bản đọc không được phát: {named}", count=len(faults), named=named)
        return Finding(
            "sound", "warning", words, _("sửa bài hoặc thay bản thu, rồi chạy: broadcaster render --article")
        )
    return Finding("sound", "ok", _("không bản đọc nào bị loại"))


def _shelf(settings: Settings, _database: Database, _now: datetime) -> Finding:
    held_mb = sum(thing.bytes for thing in Shelf(settings.shelf_folder).walk()) / 1e6
    words = _("kho âm thanh {held:.0f} MB, giới hạn {limit} MB").format(held=held_mb, limit=settings.shelf_mb)
    if held_mb > settings.shelf_mb:
        return Finding("shelf", "warning", words, _("tăng BROADCASTER_SHELF_MB: những gì đã công bố đã vượt giới hạn"))
    return Finding("shelf", "ok", words)


def _bulletins(settings: Settings, database: Database, now: datetime) -> Finding:
    with database.reading() as session:
        planned = set(
            session.scalars(
                select(BroadcastSession.id)
                .join(Placement, Placement.session_id == BroadcastSession.id)
                .join(Plan, Plan.id == Placement.plan_id)
                .where(
                    Plan.state == PlanState.PUBLISHED,
                    Placement.removed_at.is_(None),
                    BroadcastSession.cancelled_why.is_(None),
                    BroadcastSession.starts_at > now,
                    BroadcastSession.starts_at <= now + SOON,
                )
            )
        )
        ready = set(session.scalars(select(Bulletin.session_id).where(Bulletin.superseded_at.is_(None))))
    missing = planned - ready
    if missing:
        words = _("{count} buổi trong 24 giờ tới chưa có bản tin", count=len(missing))
        return Finding("bulletins", "failure", words, _("chạy: broadcaster render, rồi broadcaster publish"))
    return Finding("bulletins", "ok", _("{count} buổi trong 24 giờ tới đã có bản tin", count=len(planned)))


def _zones(settings: Settings, database: Database, now: datetime) -> Finding:
    with database.reading() as session:
        zones = list(session.scalars(select(Zone)))
    if not zones:
        return Finding("zones", "warning", _("chưa có địa bàn nào"), _("nhập đơn vị hoặc cấu hình đài"))
    return Finding("zones", "ok", _("{count} địa bàn", count=len(zones)))
