"""A limiter that sees ahead, computed on blocks of one millisecond, so that its effect on loudness is known at once."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.floating]

#: Samples of a block: 1 ms at 48 kHz.
BLOCK = 48
#: How far ahead and behind the gain is eased down and up, in blocks.
EASE_BLOCKS = 6


def block_peaks(samples: Floats) -> npt.NDArray[np.float64]:
    """The highest magnitude in each block; the length must be a whole number of blocks."""
    peaks: npt.NDArray[np.float64] = np.abs(samples.reshape(-1, BLOCK)).max(axis=1).astype(np.float64)
    return peaks


def limiting_gains(peaks: Floats, gain: float, ceiling: float) -> npt.NDArray[np.float64]:
    """The gain at each border between blocks (one more than blocks), `gain` included, that keeps peaks under `ceiling`.

    For each block the least gain within reach is taken and then averaged over the same reach: smooth, and nowhere
    above what the block itself allows.
    """
    allowed = np.minimum(gain, ceiling / np.maximum(peaks, 1e-9))
    reach = EASE_BLOCKS
    padded = np.pad(allowed, (2 * reach + 1, 2 * reach + 1), mode="edge")
    # A border between two blocks needs what both allow, hence a window of an even number of blocks.
    least = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 2).min(axis=1)
    weights = np.hanning(2 * reach + 3)[1:-1]
    smooth: npt.NDArray[np.float64] = np.convolve(least, weights / weights.sum(), mode="valid")
    surplus = (len(smooth) - len(peaks) - 1) // 2
    return smooth[surplus : surplus + len(peaks) + 1]


def apply_gains(samples: Floats, gains: Floats) -> npt.NDArray[np.float32]:
    """`samples` with the gain going straight from border to border."""
    ramp = (np.arange(BLOCK, dtype=np.float32) / BLOCK)[None, :]
    starts = gains[:-1].astype(np.float32)[:, None]
    rises = np.diff(gains).astype(np.float32)[:, None]
    return np.asarray(samples.reshape(-1, BLOCK) * (starts + rises * ramp), dtype=np.float32).reshape(-1)
