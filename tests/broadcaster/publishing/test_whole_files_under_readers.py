"""Readers hammer the tree while it is published a thousand times; a publisher killed anywhere leaves it valid."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import signal
import threading
import time
from pathlib import Path

from broadcaster.publishing.tree import Content, bring_in_line

PUBLICATIONS = 1_000
FEEDS = ("feeds/columns/a.xml", "feeds/columns/b.xml")
PAGE_BYTES = 40_000


def version(number: int, name: str) -> bytes:
    """A text that says of itself which it is, whose it is and what its digest is."""
    body = f"{name} {number} ".encode() * (PAGE_BYTES // 30)
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def is_whole(content: bytes, name: str) -> bool:
    digest, _, body = content.partition(b"\n")
    return hashlib.sha256(body).hexdigest().encode() == digest and body.startswith(name.encode())


def test_readers_see_whole_files_through_a_thousand_publications(tmp_path: Path) -> None:
    root = tmp_path / "public"
    bring_in_line(root, {name: version(0, name) for name in FEEDS})
    stop, faults, reads = threading.Event(), list[str](), list[int]()

    def hammer() -> None:
        count = 0
        while not stop.is_set():
            for name in FEEDS:
                for path, unpack in ((root / name, bytes), (root / f"{name}.gz", gzip.decompress)):
                    try:
                        if not is_whole(unpack(path.read_bytes()), name):
                            faults.append(f"torn: {path.name}")
                    except (OSError, EOFError) as missing:
                        faults.append(f"{path.name}: {missing}")
                    count += 1
        reads.append(count)

    readers = [threading.Thread(target=hammer) for _number in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, PUBLICATIONS + 1):
        changed = FEEDS[number % 2]
        other = FEEDS[1 - number % 2]
        changes = bring_in_line(root, {changed: version(number, changed), other: version(number - 1, other)})
        assert changes.changed == (changed,)
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert sum(reads) > 100


def test_a_publisher_killed_anywhere_leaves_whole_files_and_the_next_one_ends_its_work(tmp_path: Path) -> None:
    root = tmp_path / "public"
    chance = random.Random(7)
    sound = tmp_path / "sound.mp3"
    sound.write_bytes(b"ID3" * 9_999)
    killed = 0
    for number in range(25):
        wanted: dict[str, Content] = {name: version(number, name) for name in FEEDS}
        wanted |= {f"media/ab/{number:02}.mp3": sound, f"articles/{number}.html": version(number, "page")}
        child = os.fork()
        if child == 0:
            # Whatever happens in here, the tests of the parent must not go on in a second process.
            try:
                for again in range(200):
                    bring_in_line(root, {**wanted, FEEDS[0]: version(1_000 + again, FEEDS[0])})
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.005, 0.06))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        for path in root.rglob("*.xml"):
            assert is_whole(path.read_bytes(), path.relative_to(root).as_posix())
        for path in root.rglob("*.gz"):
            gzip.decompress(path.read_bytes())
        bring_in_line(root, wanted)
        held = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
        assert held == {*wanted, *(f"{path}.gz" for path in wanted if not path.endswith(".mp3"))}
        assert not bring_in_line(root, wanted)
    assert killed > 15
