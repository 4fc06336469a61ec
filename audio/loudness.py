"""Loudness and true peak, by arithmetic on energies that are measured once.

Sources: Recommendation ITU-R BS.1770-4 (K-weighting, gated blocks of 400 ms every 100 ms, annex 2: true peak by four
times oversampling); EBU R 128 for the words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.floating]

#: Both stages of K-weighting as ffmpeg filters; the coefficients are BS.1770's own for 48 kHz.
K_WEIGHTING = (
    "biquad=b0=1.53512485958697:b1=-2.69169618940638:b2=1.19839281085285"
    ":a0=1:a1=-1.69065929318241:a2=0.73248077421585:precision=f64,"
    "biquad=b0=1:b1=-2:b2=1:a0=1:a1=-1.99004745483398:a2=0.99007225036621:precision=f64"
)
RATE_HZ = 48_000
STEP_MS = 100
STEPS_PER_BLOCK = 4
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
#: What silence is reported as; an infinity would not survive JSON.
SILENCE_LUFS = -120.0
_OVERSAMPLING = 4
_TAPS_PER_PHASE = 12


def as_lufs(energy: float) -> float:
    """A K-weighted mean square (full scale is 1.0) as LUFS."""
    return -0.691 + 10 * math.log10(energy) if energy > 1e-12 else SILENCE_LUFS


def step_energies(weighted: Floats) -> npt.NDArray[np.float64]:
    """Mean squares of K-weighted samples at 48 kHz for each 100 ms; a rest is left out, as BS.1770 has it."""
    step = RATE_HZ * STEP_MS // 1000
    whole = len(weighted) // step * step
    rows = weighted[:whole].reshape(-1, step)
    energies: npt.NDArray[np.float64] = np.einsum("ij,ij->i", rows, rows, dtype=np.float64) / step
    return energies


def block_energies(steps: Floats) -> npt.NDArray[np.float64]:
    """Mean squares of the 400 ms blocks, one beginning each 100 ms; shorter sound counts as one block."""
    if not len(steps):
        return np.zeros(0)
    if len(steps) < STEPS_PER_BLOCK:
        return np.array([float(np.mean(steps))])
    return np.convolve(steps, np.full(STEPS_PER_BLOCK, 1 / STEPS_PER_BLOCK), mode="valid")


def integrated_lufs(blocks: Sequence[float] | Floats) -> float:
    """Loudness of a programme from its blocks: those under −70 LUFS left out, then those 10 LU under the rest.

    Blocks of several parts may simply be put one after the other: what spans two parts weighs next to nothing.
    """
    energies = np.asarray(blocks, dtype=np.float64)
    audible = energies[energies > 10 ** ((ABSOLUTE_GATE_LUFS + 0.691) / 10)]
    if not len(audible):
        return SILENCE_LUFS
    gate = float(np.mean(audible)) * 10 ** (RELATIVE_GATE_LU / 10)
    return as_lufs(float(np.mean(audible[audible > gate])))


def _phases() -> npt.NDArray[np.float32]:
    """The interpolation filter, one row of taps for each point between two samples: a windowed sinc."""
    taps = _OVERSAMPLING * _TAPS_PER_PHASE
    at = np.arange(taps) - (taps - 1) / 2
    kernel = np.sinc(at / _OVERSAMPLING) * np.kaiser(taps, 5.0)
    rows = kernel.reshape(_TAPS_PER_PHASE, _OVERSAMPLING).T
    scaled: npt.NDArray[np.float32] = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return scaled


def true_peak_dbtp(samples: Floats) -> float:
    """The highest peak between and at the samples (full scale is 1.0), dBTP.

    Only stretches whose samples come within 6 dB of the highest are interpolated: elsewhere a peak between samples
    cannot win.
    """
    highest = float(np.max(np.abs(samples), initial=0.0))
    if highest < 1e-6:
        return SILENCE_LUFS
    step = 256
    padded = np.pad(samples.astype(np.float32), (step, step + -len(samples) % step))
    loud = np.flatnonzero(np.abs(padded).reshape(-1, step).max(axis=1) > highest / 2)
    phases = _phases()
    reach = _TAPS_PER_PHASE
    windows = padded[(loud[:, None] * step + np.arange(-reach, step + reach)[None, :]).clip(0, len(padded) - 1)]
    shifted = np.lib.stride_tricks.sliding_window_view(windows, _TAPS_PER_PHASE, axis=1)
    between = max((float(np.max(np.abs(shifted @ phase))) for phase in phases), default=0.0)
    return 20 * math.log10(max(highest, between))
