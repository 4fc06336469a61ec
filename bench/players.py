"""A thousand players poll, pull a bulletin within five minutes, and report: `bench players [--minutes N]`.

Behind the web process alone, and behind deploy/nginx.conf in front of it, on this machine, clients included. With fewer
minutes the bulletins are smaller by the same factor, so that the bytes and reports a second stay what they are in five.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]  # published without types
from sqlalchemy import func, select

from audio.shelf import Shelf
from bench.feeds_serving import web_server
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.defaults import new_zone
from broadcaster.installation import prepare
from broadcaster.models import Airing, BroadcastSession, Bulletin, BulletinItem, ItemKind, Player, PlayerStatus
from broadcaster.publishing import publish
from broadcaster.scripts import Voice
from broadcaster.tokens import new_read_key, new_write_token
from tests.deploy.servers import free_port, nginx, nginx_configuration

PLAYERS, ZONES, POLL_S, MINUTES = 1_000, 15, 30, 5
#: A session of 15 minutes at 64 kb/s.
SOUND_BYTES = 7_200_000
PIECE_BYTES = 64 * 1024
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Device:
    """A player as its own computer knows it."""

    manifest: str
    token: str
    item_id: str
    sound: str
    sha256: str


@dataclass
class Figures:
    """What happened: seconds a request by kind, and failures by kind and words."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    bytes: int = 0

    def note(self, kind: str, began: float) -> None:
        self.seconds.setdefault(kind, []).append(time.monotonic() - began)


def main(arguments: list[str]) -> int:
    """Status 0 where nothing failed and every play is in the books once."""
    parser = argparse.ArgumentParser(prog="bench players")
    parser.add_argument("--minutes", type=float, default=float(MINUTES))
    parser.add_argument("--players", type=int, default=PLAYERS)
    given = parser.parse_args(arguments)
    size = int(SOUND_BYTES * given.minutes / MINUTES)
    print(
        f"{given.players} players in {ZONES} zones, polling every {POLL_S} s, pulling {size / 1e6:.1f} MB each within "
        f"{given.minutes:g} min (scale 1:{MINUTES / given.minutes:g}), then reporting one play and one heartbeat"
    )
    whole = True
    for name in ("web process", "deploy/nginx.conf"):
        with tempfile.TemporaryDirectory(prefix="bench-players-") as folder:
            whole &= _measure(name, Path(folder), given.players, size, given.minutes * 60)
    return 0 if whole else 1


def _measure(name: str, folder: Path, players: int, size: int, window_s: float) -> bool:
    settings = Settings(data=folder / "data", tts="monotone", poll_s=POLL_S)
    devices = _town(settings, players, size)
    figures = Figures()
    with web_server(settings.data) as server, _in_front(name, settings, server.url, folder) as (url, processes):
        family = [server.process, *processes]
        before = _cpu_s(family)
        asyncio.run(_all(url, devices, figures, window_s))
        cpu_s = _cpu_s(family) - before
        memory = sum(process.memory_info().rss for process in family) / 1e6
    return _told(name, settings, figures, players, window_s, cpu_s, memory)


def _told(
    name: str, settings: Settings, figures: Figures, players: int, window_s: float, cpu_s: float, memory: float
) -> bool:
    """Prints the figures; whether all went well."""
    database = Database(settings.database)
    with database.reading() as session:
        airings = session.scalar(select(func.count(Airing.id)))
        beats = session.scalar(select(func.count(PlayerStatus.player_id)))
    database.close()
    print(f"{name}: {cpu_s:.0f} s CPU in {window_s:.0f} s, {memory:.0f} MB, {figures.bytes / 1e6 / window_s:.1f} MB/s")
    for kind, seconds in figures.seconds.items():
        cuts = statistics.quantiles(seconds, n=100)
        print(
            f"  {kind:10} {len(seconds):6}  median {cuts[49] * 1000:6.0f} ms  p95 {cuts[94] * 1000:6.0f} ms  "
            f"p99 {cuts[98] * 1000:6.0f} ms  longest {max(seconds) * 1000:6.0f} ms"
        )
    print(f"  failures: {sum(figures.failures.values())} {dict(figures.failures) or ''}")
    print(f"  in the books: {airings} plays, {beats} players heard of")
    whole = not figures.failures and airings == beats == players
    print(f"{'met' if whole else 'MISSED'}: error-free, every play in the books once")
    return whole


def _town(settings: Settings, players: int, size: int) -> list[Device]:
    """The books, the sound and the published tree; answers the devices."""
    database = prepare(settings)
    now = datetime.now(UTC)
    shelf = Shelf(settings.shelf_folder)
    rows: list[tuple[Player, str, Bulletin]] = []
    with database.writing() as session:
        for number in range(ZONES):
            sound = os.urandom(size)
            sha256 = hashlib.sha256(sound).hexdigest()
            shelf.put(sha256, ".mp3", sound)
            zone = new_zone(f"z{number:02}", number)
            broadcast = BroadcastSession(zone=zone, starts_at=now - timedelta(minutes=1), length_ms=900_000)
            bulletin = Bulletin(
                session=broadcast, code=f"z{number:02}-{sha256[:8]}", composition=sha256, sha256=sha256,
                size_bytes=size, length_ms=900_000, made_at=now, synthetic=False, spoken_by=[], notes=[],
                items=[BulletinItem(position=0, kind=ItemKind.TUNE, title="Nhạc", starts_ms=0, length_ms=900_000)],
            )  # fmt: skip
            session.add(bulletin)
            for index in range(number, players, ZONES):
                token = new_write_token()
                player = Player(code=f"loa-{index:04}", name=f"Loa {index}", zone=zone, read_key=new_read_key(),
                                token_prefix=token.prefix, token_hash=token.sha256)  # fmt: skip
                session.add(player)
                rows.append((player, token.text, bulletin))
    publish(database, settings, Voice.of_station(settings.tts), now=now)
    database.close()
    return [
        Device(
            manifest=f"/players/{player.read_key}/manifest.json",
            token=token,
            item_id=bulletin.code,
            sound=f"/media/{bulletin.sha256[:2]}/{bulletin.sha256}.mp3",
            sha256=bulletin.sha256,
        )
        for player, token, bulletin in rows
    ]


