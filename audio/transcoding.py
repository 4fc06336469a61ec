"""Ffmpeg, as a child process: the one place where it is started."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from audio.errors import AudioError
from audio.pcm import Pcm

#: Longer than any step takes for the longest recording that is let in.
PATIENCE_S = 600
DESCRIBE_WITHIN_S = 20
#: Containers that are read. Playlists are not among them: one could name any file of this machine.
FORMATS = ("mp3", "wav", "w64", "mov", "aac", "ogg", "flac", "aiff")
CAREFUL = ("-protocol_whitelist", "file,pipe", "-format_whitelist", ",".join(FORMATS))


class TranscodingFailed(AudioError):
    """Ffmpeg refused what it was given or ended badly; the message bears its last line."""


@cache
def ffmpeg_path() -> str:
    """The ffmpeg program of the imageio-ffmpeg wheel."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def ffmpeg(
    arguments: Sequence[str], *, given: bytes = b"", patience_s: float = PATIENCE_S, strict: bool = False
) -> bytes:
    """Runs ffmpeg on `given` (its standard input) and returns its standard output; the last argument is the output.

    One thread and bit-exact output, so that the same input always gives the same bytes. With `strict`, what ffmpeg
    only complains of (and conceals) is a failure too. Raises TranscodingFailed.
    """
    # Not flushed after each packet: thousands of small writes cost more than the work between them.
    *options, target = arguments
    command = [ffmpeg_path(), "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1", *options]
    command += ["-flush_packets", "0", target]
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=patience_s)
    except subprocess.TimeoutExpired as error:
        raise TranscodingFailed(f"ffmpeg chạy quá {patience_s:.0f} giây nên đã bị dừng.") from error
    if done.returncode or (strict and done.stderr.strip()):
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["không rõ lý do"]
        raise TranscodingFailed(f"ffmpeg không xử lý được âm thanh: {lines[-1][:300]}")
    return done.stdout


def decode(source: Path | bytes, *, rate_hz: int = 48_000, mix: str = "") -> Pcm:
    """Any sound in one of `FORMATS`, as mono at `rate_hz`; `mix` is an ffmpeg filter that makes one channel of several.

    Raises TranscodingFailed.
    """
    given, name = (source, "pipe:0") if isinstance(source, bytes) else (b"", f"file:{source}")
    mixed = ["-af", mix] if mix else ["-ac", "1"]
    output = ffmpeg(
        [*CAREFUL, "-i", name, "-map", "0:a:0", *mixed, "-ar", str(rate_hz), "-f", "s16le", "pipe:1"], given=given
    )
    return Pcm(np.frombuffer(output, dtype="<i2").astype(np.int16), rate_hz)


def resampled(pcm: Pcm, rate_hz: int) -> Pcm:
    """The same sound with another number of samples a second. Raises TranscodingFailed."""
    if pcm.rate_hz == rate_hz:
        return pcm
    source = ["-f", "s16le", "-ar", str(pcm.rate_hz), "-ac", "1", "-i", "pipe:0"]
    output = ffmpeg([*source, "-ar", str(rate_hz), "-f", "s16le", "pipe:1"], given=pcm.samples.tobytes())
    return Pcm(np.frombuffer(output, dtype="<i2").astype(np.int16), rate_hz)


def describe(path: Path) -> str:
    """What ffmpeg says about a file: its container, length and streams, as text. Empty lines where it knows nothing."""
    command = [ffmpeg_path(), "-nostdin", "-hide_banner", *CAREFUL, "-i", f"file:{path}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=DESCRIBE_WITHIN_S)
    except subprocess.TimeoutExpired as error:
        raise TranscodingFailed(f"ffmpeg không xem được tệp {path.name} trong {DESCRIBE_WITHIN_S} giây.") from error
    return done.stderr.decode(errors="replace")
