"""A server that does whatever a test wants on the wire: cuts, hangs, lies, drips."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from broadcaster.agent import town_player as agent

NOW = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)
KEY = "f" * 64
SOUND = bytes(range(256)) * 800  # 204,800 bytes: three pieces and a bit

#: What a trick gets: the line, the request's head, and the bytes that were asked for.
Trick = Callable[[socket.socket, "Asked", bytes], None]


class Asked:
    """A request as it came in."""

    def __init__(self, head: bytes, body: bytes = b"") -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _version = first.split(" ", 2)
        self.headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
        self.body = body

    @property
    def begins(self) -> int:
        """The first byte that is asked for."""
        return int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))


def item(sound: bytes = SOUND, number: int = 1, starts_at: datetime = NOW + timedelta(hours=2)) -> dict[str, Any]:
    """A manifest's row of a sound."""
    sha256 = hashlib.sha256(sound).hexdigest()
    return {
        "id": f"tt-20261110-{number:04}-{sha256[:8]}",
        "starts_at": starts_at.isoformat(),
        "length_ms": 60_000,
        "path": f"media/{sha256[:2]}/{sha256}.mp3",
        "sha256": sha256,
        "bytes": len(sound),
        "type": "audio/mpeg",
        "priority": "normal",
    }


def manifest(*items: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A manifest as publishing writes it."""
    rows = list(items)
    whole: dict[str, Any] = {
        "version": 1,
        "generated_at": (NOW - timedelta(hours=1)).isoformat(),
        "valid_until": (NOW + timedelta(days=2)).isoformat(),
        "poll_s": 30,
        "zone": "tt",
        "items": rows,
        "interrupts": [],
        **changes,
    }
    whole.setdefault("generation", hashlib.sha256(json.dumps(whole).encode()).hexdigest())
    return whole


class Unruly:
    """Serves `files` honestly, but for requests on which a trick waits. `date` is what it says of the time."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.tricks: dict[str, list[Trick]] = {}
        self.always: dict[str, Trick] = {}
        self.asked: list[Asked] = []
        self.date: datetime | None = NOW
        self.closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def manifest_url(self) -> str:
        return f"{self.url}/players/{KEY}/manifest.json"

    def publish(self, document: object, *sounds: bytes) -> None:
        self.files[f"/players/{KEY}/manifest.json"] = (
            document if isinstance(document, bytes) else json.dumps(document).encode()
        )
        for sound in sounds:
            self.files["/" + item(sound)["path"]] = sound

    def trick(self, sound: bytes, *tricks: Trick) -> None:
        self.tricks.setdefault("/" + item(sound)["path"], []).extend(tricks)

    def serve(self) -> None:
        while not self.closing.is_set():
            with suppress(OSError):
                line, _address = self.listener.accept()
                threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = line.recv(4096)
                if not piece:
                    return
                head += piece
            head, _blank, body = head.partition(b"\r\n\r\n")
            asked = Asked(head)
            while len(body) < int(asked.headers.get("content-length", 0)):
                body += line.recv(65536)
            asked.body = body
            self.asked.append(asked)
            content = self.files.get(asked.path)
            waiting = self.tricks.get(asked.path)
            trick = waiting.pop(0) if waiting else self.always.get(asked.path)
            if trick is not None:
                trick(line, asked, content or b"")
            elif content is None:
                line.sendall(self.head(404, {"Content-Length": "0"}))
            else:
                self.honest(line, asked, content)

    def head(self, status: int, headers: Mapping[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {status} Words", *(f"{name}: {value}" for name, value in headers.items())]
        if self.date is not None:
            lines.append(f"Date: {format_datetime(self.date, usegmt=True)}")
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode()

    def honest(self, line: socket.socket, asked: Asked, content: bytes) -> None:
        """As our own servers answer."""
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        if asked.headers.get("if-none-match") == tag:
            line.sendall(self.head(304, {"ETag": tag}))
        elif "range" in asked.headers and asked.headers.get("if-range") == tag:
            begins = asked.begins
            span = {"Content-Range": f"bytes {begins}-{len(content) - 1}/{len(content)}"}
            length = {"Content-Length": str(len(content) - begins), "ETag": tag}
            line.sendall(self.head(206, {**span, **length}) + content[begins:])
        else:
            line.sendall(self.head(200, {"Content-Length": str(len(content)), "ETag": tag}) + content)


@contextmanager
def unruly() -> Iterator[Unruly]:
    server = Unruly()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", server.port), 1).close()
        server.listener.close()
        thread.join(5)


def cut_after(bytes_sent: int) -> Trick:
    """Sends so many bytes of the body and hangs up."""

    def trick(line: socket.socket, asked: Asked, content: bytes) -> None:
        begins = asked.begins if "range" in asked.headers else 0
        head = f"HTTP/1.1 {206 if begins else 200} OK\r\nContent-Length: {len(content) - begins}\r\n"
        if begins:
            head += f"Content-Range: bytes {begins}-{len(content) - 1}/{len(content)}\r\n"
        line.sendall(head.encode() + b"\r\n" + content[begins : begins + bytes_sent])

    return trick


def raw(answer: bytes) -> Trick:
    """Sends these very bytes."""
    return lambda line, _asked, _content: line.sendall(answer)


def lie(status: int, content: bytes, **headers: str) -> Trick:
    """Sends a status, headers and a body of the test's choice."""
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return raw(f"HTTP/1.1 {status} Words\r\n{told}\r\n".encode() + content)


def hang(after: bytes = b"", seconds: float = 3.0) -> Trick:
    """Sends something and then nothing more, but holds the line."""

    def trick(line: socket.socket, _asked: Asked, _content: bytes) -> None:
        line.sendall(after)
        time.sleep(seconds)

    return trick


def drip(text: bytes, every_s: float = 0.05) -> Trick:
    """Sends byte after byte, each in time, and never comes to an end."""

    def trick(line: socket.socket, _asked: Asked, _content: bytes) -> None:
        for byte in text:
            line.sendall(bytes([byte]))
            time.sleep(every_s)

    return trick


def options(server: Unruly, folder: Any, **changes: Any) -> agent.Options:
    """How the tests' agent works: impatient, and in no need to wait between attempts."""
    given: dict[str, Any] = {
        "manifest": server.manifest_url,
        "into": folder,
        "timeout_s": 0.3,
        "keep_free_bytes": 0,
        "language": "en",
        "pause": lambda _seconds: None,
        "wall": lambda: NOW.timestamp(),
    }
    return agent.Options(**{**given, **changes})
