from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

import audio
from audio.engines.children import Crew
from audio.engines.engine import plain
from audio.engines.errors import EngineAnswerBroken, EngineSettingWrong, EngineTimedOut, EngineUnreachable
from audio.engines.espeak import Espeak

SENTENCES = [
    f"Hộ ông Nguyễn Văn {name}, thôn {number}, thu hoạch được {number} trăm ki lô gam thóc."
    for number, name in enumerate(["An", "Bình", "Cường", "Dũng", "Em", "Phúc", "Giang", "Hà"], 2)
]


@pytest.fixture
def espeak() -> Iterator[Espeak]:
    engine = Espeak()
    yield engine
    engine.close()


def digest(engine: Espeak, text: str) -> str:
    return sha256(engine.synthesise(text).samples.tobytes()).hexdigest()


def digests_in_a_process(number: int) -> list[str]:
    engine = Espeak(children=1)
    try:
        # Each process speaks in an order of its own: what was said before must not be heard.
        order = SENTENCES[number:] + SENTENCES[:number]
        return sorted(digest(engine, text) for text in order)
    finally:
        engine.close()


def test_the_same_text_gives_the_same_bytes_however_often_and_whatever_was_said_before(espeak: Espeak) -> None:
    first = [digest(espeak, text) for text in SENTENCES]
    assert len(set(first)) == len(SENTENCES)
    assert [digest(espeak, text) for text in reversed(SENTENCES)] == first[::-1]


def test_the_same_text_gives_the_same_bytes_in_every_process_and_under_another_environment(espeak: Espeak) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        answers = pool.map(digests_in_a_process, range(2), chunksize=1)
    assert {tuple(answer) for answer in answers} == {tuple(sorted(digest(espeak, text) for text in SENTENCES))}
    program = "import sys; from audio.engines.espeak import Espeak; from hashlib import sha256;"
    program += "print(sha256(Espeak().synthesise(sys.argv[1]).samples.tobytes()).hexdigest())"
    environment = {"PATH": os.environ["PATH"], "LANG": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    root = Path(audio.__file__).parent.parent
    command = [sys.executable, "-c", program, SENTENCES[0]]
    alone = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=root)
    assert alone.stdout.strip() == digest(espeak, SENTENCES[0])


def test_many_threads_share_two_children_without_a_mix_up() -> None:
    serial, shared = Espeak(children=1), Espeak(children=2)
    try:
        wanted = [digest(serial, text) for text in SENTENCES]
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(lambda text: digest(shared, text), SENTENCES * 6)) == wanted * 6
    finally:
        serial.close()
        shared.close()


def test_a_process_forked_from_ours_speaks_by_children_of_its_own(espeak: Espeak) -> None:
    ours = digest(espeak, SENTENCES[0])
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, digest(espeak, SENTENCES[0]).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    os.close(writing)
    assert os.read(reading, 100).decode() == ours
    os.close(reading)
    assert digest(espeak, SENTENCES[1])


def test_a_child_that_was_killed_meanwhile_is_replaced_without_a_failure() -> None:
    espeak = Espeak(children=1)
    try:
        wanted = digest(espeak, SENTENCES[0])
        child, _ = espeak._crew.borrow()
        os.kill(child._process.pid, signal.SIGKILL)
        espeak._crew.give_back(child, usable=True)
        assert digest(espeak, SENTENCES[0]) == wanted
    finally:
        espeak.close()


def test_a_child_that_never_starts_is_a_failure_that_may_be_retried() -> None:
    espeak = Espeak()
    espeak._crew = Crew([sys.executable, "-c", "pass"], 1)
    with pytest.raises(EngineUnreachable) as failed:
        espeak.synthesise("một")
    assert failed.value.can_retry
    with pytest.raises(EngineUnreachable, match="no-such-program"):
        Crew(["no-such-program"], 1).borrow()


def test_a_child_that_hangs_is_given_up(espeak: Espeak) -> None:
    child, _ = espeak._crew.borrow()
    child.read(5, within_s=20)
    os.kill(child._process.pid, signal.SIGSTOP)
    child.write(b"\0\0\0\0")
    with pytest.raises(EngineTimedOut):
        child.read(20, within_s=0.05)
    espeak._crew.give_back(child, usable=False)


def test_a_child_ends_with_its_parent() -> None:
    program = "from audio.engines.espeak import Espeak; e = Espeak(); e.synthesise('một');"
    program += "print(e._crew.borrow()[0]._process.pid, flush=True); import os; os.kill(os.getpid(), 9)"
    root = Path(audio.__file__).parent.parent
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=root)
    orphan = int(killed.stdout)
    for _ in range(400):
        try:
            status = Path(f"/proc/{orphan}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if status == "Z":
            return
        os.sched_yield()
        signal.sigtimedwait([], 0.01)
    pytest.fail("the child outlived its parent")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-v en", "v en"),
        ("a [[h@loU]] b", "a h loU b"),
        ("<speak>x</speak>", "speak x speak"),
        ("một\x00hai\x1bba\u009f", "một hai ba"),
        ("– gạch đầu dòng", "gạch đầu dòng"),
        ("  hai   dấu cách ", "hai dấu cách"),
    ],
)
def test_nothing_that_an_engine_could_take_for_markup_reaches_it(text: str, said: str) -> None:
    assert plain(text) == said


@pytest.mark.parametrize("text", ["", "...", "\u0301", "🎉", "a" * 3000, "ạ̈" * 300])
def test_odd_text_is_spoken_or_silent_but_never_kills_the_child(espeak: Espeak, text: str) -> None:
    with suppress(EngineAnswerBroken):
        espeak.synthesise(text)
    assert espeak.synthesise("Vẫn nói được.").length_ms > 500


def test_it_reads_slower_than_a_screen_reader_but_not_drowsily(espeak: Espeak) -> None:
    text = "Sáng nay bà con trong thôn ra đồng từ rất sớm để kịp thu hoạch lúa chín trước cơn mưa lớn"
    per_second = len(text.split()) * 1000 / espeak.synthesise(text).length_ms
    assert 3.3 < per_second < 4.2


@pytest.mark.parametrize("options", [{"rate_wpm": 79}, {"rate_wpm": 301}, {"children": 0}, {"children": 65}])
def test_settings_out_of_range_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(EngineSettingWrong):
        Espeak(**options)
