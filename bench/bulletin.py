"""Joining a bulletin: ours against pydub, ffmpeg and plain copying, and whether the result is right to the sample.

    python -m bench bulletin [--runs N] [--project | --short]

Each contender runs in a process of its own, medians of `--runs` (5), time without imports. Sessions of 30 minutes
with 12 items and of 5 hours with 120. At 5 hours pydub runs once: some five minutes and 3.5 GB. With `--project` it
is projected instead, from a quadratic fit through 30, 60 and 90 minutes that is printed (adding to a programme copies
it whole, hence the square); `--short` projects in a straight line from 30 minutes, which flatters pydub. Ffmpeg with
encoding anew takes ten times as long for ten times the sound and is not run at 5 hours.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio.assembly import Part, assemble_to
from audio.engines import speak_by
from audio.engines.espeak import Espeak
from audio.mastering import MasteringProfile, master
from audio.pcm import Pcm, joined
from bench.bulletin_checks import check_bulletin
from bench.verdicts import Verdicts

GAP_MS = 1500
ITEMS_IN_30_MINUTES = 12
MINUTES_30_MS = 30 * 60 * 1000
#: What a session of 5 hours holds ten times over.
TIMES = 10
SENTENCES = (
    "Kính thưa bà con, sáng nay tại nhà văn hóa thôn, cán bộ và nhân dân đã tổng kết phong trào thi đua.",
    "Gia đình ông Nguyễn Văn Bình hiến hơn hai trăm mét vuông đất để mở rộng con đường liên thôn.",
    "Cô giáo Trần Thị Hoa nhiều năm liền dạy miễn phí cho các em học sinh có hoàn cảnh khó khăn.",
    "Hợp tác xã đã thu hoạch được bốn mươi lăm tấn lúa, tăng mười hai phần trăm so với vụ trước.",
    "Ban công tác mặt trận đề nghị bà con giữ gìn vệ sinh, phân loại rác ngay tại nhà.",
)


@dataclass(frozen=True)
class Taken:
    """Medians of a contender."""

    seconds: float
    cpu_s: float
    peak_mib: float
    child_mib: float


def main(arguments: list[str]) -> int:
    """Prints the tables; 1 when a figure is missed or a check of the result fails."""
    parser = argparse.ArgumentParser(prog="bench bulletin", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--project", action="store_const", const="parabola", dest="pydub", default="once")
    how.add_argument("--short", action="store_const", const="line", dest="pydub")
    asked = parser.parse_args(arguments)
    verdicts = Verdicts()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        half_hour, five_hours = root / "30", root / "300"
        make_parts(half_hour)
        repeat_parts(half_hour, five_hours, TIMES)
        run_half_hour(half_hour, root, asked.runs, verdicts)
        run_five_hours(half_hour, five_hours, root, asked.runs, asked.pydub, verdicts)
        print("\nRight to the sample")
        faults = check_bulletin(half_hour, root / "checked.mp3", MINUTES_30_MS, GAP_MS)
        for fault in faults:
            print(f"  FAULT: {fault}")
        verdicts.say("  no error in any decoder, no click, every part at its sample, 30:00.000", met=not faults)
    return verdicts.status


def make_parts(folder: Path) -> None:
    """Twelve different items that fill 30 minutes with their gaps, as frames and as ordinary MP3 files."""
    folder.mkdir()
    room_ms = MINUTES_30_MS // ITEMS_IN_30_MINUTES - GAP_MS
    engine = Espeak()
    try:
        for number in range(ITEMS_IN_30_MINUTES):
            order = SENTENCES[number % len(SENTENCES) :] + SENTENCES[: number % len(SENTENCES)]
            spoken = speak_by(engine, [(text, 600) for text in order]).pcm
            item = master(cut(spoken, room_ms - 200), MasteringProfile())
            (folder / f"{number:03}.frames").write_bytes(item.frames)
            assemble_to(folder / f"{number:03}.mp3", [Part(item.frames, str(number))])
    finally:
        engine.close()


def cut(pcm: Pcm, length_ms: int) -> Pcm:
    """The sound repeated and cut to a length."""
    times = length_ms // pcm.length_ms + 1
    return Pcm(joined([pcm] * times).samples[: length_ms * pcm.rate_hz // 1000], pcm.rate_hz)


def repeat_parts(folder: Path, into: Path, times: int) -> None:
    """The parts of `folder` as often as wanted, as files of their own."""
    into.mkdir()
    for turn in range(times):
        for path in sorted(folder.glob("[0-9]*")):
            number = turn * ITEMS_IN_30_MINUTES + int(path.stem)
            (into / f"{number:03}{path.suffix}").write_bytes(path.read_bytes())


def run(contender: str, folder: Path, out: Path, session_ms: int, runs: int) -> Taken:
    """Medians over `runs` fresh processes."""
    command = [sys.executable, "-m", "bench.bulletin_contenders", contender, str(folder), str(out), str(session_ms)]
    taken = []
    for _ in range(runs):
        done = subprocess.run([*command, str(GAP_MS)], capture_output=True, text=True, check=True)
        taken.append(json.loads(done.stdout))
    return Taken(
        *(statistics.median(one[key] for one in taken) for key in ("seconds", "cpu_s", "peak_mib", "child_mib"))
    )


def run_half_hour(folder: Path, root: Path, runs: int, verdicts: Verdicts) -> None:
    """The table of 30 minutes."""
    print(f"30 minutes of 12 items, medians of {runs}")
    names = ("ours", "copy", "pydub", "ffmpeg", "idle")
    taken = {name: run(name, folder, root / f"{name}.mp3", MINUTES_30_MS, runs) for name in names}
    show(taken, 300, verdicts)


def run_five_hours(half_hour: Path, folder: Path, root: Path, runs: int, pydub: str, verdicts: Verdicts) -> None:
    """The table of 5 hours, with what pydub takes or would take."""
    session_ms = MINUTES_30_MS * TIMES
    print(f"\n5 hours of 120 items, medians of {runs}")
    taken = {name: run(name, folder, root / f"{name}.mp3", session_ms, runs) for name in ("ours", "copy", "idle")}
    if pydub == "once":
        taken["pydub"], how = run("pydub", folder, root / "pydub.mp3", session_ms, 1), "run once"
    else:
        taken["pydub"], fit = project_pydub(half_hour, root, short=pydub == "line")
        how = f"projected: {fit}"
    print(f"  pydub {how}")
    show(taken, 3000, verdicts)


def project_pydub(half_hour: Path, root: Path, *, short: bool) -> tuple[Taken, str]:
    """What pydub would take at 5 hours, and how that was found."""
    measured: dict[int, Taken] = {}
    for times in (1,) if short else (1, 2, 3):
        folder = root / f"pydub-{times}"
        repeat_parts(half_hour, folder, times)
        measured[times] = run("pydub", folder, root / "pydub.mp3", MINUTES_30_MS * times, 1)
    degree = 0 if short else 2
    taken = list(measured.values())
    seconds = projected(list(measured), [one.seconds for one in taken], degree)
    cpu_s = projected(list(measured), [one.cpu_s for one in taken], degree)
    memory = projected(list(measured), [one.peak_mib for one in taken], min(degree, 1))
    points = ", ".join(f"{30 * times} min {one.seconds:.1f} s ({one.cpu_s:.1f} CPU)" for times, one in measured.items())
    how = "a straight line through 30 minutes" if short else "a parabola through the three, the memory by a line"
    return Taken(seconds, cpu_s, memory, 0.0), f"{points}; {how}"


def projected(half_hours: list[int], values: list[float], degree: int) -> float:
    """The value at 5 hours by a polynomial of `degree`; of degree 0, as often the value of half an hour."""
    if degree == 0:
        return values[0] / half_hours[0] * TIMES
    return float(np.polyval(np.polyfit(half_hours, values, degree), TIMES))


def show(taken: dict[str, Taken], times_faster: int, verdicts: Verdicts) -> None:
    """One table, with ratios to ours and to plain copying, and what was asked for."""
    ours, idle, copy, pydub = taken["ours"], taken["idle"], taken["copy"], taken["pydub"]
    print(f"  {'':8}{'seconds':>10}{'x ours':>10}{'CPU s':>10}{'x ours':>10}{'peak MiB':>10}{'child MiB':>11}")
    for name, one in taken.items():
        if name == "idle":
            print(f"  {name:8}{'':40}{one.peak_mib:10.1f}")
            continue
        ratios = (one.seconds / ours.seconds, one.cpu_s / ours.cpu_s)
        print(f"  {name:8}{one.seconds:10.4f}{ratios[0]:10.1f}{one.cpu_s:10.4f}{ratios[1]:10.1f}", end="")
        print(f"{one.peak_mib:10.1f}{one.child_mib:11.1f}")
    faster, copied = pydub.seconds / ours.seconds, ours.seconds / copy.seconds
    most = pydub.seconds / copy.seconds
    more_mb = (ours.peak_mib - idle.peak_mib) * 1.048576
    verdicts.say(f"  at least {times_faster:,} times faster than pydub: {faster:,.0f}", met=faster >= times_faster)
    print(
        f"    (plain copying, reading, hashing, writing and syncing one after the other, is {most:,.0f} times faster)"
    )
    verdicts.say(f"  under 15 MB more than an idle interpreter: {more_mb:.1f}", met=more_mb < 15)
    verdicts.say(f"  within 5 times of plain copying: {copied:.2f}", met=copied <= 5)
