"""Loudness and true peak of everything that a town has published, measured on the decoded files by ffmpeg's own meter.

    python -m bench loudness [DATA] [--rows]

DATA is the data folder of an installation; without it the demonstration town is made in a folder of its own, spoken by
espeak. `--rows` prints every file. Items and bulletins have to be within 0.5 LU of their zone's target, and no peak
above -1.0 dBTP. Every file is decoded from its first to its last frame; a decoder's complaint is a fault.
"""

import argparse
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.transcoding import ffmpeg
from bench.verdicts import Verdicts
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import Bulletin, Rendition, Zone
from broadcaster.publishing.addresses import Addresses

WORKERS = 2
TOLERANCE_LU = 0.5
HIGHEST_DBTP = -1.0
#: The moment of the town that is made: one that has a month behind it.
NOW = "2026-11-23T17:05:00+07:00"


@dataclass(frozen=True)
class Published:
    """One file of the public tree, and how loud it should be."""

    kind: str
    name: str
    path: Path
    target_lufs: float
    length_ms: int


@dataclass(frozen=True)
class Heard:
    """What a listener's decoder makes of it."""

    file: Published
    lufs: float
    peak_dbtp: float

    @property
    def off_lu(self) -> float:
        """How far from its target."""
        return abs(self.lufs - self.file.target_lufs)


def main(arguments: list[str]) -> int:
    """Prints the table; 1 when something published is not as loud as it should be."""
    parser = argparse.ArgumentParser(prog="bench loudness", description=__doc__)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--rows", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.data is not None:
        return look_at(asked.data, rows=asked.rows)
    with tempfile.TemporaryDirectory() as name:
        make_town(Path(name))
        return look_at(Path(name), rows=asked.rows)


def make_town(data: Path) -> None:
    """The demonstration town, with its whole month."""
    print(f"making the demonstration town as of {NOW} ...", flush=True)
    command = [sys.executable, "-m", "broadcaster.demo", "--once", "--data", str(data), "--now", NOW]
    settings = {"BROADCASTER_TTS": "espeak", "PATH": "/usr/bin:/bin"}
    subprocess.run(command, check=True, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def look_at(data: Path, *, rows: bool) -> int:
    """Measures what is published; 1 when something is not as it should be."""
    settings = Settings(data=data.resolve())
    database = Database(settings.database)
    with database.reading() as session:
        files = list(published(session, settings))
    database.close()
    with ThreadPoolExecutor(WORKERS) as pool:
        heard = list(pool.map(measured, files))
    if rows:
        for one in sorted(heard, key=lambda each: (each.file.kind, each.file.name)):
            print(f"  {one.file.kind:9}{one.lufs:8.2f} LUFS{one.peak_dbtp:8.2f} dBTP  {one.file.name}")
    verdicts = Verdicts()
    for kind in ("item", "bulletin"):
        summarise(kind, [one for one in heard if one.file.kind == kind], verdicts)
    return verdicts.status


def published(session: Session, settings: Settings) -> Iterator[Published]:
    """Every published sound file, once."""
    addresses = Addresses(settings.public_url, settings.zone_info)
    targets = sorted({zone.target_lufs for zone in session.scalars(select(Zone))})
    for rendition in session.scalars(select(Rendition).where(Rendition.media_sha256 != "")):
        path = settings.public_folder / addresses.media(rendition.media_sha256)
        if path.is_file():
            target = min(targets, key=lambda one: abs(one - rendition.loudness_lufs))
            title = rendition.article.title if rendition.article else ""
            yield Published("item", title, path, target, rendition.length_ms)
    for bulletin in session.scalars(select(Bulletin).where(Bulletin.superseded_at.is_(None))):
        path = settings.public_folder / addresses.media(bulletin.sha256)
        if path.is_file():
            zone = bulletin.session.zone
            yield Published("bulletin", bulletin.code, path, zone.target_lufs, bulletin.length_ms)


def measured(file: Published) -> Heard:
    """Integrated loudness and true peak of a file, decoded as a whole."""
    graph = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"
    lines = ffmpeg(["-xerror", "-i", f"file:{file.path}", "-af", graph, "-f", "null", "-"]).decode().splitlines()
    last = {key: value for key, _, value in (line.partition("=") for line in lines) if key.startswith("lavfi")}
    peak = 20 * math.log10(float(last["lavfi.r128.true_peak"]))
    return Heard(file, float(last["lavfi.r128.I"]), peak)


def summarise(kind: str, heard: Sequence[Heard], verdicts: Verdicts) -> None:
    """One line a kind, and whether it is as it should be."""
    minutes = sum(one.file.length_ms for one in heard) / 60_000
    print(f"{len(heard)} published {kind}s, {minutes:.0f} minutes, decoded")
    if not heard:
        verdicts.say(f"there are {kind}s", met=False)
        return
    worst, loudest = max(heard, key=lambda one: one.off_lu), max(heard, key=lambda one: one.peak_dbtp)
    verdicts.say(
        f"  every {kind} within {TOLERANCE_LU} LU of its target: at most {worst.off_lu:.2f} ({worst.file.name})",
        met=worst.off_lu <= TOLERANCE_LU,
    )
    verdicts.say(
        f"  no peak above {HIGHEST_DBTP} dBTP: highest {loudest.peak_dbtp:.2f} ({loudest.file.name})",
        met=loudest.peak_dbtp <= HIGHEST_DBTP,
    )
