"""Sound as plain samples: one channel of 16-bit integers, and the few things that are done to it everywhere."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from audio.errors import AudioError
from audio.files import write_whole

Samples: TypeAlias = npt.NDArray[np.int16]
#: What a 16-bit sample is divided by to lie within -1.0 … 1.0.
FULL_SCALE = 32768


class UnreadableWave(AudioError):
    """A WAV file that is none, or not 16-bit PCM. Trying again cannot help."""


@dataclass(frozen=True, eq=False)
class Pcm:
    """Mono sound. `samples` is a one-dimensional int16 array, `rate_hz` its samples a second."""

    samples: Samples
    rate_hz: int

    def __post_init__(self) -> None:
        if self.samples.dtype != np.int16 or self.samples.ndim != 1:
            raise ValueError("Pcm wants a one-dimensional array of int16")
        if self.rate_hz <= 0:
            raise ValueError("Pcm wants a positive sample rate")

    @property
    def length_ms(self) -> int:
        """The length to the nearest millisecond."""
        return round(len(self.samples) * 1000 / self.rate_hz)

    @classmethod
    def empty(cls, rate_hz: int) -> Pcm:
        """No sound at all."""
        return cls(np.zeros(0, dtype=np.int16), rate_hz)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pcm):
            return NotImplemented
        return self.rate_hz == other.rate_hz and np.array_equal(self.samples, other.samples)

    def __hash__(self) -> int:
        return hash((self.rate_hz, self.samples.tobytes()))


def silence(length_ms: int, rate_hz: int) -> Pcm:
    """Digital silence of `length_ms`."""
    return Pcm(np.zeros(round(length_ms * rate_hz / 1000), dtype=np.int16), rate_hz)


def from_floats(values: npt.NDArray[np.floating], rate_hz: int) -> Pcm:
    """Values within -1.0 … 1.0, rounded; what lies beyond is clipped."""
    scaled = np.rint(values * (FULL_SCALE - 1))
    return Pcm(np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16), rate_hz)


def joined(pieces: list[Pcm]) -> Pcm:
    """The pieces one after the other. Raises ValueError without pieces or when their rates differ."""
    rates = {piece.rate_hz for piece in pieces}
    if len(rates) != 1:
        raise ValueError(f"pieces of one rate are needed, not of {sorted(rates)}")
    return Pcm(np.concatenate([piece.samples for piece in pieces]), rates.pop())


def speech_bounds(pcm: Pcm, *, below_peak_db: float = 46.0, margin_ms: int = 8) -> tuple[int, int]:
    """Where sound begins and ends, in samples, silence before and after left out.

    A stretch of 5 ms counts as sound when its peak is less than `below_peak_db` under the loudest sample of all:
    relative, so that a quietly recorded voice is not cut away. (0, 0) for nothing but silence.
    """
    step = max(1, pcm.rate_hz // 200)
    # Of a negative sample its complement: one less than its magnitude, but no wider type and no overflow.
    magnitudes = np.maximum(pcm.samples, ~pcm.samples)
    peak = int(magnitudes.max(initial=0))
    if peak == 0:
        return 0, 0
    padded = np.pad(magnitudes, (0, -len(magnitudes) % step)).reshape(-1, step).max(axis=1)
    loud = np.flatnonzero(padded > peak * 10 ** (-below_peak_db / 20))
    margin = round(margin_ms * pcm.rate_hz / 1000)
    start = max(0, int(loud[0]) * step - margin)
    end = min(len(pcm.samples), (int(loud[-1]) + 1) * step + margin)
    return start, end


def trimmed(pcm: Pcm, *, below_peak_db: float = 46.0, margin_ms: int = 8) -> Pcm:
    """Without the silence at both ends, see `speech_bounds`."""
    start, end = speech_bounds(pcm, below_peak_db=below_peak_db, margin_ms=margin_ms)
    return Pcm(pcm.samples[start:end], pcm.rate_hz)


def wave_bytes(pcm: Pcm) -> bytes:
    """A WAV file, in memory."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(pcm.rate_hz)
        file.writeframes(pcm.samples.astype("<i2").tobytes())
    return held.getvalue()


def write_wave(pcm: Pcm, path: Path) -> None:
    """Writes a WAV file that appears whole or not at all."""
    write_whole(path, wave_bytes(pcm))


def read_wave(source: Path | bytes) -> Pcm:
    """A WAV file of 16-bit PCM; several channels are averaged into one. Raises UnreadableWave."""
    try:
        with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source), "rb") as file:
            if file.getsampwidth() != 2:
                raise UnreadableWave(f"Tệp WAV phải là PCM 16 bit, tệp này là {8 * file.getsampwidth()} bit.")
            channels, rate_hz = file.getnchannels(), file.getframerate()
            values = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)
    except (wave.Error, EOFError) as error:
        raise UnreadableWave(f"Không phải tệp WAV đọc được: {error}") from error
    if channels > 1:
        values = np.rint(values[: len(values) // channels * channels].reshape(-1, channels).mean(axis=1))
    return Pcm(values.astype(np.int16), rate_hz)
