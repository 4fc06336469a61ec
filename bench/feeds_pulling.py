"""A hundred devices pull a bulletin at once, each at the speed of its line, while a reader goes on asking for a feed.

The devices are throttled here, not in the server: it has to cope with a hundred slow takers. 127.0.0.1 only.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from pathlib import Path
from urllib.parse import urlsplit

from bench.feeds_serving import FEED, web_server
from broadcaster.publishing.tree import bring_in_line

DEVICES, SOUND_BYTES, LINE_BYTES_S = 100, 15_000_000, 700_000
PIECE_BYTES = 64 * 1024
MOST_OF_IDEAL, MOST_PROBE_S = 1.15, 0.5
PROBE_EVERY_S = 0.2
SOUND = "zones/tt/2026-11-10/1700.mp3"


def pull(feed: bytes, folder: Path) -> int:
    """Status 0 where all devices end in time and the probe stays quick."""
    sound = folder / "sound.mp3"
    sound.write_bytes(os.urandom(SOUND_BYTES))
    bring_in_line(folder / "data" / "public", {FEED: feed, SOUND: sound})
    with web_server(folder / "data") as server:
        host, port = urlsplit(server.url).netloc.split(":")
        before = server.process.cpu_times()
        ends, probes = asyncio.run(_all(host, int(port)))
        after = server.process.cpu_times()
    ideal_s = SOUND_BYTES / LINE_BYTES_S
    slowest = statistics.quantiles(probes, n=20)[-1]
    cpu_s = after.user + after.system - before.user - before.system
    print(
        f"{DEVICES} devices pull {SOUND_BYTES / 1e6:.0f} MB at {LINE_BYTES_S / 1000:.0f} kB/s through the web process:"
    )
    print(f"  ideal {ideal_s:.1f} s, first {min(ends):.1f} s, last {max(ends):.1f} s, server {cpu_s:.1f} s CPU")
    middle_s = statistics.median(probes)
    print(f"  {len(probes)} probes of a feed: median {middle_s * 1000:.0f} ms, p95 {slowest * 1000:.0f} ms")
    in_time = len(ends) == DEVICES and max(ends) <= MOST_OF_IDEAL * ideal_s
    quick = slowest < MOST_PROBE_S
    print(f"{'met' if in_time else 'MISSED'}: all within 15 % of the ideal time, here {max(ends) / ideal_s - 1:+.1%}")
    print(f"{'met' if quick else 'MISSED'}: the probe under 500 ms at the 95th percentile")
    return 0 if in_time and quick else 1


async def _all(host: str, port: int) -> tuple[list[float], list[float]]:
    probes: list[float] = []
    probing = asyncio.create_task(_probe(host, port, probes))
    ends = await asyncio.gather(*(_device(host, port) for _number in range(DEVICES)))
    probing.cancel()
    return list(ends), probes


async def _device(host: str, port: int) -> float:
    """Pulls the bulletin as fast as its line and no faster; answers how long that took."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(host, port, limit=PIECE_BYTES)
    left = await _ask(reader, writer, SOUND)
    assert left == SOUND_BYTES
    taken = 0
    while taken < left:
        piece = await reader.read(PIECE_BYTES)
        assert piece, "the server hung up"
        taken += len(piece)
        ahead_s = taken / LINE_BYTES_S - (time.monotonic() - began)
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
    writer.close()
    return time.monotonic() - began


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """Asks for a file and reads the head of the answer; how many bytes will follow."""
    writer.write(f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    assert head.startswith("HTTP/1.1 200"), head
    lengths = [line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length:")]
    return int(lengths[0])


async def _probe(host: str, port: int, probes: list[float]) -> None:
    while True:
        began = time.monotonic()
        reader, writer = await asyncio.open_connection(host, port)
        await reader.readexactly(await _ask(reader, writer, FEED))
        probes.append(time.monotonic() - began)
        writer.close()
        await asyncio.sleep(PROBE_EVERY_S)
