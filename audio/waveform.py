"""The picture of a sound: its highest peak in each of some hundred stretches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from audio.pcm import FULL_SCALE, Pcm

POINTS = 800
#: The peaks that are kept of an item: one of each stretch so long.
STEP_MS = 100


def peaks(pcm: Pcm, points: int = POINTS) -> tuple[float, ...]:
    """At most `points` values within 0 … 1, three decimals, for a page to draw; none for no sound."""
    if points < 1:
        raise ValueError("a waveform needs at least one point")
    if not len(pcm.samples):
        return ()
    highest = _highest(np.abs(pcm.samples.astype(np.int32)), points)
    return tuple(round(float(value) / FULL_SCALE, 3) for value in highest)


def step_peaks(samples: npt.NDArray[np.floating], rate_hz: int) -> tuple[float, ...]:
    """The highest value of each 100 ms (full scale is 1.0), three decimals; a rest at the end counts as a step."""
    if not len(samples):
        return ()
    starts = np.arange(0, len(samples), rate_hz * STEP_MS // 1000)
    highest = np.maximum.reduceat(np.maximum(samples, -samples), starts)
    return tuple(round(min(1.0, float(value)), 3) for value in highest)


def laid_out(places: Iterable[tuple[int, Sequence[float]]], length_ms: int) -> tuple[float, ...]:
    """The steps of a programme of `length_ms`, from where its parts start (ms) and the steps of each."""
    steps = np.zeros(-(-length_ms // STEP_MS))
    for starts_ms, part in places:
        first = round(starts_ms / STEP_MS)
        room = steps[first : first + len(part)]
        np.maximum(room, part[: len(room)], out=room)
    return tuple(map(float, steps))


def drawn(steps: Sequence[float], points: int = POINTS) -> tuple[float, ...]:
    """Steps as at most `points` values, for a page to draw; every peak is in one of them."""
    if points < 1:
        raise ValueError("a waveform needs at least one point")
    return tuple(map(float, _highest(np.asarray(steps), points))) if len(steps) else ()


def _highest(values: npt.NDArray[np.floating] | npt.NDArray[np.integer], points: int) -> npt.NDArray[np.generic]:
    count = min(points, len(values))
    # Stretches differ by a value at most, and every value lies in one of them.
    starts = np.arange(count) * len(values) // count
    highest: npt.NDArray[np.generic] = np.maximum.reduceat(values, starts)
    return highest
