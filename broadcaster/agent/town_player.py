#!/usr/bin/env python3
"""Keeps a loudspeaker's folder in line with its manifest, plays it where asked to, and reports what was on the air.

One file, standard library only, Python 3.8 or newer: copy it to any old PC. `broadcaster pull` runs this very file.

    town_player.py pull   --manifest URL --into DIR [--report URL --token-file FILE]     once, for cron
    town_player.py serve  --manifest URL --into DIR ... [--play "mpg123 -q {file}"]      for ever, for systemd
    town_player.py report --into DIR ITEM --outcome played|partial|failed ...            by hand, sent by the next pull
    town_player.py status --into DIR

What it keeps to:
- Under a final name lies a whole file with the right SHA-256, or none. Parts lie elsewhere and are resumed.
- The last good manifest holds until its `valid_until`, with or without a network; a worse one never takes its place.
- An airing stays until the server has answered for it. What the server rejects is put aside and shown, not lost.
- The token goes to the report address alone and is never printed. Redirects stay on the host unless allowed.
"""

from __future__ import annotations

import argparse
import contextlib
import email.utils
import errno
import hashlib
import http.client
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

VERSION = "1.0"
MANIFEST_VERSION = 1

# ---------------------------------------------------------------------------------------------------------- words

#: Everything that people read, in Vietnamese and in English; the file stands alone and so do its words.
WORDS = {
    "in_line": ("Đủ {count} bản tin, có hiệu lực đến {until}", "All {count} item(s) held, valid until {until}"),
    "incomplete": (
        "Có {count} trên {all} bản tin; còn thiếu: {missing}",
        "{count} of {all} item(s) held; missing: {missing}",
    ),
    "offline": (
        "Không lấy được danh mục mới ({why}); dùng bản đã có, hiệu lực đến {until}",
        "No new manifest ({why}); working by the last good one, valid until {until}",
    ),
    "expired": (
        "Danh mục đã hết hiệu lực từ {until}; không phát gì nữa cho đến khi có mạng",
        "The manifest expired at {until}; nothing is played until there is a newer one",
    ),
    "nothing": ("Chưa từng lấy được danh mục nào ({why})", "No manifest was ever received ({why})"),
    "got": ("+ {name}", "+ {name}"),
    "resumed": ("Tải tiếp {name} từ byte {offset}", "Resumed {name} at byte {offset}"),
    "removed": ("- {name}", "- {name}"),
    "wrong_content": (
        "{name}: nội dung không đúng SHA-256, bỏ và tải lại",
        "{name}: the content has another SHA-256, dropped",
    ),
    "wrong_length": ("{name}: máy chủ gửi sai độ dài", "{name}: the server sends another length"),
    "cut": ("{name}: mất kết nối giữa chừng, giữ phần đã tải", "{name}: cut off, what came is kept"),
    "slow": ("{name}: đường truyền quá chậm", "{name}: the line is too slow"),
    "status": ("máy chủ trả lời {status}", "the server answered {status}"),
    "unreachable": ("không nối được máy chủ: {why}", "the server cannot be reached: {why}"),
    "redirect": (
        "máy chủ chuyển hướng sang {host}, không được phép",
        "the server redirects to {host}, which is not allowed",
    ),
    "bad_manifest": ("danh mục hỏng: {why}", "the manifest is broken: {why}"),
    "newer_format": (
        "danh mục có định dạng mới ({version}); hãy cập nhật chương trình này",
        "the manifest has a newer format ({version}); update this program",
    ),
    "bad_answer": ("máy chủ trả lời không đầy đủ", "the server's answer is not whole"),
    "on_air": ("lúc đó đang phát nội dung khác", "something else was on the air"),
    "older": ("máy chủ đưa danh mục cũ hơn bản đã có", "the server gives an older manifest than the one held"),
    "future": (
        "danh mục ghi thời điểm trong tương lai ({at})",
        "the manifest is dated in the future ({at})",
    ),
    "disk_full": (
        "Đĩa gần đầy: cần {need} MB, còn {free} MB (giữ lại {reserve} MB). Ưu tiên buổi gần nhất; hãy dọn đĩa",
        "Disk nearly full: {need} MB needed, {free} MB left ({reserve} MB are kept free). The nearest sessions go "
        "first; please make room",
    ),
    "over_limit": (
        "Giới hạn {limit} MB: để lại {count} bản tin xa nhất",
        "Limit of {limit} MB: the {count} farthest item(s) are left out",
    ),
    "cannot_write": ("không ghi được vào {where}: {why}", "cannot write to {where}: {why}"),
    "clock_off": ("Đồng hồ máy này lệch {seconds} giây; đã tính bù", "This clock is off by {seconds} s; allowed for"),
    "sent": ("Đã báo phát: {sent}; còn chờ {waiting}", "Airings reported: {sent}; waiting: {waiting}"),
    "rejected": (
        "Máy chủ từ chối {count} báo cáo phát, giữ lại trong {where}:",
        "The server rejected {count} airing(s), kept in {where}:",
    ),
    "report_failed": ("Chưa báo phát được ({why}); giữ {waiting} báo cáo", "Not reported ({why}); {waiting} kept"),
    "token_refused": (
        "Máy chủ không nhận khóa của máy này; giữ {waiting} báo cáo, hãy xin khóa mới",
        "The server does not accept this token; {waiting} airing(s) kept, ask for a new token",
    ),
    "busy": ("Một tiến trình khác đang dùng thư mục này", "Another process is using this folder"),
    "power_cut": ("máy phát dừng đột ngột khi đang phát", "the player stopped in the middle"),
    "player_failed": ("lệnh phát lỗi (mã {code})", "the play command failed (status {code})"),
    "not_held": ("đến giờ mà chưa tải được bản tin", "the item had not been received when it was due"),
    "was_off": ("máy phát không chạy lúc đến giờ", "the player was not running when it was due"),
    "interrupted": ("bị tin khẩn {by} ngắt", "cut short by interrupt {by}"),
    "stopped": ("người trực dừng máy", "stopped by the operator"),
    "ended_early": ("lệnh phát kết thúc sớm", "the play command ended early"),
    "kept": ("Đã ghi nhận, sẽ gửi khi có mạng: {event}", "Kept, to be sent with the next pull: {event}"),
    "unknown_item": ("Không có bản tin «{item}» trong danh mục", "There is no item {item} in the manifest"),
    "playing": ("Phát {name}", "Playing {name}"),
    "need_play": ("--play phải chứa {{file}}", "--play must contain {{file}}"),
    "bad_url": ("địa chỉ phải bắt đầu bằng http:// hoặc https://", "the address must begin with http:// or https://"),
    "no_token": ("Có --report thì cần --token-file hoặc --token", "--report needs --token-file or --token"),
    "drill": ("DIỄN TẬP", "DRILL"),
}


class Speaker:
    """Says things in one language."""

    def __init__(self, language: str = "vi") -> None:
        self._index = 1 if language == "en" else 0

    def __call__(self, key: str, **values: object) -> str:
        return WORDS[key][self._index].format(**values)


class Trouble(Exception):
    """What went wrong, as a key of the words; `again` says whether trying again at once may help."""

    def __init__(self, key: str, *, again: bool = False, **values: object) -> None:
        super().__init__(key)
        self.key, self.values, self.again = key, values, again

    def said(self, say: Speaker) -> str:
        return say(self.key, **self.values)


# ------------------------------------------------------------------------------------------------------- manifest

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
#: What we take for one of our files where we lost our notes.
_OURS = re.compile(r"[a-z0-9-]+-\d{8}-\d{4,6}-[0-9a-f]{8}(-drill)?\.[a-z0-9]{1,5}")
LARGEST_FILE_BYTES = 2 * 1024**3
LARGEST_MANIFEST_BYTES = 4 * 1024**2
MOST_ITEMS = 5_000
#: A manifest may be dated ahead of us by so much: clocks differ.
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Item:
    """A file to hold. `starts_at` is None for an interrupt, which has `expires_at` instead."""

    id: str
    path: str
    sha256: str
    bytes: int
    length_ms: int
    starts_at: Optional[datetime] = None
    expires_at: Optional[datetime] = None
    drill: bool = False

    @property
    def name(self) -> str:
        """The final name in the folder."""
        suffix = os.path.splitext(self.path)[1]
        return self.id + (suffix if _SUFFIX.fullmatch(suffix) else ".mp3")


