"""Rendering a town: every article spoken by espeak, mastered, shelved and joined; cold, warm, and after one change.

    python -m bench rendering [FOLDER] [--articles N]

FOLDER holds articles in the import format (default: those of the demo town). A pool of two works; the shelf is a
fresh one. Says how long each step takes, and whether every item and bulletin is as loud as it should be.
"""

import argparse
import hashlib
import json
import math
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from audio.assembly import Part, assemble_to
from audio.engines import EngineChain
from audio.engines.espeak import Espeak
from audio.mastering import Mastered, MasteringProfile, master
from audio.shelf import Shelf, digest_of
from audio.speech import Script, read_aloud
from audio.tags import Tags
from audio.transcoding import ffmpeg
from bench.verdicts import Verdicts

ARTICLES = Path(__file__).resolve().parent.parent / "broadcaster" / "demo" / "articles"
ITEMS_IN_A_BULLETIN = 8
GAP_MS = 1500
WORKERS = 2


class Kitchen:
    """Renders scripts to frames on a shelf and keeps the time of each step, seconds summed over the workers."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder)
        self.profile = MasteringProfile()
        self.chain = EngineChain([Espeak(children=WORKERS)])
        self.seconds: dict[str, float] = defaultdict(float)
        self.made: list[Mastered] = []
        self._lock = threading.Lock()

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Adds what the block takes to `step`."""
        began = time.perf_counter()
        yield
        with self._lock:
            self.seconds[step] += time.perf_counter() - began

    def change_voice(self) -> float:
        """Ends espeak's processes and starts others; the processor seconds that the former ones took."""
        before = sum(os.times()[2:4])
        self.chain.close()
        took_s = sum(os.times()[2:4]) - before
        self.chain = EngineChain([Espeak(children=WORKERS)])
        return took_s

    def render(self, script: Script) -> Path:
        """The frames of a script, from the shelf or made now."""
        key = digest_of("bench", script.digest, self.chain.engines[0].voice, self.profile.digest)
        return self.shelf.get_or_make(key, ".frames", lambda: self.make(script))

    def make(self, script: Script) -> bytes:
        """Speaks and masters."""
        with self.timed("speech (espeak)"):
            spoken = self.chain.speak([(sentence.spoken, sentence.pause_ms) for sentence in script.sentences])
        with self.timed("mastering"):
            mastered = master(spoken.pcm, self.profile)
        with self._lock:
            self.made.append(mastered)
        return mastered.frames


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 when one is missed, or an item or a bulletin is not as loud as it should be."""
    parser = argparse.ArgumentParser(prog="bench rendering", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ARTICLES)
    parser.add_argument("--articles", type=int, default=None)
    asked = parser.parse_args(arguments)
    documents = [json.loads(path.read_bytes()) for path in sorted(asked.folder.glob("*.json"))]
    bodies = [article["body"] for document in documents for article in document["articles"]][: asked.articles]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        kitchen = Kitchen(root / "shelf")
        cold_s = run(kitchen, bodies, root, "cold")
        show_steps(kitchen, kitchen.change_voice())
        items = list(kitchen.made)
        verdicts = Verdicts()
        warm_s = run(kitchen, bodies, root, "warm")
        verdicts.say(f"  warm at least 50 times faster than cold: {cold_s / warm_s:.0f}", met=cold_s / warm_s >= 50)
        before, joined = len(kitchen.made), digests(root)
        run(kitchen, ["Tin mới. " + bodies[0], *bodies[1:]], root, "one article changed")
        made, renewed = len(kitchen.made) - before, len(joined.items() ^ digests(root).items()) // 2
        verdicts.say(f"  articles made anew: {made}, bulletins with other bytes: {renewed}", met=made == renewed == 1)
        kitchen.chain.close()
        show_loudness(items, kitchen.profile, sorted(root.glob("*.mp3")), verdicts)
        return verdicts.status


def digests(root: Path) -> dict[str, str]:
    """What each bulletin holds."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in root.glob("*.mp3")}


def run(kitchen: Kitchen, bodies: Sequence[str], root: Path, what: str) -> float:
    """All articles to bulletins; seconds by the clock."""
    began, busy = time.perf_counter(), cpu_s()
    with kitchen.timed("reading aloud"):
        scripts = [read_aloud(body) for body in bodies]
    with ThreadPoolExecutor(WORKERS) as pool:
        frames = list(pool.map(kitchen.render, scripts))
    with kitchen.timed("joining"):
        for number in range(0, len(frames), ITEMS_IN_A_BULLETIN):
            chosen = frames[number : number + ITEMS_IN_A_BULLETIN]
            parts = [Part(path, f"Bài {at}", "item", GAP_MS) for at, path in enumerate(chosen, number)]
            tags = Tags("Bản tin", "2026-12-01", "Trung tâm")
            assemble_to(root / f"{number:03}.mp3", parts, tags=tags)
    took_s = time.perf_counter() - began
    print(
        f"{what}: {len(bodies)} articles in {took_s:.1f} s, {cpu_s() - busy:.1f} CPU s, load {os.getloadavg()[0]:.1f}"
    )
    return took_s


def cpu_s() -> float:
    """Processor time of this process and its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def show_steps(kitchen: Kitchen, espeak_cpu_s: float) -> None:
    """The share of each step, and how much audio it was."""
    audio_s = sum(item.length_ms for item in kitchen.made) / 1000
    total = sum(kitchen.seconds.values())
    print(
        f"  {audio_s / 60:.0f} minutes of audio; espeak speaks {audio_s / espeak_cpu_s:.0f} audio seconds a CPU second"
    )
    for step, seconds in kitchen.seconds.items():
        print(f"  {step:18}{seconds:8.1f} s{seconds / total:8.0%}{audio_s / seconds:10.0f} audio seconds a second")


def show_loudness(
    items: Sequence[Mastered], profile: MasteringProfile, bulletins: Sequence[Path], verdicts: Verdicts
) -> None:
    """Whether all are within half a loudness unit and under the peak; bulletins by ffmpeg's own meter."""
    off_lu = max(abs(item.loudness_lufs - profile.target_lufs) for item in items)
    peak = max(item.true_peak_dbtp for item in items)
    words = f"  {len(items)} items: at most {off_lu:.2f} LU off, highest peak {peak:.2f} dBTP (after decoding)"
    verdicts.say(words, met=off_lu <= 0.5 and peak <= -1.0)
    measured = [by_ffmpeg(path) for path in bulletins]
    worst = max(abs(loudness - profile.target_lufs) for loudness, _ in measured)
    highest = max(peak for _, peak in measured)
    words = f"  {len(measured)} bulletins: at most {worst:.2f} LU off, highest {highest:.2f} dBTP (ffmpeg's meter)"
    verdicts.say(words, met=worst <= 0.5 and highest <= -1.0)


def by_ffmpeg(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg reads them."""
    graph = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"
    lines = ffmpeg(["-i", f"file:{path}", "-af", graph, "-f", "null", "-"]).decode().splitlines()
    last = {key: float(value) for key, _, value in (line.partition("=") for line in lines) if key.startswith("lavfi")}
    return last["lavfi.r128.I"], 20 * math.log10(last["lavfi.r128.true_peak"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
