"""A tone instead of a voice, for tests and rehearsals: instant, and as long as the text has syllables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from audio.engines.engine import syllables
from audio.pcm import Pcm, from_floats

RATE_HZ = 16_000
SYLLABLE_MS = 250


class Monotone:
    """Hums 250 ms a syllable. Different texts hum at different pitches, so that a mix-up can be heard and tested."""

    name = "monotone"
    synthetic = True

    def __init__(self, *, syllable_ms: int = SYLLABLE_MS) -> None:
        self._syllable_ms = syllable_ms
        self.voice = f"tone-{syllable_ms}"

    @classmethod
    def from_options(cls, _options: Mapping[str, str]) -> Monotone:
        """There is nothing to set."""
        return cls()

    def synthesise(self, text: str) -> Pcm:
        """A tone with a beat for each syllable."""
        count = syllables(text) * self._syllable_ms * RATE_HZ // 1000
        pitch_hz = 140 + hashlib.sha256(text.encode()).digest()[0]
        moments = np.arange(count) / RATE_HZ
        beat = 0.6 + 0.4 * np.cos(2 * np.pi * moments * 1000 / self._syllable_ms)
        return from_floats(0.3 * beat * np.sin(2 * np.pi * pitch_hz * moments), RATE_HZ)

    def close(self) -> None:
        """Nothing is held."""
