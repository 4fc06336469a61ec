"""From speech as it was spoken to frames that are ready to go on air: done once for each item.

Trimmed, brought to a common level, filtered for the loudspeakers at hand, gently compressed, then raised to the wanted
loudness under a limiter, encoded, and measured again after decoding; where the measurement is off, once more with
the difference added.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from audio import frames as mp3
from audio.digests import digest_of
from audio.errors import AudioError
from audio.limiting import BLOCK, apply_gains, block_peaks, limiting_gains
from audio.loudness import (
    RATE_HZ,
    STEP_MS,
    block_energies,
    integrated_lufs,
    step_energies,
    true_peak_dbtp,
)
from audio.pcm import FULL_SCALE, Pcm, speech_bounds
from audio.transcoding import ffmpeg
from audio.waveform import step_peaks

#: Changed whenever the same input would give other bytes, so that digests change with it.
VERSION = 2
#: LAME turns everything down by this at a constant bit rate (factor 0.95).
ENCODER_LOSS_DB = 0.445
#: Coded peaks overshoot the samples that went in; the limiter stays this far under the ceiling at first.
OVERSHOOT_DB = 1.4
PEAK_MARGIN_DB = 0.1
TOLERANCE_LU = 0.15
ATTEMPTS = 4
#: Everything comes to the compressor at this level (RMS of what is louder than a pause), whatever its source.
REFERENCE_DBFS = -20.0
TRIM_BELOW_PEAK_DB = 52.0
TRIM_MARGIN_MS = 20
FILTERS_RING_MS = 12
#: Sound with fewer samples a second is brought to 48 kHz before it is filtered.
LOWEST_FILTERED_HZ = 16_000


HORN = "highpass=f=300,highpass=f=300,lowpass=f=6500,equalizer=f=2800:t=q:w=1:g=4"
#: All-pass filters, as radio has used them for decades: nothing is heard of them, but the voice's peaks lose their
#: lopsidedness, so that the limiter has to act in 4 % of the time instead of 14 % (measured on espeak).
PHASE_ROTATOR = "allpass=f=500:t=q:w=0.7,allpass=f=500:t=q:w=0.7,allpass=f=1500:t=q:w=0.7"
COMPRESSOR = "acompressor=threshold=-26dB:ratio=4:attack=5:release=120:knee=4"


class NothingToMaster(AudioError):
    """Silence, or nothing at all: there is no loudness to reach."""


class MasteringMissed(AudioError):
    """The peaks could not be held under the ceiling, even by trying again."""


@dataclass(frozen=True)
class MasteringProfile:
    """How a zone wants its sound.

    `target_lufs` integrated loudness (BS.1770), `ceiling_dbtp` highest true peak, both after encoding; `horn` filters
    for horn loudspeakers (300 Hz … 6.5 kHz, presence at 2.8 kHz); `compress` is for speech and off for music.
    """

    target_lufs: float = -16.0
    ceiling_dbtp: float = -1.5
    bitrate_kbps: int = 64
    horn: bool = True
    compress: bool = True
    encoder_quality: int = 7

    @property
    def digest(self) -> str:
        """Names everything that shapes the result besides the sound."""
        return digest_of("mastering", VERSION, *astuple(self))

    @property
    def filters(self) -> str:
        """The ffmpeg filters before the gain."""
        chain = [HORN if self.horn else "highpass=f=80"]
        return ",".join([PHASE_ROTATOR, *chain, COMPRESSOR] if self.compress else chain)


@dataclass(frozen=True)
class Mastered:
    """An item ready to be joined. Loudness and peak were measured after decoding.

    `frames` are raw MP3 frames (48 kHz, mono, constant bit rate, no header); `loudness_blocks` the energies of its
    400 ms blocks, one each 100 ms, from which a joined programme's loudness follows; `peaks` the highest sample of
    each 100 ms, for pictures; `trimmed_start_ms` is what was cut off the beginning, to be taken from times that were
    measured before.
    """

    frames: bytes
    frame_count: int
    length_ms: int
    loudness_lufs: float
    true_peak_dbtp: float
    loudness_blocks: tuple[float, ...]
    trimmed_start_ms: int
    peaks: tuple[float, ...] = ()


def master(pcm: Pcm, profile: MasteringProfile | None = None) -> Mastered:
    """The same sound and profile always give the same bytes.

    The ceiling is always kept. Sound whose peaks stand too far above its loudness ends up as loud as the ceiling
    allows; `inspect_mastered` says so. Raises NothingToMaster for silence, MasteringMissed, TranscodingFailed.
    """
    wanted = profile or MasteringProfile()
    start, end = speech_bounds(pcm, below_peak_db=TRIM_BELOW_PEAK_DB, margin_ms=TRIM_MARGIN_MS)
    if start == end:
        raise NothingToMaster("Bản âm thanh chỉ có im lặng.")
    sound = _with_soft_edges(Pcm(pcm.samples[start:end], pcm.rate_hz))
    shaped = _shape(sound, wanted)
    samples = math.ceil(len(sound.samples) * RATE_HZ / sound.rate_hz)
    trimmed_start_ms = round(start * 1000 / pcm.rate_hz)
    return _close_in(shaped, samples, wanted, trimmed_start_ms)


def _close_in(
    shaped: npt.NDArray[np.float32], samples: int, profile: MasteringProfile, trimmed_start_ms: int
) -> Mastered:
    """Encodes and measures until loudness and peak are what was asked for."""
    level = _Level(shaped)
    aim_lufs = profile.target_lufs + ENCODER_LOSS_DB
    ceiling_db = profile.ceiling_dbtp - OVERSHOOT_DB + ENCODER_LOSS_DB
    best: Mastered | None = None
    for _ in range(ATTEMPTS):
        encoded = encode(apply_gains(shaped, level.gains_for(aim_lufs, ceiling_db)), samples, profile)
        done = measure(encoded, profile, trimmed_start_ms=trimmed_start_ms)
        missing_lu = profile.target_lufs - done.loudness_lufs
        room_db = profile.ceiling_dbtp - done.true_peak_dbtp
        if room_db >= 0 and (best is None or abs(missing_lu) < abs(profile.target_lufs - best.loudness_lufs)):
            best = done
        if room_db >= 0 and abs(missing_lu) <= TOLERANCE_LU:
            return done
        aim_lufs += missing_lu
        # Down when a peak went over; up, into what room is left, when the limiter keeps the sound from its loudness.
        if room_db < 0 or missing_lu > 0:
            ceiling_db += room_db - PEAK_MARGIN_DB
    if best is None:
        raise MasteringMissed(f"Đỉnh âm không giữ được dưới {profile.ceiling_dbtp} dBTP sau {ATTEMPTS} lần thử.")
    return best


class _Level:
    """What is known of a sound's peaks and energies, so that the effect of a gain is foretold without touching it."""

    def __init__(self, shaped: npt.NDArray[np.float32]) -> None:
        self._peaks = block_peaks(shaped)
        rows = shaped.reshape(-1, BLOCK)
        self._plain = np.einsum("ij,ij->i", rows, rows).astype(np.float64) + 1e-12
        self._steps = step_energies(shaped)

    def gains_for(self, target_lufs: float, ceiling_db: float) -> npt.NDArray[np.float64]:
        """Gains that bring the sound to `target_lufs` under the limiter."""
        ceiling = 10 ** (ceiling_db / 20)
        gain = 10 ** ((target_lufs - integrated_lufs(block_energies(self._steps))) / 20)
        gains = limiting_gains(self._peaks, gain, ceiling)
        for _ in range(6):
            missing_lu = target_lufs - self._lufs_with(gains)
            if abs(missing_lu) < 0.02:
                break
            gain *= 10 ** (missing_lu / 20)
            gains = limiting_gains(self._peaks, gain, ceiling)
        return gains

    def _lufs_with(self, gains: npt.NDArray[np.float64]) -> float:
        """The loudness under gains that change from millisecond to millisecond."""
        squared = np.square((gains[:-1] + gains[1:]) / 2)
        whole = len(self._steps) * STEP_MS
        plain, heard = self._plain[:whole], (self._plain * squared)[:whole]
        if len(plain) < whole:
            return integrated_lufs(block_energies(self._steps * heard.sum() / plain.sum()))
        shares = heard.reshape(-1, STEP_MS).sum(axis=1) / plain.reshape(-1, STEP_MS).sum(axis=1)
        return integrated_lufs(block_energies(self._steps * shares))


