"""Whether a joined bulletin is right: length, places, joins and tags, by every decoder that is there."""

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from audio import frames as mp3
from audio.assembly import Bulletin, Part, assemble_to
from audio.loudness import integrated_lufs
from audio.mastering import MasteringProfile, measure
from audio.tags import Tags
from audio.transcoding import decode, ffmpeg

Samples = npt.NDArray[np.int16]


def decoders() -> dict[str, list[str]]:
    """Commands that decode a file, given last, to 16-bit samples on standard output."""
    program = str(imageio_ffmpeg.get_ffmpeg_exe())
    raw = ["-f", "s16le", "-ac", "1", "-"]
    found = {
        "ffmpeg": [program, "-v", "error", "-c:a", "mp3float", "-i", "{}", *raw],
        "ffmpeg, fixed point": [program, "-v", "error", "-c:a", "mp3", "-i", "{}", *raw],
    }
    if shutil.which("mpg123"):
        found["mpg123"] = ["mpg123", "-q", "--no-visual", "-e", "s16", "-m", "-s", "{}"]
    if shutil.which("sox"):
        found["sox (libmad)"] = ["sox", "{}", "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-"]
    return found


def check_bulletin(folder: Path, out: Path, session_ms: int, gap_ms: int) -> list[str]:
    """Joins the parts in `folder`, decodes the result by every decoder, and says what is wrong."""
    paths = sorted(folder.glob("*.frames"))
    parts = [Part(path, path.stem, "item", gap_ms) for path in paths]
    made = assemble_to(out, parts, length_ms=session_ms, tags=Tags("Bản tin", "2026-12-01", "Trung tâm"))
    faults = [fault for name, command in decoders().items() for fault in check_decoder(name, command, out, session_ms)]
    heard = decode(out).samples
    faults += check_places(made, paths, heard)
    faults += check_loudness(paths, out)
    return faults


def check_decoder(name: str, command: list[str], out: Path, session_ms: int) -> list[str]:
    """One decoder: no complaint, and the right number of samples."""
    done = subprocess.run([part.format(out) for part in command], capture_output=True, check=False)
    samples = len(done.stdout) // 2
    print(f"  {name:22}{samples / 48:14.3f} ms, {done.stderr.decode().strip() or 'no complaint'}")
    faults = [f"{name} complains"] if done.returncode or done.stderr.strip() else []
    # Libmad ignores the Info frame's delays and plays the Info frame itself: three frames more, never fewer.
    slack = 4 * mp3.SAMPLES_PER_FRAME if "libmad" in name else 0
    wanted = session_ms * 48
    if not wanted <= samples <= wanted + slack:
        faults.append(f"{name}: {samples} samples instead of {wanted}")
    return faults


def check_places(made: Bulletin, paths: list[Path], heard: Samples) -> list[str]:
    """Every part, decoded alone, is found sample by sample where its chapter says, its edges included."""
    worst = 0
    for path, chapter in zip(paths, made.chapters, strict=True):
        alone = decode(path.read_bytes() + mp3.silent_frame(64)).samples.astype(int)
        start = chapter.starts_ms * 48
        led_in = min(start, mp3.LEAD_IN)
        there = heard[start - led_in : start + len(alone) - mp3.LEAD_IN].astype(int)
        worst = max(worst, int(np.abs(there - alone[mp3.LEAD_IN - led_in :][: len(there)]).max()))
    print(f"  {len(paths)} parts at their sample; largest difference to the part decoded alone: {worst} of 32768")
    return [f"parts differ by {worst}"] if worst > 1 else []


def check_loudness(paths: list[Path], out: Path) -> list[str]:
    """The joined programme's loudness, and that the parts' blocks foretell it."""
    graph = "ebur128=peak=true:metadata=1,ametadata=mode=print:key=lavfi.r128.I:file=-"
    lines = ffmpeg(["-i", f"file:{out}", "-af", graph, "-f", "null", "-"]).decode().splitlines()
    measured = float([line for line in lines if "lavfi.r128.I=" in line][-1].split("=")[1])
    blocks = [energy for path in paths for energy in measure(path.read_bytes(), MasteringProfile()).loudness_blocks]
    foretold = integrated_lufs(blocks)
    print(f"  loudness {measured:.2f} LUFS by ffmpeg's meter, {foretold:.2f} foretold from the parts' blocks")
    return [] if abs(measured + 16) <= 0.5 and abs(measured - foretold) <= 0.2 else ["loudness"]
