from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import audio
from audio.files import UNFINISHED, write_whole, written_whole
from audio.shelf import Shelf, digest_of

ROOT = Path(audio.__file__).parent.parent
KEYS = [digest_of("thing", number) for number in range(12)]

#: Ten of these at once, each asking for the same things in an order of its own; what it makes, it notes.
MAKER = """
import sys, random, time
from pathlib import Path
from audio.shelf import Shelf, digest_of
shelf, notes, seed = Shelf(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
keys = [digest_of("thing", number) for number in range(12)]
random.Random(seed).shuffle(keys)
def make(key):
    with notes.open("a") as file:
        file.write(key + "\\n")
    time.sleep(0.01)
    return key.encode() * 5000
for key in keys:
    path = shelf.get_or_make(key, ".frames", lambda: make(key))
    assert path.read_bytes() == key.encode() * 5000
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


def test_what_is_put_is_found_under_its_key_until_it_is_removed(shelf: Shelf) -> None:
    assert shelf.get(KEYS[0]) is None
    path = shelf.put(KEYS[0], ".wav", b"sound")
    assert path.read_bytes() == b"sound"
    assert path.name == f"{KEYS[0]}.wav"
    assert shelf.get(KEYS[0]) == path
    assert shelf.remove(KEYS[0])
    assert not shelf.remove(KEYS[0])
    assert shelf.get(KEYS[0]) is None


def test_asking_changes_nothing(shelf: Shelf) -> None:
    assert shelf.get(KEYS[0]) is None
    assert not shelf.remove(KEYS[0])
    assert list(shelf.root.iterdir()) == []


def test_what_is_there_stays_when_it_is_put_again(shelf: Shelf) -> None:
    first = shelf.put(KEYS[0], ".wav", b"first")
    assert shelf.put(KEYS[0], ".wav", b"second") == first
    assert first.read_bytes() == b"first"


@pytest.mark.parametrize("key", ["", "abc", "../../etc/passwd", "g" * 64, "A" * 64, "0" * 64 + "/.."])
def test_a_key_that_is_no_digest_is_refused(shelf: Shelf, key: str) -> None:
    with pytest.raises(ValueError, match="hex digest"):
        shelf.put(key, ".wav", b"")


def test_a_key_is_not_mistaken_for_a_longer_one(shelf: Shelf) -> None:
    shelf.put(KEYS[0], ".wav", b"long")
    assert shelf.get(KEYS[0][:32]) is None


def test_a_walk_shows_everything_once_in_order(shelf: Shelf) -> None:
    for key in KEYS:
        shelf.put(key, ".frames", key.encode())
    write_whole(shelf.root / KEYS[0][:2] / f"{UNFINISHED}x", b"half")
    assert [held.key for held in shelf.walk()] == sorted(KEYS)
    assert {held.bytes for held in shelf.walk()} == {64}


def test_unfinished_files_are_collected_when_nobody_can_be_writing_them_any_more(shelf: Shelf) -> None:
    shelf.put(KEYS[0], ".wav", b"kept")
    orphan = shelf.root / KEYS[0][:2] / f"{UNFINISHED}abc"
    orphan.write_bytes(b"half")
    assert shelf.collect_orphans() == 0, "someone may still be writing it"
    os.utime(orphan, (0, time.time() - 7200))
    assert shelf.collect_orphans() == 1
    assert not orphan.exists()
    assert shelf.get(KEYS[0]) is not None


def test_eviction_takes_the_least_recently_used_and_never_what_is_kept(tmp_path: Path) -> None:
    now_s = [1_000_000.0]
    shelf = Shelf(tmp_path, clock=lambda: now_s[0])
    for key in KEYS:
        path = shelf.put(key, ".frames", b"x" * 100)
        os.utime(path, (now_s[0], now_s[0]))
        now_s[0] += 1000
    shelf.get(KEYS[0])
    on_air = KEYS[1:3]
    taken = shelf.evict(limit_bytes=600, keep=on_air)
    assert taken == tuple(KEYS[3:9]), "the oldest but the one just used and those on the air"
    assert {held.key for held in shelf.walk()} == {KEYS[0], *on_air, *KEYS[9:]}
    assert shelf.evict(limit_bytes=0, keep=on_air) == (*KEYS[9:], KEYS[0])
    assert {held.key for held in shelf.walk()} == set(on_air)


def test_ten_processes_that_ask_for_the_same_make_each_thing_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    arguments = [sys.executable, "-c", MAKER, str(tmp_path / "shelf"), str(notes)]
    processes = [subprocess.Popen([*arguments, str(seed)], cwd=ROOT) for seed in range(10)]
    assert [process.wait() for process in processes] == [0] * 10
    assert sorted(notes.read_text().split()) == sorted(KEYS)
    assert list((tmp_path / "shelf" / ".locks").iterdir()) == []


def test_threads_that_ask_at_once_make_each_thing_once(shelf: Shelf) -> None:
    made = []
    gate = threading.Barrier(8)

    def make() -> bytes:
        made.append(1)
        return b"sound"

    def ask(_: int) -> bytes:
        gate.wait()
        return shelf.get_or_make(KEYS[0], ".wav", make).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {b"sound"}
    assert made == [1]


def test_processes_killed_at_any_moment_leave_every_thing_whole_or_absent(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    arguments = [sys.executable, "-c", MAKER, str(tmp_path / "shelf"), str(tmp_path / "notes"), "1"]
    for number in range(6):
        process = subprocess.Popen(arguments, cwd=ROOT)
        deadline = time.monotonic() + 20
        # Killed while it makes its next thing, whichever that is on this machine and at this moment.
        while len(list(shelf.walk())) <= number and process.poll() is None and time.monotonic() < deadline:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        for held in shelf.walk():
            assert held.path.read_bytes() == held.key.encode() * 5000
    assert subprocess.run(arguments, cwd=ROOT, check=False).returncode == 0, "a dead holder's lock holds nobody up"
    assert {held.key for held in shelf.walk()} == set(KEYS)
    shelf.collect_orphans(older_than_s=-1)
    assert not list(shelf.root.glob(f"*/{UNFINISHED}*"))


def test_a_maker_that_fails_leaves_nothing_and_the_next_one_may_try(shelf: Shelf) -> None:
    def fail() -> bytes:
        raise OSError("no voice")

    with pytest.raises(OSError, match="no voice"):
        shelf.get_or_make(KEYS[0], ".wav", fail)
    assert shelf.get_or_make(KEYS[0], ".wav", lambda: b"sound").read_bytes() == b"sound"


def test_a_file_whose_writing_fails_keeps_its_former_content_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"former")

    def interrupted() -> None:
        with written_whole(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]


parts = st.lists(st.one_of(st.text(), st.binary(), st.integers(), st.floats(allow_nan=False), st.booleans(), st.none()))


@given(parts, parts)
def test_digests_differ_whenever_the_parts_do(one: list[str], other: list[str]) -> None:
    same = [(type(part), repr(part)) for part in one] == [(type(part), repr(part)) for part in other]
    assert (digest_of(*one) == digest_of(*other)) is same
