"""Making what is to be said fit its session: shorter pauses first, then a slightly quicker voice, never haste.

Pure but for `stretched`. What does not fit even so keeps its pace: then something has to be left out, and reading the
rest faster would be a loss without a gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio.mastering import TRIM_BELOW_PEAK_DB, TRIM_MARGIN_MS
from audio.pcm import Pcm, speech_bounds
from audio.transcoding import ffmpeg

#: Pauses keep at least this share of themselves; below it sentences run together on a street with echoes.
SHORTEST_PAUSES = 0.7
#: How much quicker an engine may be asked to speak, how much sound may be stretched, and both together.
QUICKEST_RATE = 1.05
QUICKEST_STRETCH = 1.05
QUICKEST = 1.10


@dataclass(frozen=True)
class Pacing:
    """What is changed: pauses are multiplied by `pauses`, speech is spoken `rate` and played `stretch` times as fast.

    `over_ms` is what does not fit; then all factors are 1.
    """

    pauses: float = 1.0
    rate: float = 1.0
    stretch: float = 1.0
    over_ms: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was written; this is always noted."""
        return (self.pauses, self.rate, self.stretch) != (1.0, 1.0, 1.0)

    def length_ms(self, speech_ms: int, pauses_ms: int) -> float:
        """How long speech and pauses take at this pace."""
        return speech_ms / (self.rate * self.stretch) + pauses_ms * self.pauses


def pace_to_fit(speech_ms: int, pauses_ms: int, room_ms: int, *, has_rate: bool) -> Pacing:
    """The gentlest pacing at which speech and pauses fit into `room_ms` (what tunes and gaps leave of a session).

    Cases, in this order: it fits as it is. Shorter pauses are enough. The engine speaks quicker (where it `has_rate`).
    The sound is stretched too. It does not fit: nothing is changed and `over_ms` says by how much.
    """
    if speech_ms + pauses_ms <= room_ms:
        return Pacing()
    if pauses_ms and speech_ms + pauses_ms * SHORTEST_PAUSES <= room_ms:
        return Pacing(pauses=(room_ms - speech_ms) / pauses_ms)
    room_for_speech_ms = room_ms - pauses_ms * SHORTEST_PAUSES
    fastest = min(QUICKEST, QUICKEST_RATE * QUICKEST_STRETCH) if has_rate else QUICKEST_STRETCH
    if room_for_speech_ms <= 0 or speech_ms / room_for_speech_ms > fastest:
        return Pacing(over_ms=speech_ms + pauses_ms - room_ms)
    quicker = speech_ms / room_for_speech_ms
    rate = min(quicker, QUICKEST_RATE) if has_rate else 1.0
    return Pacing(pauses=SHORTEST_PAUSES, rate=rate, stretch=quicker / rate)


def with_pauses(sentences: Sequence[tuple[str, int]], factor: float) -> list[tuple[str, int]]:
    """A script with its pauses multiplied; cut down to milliseconds, so that they never take more than was reckoned."""
    return [(text, int(pause_ms * factor)) for text, pause_ms in sentences]


@dataclass(frozen=True)
class Squeezed:
    """Sound that was stretched by `factor`, its silent ends cut off before: `cut_ms` of them at the beginning."""

    pcm: Pcm
    factor: float
    cut_ms: int

    def moved(self, at_ms: int) -> int:
        """Where in it sounds what sounded at `at_ms` before."""
        return max(0, round((at_ms - self.cut_ms) / self.factor))


def squeezed(pcm: Pcm, room_ms: int, *, rate: float = 1.0) -> Squeezed:
    """The sound without its silent ends, stretched until it takes `room_ms`, or as it is where it fits.

    `rate` is what the engine was asked to hurry already: both together stay within what nobody hears. Where even that
    is not enough, the sound is longer than its room. Raises TranscodingFailed.
    """
    # Cut as mastering will cut it: stretching smears the edges, so that it would find them somewhere else afterwards.
    start, end = speech_bounds(pcm, below_peak_db=TRIM_BELOW_PEAK_DB, margin_ms=TRIM_MARGIN_MS)
    heard = Pcm(pcm.samples[start:end], pcm.rate_hz)
    factor = max(1.0, min(heard.length_ms / room_ms, QUICKEST_STRETCH, QUICKEST / rate))
    return Squeezed(stretched(heard, factor), factor, round(start * 1000 / pcm.rate_hz))


def stretched(pcm: Pcm, factor: float) -> Pcm:
    """The sound played `factor` times as fast at its pitch, cut or filled to the length that follows to the sample.

    Raises ValueError beyond ±10 %, which would be heard; TranscodingFailed.
    """
    if not 1 / QUICKEST <= factor <= QUICKEST:
        raise ValueError(f"a factor within {1 / QUICKEST:.3f} … {QUICKEST} is inaudible, not {factor}")
    if factor == 1:
        return pcm
    source = ["-f", "s16le", "-ar", str(pcm.rate_hz), "-ac", "1", "-i", "pipe:0"]
    # Smooth transients: with crisp ones, made for drums, a slowed vowel sank by 1 % in pitch.
    stretch = ["-af", f"rubberband=tempo={factor:.6f}:transients=smooth", "-f", "s16le", "pipe:1"]
    output = ffmpeg([*source, *stretch], given=pcm.samples.tobytes())
    values = np.frombuffer(output, dtype="<i2").astype(np.int16)
    wanted = round(len(pcm.samples) / factor)
    return Pcm(np.pad(values[:wanted], (0, max(0, wanted - len(values)))), pcm.rate_hz)