@dataclass(frozen=True)
class Manifest:
    """What to hold, as the server said it."""

    generation: str
    generated_at: datetime
    valid_until: datetime
    poll_s: int
    items: Tuple[Item, ...]
    interrupts: Tuple[Item, ...]


def read_manifest(data: bytes) -> Manifest:
    """The manifest of a file; anything that is not as it should be is refused whole.

    Raises:
        Trouble: `newer_format` or `bad_manifest`, with what is wrong.
    """
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Trouble("bad_manifest", why="JSON") from None
    if not isinstance(document, dict):
        raise Trouble("bad_manifest", why="JSON")
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Trouble("bad_manifest", why="version")
    if version > MANIFEST_VERSION:
        raise Trouble("newer_format", version=version)
    items = tuple(_item(row, index, False) for index, row in enumerate(_rows(document, "items")))
    interrupts = tuple(_item(row, index, True) for index, row in enumerate(_rows(document, "interrupts")))
    names = [item.name.lower() for item in items + interrupts]
    if len(set(names)) != len(names):
        raise Trouble("bad_manifest", why="id")
    generation = document.get("generation")
    if not isinstance(generation, str) or not generation:
        raise Trouble("bad_manifest", why="generation")
    return Manifest(
        generation=generation[:200],
        generated_at=_instant(document, "generated_at"),
        valid_until=_instant(document, "valid_until"),
        poll_s=_number(document, "poll_s", 1, 86_400),
        items=items,
        interrupts=interrupts,
    )


def _rows(document: Dict[str, Any], key: str) -> List[Dict[str, Any]]:
    rows = document.get(key, [] if key == "interrupts" else None)
    if not isinstance(rows, list) or len(rows) > MOST_ITEMS or not all(isinstance(row, dict) for row in rows):
        raise Trouble("bad_manifest", why=key)
    return rows


def _item(row: Dict[str, Any], index: int, interrupt: bool) -> Item:
    where = "{}[{}]".format("interrupts" if interrupt else "items", index)
    for key, shape in (("id", _ID), ("path", _PATH), ("sha256", _SHA256)):
        if not isinstance(row.get(key), str) or not shape.fullmatch(row[key]):
            raise Trouble("bad_manifest", why="{}.{}".format(where, key))
    try:
        return Item(
            id=row["id"],
            path=row["path"],
            sha256=row["sha256"],
            bytes=_number(row, "bytes", 1, LARGEST_FILE_BYTES),
            # Interrupts had no length at first.
            length_ms=_number(row, "length_ms", 0, 86_400_000) if not interrupt or "length_ms" in row else 0,
            starts_at=None if interrupt else _instant(row, "starts_at"),
            expires_at=_instant(row, "expires_at") if interrupt else None,
            drill=row.get("drill") is True,
        )
    except Trouble as wrong:
        raise Trouble("bad_manifest", why="{}.{}".format(where, wrong.values["why"])) from None


def _number(row: Dict[str, Any], key: str, least: int, most: int) -> int:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Trouble("bad_manifest", why=key)
    return value


def _instant(row: Dict[str, Any], key: str) -> datetime:
    value = row.get(key)
    try:
        instant = datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
        if instant is None or instant.tzinfo is None or not 2000 <= instant.year <= 2200:
            raise ValueError(value)
    except ValueError:
        raise Trouble("bad_manifest", why=key) from None
    return instant


# ---------------------------------------------------------------------------------------------------------- clock


class Clock:
    """What time it is. Once a server has told the time, a clock that nobody sets counts on from there.

    `boot` names the stretch in which `steady` counts on; ages across two of them are not known.
    """

    #: A request takes its time, so a smaller difference is none.
    NOISE_S = 5.0

    def __init__(self, wall: Callable[[], float] = time.time, follow_server: bool = True) -> None:
        self._wall, self._follow = wall, follow_server
        self._offset: Optional[float] = None
        self.boot = _boot_id()

    def wall(self) -> datetime:
        """The device's own clock, right or wrong."""
        return datetime.fromtimestamp(self._wall(), timezone.utc)

    def steady(self) -> float:
        """Seconds by a clock that nobody sets."""
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.clock_gettime(boottime) if boottime is not None else time.monotonic()

    def now(self) -> datetime:
        """The best that is known."""
        if self._offset is None:
            return self.wall()
        return datetime.fromtimestamp(self.steady() + self._offset, timezone.utc)

    def heard(self, server_said: datetime, asked_at: float) -> None:
        """A server told the time in answer to a question asked at a steady instant."""
        if not self._follow:
            return
        middle = (asked_at + self.steady()) / 2
        said = server_said.timestamp() + 0.5  # it tells whole seconds
        here = self._wall() - (self.steady() - middle)
        # A clock as right as the line can tell is finer than what the line told.
        self._offset = said - middle if abs(here - said) > self.NOISE_S else None

    @property
    def skew_s(self) -> float:
        """How far the device's clock runs ahead of the server's, as far as is known."""
        return (self.wall() - self.now()).total_seconds() if self._offset is not None else 0.0


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return uuid.uuid4().hex


