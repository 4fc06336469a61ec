"""What joins a programme, each as a program of its own, so that time and memory are its own.

    python -m bench.bulletin_contenders NAME FOLDER OUT SESSION_MS GAP_MS

FOLDER holds parts as `NNN.mp3` (ordinary files) and `NNN.frames` (raw frames). Prints one JSON object: seconds and
processor seconds of the work without the imports, the largest resident memory of this process and of its largest child.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

Work = Callable[[Path, Path, int, int], None]


def ours() -> Work:
    from audio.assembly import Part, assemble_to
    from audio.tags import Tags

    def work(folder: Path, out: Path, session_ms: int, gap_ms: int) -> None:
        parts = [Part(path, path.stem, "item", gap_ms) for path in sorted(folder.glob("*.frames"))]
        assemble_to(out, parts, length_ms=session_ms, tags=Tags("Bản tin", "2026-12-01", "Trung tâm"))

    return work


def pydub() -> Work:
    """As its readme shows it: load, add, normalise, export."""
    import imageio_ffmpeg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        from pydub import AudioSegment
        from pydub.effects import normalize
    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()

    def work(folder: Path, out: Path, _session_ms: int, gap_ms: int) -> None:
        programme = AudioSegment.empty()
        for path in sorted(folder.glob("*.mp3")):
            programme += AudioSegment.from_file(path, codec="mp3") + AudioSegment.silent(gap_ms, frame_rate=48_000)
        normalize(programme).export(out, format="mp3", bitrate="64k")

    return work


def ffmpeg_concat() -> Work:
    """Ffmpeg's concat with encoding anew; gaps are left out, which only helps it."""
    import imageio_ffmpeg

    def work(folder: Path, out: Path, _session_ms: int, _gap_ms: int) -> None:
        listed = folder / "list.txt"
        listed.write_text("".join(f"file '{path.name}'\n" for path in sorted(folder.glob("*.mp3"))))
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "concat", "-i", str(listed)]
        subprocess.run([*command, "-c:a", "libmp3lame", "-b:a", "64k", str(out)], check=True)

    return work


def copying() -> Work:
    """The same bytes read, hashed, written and synced, and nothing else: the floor."""

    def work(folder: Path, out: Path, _session_ms: int, _gap_ms: int) -> None:
        digest = hashlib.sha256()
        with out.open("wb") as target:
            for path in sorted(folder.glob("*.frames")):
                with path.open("rb") as source:
                    while data := source.read(1 << 18):
                        digest.update(data)
                        target.write(data)
            target.flush()
            os.fsync(target.fileno())

    return work


def idle() -> Work:
    """An interpreter that does nothing."""
    return lambda _folder, _out, _session_ms, _gap_ms: None


CONTENDERS: dict[str, Callable[[], Work]] = {
    "ours": ours,
    "pydub": pydub,
    "ffmpeg": ffmpeg_concat,
    "copy": copying,
    "idle": idle,
}


def peak_mib() -> float:
    """The high-water mark of this process. Not getrusage: that one still knows the parent before the exec."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def cpu_s() -> float:
    """Processor time of this process and of the children that have ended: less swayed by a busy machine."""
    took = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in took)


def main(arguments: list[str]) -> int:
    """Does the work once and prints what it took."""
    name, folder, out, session_ms, gap_ms = arguments
    work = CONTENDERS[name]()
    began, busy = time.perf_counter(), cpu_s()
    work(Path(folder), Path(out), int(session_ms), int(gap_ms))
    took_s, busy_s = time.perf_counter() - began, cpu_s() - busy
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 if name in {"ffmpeg", "pydub"} else 0.0
    print(json.dumps({"seconds": took_s, "cpu_s": busy_s, "peak_mib": peak_mib(), "child_mib": children}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
