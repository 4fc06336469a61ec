"""`python -m feeds KIND FILE.json [-o OUT]`: a feed out of a file of values; the file's form is in docs/feeds.md."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feeds.calendar import calendar
from feeds.chapters import chapters_json
from feeds.errors import InvalidValue
from feeds.jsonfeed import json_feed
from feeds.manifest import manifest
from feeds.opml import opml
from feeds.playlist import m3u, xspf
from feeds.podcast import podcast_feed
from feeds.reading import InvalidDocument, read_value
from feeds.rss import column_feed
from feeds.transcript import webvtt
from feeds.values import CalendarSession, Channel, Chapter, Cue, FeedEntry, Manifest, PlaylistEntry, Podcast


@dataclass(frozen=True, slots=True)
class ChaptersFile:
    """The form of the input of `chapters`."""

    chapters: tuple[Chapter, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class TranscriptFile:
    """The form of the input of `transcript`."""

    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """The form of the input of `calendar`."""

    name: str
    sessions: tuple[CalendarSession, ...]
    time_zone: str = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class PlaylistFile:
    """The form of the input of `m3u` and `xspf`."""

    entries: tuple[PlaylistEntry, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ListFile:
    """The form of the input of `opml`."""

    title: str
    entries: tuple[FeedEntry, ...]
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """The form of the input of `manifest`."""

    manifest: Manifest
    generated_at: datetime


def main(arguments: list[str]) -> int:
    """Status 0 done, 1 could not be done (why, on stderr), 2 wrong arguments."""
    options = _parser().parse_args(arguments)
    source = "đầu vào chuẩn" if options.input == "-" else options.input
    try:
        data = _parsed(_read(options.input))
        _write(_BUILDERS[options.kind](data), options.output)
    except OSError as fault:
        return _failed(f"{fault.filename or options.output}: {_said(fault)}")
    except InvalidDocument as fault:
        return _failed("\n".join(f"{source}: {line}" for line in fault.faults))
    except InvalidValue as fault:
        return _failed(f"{source}: {fault}")
    return 0


def _calendar(data: object) -> bytes:
    file = read_value(CalendarFile, data)
    try:
        time_zone = ZoneInfo(file.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise InvalidValue("time_zone", f"không có múi giờ {file.time_zone}") from fault
    return calendar(file.sessions, name=file.name, time_zone=time_zone)


def _chapters(data: object) -> bytes:
    file = read_value(ChaptersFile, data)
    return chapters_json(file.chapters, file.title)


def _opml(data: object) -> bytes:
    file = read_value(ListFile, data)
    return opml(file.entries, title=file.title, updated_at=file.updated_at)


def _manifest(data: object) -> bytes:
    file = read_value(ManifestFile, data)
    return manifest(file.manifest, generated_at=file.generated_at)


def _xspf(data: object) -> bytes:
    file = read_value(PlaylistFile, data)
    return xspf(file.entries, file.title)


_BUILDERS: Mapping[str, Callable[[object], bytes]] = {
    "rss": lambda data: column_feed(read_value(Channel, data)),
    "jsonfeed": lambda data: json_feed(read_value(Channel, data)),
    "podcast": lambda data: podcast_feed(read_value(Podcast, data)),
    "chapters": _chapters,
    "transcript": lambda data: webvtt(read_value(TranscriptFile, data).cues),
    "calendar": _calendar,
    "m3u": lambda data: m3u(read_value(PlaylistFile, data).entries),
    "xspf": _xspf,
    "opml": _opml,
    "manifest": _manifest,
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"Tham số sai: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m feeds", description="Tạo nguồn tin từ tệp JSON (docs/feeds.md).")
    parser.add_argument("kind", choices=sorted(_BUILDERS), help="loại nguồn tin")
    parser.add_argument("input", metavar="FILE.json", help="tệp giá trị, - là đầu vào chuẩn")
    parser.add_argument("-o", "--output", type=Path, help="tệp kết quả; không có thì ra đầu ra chuẩn")
    return parser


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise InvalidDocument(["không phải văn bản UTF-8"]) from fault
    except json.JSONDecodeError as fault:
        raise InvalidDocument([f"JSON sai ở dòng {fault.lineno}, cột {fault.colno}"]) from fault
    except (ValueError, RecursionError) as fault:  # a number of thousands of digits; thousands of nested brackets
        raise InvalidDocument(["JSON có số quá dài hoặc lồng quá sâu"]) from fault


def _write(content: bytes, path: Path | None) -> None:
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    # Beside the goal and then renamed: a reader never meets half a file, even when the power fails.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _said(fault: OSError) -> str:
    known: dict[type[Any], str] = {
        FileNotFoundError: "không tìm thấy",
        PermissionError: "không có quyền",
        IsADirectoryError: "là thư mục, không phải tệp",
    }
    return known.get(type(fault), fault.strerror or "lỗi đọc ghi")


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