# ------------------------------------------------------------------------------------------------------------ web


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows where the host stays the same or was allowed; never from https to http; never a report."""

    max_redirections = 5
    max_repeats = 2

    def __init__(self, allowed: Sequence[str]) -> None:
        self._allowed = {host.lower() for host in allowed}

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        secured = old.port in (None, 80) and new.scheme == "https" and new.port in (None, 443)
        same = old.hostname == new.hostname and (old.port == new.port or secured)
        host = (new.hostname or "?").lower()
        downgraded = old.scheme == "https" and new.scheme != "https"
        if req.get_method() not in ("GET", "HEAD") or downgraded or not (same or host in self._allowed):
            raise Trouble("redirect", host=host)
        if new.scheme not in ("http", "https"):
            raise Trouble("redirect", host=host)
        headers_kept = {key: value for key, value in req.headers.items() if key.lower() != "host"}
        return urllib.request.Request(  # noqa: S310 - http and https alone, see above
            newurl, headers=headers_kept, method=req.get_method()
        )


class _Watched(urllib.request.HTTPHandler):
    """Opens connections that somebody else can end."""

    def __init__(self, connect: Callable[[str, bool, float], Any]) -> None:
        super().__init__()
        self._plain: Any = lambda host, timeout, **_rest: connect(host, False, timeout)
        self._secure: Any = lambda host, timeout, **_rest: connect(host, True, timeout)

    def http_open(self, req: Any) -> Any:
        return self.do_open(self._plain, req)

    def https_open(self, req: Any) -> Any:
        return self.do_open(self._secure, req)

    https_request = urllib.request.AbstractHTTPHandler.do_request_


class Web:
    """Asks one server. No proxy of the environment is used: only the one that was named."""

    def __init__(self, clock: Clock, *, timeout_s: float = 20.0, proxy: str = "", allowed: Sequence[str] = ()) -> None:
        self._clock, self._timeout_s = clock, timeout_s
        self._connection: Any = None
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {}),
            _Watched(self._connect),
            urllib.request.HTTPDefaultErrorHandler(),
            _Redirects(allowed),
            urllib.request.HTTPErrorProcessor(),
        ):
            self._opener.add_handler(handler)

    @contextlib.contextmanager
    def asked(self, url: str, headers: Dict[str, str], body: Optional[bytes] = None) -> Iterator[Any]:
        """An open answer of any status but an error of the line.

        Raises:
            Trouble: the server cannot be reached, or redirects where it may not.
        """
        method = "GET" if body is None else "POST"
        request = urllib.request.Request(url, data=body, method=method)  # noqa: S310 - the options were checked
        for name, value in headers.items():
            # A token goes to the address it was meant for and no further.
            add = request.add_unredirected_header if name == "Authorization" else request.add_header
            add(name, value)
        request.add_unredirected_header("User-Agent", "town-player/" + VERSION)
        began = self._clock.steady()
        # A timeout of the line alone lets a server that sends a byte of its head now and then hold us for days.
        watchdog = threading.Timer(3 * self._timeout_s, self._hang_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            try:
                answer = self._opener.open(request, timeout=self._timeout_s)
            except urllib.error.HTTPError as status:
                if status.code == 310 or 301 <= status.code <= 303 or status.code in (307, 308):
                    raise Trouble("redirect", host="?") from None
                answer = status
        except urllib.error.URLError as wrong:
            raise Trouble("unreachable", again=True, why=_reason(wrong.reason)) from None
        except (OSError, http.client.HTTPException, ValueError) as wrong:
            raise Trouble("unreachable", again=True, why=_reason(wrong)) from None
        finally:
            watchdog.cancel()
        if answer is None:
            raise Trouble("unreachable", again=True, why="?")
        try:
            self._note_time(answer, began)
            yield answer
        finally:
            answer.close()

    def _connect(self, host: str, secure: bool, timeout: float) -> Any:
        if secure:
            self._connection = http.client.HTTPSConnection(host, timeout=timeout, context=ssl.create_default_context())
        else:
            self._connection = http.client.HTTPConnection(host, timeout=timeout)
        return self._connection

    def _hang_up(self) -> None:
        line = getattr(self._connection, "sock", None)
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _note_time(self, answer: Any, began: float) -> None:
        try:
            said = email.utils.parsedate_to_datetime(answer.headers.get("Date", ""))
        except (TypeError, ValueError, IndexError):
            return
        if said is not None and said.tzinfo is not None and 2020 <= said.year <= 2200:
            self._clock.heard(said, began)


def _reason(wrong: object) -> str:
    """The kind of failure, without addresses: those hold the read key."""
    if isinstance(wrong, OSError) and wrong.strerror:
        return str(wrong.strerror)
    return type(wrong).__name__


def read_all(answer: Any, most: int, deadline: float, clock: Clock) -> bytes:
    """The whole body of an answer.

    Raises:
        Trouble: it is cut, too long, or too slow.
    """
    pieces, size = [], 0
    try:
        while True:
            # As much as one look at the line brings: a whole piece of a dripping line might take for ever.
            piece = answer.read1(64 * 1024)
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise Trouble("wrong_length", name="manifest")
            if clock.steady() > deadline:
                raise Trouble("slow", name="manifest")
    except (OSError, http.client.HTTPException, ValueError) as wrong:
        raise Trouble("unreachable", again=True, why=_reason(wrong)) from None
    said = answer.headers.get("Content-Length")
    if said is not None and said.strip() != str(size):
        raise Trouble("cut", again=True, name="manifest")
    return b"".join(pieces)


# --------------------------------------------------------------------------------------------------------- folder


class Folder:
    """The folder beside the player. Final names stand at its top; parts and notes below `.town-player`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.own = root / ".town-player"
        self.parts, self.outbox, self.rejected = self.own / "parts", self.own / "outbox", self.own / "rejected"
        try:
            for folder in (self.root, self.own, self.parts, self.outbox, self.rejected):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            raise Trouble("cannot_write", where=self.root.name, why=_reason(wrong)) from None
        notes = self.read_json("state.json")
        files, played = notes.get("files"), notes.get("played")
        #: What was found right under each final name: digest, size and time of change.
        self.files: Dict[str, List[Any]] = {}
        if isinstance(files, dict):
            self.files = {name: seen for name, seen in files.items() if isinstance(seen, list) and len(seen) == 3}
        #: What was on the air, and when.
        self.played: Dict[str, str] = {}
        if isinstance(played, dict):
            self.played = {key: at for key, at in played.items() if _is_instant(at)}
        #: Since when this folder is kept: what aired before is nobody's to report.
        self.since = notes["since"] if _is_instant(notes.get("since")) else ""

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time; a killed one lets go by dying.

        Raises:
            Trouble: another one is at work.
        """
        with (self.own / "lock").open("a+") as lock:
            try:
                _lock(lock)
            except OSError:
                raise Trouble("busy") from None
            yield

    def read_json(self, name: str) -> Dict[str, Any]:
        """A note of ours; nothing where there is none or a broken one."""
        try:
            value = json.loads((self.own / name).read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def write_json(self, path: Path, value: object) -> None:
        self.write(path, json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8"))

    def write(self, path: Path, data: bytes) -> None:
        """A file that is there whole or not at all.

        Raises:
            Trouble: the disk does not take it.
        """
        name = ""
        try:
            descriptor, name = tempfile.mkstemp(prefix=".new-", dir=str(self.own))
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, str(path))
            _sync(path.parent)
        except OSError as wrong:
            if name:
                with contextlib.suppress(OSError):
                    os.unlink(name)
            raise Trouble("cannot_write", where=path.name, why=_reason(wrong)) from None

    def remember(self) -> None:
        notes = {"files": dict(self.files), "played": dict(self.played), "since": self.since}
        self.write_json(self.own / "state.json", notes)

    def holds(self, item: Item) -> bool:
        """Whether the file under the item's final name is whole and right; what changed meanwhile is hashed anew."""
        path = self.root / item.name
        try:
            status = path.lstat()
        except OSError:
            self.files.pop(item.name, None)
            return False
        if path.is_symlink() or not path.is_file() or status.st_size != item.bytes:
            return False
        seen = [item.sha256, status.st_size, status.st_mtime_ns]
        if self.files.get(item.name) == seen:
            return True
        if digest_of(path) != item.sha256:
            return False
        self.files[item.name] = seen
        return True

    def drop(self, name: str) -> None:
        """Takes a final name away, whatever lies there."""
        path = self.root / name
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(str(path))
            else:
                path.unlink()
        except FileNotFoundError:
            pass
        except OSError as wrong:
            raise Trouble("cannot_write", where=name, why=_reason(wrong)) from None
        self.files.pop(name, None)

    def take(self, part: Path, item: Item) -> None:
        """Gives a part that was found right its final name."""
        target = self.root / item.name
        if target.is_dir() and not target.is_symlink():
            self.drop(item.name)
        try:
            os.replace(str(part), str(target))
            _sync(self.root)
            status = target.stat()
        except OSError as wrong:
            raise Trouble("cannot_write", where=item.name, why=_reason(wrong)) from None
        self.files[item.name] = [item.sha256, status.st_size, status.st_mtime_ns]

    def strangers(self, wanted: Sequence[str]) -> List[str]:
        """Names of ours that the manifest does not name any more. What others put here is left alone."""
        try:
            there = sorted(os.listdir(str(self.root)))
        except OSError:
            return []
        kept = set(wanted)
        return [name for name in there if name not in kept and (name in self.files or _OURS.fullmatch(name))]

    def free_bytes(self) -> int:
        return shutil.disk_usage(str(self.root)).free


