"""Items joined to a bulletin, frame by frame, without decoding: at the speed of copying.

Nothing heavy is imported and nothing is held but the piece being copied, so that a session of five hours costs no
more memory than one of five minutes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from audio import frames as mp3
from audio.errors import AudioError
from audio.files import EarlyWriteBack, written_whole
from audio.hashing import hashed_aside
from audio.tags import Chapter, Tags, id3_bytes

#: What is copied at a time, in frames.
COPIED_FRAMES = 2048
#: How long a bed that does not end with the session takes to sink into silence, at most, in frames (1.9 s).
FADE_FRAMES = 80
Data: TypeAlias = bytes
Piece: TypeAlias = Callable[[], Iterator[bytes]]
_SAMPLES_PER_MS = mp3.RATE_HZ // 1000


class BulletinTooLong(AudioError):
    """What was to be said does not fit into the session. `over_ms` is what would have to go."""

    def __init__(self, needed_ms: int, length_ms: int) -> None:
        self.over_ms = needed_ms - length_ms
        super().__init__(
            f"Bản tin cần {needed_ms / 1000:.1f} giây nhưng buổi phát chỉ dài {length_ms / 1000:.1f} giây,"
            f" thừa {self.over_ms / 1000:.1f} giây."
        )


class NothingToAssemble(AudioError):
    """A bulletin without parts."""


@dataclass(frozen=True)
class Part:
    """One item of a bulletin: raw frames as `master` makes them, in memory or in a file, and the silence after it.

    `sound_ms`, where it is known, says how long the frames' content sounds (what lies beyond is left out); without it
    all of the frames count.
    """

    frames: bytes | Path
    title: str
    kind: str = "item"
    gap_ms: int = 0
    sound_ms: int | None = None


@dataclass(frozen=True)
class Bulletin:
    """What was written. `length_ms` is what a decoder that heeds the Info frame plays; `data` only if it was asked for.

    `chapters` name every part, in order.
    """

    length_ms: int
    chapters: tuple[Chapter, ...]
    sha256: str
    bytes: int
    data: Data = b""


@dataclass(frozen=True)
class _Layout:
    bitrate_kbps: int
    frame_count: int
    length_samples: int
    chapters: tuple[Chapter, ...]
    pieces: tuple[Piece, ...]

    @property
    def length_ms(self) -> int:
        return self.length_samples // _SAMPLES_PER_MS


def assemble(
    parts: Sequence[Part],
    *,
    length_ms: int | None = None,
    filler: Part | None = None,
    tags: Tags | None = None,
) -> Bulletin:
    """Joins in memory; see `assemble_to`, which is lighter."""
    held = io.BytesIO()
    made = _write(_lay_out(parts, length_ms, filler), tags, held)
    return Bulletin(made.length_ms, made.chapters, made.sha256, made.bytes, held.getvalue())


def assemble_to(
    path: Path,
    parts: Sequence[Part],
    *,
    length_ms: int | None = None,
    filler: Part | None = None,
    tags: Tags | None = None,
) -> Bulletin:
    """Joins the parts into the file `path`, which appears whole or not at all.

    With `length_ms` (the session) the file decodes to exactly that: what is left is filled with `filler`, begun anew
    as often as needed and faded out at the end, or with silence. Without it the file is as long as its parts and the
    gaps after them. A part starts on the frame (24 ms) at or before its place, and the difference never adds up.
    The same parts, filler and tags give the same bytes.

    Raises BulletinTooLong, NothingToAssemble, NotOurFrames.
    """
    layout = _lay_out(parts, length_ms, filler)
    with written_whole(path) as file:
        return _write(layout, tags, file)


def _lay_out(parts: Sequence[Part], length_ms: int | None, filler: Part | None) -> _Layout:
    if not parts:
        raise NothingToAssemble("Bản tin không có mục nào.")
    bitrate_kbps = mp3.bitrate_of(_head(parts[0].frames))
    pieces: list[Piece] = []
    chapters: list[Chapter] = []
    frame = 0
    place_ms = 0
    sounds_until_ms = 0
    for part in parts:
        start = max(frame, place_ms // mp3.FRAME_MS)
        pieces.append(partial(_silence, bitrate_kbps, start - frame))
        count, sound_ms = _measure(part, bitrate_kbps)
        chapters.append(Chapter(part.title, part.kind, start * mp3.FRAME_MS, sound_ms))
        pieces.append(partial(_copy, part.frames, bitrate_kbps, count))
        frame = start + count
        sounds_until_ms = max(place_ms, start * mp3.FRAME_MS) + sound_ms
        place_ms = sounds_until_ms + part.gap_ms
    if length_ms is not None and sounds_until_ms > length_ms:
        raise BulletinTooLong(sounds_until_ms, length_ms)
    length_samples = (place_ms if length_ms is None else length_ms) * _SAMPLES_PER_MS
    total = -(-length_samples // mp3.SAMPLES_PER_FRAME)
    # The last part's frames may reach into the extra one: they end with the encoder's and decoder's delay.
    filled_from = max(frame, min(total, place_ms // mp3.FRAME_MS))
    pieces.append(partial(_silence, bitrate_kbps, filled_from - frame))
    if filler is not None and total > filled_from:
        starts_ms = filled_from * mp3.FRAME_MS
        chapters.append(Chapter(filler.title, filler.kind, starts_ms, length_samples // _SAMPLES_PER_MS - starts_ms))
        length = _frames_in(filler.frames, bitrate_kbps)
        pieces.append(partial(_bed, filler.frames, bitrate_kbps, length, total - filled_from))
    else:
        pieces.append(partial(_silence, bitrate_kbps, total - filled_from))
    # One frame more lets the decoder give out the last samples; the Info frame tells it to drop the rest.
    pieces.append(partial(_silence, bitrate_kbps, total + 1 - max(total, frame)))
    return _Layout(bitrate_kbps, total + 1, length_samples, tuple(chapters), tuple(pieces))


def _measure(part: Part, bitrate_kbps: int) -> tuple[int, int]:
    """How many of a part's frames are needed, and how long they sound."""
    count = _frames_in(part.frames, bitrate_kbps)
    if part.sound_ms is None:
        return count, count * mp3.FRAME_MS
    needed = -(-(part.sound_ms * _SAMPLES_PER_MS + mp3.LEAD_IN) // mp3.SAMPLES_PER_FRAME)
    return min(count, needed), part.sound_ms


def _write(layout: _Layout, tags: Tags | None, file: BinaryIO) -> Bulletin:
    padding = (layout.frame_count * mp3.SAMPLES_PER_FRAME) - mp3.ENCODER_DELAY - layout.length_samples
    written = 0
    head = id3_bytes(tags, layout.chapters) if tags is not None else b""
    info = mp3.info_frame(layout.bitrate_kbps, frame_count=layout.frame_count, padding=padding)
    early = EarlyWriteBack(file)
    with hashed_aside() as digest:
        for piece in (lambda: iter((head + info,)), *layout.pieces):
            for data in piece():
                digest.update(data)
                file.write(data)
                written += len(data)
                early.has_grown_to(written)
    return Bulletin(layout.length_ms, layout.chapters, digest.hexdigest(), written)


def _head(frames: bytes | Path) -> bytes:
    if isinstance(frames, bytes):
        return frames[: mp3.HEADER_BYTES]
    with frames.open("rb") as file:
        return file.read(mp3.HEADER_BYTES)


def _frames_in(frames: bytes | Path, bitrate_kbps: int) -> int:
    size = len(frames) if isinstance(frames, bytes) else frames.stat().st_size
    count, rest = divmod(size, mp3.frame_bytes(bitrate_kbps))
    if rest or not count:
        raise mp3.NotOurFrames(f"{_name(frames)} không gồm các khung MP3 {bitrate_kbps} kb/s trọn vẹn.")
    return count


def _name(frames: bytes | Path) -> str:
    return "Dữ liệu" if isinstance(frames, bytes) else f"Tệp {frames.name}"


def _copy(frames: bytes | Path, bitrate_kbps: int, count: int) -> Iterator[bytes]:
    """`count` frames, each looked at on its way. Raises NotOurFrames where one differs in format."""
    size = mp3.frame_bytes(bitrate_kbps)
    left = count * size
    with io.BytesIO(frames) if isinstance(frames, bytes) else frames.open("rb") as file:
        while left:
            data = file.read(min(left, COPIED_FRAMES * size))
            if not data:
                raise mp3.NotOurFrames(f"{_name(frames)} đã bị cắt ngắn trong lúc ghép.")
            mp3.count_frames(data, bitrate_kbps)
            left -= len(data)
            yield data


def _silence(bitrate_kbps: int, count: int) -> Iterator[bytes]:
    while count > 0:
        some = min(count, COPIED_FRAMES)
        yield mp3.silent_frame(bitrate_kbps) * some
        count -= some


def _bed(frames: bytes | Path, bitrate_kbps: int, length: int, count: int) -> Iterator[bytes]:
    """`count` frames of a bed of `length` that begins anew whenever it ends, its last two seconds sinking away."""
    size = mp3.frame_bytes(bitrate_kbps)
    fades_from = max(0, count - FADE_FRAMES)
    at = 0
    while at < count:
        for data in _copy(frames, bitrate_kbps, min(length, count - at)):
            here = len(data) // size
            loud = min(here, max(0, fades_from - at))
            yield data[: loud * size]
            yield mp3.faded(data[loud * size :], bitrate_kbps, first=at + loud - fades_from)
            at += here