@contextmanager
def _in_front(name: str, settings: Settings, url: str, folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """The address that devices know, and the processes that stand before the web process."""
    if name == "web process":
        yield url, []
        return
    port, upstream = free_port(), urlsplit(url).port
    assert upstream is not None
    configuration = nginx_configuration(settings.public_folder.resolve(), port, upstream)
    with nginx(configuration, port, folder / "nginx") as front:
        master = psutil.Process(int((folder / "nginx" / "nginx.pid").read_text()))
        yield front, [master, *master.children(recursive=True)]


async def _all(url: str, devices: list[Device], figures: Figures, window_s: float) -> None:
    parts = urlsplit(url)
    host, port = str(parts.hostname), int(parts.port or 80)
    ends = time.monotonic() + window_s
    await asyncio.gather(*(_live(host, port, device, figures, ends, window_s) for device in devices))


async def _live(host: str, port: int, device: Device, figures: Figures, ends: float, window_s: float) -> None:
    """A device's five minutes: it polls at its pace, and at a moment of its own pulls, plays and reports."""
    polling = asyncio.create_task(_poll_on(host, port, device, figures, ends))
    await asyncio.sleep(random.uniform(0, window_s * 0.95))
    await _guarded("pull", figures, _pull(host, port, device, figures))
    started_at = datetime.now(UTC).isoformat()
    row = {"event_id": "1", "item_id": device.item_id, "started_at": started_at, "played_ms": 1, "outcome": "partial"}
    await _guarded("report", figures, _post(host, port, device, "airings", {"airings": [row]}, b'"recorded"', figures))
    beat = {"pulled": True, "holds": [device.item_id]}
    await _guarded("heartbeat", figures, _post(host, port, device, "heartbeat", beat, b"skew_ms", figures))
    await polling


async def _guarded(kind: str, figures: Figures, work: object) -> None:
    try:
        await asyncio.wait_for(work, PATIENCE_S)  # type: ignore[arg-type]  # every work here is a coroutine
    except (TimeoutError, OSError, AssertionError, asyncio.IncompleteReadError) as failure:
        figures.failures[f"{kind}: {type(failure).__name__} {str(failure)[:80]}"] += 1


async def _poll_on(host: str, port: int, device: Device, figures: Figures, ends: float) -> None:
    await asyncio.sleep(random.uniform(0, POLL_S))
    tags: list[str] = []
    while time.monotonic() < ends:
        await _guarded("poll", figures, _poll(host, port, device, figures, tags))
        await asyncio.sleep(POLL_S * random.uniform(0.85, 1.15))


async def _poll(host: str, port: int, device: Device, figures: Figures, tags: list[str]) -> None:
    began = time.monotonic()
    asked = f"If-None-Match: {tags[0]}\r\n" if tags else ""
    status, headers, body = await _ask(host, port, f"GET {device.manifest} HTTP/1.1", asked, b"")
    assert status == (304 if tags else 200), status
    if not tags:
        assert json.loads(body)["items"][0]["sha256"] == device.sha256
        tags.append(headers["etag"])
    figures.note("poll", began)


async def _pull(host: str, port: int, device: Device, figures: Figures) -> None:
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(host, port, limit=PIECE_BYTES)
    try:
        writer.write(f"GET {device.sound} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        status, headers = await _head(reader)
        assert status == 200, status
        digest, left = hashlib.sha256(), int(headers["content-length"])
        figures.bytes += left
        while left > 0:
            piece = await reader.read(PIECE_BYTES)
            assert piece, "cut"
            digest.update(piece)
            left -= len(piece)
        assert digest.hexdigest() == device.sha256, "another sound"
    finally:
        writer.close()
    figures.note("pull", began)


async def _post(
    host: str, port: int, device: Device, name: str, document: object, wanted: bytes, figures: Figures
) -> None:
    began = time.monotonic()
    head = f"Authorization: Bearer {device.token}\r\nContent-Type: application/json\r\n"
    status, _headers, body = await _ask(
        host, port, f"POST /api/v1/{name} HTTP/1.1", head, json.dumps(document).encode()
    )
    assert status == 200, f"{status} {body[:60]!r}"
    assert wanted in body, body[:80]
    figures.note(name, began)


async def _ask(host: str, port: int, first: str, head: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own, as the agent makes them."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{first}\r\nHost: 127.0.0.1\r\nConnection: close\r\n{head}{length}\r\n".encode() + body)
        status, headers = await _head(reader)
        return status, headers, await reader.read()
    finally:
        writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    return int(first.split(" ")[1]), headers


def _cpu_s(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(one.user + one.system for one in times))