def _is_instant(text: object) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _lock(file: Any) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only
        return
    import fcntl

    fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync(folder: Path) -> None:
    """Makes a rename survive a power cut, where the system knows how."""
    if os.name == "nt":
        return
    descriptor = os.open(str(folder), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; of one that cannot be read, nothing that anything could equal."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for piece in iter(lambda: file.read(1024 * 1024), b""):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()


# ---------------------------------------------------------------------------------------------------- downloading

#: A line slower than this is none; every file has so many seconds on top.
SLOWEST_BYTES_S, START_S = 1_000, 120.0
#: Cut connections are taken up again as long as each brings something; so often where none does.
MOST_ATTEMPTS, MOST_IN_VAIN = 50, 3


class Fetcher:
    """Brings one file at a time, whole or not at all."""

    def __init__(self, web: Web, clock: Clock, folder: Folder, root_url: str, say: Callable[[str], None],
                 words: Speaker, pause: Callable[[float], None]) -> None:  # fmt: skip
        self._web, self._clock, self._folder = web, clock, folder
        self._root_url, self._say, self._words, self._pause = root_url, say, words, pause
        #: So often is a file asked for in vain.
        self.patience = MOST_IN_VAIN

    def fetch(self, item: Item) -> None:
        """Puts the file under its final name.

        Raises:
            Trouble: it did not come; what came of it is kept for the next time.
        """
        part = self._folder.parts / (item.sha256 + ".part")
        if not self._copy_twin(item, part):
            self._bring(item, part)
        self._folder.take(part, item)

    def _copy_twin(self, item: Item, part: Path) -> bool:
        """The same sound under another name is not asked for again."""
        for name, seen in list(self._folder.files.items()):
            if seen[0] == item.sha256 and name != item.name:
                with contextlib.suppress(OSError):
                    shutil.copyfile(str(self._folder.root / name), str(part))
                    if part.stat().st_size == item.bytes and digest_of(part) == item.sha256:
                        return True
        return False

    def _bring(self, item: Item, part: Path) -> None:
        deadline = self._clock.steady() + START_S + item.bytes / SLOWEST_BYTES_S
        in_vain = 0
        for attempt in range(MOST_ATTEMPTS):
            before = _size(part)
            try:
                self._attempt(item, part, deadline)
                if digest_of(part) == item.sha256:
                    return
                _forget(part)
                raise Trouble("wrong_content", again=True, name=item.name)
            except Trouble as trouble:
                in_vain = in_vain + 1 if _size(part) <= before else 0
                if not trouble.again or in_vain >= self.patience or attempt == MOST_ATTEMPTS - 1:
                    raise
                if self._clock.steady() > deadline:
                    raise Trouble("slow", name=item.name) from None
                self._pause(random.uniform(0.5, 1.5) * min(8, 2**in_vain))  # noqa: S311 - spreads devices, hides nothing

    def _attempt(self, item: Item, part: Path, deadline: float) -> None:
        have = _size(part)
        if have > item.bytes:
            _forget(part)
            have = 0
        if have == item.bytes:
            return
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers.update({"Range": "bytes={}-".format(have), "If-Range": '"{}"'.format(item.sha256)})
        with self._web.asked(self._root_url + item.path, headers) as answer:
            begins = self._begins_at(answer, item, have, part)
            if begins:
                self._say(self._words("resumed", name=item.name, offset=begins))
            self._write(answer, item, part, begins, deadline)

    def _begins_at(self, answer: Any, item: Item, have: int, part: Path) -> int:
        """Where in the file the body begins; the whole of what it announces must fit.

        Raises:
            Trouble: another status, another length, or a part that was not asked for.
        """
        status = answer.status if hasattr(answer, "status") else answer.code
        length = answer.headers.get("Content-Length")
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise Trouble("wrong_length", again=True, name=item.name)
        if status == 206 and have:
            wanted = "bytes {}-{}/{}".format(have, item.bytes - 1, item.bytes)
            if " ".join(answer.headers.get("Content-Range", "").split()) == wanted:
                if length is not None and length.strip() != str(item.bytes - have):
                    raise Trouble("wrong_length", again=True, name=item.name)
                return have
        elif status == 200:
            if length is not None and length.strip() != str(item.bytes):
                raise Trouble("wrong_length", again=True, name=item.name)
            return 0
        if status in (206, 416):
            # Our part and the server's file do not go together: from the start again.
            _forget(part)
            raise Trouble("wrong_length", again=True, name=item.name)
        raise Trouble("status", again=status >= 500 or status in (408, 429), status=status)

    def _write(self, answer: Any, item: Item, part: Path, begins: int, deadline: float) -> None:
        size = begins
        try:
            with part.open("r+b" if begins else "wb") as file:
                file.seek(begins)
                file.truncate()
                while True:
                    piece = self._piece(answer, item)
                    if not piece:
                        break
                    size += len(piece)
                    if size > item.bytes:
                        raise Trouble("wrong_length", again=True, name=item.name)
                    file.write(piece)
                    if self._clock.steady() > deadline:
                        raise Trouble("slow", name=item.name)
                file.flush()
                os.fsync(file.fileno())
        except OSError as wrong:
            if wrong.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
                _forget(part)
                raise disk_full(item.bytes, self._folder.free_bytes(), 0) from None
            raise Trouble("cannot_write", where=part.name[:12], why=_reason(wrong)) from None
        except Trouble:
            if size > item.bytes:
                _forget(part)
            raise
        if size < item.bytes:
            raise Trouble("cut", again=True, name=item.name)

    def _piece(self, answer: Any, item: Item) -> bytes:
        """The next bytes; a line that breaks ends the body, and what came is kept."""
        try:
            return bytes(answer.read1(64 * 1024))
        except (OSError, http.client.HTTPException, ValueError):
            return b""


def disk_full(need: int, free: int, reserve: int) -> Trouble:
    """There is no room; in megabytes for people."""
    return Trouble("disk_full", need=_megabytes(need), free=_megabytes(free), reserve=_megabytes(reserve))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


# --------------------------------------------------------------------------------------------------------- outbox

ROWS_AT_ONCE = 100
#: The interface counts ages up to this; an older play is told by its clock alone.
OLDEST_AGE_MS = 20 * 86_400_000


class Outbox:
    """Airings, one file each, until the server has answered for them."""

    def __init__(self, folder: Folder, clock: Clock) -> None:
        self._folder, self._clock = folder, clock

    def add(self, item_id: str, *, started_at: datetime, steady: Optional[float], played_ms: int, outcome: str,
            reason: Optional[str] = None, interrupted_by: Optional[str] = None, event_id: str = "",
            known_at: Optional[datetime] = None) -> str:  # fmt: skip
        """Keeps one airing. `started_at` is by the device's clock, `known_at` by the best that was known then."""
        event_id = event_id or uuid.uuid4().hex
        row = {
            "event_id": event_id,
            "item_id": item_id,
            "started_at": started_at.isoformat(timespec="milliseconds"),
            "played_ms": max(0, int(played_ms)),
            "outcome": outcome,
            "reason": reason,
            "interrupted_by": interrupted_by,
        }
        notes = {"boot": self._clock.boot if steady is not None else None, "steady": steady}
        notes["known_at"] = known_at.isoformat(timespec="milliseconds") if known_at is not None else None
        name = hashlib.sha256(event_id.encode("utf-8")).hexdigest()[:32] + ".json"
        self._folder.write_json(self._folder.outbox / name, {"row": row, "notes": notes})
        return event_id

    def waiting(self) -> List[Path]:
        return sorted(self._folder.outbox.glob("*.json"), key=lambda path: (_changed(path), path.name))

    def rejected(self) -> List[Dict[str, Any]]:
        """What the server did not take, with its reasons."""
        found = []
        for path in sorted(self._folder.rejected.glob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                found.append(json.loads(path.read_text("utf-8")))
        return found

    def send(self, web: Web, url: str, token: str) -> int:
        """Sends what waits; answers how many the server has taken or knew already.

        Raises:
            Trouble: the server cannot be reached or refuses; whatever it has not answered for is kept.
        """
        sent, size = 0, ROWS_AT_ONCE
        left = self.waiting()
        while left:
            batch = left[:size]
            try:
                sent += self._send_batch(web, url, token, batch)
                left = left[len(batch):]  # fmt: skip
            except Trouble as trouble:
                # One row that breaks the server must not hold up the others: smaller and smaller batches find it.
                if trouble.key != "status" or not trouble.again or len(batch) == 1:
                    raise
                size = max(1, len(batch) // 2)
        return sent

    def _send_batch(self, web: Web, url: str, token: str, batch: List[Path]) -> int:
        rows: Dict[str, Path] = {}
        sending = []
        for path in batch:
            row = self._row(path)
            if row is None:
                # A file that cannot be read is no airing any more; it is put aside, where somebody may look at it.
                os.replace(str(path), str(self._folder.rejected / path.with_suffix(".broken").name))
                continue
            rows[row["event_id"]] = path
            sending.append(row)
        if not sending:
            return 0
        body = {"airings": sending, "sent_at": self._clock.wall().isoformat(timespec="milliseconds")}
        answered = post(web, self._clock, url, token, body)
        results = answered.get("results")
        sent = 0
        for result in results if isinstance(results, list) else []:
            path_of = rows.pop(str(result.get("event_id")), None) if isinstance(result, dict) else None
            if path_of is None:
                continue
            if result.get("status") in ("recorded", "duplicate"):
                _forget(path_of)
                sent += 1
            elif result.get("status") == "rejected":
                self._put_aside(path_of, result.get("reason"))
        if rows:
            raise Trouble("bad_answer")
        return sent

    def _put_aside(self, path: Path, reason: object) -> None:
        kept = json.loads(path.read_text("utf-8"))
        kept["rejected"] = {"reason": str(reason or ""), "at": self._clock.wall().isoformat(timespec="seconds")}
        self._folder.write_json(self._folder.rejected / path.name, kept)
        _forget(path)

    def _row(self, path: Path) -> Optional[Dict[str, Any]]:
        """The row as it is sent now: with its age where the steady clock has run since."""
        try:
            kept = json.loads(path.read_text("utf-8"))
            row, notes = dict(kept["row"]), dict(kept["notes"])
            if not isinstance(row["event_id"], str):
                return None
            if notes.get("boot") == self._clock.boot and notes.get("steady") is not None:
                age_ms = int((self._clock.steady() - float(notes["steady"])) * 1000)
                if 0 <= age_ms <= OLDEST_AGE_MS:
                    row["age_ms"] = age_ms
            elif notes.get("known_at"):
                known = datetime.fromisoformat(notes["known_at"])
                # Told by today's wrong clock, which the server corrects by the moment of sending.
                row["started_at"] = (known + timedelta(seconds=self._clock.skew_s)).isoformat(timespec="milliseconds")
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return row


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def post(web: Web, clock: Clock, url: str, token: str, body: Dict[str, Any]) -> Dict[str, Any]:
    """Sends a document with the token and answers the server's.

    Raises:
        Trouble: the server cannot be reached, refuses, or answers with what is no document.
    """
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json", "Accept": "application/json"}
    data = json.dumps(body, ensure_ascii=False).encode("utf-8")
    with web.asked(url, headers, data) as answer:
        status = answer.status if hasattr(answer, "status") else answer.code
        if status in (401, 403):
            raise Trouble("token_refused", waiting="?")
        if status != 200:
            raise Trouble("status", again=status >= 500 or status == 413, status=status)
        text = read_all(answer, LARGEST_MANIFEST_BYTES, clock.steady() + START_S, clock)
    try:
        document = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Trouble("bad_answer")
    return document


# ----------------------------------------------------------------------------------------------------------- pull


@dataclass
class Options:
    """How the agent works. Sizes are bytes; `limit_bytes` 0 means no limit, `days` 0 all that the manifest names."""

    manifest: str
    into: Path
    report: str = ""
    token: str = field(default="", repr=False)
    limit_bytes: int = 0
    days: int = 0
    keep_free_bytes: int = 50_000_000
    timeout_s: float = 20.0
    proxy: str = ""
    allowed_hosts: Tuple[str, ...] = ()
    language: str = "vi"
    wall: Callable[[], float] = time.time
    follow_server: bool = True
    pause: Callable[[float], None] = time.sleep

    def fault(self) -> Optional[str]:
        """A key of the words for what is wrong with them."""
        for url in (self.manifest, self.report):
            parts = urllib.parse.urlsplit(url)
            if url and (parts.scheme not in ("http", "https") or not parts.hostname):
                return "bad_url"
        if not self.manifest:
            return "bad_url"
        return "no_token" if self.report and not self.token else None

    def api(self, name: str) -> str:
        """The address of `airings` or `heartbeat`, from the server's or from that of `airings`."""
        base = self.report.rstrip("/")
        if base.endswith("/airings"):
            base = base[: -len("/airings")]
        elif not base.endswith("/api/v1"):
            base += "/api/v1"
        return base + "/" + name


@dataclass
class Outcome:
    """What one pull found and did. `state`: in-line, incomplete, offline, expired or nothing."""

    state: str = "nothing"
    generation: str = ""
    valid_until: Optional[datetime] = None
    held: List[str] = field(default_factory=list)
    missing: List[str] = field(default_factory=list)
    left_out: List[str] = field(default_factory=list)
    got: List[str] = field(default_factory=list)
    removed: List[str] = field(default_factory=list)
    sent: int = 0
    waiting: int = 0
    rejected: List[Dict[str, Any]] = field(default_factory=list)
    skew_s: float = 0.0
    fresh: bool = False
    lines: List[str] = field(default_factory=list)
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything that should be here is here and still holds."""
        return self.state in ("in-line", "offline") and not self.missing

    def document(self) -> Dict[str, Any]:
        return {
            "state": self.state,
            "ok": self.ok,
            "generation": self.generation,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "held": self.held,
            "missing": self.missing,
            "left_out": self.left_out,
            "downloaded": self.got,
            "removed": self.removed,
            "airings": {"sent": self.sent, "waiting": self.waiting, "rejected": self.rejected},
            "skew_ms": int(self.skew_s * 1000),
            "notes": self.lines,
        }


class Agent:
    """One folder and its server."""

    def __init__(self, options: Options, on_line: Callable[[str], None] = lambda line: None) -> None:
        self.options = options
        self.words = Speaker(options.language)
        self.clock = Clock(options.wall, options.follow_server)
        self.web = Web(self.clock, timeout_s=options.timeout_s, proxy=options.proxy, allowed=options.allowed_hosts)
        self.folder = Folder(options.into)
        self.outbox = Outbox(self.folder, self.clock)
        self.on_line = on_line
        # Two threads of a service use the folder's notes; cron mode has one.
        self.lock = threading.RLock()
        #: Files that may not be taken away just now.
        self.in_use: List[str] = []
        self._beaten: Tuple[float, str] = (0.0, "")
        self._read: Tuple[int, Optional[Manifest]] = (-1, None)

    def pull(self) -> Outcome:
        """Brings the folder in line once, as far as the line and the disk allow, and sends what waits."""
        outcome = Outcome()

        def line(text: str) -> None:
            outcome.lines.append(text)
            self.on_line(text)

        manifest, why = self._manifest(outcome)
        if manifest is None:
            outcome.problem = self.words("nothing", why=why)
            line(outcome.problem)
        else:
            self._bring_in_line(manifest, outcome, line)
            self._judge(manifest, why, outcome, line)
        self.tell(outcome, line)
        with self.lock, contextlib.suppress(Trouble):
            self.folder.remember()
            self.folder.write_json(self.folder.own / "status.json", outcome.document())
        return outcome

    # -- the manifest

    def held_manifest(self) -> Optional[Manifest]:
        """The last good one, whether it still holds or not."""
        path = self.folder.own / "manifest.json"
        changed = _changed(path)
        if self._read[0] != changed or not changed:
            try:
                self._read = (changed, read_manifest(path.read_bytes()))
            except (OSError, Trouble):
                self._read = (changed, None)
        return self._read[1]

    def _manifest(self, outcome: Outcome) -> Tuple[Optional[Manifest], str]:
        """The manifest to work by, and why it is not a fresh one, where it is not."""
        held = self.held_manifest()
        try:
            data, etag = self._ask(held)
            if data is None:
                outcome.fresh = True
                return held, ""
            new = read_manifest(data)
            self._judge_age(new, held)
            self.folder.write(self.folder.own / "manifest.json", data)
            self.folder.write_json(self.folder.own / "etag.json", {"etag": etag, "sha256": _sha256(data)})
            outcome.fresh = True
            return new, ""
        except Trouble as trouble:
            return held, trouble.said(self.words)

    def _ask(self, held: Optional[Manifest]) -> Tuple[Optional[bytes], str]:
        """The manifest's bytes and tag; None where the server says that we have them."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "Cache-Control": "no-cache"}
        notes = self.folder.read_json("etag.json")
        tag = notes.get("etag")
        # Only for the very bytes that lie here.
        same = held is not None and notes.get("sha256") == digest_of(self.folder.own / "manifest.json")
        if same and isinstance(tag, str) and tag and tag.isprintable():
            headers["If-None-Match"] = tag
        with self.web.asked(self.options.manifest, headers) as answer:
            status = answer.status if hasattr(answer, "status") else answer.code
            if status == 304 and "If-None-Match" in headers:
                return None, ""
            if status != 200:
                raise Trouble("status", again=status >= 500, status=status)
            data = read_all(answer, LARGEST_MANIFEST_BYTES, self.clock.steady() + START_S, self.clock)
            return data, answer.headers.get("ETag") or ""

    def _judge_age(self, new: Manifest, held: Optional[Manifest]) -> None:
        """A manifest that is older than ours, or from the future, does not take the place of one that still holds.

        Raises:
            Trouble: it is such a one.
        """
        now = self.clock.now()
        if held is None or held.valid_until <= now:
            return
        older = new.valid_until < held.valid_until and new.generated_at < held.generated_at
        if older or new.valid_until <= now:
            raise Trouble("older")
        if new.generated_at > now + AHEAD and held.generated_at <= now + AHEAD:
            raise Trouble("future", at=_short(new.generated_at))

    # -- the files

    def _bring_in_line(self, manifest: Manifest, outcome: Outcome, line: Callable[[str], None]) -> None:
        now = self.clock.now()
        interrupts = [item for item in manifest.interrupts if item.expires_at is not None and item.expires_at > now]
        coming = sorted(manifest.items, key=lambda item: (_over(item, now), item.starts_at, item.id))
        wanted, outcome.left_out = self._within_limits(interrupts + coming, now)
        if outcome.left_out:
            limit = self.options.limit_bytes // 1_000_000
            line(self.words("over_limit", limit=limit or "–", count=len(outcome.left_out)))
        with self.lock:
            for name in self.folder.strangers([item.name for item in wanted] + self.in_use):
                with contextlib.suppress(Trouble):
                    self.folder.drop(name)
                    outcome.removed.append(name)
                    line(self.words("removed", name=name))
        self._tidy_parts(wanted)
        root_url = _tree_root(self.options.manifest)
        fetcher = Fetcher(self.web, self.clock, self.folder, root_url, line, self.words, self.options.pause)
        for item in wanted:
            if self.folder.holds(item):
                outcome.held.append(item.id)
                continue
            trouble = self._fetch(fetcher, item)
            if trouble is not None:
                outcome.missing.append(item.id)
                outcome.problem = trouble.said(self.words)
                line(outcome.problem)
                if trouble.key == "unreachable":
                    # Likely the whole server is away: the others are asked for once each.
                    fetcher.patience = 1
                continue
            outcome.held.append(item.id)
            outcome.got.append(item.id)
            line(self.words("got", name=item.name))
            with self.lock, contextlib.suppress(Trouble):
                self.folder.remember()

    def _fetch(self, fetcher: Fetcher, item: Item) -> Optional[Trouble]:
        """Brings one file; answers what went wrong, if anything."""
        # Whatever lies under the final name is not the right file.
        if item.name not in self.in_use:
            with self.lock, contextlib.suppress(Trouble):
                self.folder.drop(item.name)
        free, reserve = self.folder.free_bytes(), self.options.keep_free_bytes
        have = _size(self.folder.parts / (item.sha256 + ".part"))
        if item.bytes - have + reserve > free:
            return disk_full(item.bytes, free, reserve)
        try:
            fetcher.fetch(item)
        except Trouble as trouble:
            return trouble
        return None

    def _within_limits(self, items: List[Item], now: datetime) -> Tuple[List[Item], List[str]]:
        """What fits into the days and bytes allowed, nearest first; the ids of the rest."""
        kept, left_out, size = [], [], 0
        for item in items:
            too_far = (
                self.options.days > 0
                and item.starts_at is not None
                and item.starts_at >= now + timedelta(days=self.options.days)
            )
            if too_far or (self.options.limit_bytes and size + item.bytes > self.options.limit_bytes):
                left_out.append(item.id)
                continue
            size += item.bytes
            kept.append(item)
        return kept, left_out

    def _tidy_parts(self, wanted: Sequence[Item]) -> None:
        """Parts of what is wanted no more, and files that a killed process was writing."""
        names = {item.sha256 + ".part" for item in wanted}
        for path in list(self.folder.parts.iterdir()) + list(self.folder.own.glob(".new-*")):
            if path.name not in names:
                _forget(path)

    def _judge(self, manifest: Manifest, why: str, outcome: Outcome, line: Callable[[str], None]) -> None:
        now, until = self.clock.now(), _short(manifest.valid_until)
        outcome.generation, outcome.valid_until = manifest.generation, manifest.valid_until
        expired = manifest.valid_until <= now
        outcome.skew_s = self.clock.skew_s
        if outcome.skew_s:
            line(self.words("clock_off", seconds=round(outcome.skew_s)))
        if expired:
            outcome.state = "expired"
            outcome.problem = self.words("expired", until=until)
            line(outcome.problem)
        elif why:
            outcome.state = "offline"
            outcome.problem = outcome.problem or self.words("offline", why=why, until=until)
            line(self.words("offline", why=why, until=until))
        else:
            outcome.state = "incomplete" if outcome.missing else "in-line"
        if outcome.missing:
            missing = ", ".join(outcome.missing[:5]) + ("…" if len(outcome.missing) > 5 else "")
            count, whole = len(outcome.held), len(outcome.held) + len(outcome.missing)
            line(self.words("incomplete", count=count, all=whole, missing=missing))
        elif not expired and not why:
            line(self.words("in_line", count=len(outcome.held), until=until))
        self._write_playlists(manifest, [] if expired else outcome.held, now)

    def _write_playlists(self, manifest: Manifest, held: Sequence[str], now: datetime) -> None:
        """For a plain player beside us: today's items in order, by the day of the place they are for."""
        lines = ["#EXTM3U"]
        for item in sorted(manifest.items, key=lambda one: (one.starts_at, one.id)):
            starts_at = item.starts_at
            if starts_at is None or item.id not in held or starts_at.date() != now.astimezone(starts_at.tzinfo).date():
                continue
            lines.append("#EXTINF:{},{:%H:%M} {}".format(round(item.length_ms / 1000), starts_at, item.id))
            lines.append(item.name)
        self._playlist("today.m3u", lines)
        urgent = ["#EXTM3U"]
        for item in manifest.interrupts:
            if item.id in held and item.expires_at is not None and item.expires_at > now:
                urgent += ["#EXTINF:{},{}".format(round(item.length_ms / 1000), item.id), item.name]
        self._playlist("urgent.m3u", urgent)

    def _playlist(self, name: str, lines: Sequence[str]) -> None:
        data = ("\n".join(lines) + "\n").encode("utf-8")
        path = self.folder.root / name
        with contextlib.suppress(Trouble, OSError):
            if not path.exists() or path.read_bytes() != data:
                self.folder.write(path, data)

    # -- what the server is told

    def tell(self, outcome: Outcome, line: Callable[[str], None]) -> None:
        """Sends airings that wait and, now and then, how we are."""
        options = self.options
        if options.report:
            try:
                outcome.sent = self.outbox.send(self.web, options.api("airings"), options.token)
                self._beat(outcome)
            except Trouble as trouble:
                trouble.values["waiting"] = waiting = len(self.outbox.waiting())
                text = trouble.said(self.words)
                if trouble.key != "token_refused":
                    text = self.words("report_failed", why=text, waiting=waiting)
                outcome.problem = outcome.problem or text
                line(text)
        outcome.waiting, outcome.rejected = len(self.outbox.waiting()), self.outbox.rejected()
        if outcome.sent:
            line(self.words("sent", sent=outcome.sent, waiting=outcome.waiting))
        if outcome.rejected:
            line(self.words("rejected", count=len(outcome.rejected), where=".town-player/rejected"))
            for one in outcome.rejected[:10]:
                row, said = one.get("row", {}), one.get("rejected", {})
                line("  {} {}: {}".format(row.get("item_id"), row.get("started_at"), said.get("reason")))

    def _beat(self, outcome: Outcome) -> None:
        """Every five minutes, and whenever something changed."""
        told = json.dumps([outcome.generation, outcome.held, outcome.state, outcome.problem])
        since, before = self._beaten
        if told == before and self.clock.steady() - since < 300:
            return
        body = {
            "sent_at": self.clock.wall().isoformat(timespec="milliseconds"),
            "pulled": outcome.fresh and not outcome.missing,
            "generation": outcome.generation or None,
            "valid_until": outcome.valid_until.isoformat() if outcome.valid_until else None,
            "holds": outcome.held[:500],
            "free_bytes": self.folder.free_bytes(),
            "airings_waiting": len(self.outbox.waiting()),
            "airings_rejected": len(self.outbox.rejected()),
            "agent": "town-player/" + VERSION,
            "problem": outcome.problem[:300] or None,
        }
        post(self.web, self.clock, self.options.api("heartbeat"), self.options.token, body)
        self._beaten = (self.clock.steady(), told)


def _over(item: Item, now: datetime) -> bool:
    """Whether an item's time is over: it is brought after what is still to come."""
    return item.starts_at is not None and item.starts_at + timedelta(milliseconds=item.length_ms) <= now


def _tree_root(manifest_url: str) -> str:
    """The tree in which the manifest lies at `players/<key>/manifest.json`."""
    parts = urllib.parse.urlsplit(manifest_url)
    path = "/".join(parts.path.split("/")[:-3]) + "/"
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _megabytes(size: int) -> str:
    return "{:.1f}".format(size / 1_000_000)


def _short(at: datetime) -> str:
    return at.strftime("%H:%M %d/%m/%Y")


# -------------------------------------------------------------------------------------------------------- playing

#: An item may begin so late; after that its time is over.
LATE_S = 120
#: What is being played is noted so often, so that a power cut costs no more.
NOTE_S = 5.0
#: A command that ends by itself may have played so much less than the item's length.
SHORT_MS = 3_000
REMEMBER = timedelta(days=14)


@dataclass
class Playing:
    """What is on the air."""

    item: Item
    process: Any
    event_id: str
    started_at: datetime
    known_at: datetime
    steady: float
    noted: float = 0.0


class Player:
    """Plays what is due with a command of the place, an interrupt before anything else, and keeps the airings."""

    def __init__(self, agent: Agent, command: str) -> None:
        self.agent, self.command = agent, command
        self.current: Optional[Playing] = None
        self.since = agent.clock.now()
        if not agent.folder.since:
            agent.folder.since = self.since.isoformat(timespec="seconds")
            agent.folder.remember()
        self.first_at = datetime.fromisoformat(agent.folder.since)
        self._recover()

    def step(self, manifest: Optional[Manifest]) -> None:
        """Does what is due at this moment."""
        now = self.agent.clock.now()
        if self.current is not None:
            self._look_after()
        if manifest is None or manifest.valid_until <= now:
            return
        interrupt = self._due_interrupt(manifest, now)
        if interrupt is not None:
            if self.current is not None and self.current.item.expires_at is None:
                self.stop(interrupted_by=interrupt.id)
            if self.current is None:
                self._play(interrupt)
            return
        if self.current is None:
            self._play_due(manifest, now)

    def stop(self, interrupted_by: str = "") -> None:
        """Ends what is on the air and books what was heard of it."""
        playing = self.current
        if playing is None:
            return
        playing.process.terminate()
        try:
            playing.process.wait(3)
        except subprocess.TimeoutExpired:
            playing.process.kill()
            playing.process.wait()
        words = self.agent.words
        reason = words("interrupted", by=interrupted_by) if interrupted_by else words("stopped")
        self._book("partial", reason, interrupted_by or None)

    def _due_interrupt(self, manifest: Manifest, now: datetime) -> Optional[Item]:
        for item in manifest.interrupts:
            fresh = item.expires_at is not None and item.expires_at > now and item.id not in self.agent.folder.played
            if fresh and self.agent.folder.holds(item):
                return item
        return None

    def _play_due(self, manifest: Manifest, now: datetime) -> None:
        for item in sorted(manifest.items, key=lambda one: (one.starts_at, one.id)):
            starts_at = item.starts_at
            if starts_at is None or starts_at > now or item.id in self.agent.folder.played:
                continue
            if now < starts_at + timedelta(seconds=LATE_S):
                if self.agent.folder.holds(item):
                    self._play(item)
                    return
                continue
            if self.first_at < starts_at and now - starts_at < timedelta(days=1):
                self._missed(item, starts_at)

    def _missed(self, item: Item, starts_at: datetime) -> None:
        """Its time is over and it was not on the air: that is told too, with the reason."""
        words = self.agent.words
        was_on = self.since <= starts_at
        reason = words("was_off")
        if was_on:
            reason = words("on_air") if self.agent.folder.holds(item) else words("not_held")
        skew = timedelta(seconds=self.agent.clock.skew_s)
        self.agent.outbox.add(item.id, started_at=starts_at.astimezone(timezone.utc) + skew, steady=None, played_ms=0,
                              outcome="failed", reason=reason, event_id="missed-" + item.id)  # fmt: skip
        self._remember(item)

    def _play(self, item: Item) -> None:
        clock = self.agent.clock
        path = str(self.agent.folder.root / item.name)
        command = [word.replace("{file}", path) for word in shlex.split(self.command)]
        self._remember(item)
        prefix = self.agent.words("drill") + ": " if item.drill else ""
        self.agent.on_line(prefix + self.agent.words("playing", name=item.name))
        started = (clock.wall(), clock.now(), clock.steady())
        self.agent.in_use = [item.name]
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)  # fmt: skip
        except OSError as wrong:
            self.agent.in_use = []
            self.agent.outbox.add(item.id, started_at=started[0], steady=started[2], played_ms=0, outcome="failed",
                                  reason=_reason(wrong), known_at=started[1])  # fmt: skip
            return
        self.current = Playing(item, process, uuid.uuid4().hex, started[0], started[1], started[2])
        self._note()

    def _look_after(self) -> None:
        playing = self.current
        assert playing is not None
        code = playing.process.poll()
        if code is None:
            if self.agent.clock.steady() - playing.noted >= NOTE_S:
                self._note()
            return
        words = self.agent.words
        short = self._heard_ms(playing) + SHORT_MS < playing.item.length_ms
        if code != 0:
            self._book("partial" if self._heard_ms(playing) > 1000 else "failed", words("player_failed", code=code))
        else:
            self._book("partial" if short else "played", words("ended_early") if short else None)

    def _heard_ms(self, playing: Playing) -> int:
        elapsed = int((self.agent.clock.steady() - playing.steady) * 1000)
        return min(elapsed, playing.item.length_ms) if playing.item.length_ms else elapsed

    def _book(self, outcome: str, reason: Optional[str], interrupted_by: Optional[str] = None) -> None:
        playing = self.current
        assert playing is not None
        played_ms = playing.item.length_ms if outcome == "played" else self._heard_ms(playing)
        self.agent.outbox.add(playing.item.id, started_at=playing.started_at, steady=playing.steady,
                              played_ms=played_ms, outcome=outcome, reason=reason, interrupted_by=interrupted_by,
                              event_id=playing.event_id, known_at=playing.known_at)  # fmt: skip
        _forget(self.agent.folder.own / "playing.json")
        self.current = None
        self.agent.in_use = []

    def _note(self) -> None:
        playing = self.current
        assert playing is not None
        playing.noted = self.agent.clock.steady()
        note = {
            "item_id": playing.item.id,
            "event_id": playing.event_id,
            "started_at": playing.started_at.isoformat(),
            "known_at": playing.known_at.isoformat(),
            "boot": self.agent.clock.boot,
            "steady": playing.steady,
            "played_ms": self._heard_ms(playing),
        }
        with contextlib.suppress(Trouble):
            self.agent.folder.write_json(self.agent.folder.own / "playing.json", note)

    def _recover(self) -> None:
        """What was on the air when the power went is booked as far as it was noted."""
        note = self.agent.folder.read_json("playing.json")
        with contextlib.suppress(KeyError, ValueError, TypeError, Trouble):
            same_boot = note["boot"] == self.agent.clock.boot
            self.agent.outbox.add(
                note["item_id"],
                started_at=datetime.fromisoformat(note["started_at"]),
                steady=float(note["steady"]) if same_boot else None,
                played_ms=note["played_ms"],
                outcome="partial" if note["played_ms"] else "failed",
                reason=self.agent.words("power_cut"),
                event_id=note["event_id"],
                known_at=datetime.fromisoformat(note["known_at"]),
            )
        _forget(self.agent.folder.own / "playing.json")

    def _remember(self, item: Item) -> None:
        """An item is played once, also by a process that is started again."""
        now = self.agent.clock.now()
        with self.agent.lock:
            self.agent.folder.played[item.id] = now.isoformat(timespec="seconds")
            self.agent.folder.played = {
                key: at for key, at in self.agent.folder.played.items() if now - datetime.fromisoformat(at) < REMEMBER
            }
            with contextlib.suppress(Trouble):
                self.agent.folder.remember()


class Service:
    """Pulls at the manifest's pace and, where there is a command, plays; until it is told to stop."""

    STEP_S = 0.5

    def __init__(self, agent: Agent, command: str = "") -> None:
        self.agent = agent
        self.player = Player(agent, command) if command else None
        self.stopping = threading.Event()
        self.failures = 0

    def run(self) -> None:
        pulling = threading.Thread(target=self._pull_on, daemon=True)
        pulling.start()
        while not self.stopping.wait(self.STEP_S):
            if self.player is not None:
                with self.agent.lock:
                    self.player.step(self.agent.held_manifest())
        if self.player is not None:
            with self.agent.lock:
                self.player.stop()
        pulling.join(self.agent.options.timeout_s)

    def _pull_on(self) -> None:
        # Devices that got their power back together do not ask together.
        self.stopping.wait(random.uniform(0, 3))  # noqa: S311 - spreads devices, hides nothing
        while not self.stopping.is_set():
            outcome = self.agent.pull()
            self.failures = 0 if outcome.fresh and not outcome.missing else self.failures + 1
            self.stopping.wait(self.wait_s())

    def wait_s(self) -> float:
        """The manifest's pace, a little irregular; slower and slower while nothing comes."""
        manifest = self.agent.held_manifest()
        pace = manifest.poll_s if manifest is not None else 60
        slowed = float(min(pace << min(self.failures, 6), max(300, pace)))
        return slowed * random.uniform(0.85, 1.15)  # noqa: S311 - spreads devices, hides nothing


# --------------------------------------------------------------------------------------------------- command line


def arguments() -> argparse.ArgumentParser:
    """The command line; `@file` takes arguments from a file, one a line, so that a token stands in no process list."""
    parser = argparse.ArgumentParser(prog="town_player.py", description=__doc__, fromfile_prefix_chars="@",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("pull", "serve"):
        command = commands.add_parser(name)
        command.add_argument("--manifest", required=True, metavar="URL")
        command.add_argument("--into", required=True, metavar="DIR")
        command.add_argument("--report", default="", metavar="URL")
        command.add_argument("--token", default="", help="better --token-file, or TOWN_PLAYER_TOKEN")
        command.add_argument("--token-file", default="", metavar="FILE")
        command.add_argument("--limit-mb", type=int, default=0)
        command.add_argument("--days", type=int, default=0)
        command.add_argument("--keep-free-mb", type=int, default=50)
        command.add_argument("--timeout", type=float, default=20.0, metavar="SECONDS")
        command.add_argument("--proxy", default="", metavar="URL")
        command.add_argument("--allow-host", action="append", default=[], metavar="HOST")
        command.add_argument("--lang", choices=("vi", "en"), default="vi")
        command.add_argument("--json", action="store_true")
        if name == "pull":
            command.add_argument("--jitter", type=float, default=0.0, metavar="SECONDS")
        else:
            command.add_argument("--play", default="", metavar="COMMAND")
    report = commands.add_parser("report")
    report.add_argument("item")
    report.add_argument("--into", required=True, metavar="DIR")
    report.add_argument("--started-at", default="", metavar="INSTANT")
    report.add_argument("--played-ms", type=int, default=None)
    report.add_argument("--outcome", choices=("played", "partial", "failed"), default="played")
    report.add_argument("--reason", default="")
    report.add_argument("--lang", choices=("vi", "en"), default="vi")
    status = commands.add_parser("status")
    status.add_argument("--into", required=True, metavar="DIR")
    return parser


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Status 0: all is here and holds; 1: it is not, and why was said; 2: wrong arguments."""
    given = arguments().parse_args(argv)
    words = Speaker(getattr(given, "lang", "vi"))
    try:
        if given.command == "status":
            print(json.dumps(Folder(Path(given.into)).read_json("status.json"), ensure_ascii=False, indent=1))
            return 0
        if given.command == "report":
            return _report_by_hand(given, words)
        options = _options(given)
        fault = options.fault()
        if fault is None and given.command == "serve" and given.play and "{file}" not in given.play:
            fault = "need_play"
        if fault is not None:
            print(words(fault), file=sys.stderr)
            return 2
        return _serve(options, given.play) if given.command == "serve" else _pull(options, given)
    except Trouble as trouble:
        print(trouble.said(words), file=sys.stderr)
        return 1


def _options(given: argparse.Namespace) -> Options:
    token = given.token or os.environ.get("TOWN_PLAYER_TOKEN", "")
    if given.token_file:
        try:
            token = Path(given.token_file).read_text("utf-8").strip()
        except (OSError, ValueError) as wrong:
            raise Trouble("cannot_write", where=given.token_file, why=_reason(wrong)) from None
    return Options(
        manifest=given.manifest,
        into=Path(given.into),
        report=given.report,
        token=token,
        limit_bytes=given.limit_mb * 1_000_000,
        days=given.days,
        keep_free_bytes=given.keep_free_mb * 1_000_000,
        timeout_s=given.timeout,
        proxy=given.proxy,
        allowed_hosts=tuple(given.allow_host),
        language=given.lang,
    )


def _pull(options: Options, given: argparse.Namespace) -> int:
    if given.jitter > 0:
        time.sleep(random.uniform(0, given.jitter))  # noqa: S311 - spreads devices, hides nothing
    agent = Agent(options, on_line=(lambda line: None) if given.json else print)
    with agent.folder.alone():
        outcome = agent.pull()
    if given.json:
        print(json.dumps(outcome.document(), ensure_ascii=False))
    return 0 if outcome.ok else 1


def _serve(options: Options, command: str) -> int:
    agent = Agent(options, on_line=lambda line: print(line, flush=True))
    with agent.folder.alone():
        service = Service(agent, command)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: service.stopping.set())
        service.run()
    return 0


def _report_by_hand(given: argparse.Namespace, words: Speaker) -> int:
    folder = Folder(Path(given.into))
    try:
        manifest = read_manifest((folder.own / "manifest.json").read_bytes())
    except OSError:
        raise Trouble("nothing", why=given.into) from None
    items = {item.id: item for item in manifest.items + manifest.interrupts}
    item = items.get(given.item)
    if item is None:
        raise Trouble("unknown_item", item=given.item)
    started = item.starts_at or datetime.now(timezone.utc)
    if given.started_at:
        started = _instant({"started_at": given.started_at}, "started_at")
    played_ms = given.played_ms if given.played_ms is not None else item.length_ms
    event = Outbox(folder, Clock()).add(item.id, started_at=started, steady=None, played_ms=played_ms,
                                        outcome=given.outcome, reason=given.reason or None)  # fmt: skip
    print(words("kept", event=event))
    return 0


if __name__ == "__main__":
    sys.exit(main())
