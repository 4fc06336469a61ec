"""Joined bulletins in real players: to the end with the right length, and from any place that is sought."""

from __future__ import annotations

import shutil
import subprocess
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import sync_playwright

from audio.assembly import Bulletin, Part, assemble_to
from audio.mastering import master
from audio.pcm import Pcm
from audio.tags import Tags
from audio.transcoding import decode, ffmpeg_path

Samples = npt.NDArray[np.int16]
MakeTone: TypeAlias = Callable[..., Pcm]
#: mutagen says that it has types, but its classes have none.
MP3: Any = import_module("mutagen.mp3").MP3
SESSION_MS = 90_000
RATE_HZ = 48_000
SOUGHT_S = 42
#: On a busy machine a program may start slowly; nothing here is judged by its speed.
PATIENCE_S = 90


@dataclass(frozen=True)
class Played:
    """A bulletin as it was joined, and as our decoder hears it."""

    path: Path
    made: Bulletin
    heard: Samples


def program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed; run: apt-get install --no-install-recommends {name}"
    return found


def run(*command: str, given: bytes = b"") -> bytes:
    done = subprocess.run(command, input=given, capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]!r}"
    return done.stdout


@pytest.fixture(scope="module")
def bulletin(speechlike: MakeTone, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Twelve items, each at a pitch of its own, so that every place sounds different."""
    path = tmp_path_factory.mktemp("bulletin") / "ban-tin.mp3"
    items = [master(speechlike(6_000, pitch_hz=120 + 23 * number, seed=number)) for number in range(12)]
    parts = [Part(item.frames, f"Bài số {number}", gap_ms=700) for number, item in enumerate(items)]
    tags = Tags("Bản tin chiều", "2026-12-01T17:00:00+07:00", "Trung tâm", ("espeak (vi)",))
    made = assemble_to(path, parts, length_ms=SESSION_MS, filler=Part(items[0].frames, "Nhạc nền"), tags=tags)
    return Played(path, made, decode(path).samples)


def samples_of(raw: bytes) -> Samples:
    return np.frombuffer(raw, dtype="<i2")


def samples_in(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path)) as file:
        values = samples_of(file.readframes(file.getnframes()))
        return values[:: file.getnchannels()], file.getframerate()


def lies_at(part: Samples, heard: Samples, at_s: float, *, within_s: float = 0.1, rate_hz: int = RATE_HZ) -> bool:
    """Whether half a second of `part` is what is heard at a place, give or take a little: by correlation."""
    step = rate_hz // 8_000
    piece = part[: rate_hz // 2 : step].astype(float)
    begins = max(0, round((at_s - within_s) * RATE_HZ))
    around = heard[begins : begins + round((0.5 + 2 * within_s) * RATE_HZ) : RATE_HZ // 8_000].astype(float)
    found = np.correlate(around, piece, mode="valid")
    best = int(np.argmax(found))
    there = around[best : best + len(piece)]
    return bool(found[best] > 0.9 * np.linalg.norm(piece) * np.linalg.norm(there))


def test_our_own_ears_find_a_place_and_no_other(bulletin: Played) -> None:
    part = bulletin.heard[SOUGHT_S * RATE_HZ :]
    assert lies_at(part, bulletin.heard, SOUGHT_S)
    assert not lies_at(part, bulletin.heard, SOUGHT_S + 5)


def test_ffmpeg(bulletin: Played) -> None:
    command = [ffmpeg_path(), "-v", "error", "-xerror"]
    raw = ("-f", "s16le", "-ac", "1", "-")
    assert len(samples_of(run(*command, "-i", str(bulletin.path), *raw))) == SESSION_MS * 48
    rest = samples_of(run(*command, "-ss", str(SOUGHT_S), "-i", str(bulletin.path), *raw))
    assert abs(len(rest) / RATE_HZ - (SESSION_MS / 1000 - SOUGHT_S)) <= 0.05
    assert lies_at(rest, bulletin.heard, SOUGHT_S)


def test_mpg123(bulletin: Played) -> None:
    command = [program("mpg123"), "-q", "--no-visual", "-e", "s16", "-m", "-s"]
    assert len(samples_of(run(*command, str(bulletin.path)))) == SESSION_MS * 48
    frames = SOUGHT_S * 1000 // 24
    rest = samples_of(run(*command, "-k", str(frames), str(bulletin.path)))
    assert abs(len(rest) / RATE_HZ - (SESSION_MS / 1000 - SOUGHT_S)) <= 0.05
    assert lies_at(rest, bulletin.heard, SOUGHT_S)


def test_mpv(bulletin: Played, tmp_path: Path) -> None:
    out = tmp_path / "out.raw"
    command = [program("mpv"), "--no-config", "--really-quiet", "--no-video", "--untimed", "--audio-format=s16"]
    command += ["--audio-channels=mono", "--ao=pcm", "--ao-pcm-waveheader=no", f"--ao-pcm-file={out}"]
    run(*command, str(bulletin.path))
    assert abs(len(samples_of(out.read_bytes())) / RATE_HZ - SESSION_MS / 1000) <= 0.03
    run(*command, f"--start={SOUGHT_S}", str(bulletin.path))
    rest = samples_of(out.read_bytes())
    assert abs(len(rest) / RATE_HZ - (SESSION_MS / 1000 - SOUGHT_S)) <= 0.1
    assert lies_at(rest, bulletin.heard, SOUGHT_S)


def through_liquidsoap(source: str, folder: Path) -> tuple[Samples, int]:
    out, script = folder / "out.wav", folder / "play.liq"
    script.write_text(
        'set("init.allow_root", true)\nset("log.stdout", true)\nset("log.file", false)\n'
        f'set("frame.audio.samplerate", {RATE_HZ})\n'
        f's = {source}\nclock.assign_new(sync="none", [s])\n'
        f'output.file(fallible=true, on_stop=shutdown, %wav(stereo=false), "{out}", s)\n'
    )
    run(program("liquidsoap"), str(script))
    return samples_in(out)


def test_liquidsoap(bulletin: Played, tmp_path: Path) -> None:
    whole, rate_hz = through_liquidsoap(f'once(single("{bulletin.path}"))', tmp_path)
    # It gives out what it plays in blocks of some hundredths of a second.
    assert abs(len(whole) / rate_hz - SESSION_MS / 1000) <= 0.1
    marked = f'once(cue_cut(single("annotate:liq_cue_in=\\"{SOUGHT_S}\\":{bulletin.path}")))'
    rest, rate_hz = through_liquidsoap(marked, tmp_path)
    assert abs(len(rest) / rate_hz - (SESSION_MS / 1000 - SOUGHT_S)) <= 0.15
    assert lies_at(rest, bulletin.heard, SOUGHT_S, rate_hz=rate_hz)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(bulletin: Played) -> Iterator[str]:
    """The bulletin's folder over HTTP: a page of a file system may not play anything."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(bulletin.path.parent)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{bulletin.path.name}"
    server.shutdown()
    server.server_close()
    thread.join()


PLAY = """async (address) => {
    const sound = await (await fetch(address)).blob();
    const audio = new Audio(URL.createObjectURL(sound));
    const when = (name) => new Promise((done, failed) => {
        audio.addEventListener(name, done, {once: true});
        audio.addEventListener("error", () => failed(new Error("code " + audio.error.code)), {once: true});
    });
    const loaded = when("canplaythrough");
    audio.load();
    await loaded;
    const sought = when("seeked");
    audio.currentTime = 42;
    await sought;
    const landed = audio.currentTime;
    audio.muted = true;
    audio.playbackRate = 16;
    const ended = when("ended");
    await audio.play();
    await ended;
    return {length: audio.duration, landed, ended: audio.currentTime};
}"""


def test_chromium(bulletin: Played, address: str) -> None:
    options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--autoplay-policy=no-user-gesture-required",
               "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=options)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.goto(address.rpartition("/")[0] + "/")
        told = page.evaluate(PLAY, address)
        browser.close()
    assert abs(told["length"] - SESSION_MS / 1000) <= 0.03
    assert told["landed"] == SOUGHT_S
    assert abs(told["ended"] - SESSION_MS / 1000) <= 0.03


def test_another_library_reads_length_tags_and_chapters(bulletin: Played) -> None:
    read = MP3(bulletin.path)
    assert abs(read.info.length - SESSION_MS / 1000) <= 0.024
    assert (read.info.sample_rate, read.info.channels, read.info.bitrate) == (RATE_HZ, 1, 64_000)
    assert str(read.tags["TIT2"]) == "Bản tin chiều"
    chapters = sorted(read.tags.getall("CHAP"), key=lambda chapter: chapter.start_time)
    assert [(str(chapter.sub_frames["TIT2"]), chapter.start_time) for chapter in chapters] == [
        (chapter.title, chapter.starts_ms) for chapter in bulletin.made.chapters
    ]


def test_ffmpeg_reads_the_same_chapters(bulletin: Played) -> None:
    said = run(ffmpeg_path(), "-v", "error", "-i", str(bulletin.path), "-f", "ffmetadata", "-").decode()
    parts = said.split("[CHAPTER]")[1:]
    chapters = [dict(line.split("=", 1) for line in part.splitlines() if "=" in line) for part in parts]
    told = sorted((int(one["START"]), one["title"]) for one in chapters)
    assert [title for _starts_ms, title in told] == [chapter.title for chapter in bulletin.made.chapters]
    # Counted from where its own decoder begins: a frame at most before the sound does.
    assert all(
        0 <= chapter.starts_ms - starts_ms < 24
        for (starts_ms, _title), chapter in zip(told, bulletin.made.chapters, strict=True)
    )
