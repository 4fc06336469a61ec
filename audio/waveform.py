"""The picture of a sound: its highest peak in each of some hundred stretches."""

from __future__ import annotations

import numpy as np

from audio.pcm import FULL_SCALE, Pcm

POINTS = 800


def peaks(pcm: Pcm, points: int = POINTS) -> tuple[float, ...]:
    """At most `points` values within 0 … 1, three decimals, for a page to draw; none for no sound."""
    if points < 1:
        raise ValueError("a waveform needs at least one point")
    if not len(pcm.samples):
        return ()
    count = min(points, len(pcm.samples))
    # Stretches differ by a sample at most, and every sample lies in one of them.
    starts = np.arange(count) * len(pcm.samples) // count
    highest = np.maximum.reduceat(np.abs(pcm.samples.astype(np.int32)), starts)
    return tuple(round(float(value) / FULL_SCALE, 3) for value in highest)
