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

#: Both stages of K-weighting, numerator and denominator; the coefficients are BS.1770's own for 48 kHz.
_STAGES = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
RATE_HZ = 48_000
STEP_MS = 100
STEPS_PER_BLOCK = 4
_STEP = RATE_HZ * STEP_MS // 1000
_STEPS_AT_ONCE = 20
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
#: What silence is reported as; an infinity would not survive JSON.
SILENCE_LUFS = -120.0
_OVERSAMPLING = 4
_TAPS_PER_PHASE = 12
_STRETCHES_AT_ONCE = 500


def as_lufs(energy: float) -> float:
    """A K-weighted mean square (full scale is 1.0) as LUFS."""
    return -0.691 + 10 * math.log10(energy) if energy > 1e-12 else SILENCE_LUFS


def _k_weights() -> npt.NDArray[np.float32]:
    """How much each frequency of a step's spectrum adds to its K-weighted mean square."""
    at = np.exp(-1j * np.linspace(0, np.pi, _STEP // 2 + 1))
    gain = np.ones(len(at))
    for numerator, denominator in _STAGES:
        gain *= np.abs(np.polyval(numerator[::-1], at) / np.polyval(denominator[::-1], at)) ** 2
    # Parseval: a real signal's spectrum counts twice but for its two ends.
    gain[1:-1] *= 2
    return (gain / _STEP**2).astype(np.float32)


def step_energies(samples: Floats) -> npt.NDArray[np.float64]:
    """K-weighted mean squares of each 100 ms at 48 kHz (full scale is 1.0).

    Weighted in the spectrum of each step instead of by running filters over all samples: the weighted signal is
    never needed itself, only its energies. On speech the two agree within some hundredths of a decibel. A rest at
    the end that is no whole step is left out, as BS.1770 has it; sound shorter than a step counts as one.
    """
    whole = len(samples) // _STEP
    if not whole:
        samples, whole = np.pad(samples, (0, _STEP - len(samples))), 1
    weights = _k_weights()
    energies = np.empty(whole)
    # Some seconds at a time: what fits the processor's cache is several times faster.
    for first in range(0, whole, _STEPS_AT_ONCE):
        rows = samples[first * _STEP : min(whole, first + _STEPS_AT_ONCE) * _STEP].reshape(-1, _STEP)
        spectrum = np.fft.rfft(rows, axis=1)
        energies[first : first + len(rows)] = (np.square(spectrum.real) + np.square(spectrum.imag)) @ weights
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
    highest = max(float(np.max(samples, initial=0.0)), -float(np.min(samples, initial=0.0)))
    if highest < 1e-6:
        return SILENCE_LUFS
    step = 256
    padded = np.pad(samples.astype(np.float32, copy=False), (step, step + -len(samples) % step))
    rows = padded.reshape(-1, step)
    loud = np.flatnonzero(np.maximum(rows.max(axis=1), -rows.min(axis=1)) > highest / 2)
    around = np.arange(-_TAPS_PER_PHASE, step + _TAPS_PER_PHASE)[None, :]
    phases = _phases()
    for first in range(0, len(loud), _STRETCHES_AT_ONCE):
        some = loud[first : first + _STRETCHES_AT_ONCE, None] * step
        windows = padded[(some + around).clip(0, len(padded) - 1)]
        shifted = np.lib.stride_tricks.sliding_window_view(windows, _TAPS_PER_PHASE, axis=1)
        highest = max(highest, *(float(np.max(np.abs(shifted @ phase))) for phase in phases))
    return 20 * math.log10(highest)
