"""`assemble`: files to a bulletin, as a JSON document says."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audio.assembly import Part, assemble_to
from audio.errors import AudioError
from audio.importing import frames_of


class WrongBulletin(AudioError):
    """The document does not say what a bulletin is; the message lists every fault with its place."""


@dataclass(frozen=True)
class Wanted:
    """What the document asks for."""

    length_ms: int | None
    parts: tuple[tuple[Path, str, int], ...]
    filler: Path | None


def assemble(document: str, output: str) -> int:
    """Writes the bulletin and prints its length and chapters. Raises AudioError, OSError."""
    source = Path(document)
    wanted = _read(source)
    # Paths count from the document, so that a folder can be moved; absolute ones stay as they are.
    folder = source.parent
    parts = []
    for path, title, gap_ms in wanted.parts:
        frames = frames_of(folder / path)
        parts.append(Part(frames.data, title, "item", gap_ms, frames.sound_ms))
    filler = None
    if wanted.filler is not None:
        filler = Part(frames_of(folder / wanted.filler).data, "Nhạc đệm", "filler")
    made = assemble_to(Path(output), parts, length_ms=wanted.length_ms, filler=filler)
    answer = {"length_ms": made.length_ms, "chapters": [asdict(chapter) for chapter in made.chapters]}
    json.dump({**answer, "sha256": made.sha256, "bytes": made.bytes}, sys.stdout, ensure_ascii=False)
    print()
    return 0


def _read(source: Path) -> Wanted:
    try:
        document: Any = json.loads(source.read_bytes())
    except ValueError as error:
        raise WrongBulletin(f"{source.name} không phải JSON: {error}") from error
    faults = _faults(document)
    if faults:
        raise WrongBulletin(f"{source.name}: " + "; ".join(faults))
    parts = tuple((Path(one["path"]), one.get("title", ""), one.get("gap_ms", 0)) for one in document["parts"])
    filler = document.get("filler")
    return Wanted(document.get("length_ms"), parts, Path(filler) if filler else None)


def _faults(document: Any) -> list[str]:
    if not isinstance(document, dict):
        return ["cần một đối tượng JSON"]
    faults = []
    if not _is_length(document.get("length_ms"), nullable=True):
        faults.append("length_ms phải là số nguyên mili giây hoặc null")
    if not isinstance(document.get("filler"), str | None):
        faults.append("filler phải là đường dẫn hoặc null")
    parts = document.get("parts")
    if not isinstance(parts, list) or not parts:
        return [*faults, "parts phải là danh sách có ít nhất một mục"]
    for at, part in enumerate(parts):
        if not isinstance(part, dict) or not isinstance(part.get("path"), str):
            faults.append(f"parts[{at}].path phải là đường dẫn")
            continue
        if not isinstance(part.get("title", ""), str):
            faults.append(f"parts[{at}].title phải là chữ")
        if not _is_length(part.get("gap_ms", 0), nullable=False):
            faults.append(f"parts[{at}].gap_ms phải là số nguyên mili giây, không âm")
    return faults


def _is_length(value: Any, *, nullable: bool) -> bool:
    return (value is None and nullable) or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)