def _with_soft_edges(sound: Pcm) -> Pcm:
    """Three milliseconds of fade at both ends and a little room for the filters to die away: a cut never clicks."""
    edge = min(len(sound.samples) // 2, sound.rate_hz * 3 // 1000)
    values = sound.samples.astype(np.float32)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    values[:edge] *= ramp
    values[len(values) - edge :] *= ramp[::-1]
    room = np.zeros(sound.rate_hz * FILTERS_RING_MS // 1000, dtype=np.int16)
    return Pcm(np.concatenate([np.rint(values).astype(np.int16), room]), sound.rate_hz)


def _active_level_dbfs(sound: Pcm) -> float:
    """RMS of the 20 ms stretches within 30 dB of the loudest: the level of the voice, pauses left out."""
    step = max(1, sound.rate_hz // 50)
    values = np.pad(sound.samples.astype(np.float32) / FULL_SCALE, (0, -len(sound.samples) % step)).reshape(-1, step)
    energies = np.einsum("ij,ij->i", values, values) / step
    active = energies[energies > energies.max() / 1000]
    return 10 * math.log10(float(np.mean(active)))


def _shape(sound: Pcm, profile: MasteringProfile) -> npt.NDArray[np.float32]:
    """The sound behind the filters, at 48 kHz, in whole milliseconds."""
    level = f"volume={REFERENCE_DBFS - _active_level_dbfs(sound):.3f}dB:precision=float"
    resample = f"aresample={RATE_HZ}"
    # Filtering comes cheaper before more samples are made of the sound, as long as there are enough for the filters.
    first, then = (profile.filters, resample) if sound.rate_hz >= LOWEST_FILTERED_HZ else (resample, profile.filters)
    source = ["-f", "s16le", "-ar", str(sound.rate_hz), "-ac", "1", "-i", "pipe:0"]
    graph = ["-af", f"{level},{first},{then}", "-ar", str(RATE_HZ), "-f", "f32le", "pipe:1"]
    return _whole_blocks(ffmpeg([*source, *graph], given=sound.samples.tobytes()))


def _whole_blocks(output: bytes) -> npt.NDArray[np.float32]:
    values = np.frombuffer(output, dtype="<f4")
    missing = -len(values) % BLOCK
    return np.pad(values, (0, missing)) if missing else values


def encode(values: npt.NDArray[np.float32], samples: int, profile: MasteringProfile) -> bytes:
    """Frames that hold `samples` samples at 48 kHz and both delays: ceil((samples + 1105) / 1152) of them.

    The first sample comes out of a decoder 1105 samples after the first frame begins.
    """
    count = math.ceil((samples + mp3.LEAD_IN) / mp3.SAMPLES_PER_FRAME)
    padded = np.zeros((count + 2) * mp3.SAMPLES_PER_FRAME, dtype=np.int16)
    # In place: a recording of half an hour is a third of a gigabyte each time it is copied.
    scaled = values[:samples] * np.float32(FULL_SCALE - 1)
    np.rint(scaled, out=scaled)
    np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1, out=scaled)
    padded[: len(scaled)] = scaled
    del scaled
    source = ["-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "pipe:0"]
    quality = ["-b:a", f"{profile.bitrate_kbps}k", "-compression_level", str(profile.encoder_quality)]
    bare = ["-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0", "-f", "mp3", "pipe:1"]
    encoded = ffmpeg([*source, "-c:a", "libmp3lame", *quality, *bare], given=padded.tobytes())
    wanted = encoded[: count * mp3.frame_bytes(profile.bitrate_kbps)]
    if mp3.count_frames(wanted, profile.bitrate_kbps) != count:
        raise mp3.NotOurFrames("Bộ mã hóa MP3 trả về thiếu khung.")
    return wanted


def measure(encoded: bytes, profile: MasteringProfile, *, trimmed_start_ms: int = 0) -> Mastered:
    """What a listener's decoder makes of frames. Raises NotOurFrames, TranscodingFailed."""
    decoding = ["-f", "mp3", "-i", "pipe:0", "-f", "f32le", "pipe:1"]
    heard = _whole_blocks(ffmpeg(decoding, given=encoded, strict=True))
    blocks = block_energies(step_energies(heard))
    count = mp3.count_frames(encoded, profile.bitrate_kbps)
    return Mastered(
        frames=encoded,
        frame_count=count,
        length_ms=count * mp3.FRAME_MS,
        loudness_lufs=round(integrated_lufs(blocks), 3),
        true_peak_dbtp=round(true_peak_dbtp(heard), 3),
        loudness_blocks=tuple(float(f"{energy:.6g}") for energy in blocks),
        trimmed_start_ms=trimmed_start_ms,
        peaks=step_peaks(heard, RATE_HZ),
    )
