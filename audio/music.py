"""The station's own sounds, composed for it and made of sines: nothing recorded, nothing borrowed.

All are in one pentatonic mode on D (D E G A C), the steps that the ear of the region knows. Plucked strings carry the
melody, a bell marks what matters, a soft pad lies beneath. The same call always gives the same samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from audio.pcm import Pcm, from_floats

RATE_HZ = 48_000
Floats: TypeAlias = npt.NDArray[np.float64]
#: Onset in beats, step of the mode (0 is D4, 5 is D5), strength.
Note: TypeAlias = tuple[float, int, float]

_MODE_SEMITONES = (0, 2, 5, 7, 10)
_D4_HZ = 293.6648

_SIGNATURE_BEAT_S = 0.62
_SIGNATURE: tuple[Note, ...] = (
    (0, 3, 1.0), (1, 5, 0.9), (1.5, 6, 0.7), (2, 5, 0.9), (3, 3, 0.8),
    (4, 2, 1.0), (5, 3, 0.8), (5.5, 1, 0.7), (6, 2, 0.9), (7, 0, 0.8),
    (8, 1, 0.9), (8.5, 2, 0.8), (9, 3, 0.9), (9.5, 5, 0.9), (10, 7, 1.0), (11, 6, 0.8), (12, 5, 1.0),
)  # fmt: skip
_SIGNATURE_PAD = ((0.0, 0), (4.0, 2), (8.0, 1), (12.0, 0))
_CLOSING: tuple[Note, ...] = (
    (0, 7, 0.9),
    (1, 6, 0.8),
    (1.5, 5, 0.8),
    (2, 3, 0.9),
    (3, 2, 0.8),
    (3.5, 3, 0.7),
    (4, 0, 1.0),
)
_BED_BEAT_S = 0.8
_BED_BARS: tuple[tuple[int, ...], ...] = (
    (0, 3, 5, 3), (2, 5, 7, 5), (1, 3, 6, 3), (0, 2, 5, 2),
    (3, 5, 8, 5), (2, 3, 7, 3), (1, 5, 6, 3), (0, 3, 5, 7),
    (0, 2, 5, 3), (2, 5, 8, 5), (3, 6, 7, 5), (1, 3, 5, 0),
)  # fmt: skip


def signature_tune() -> Pcm:
    """The tune that opens a session, some ten seconds."""
    beat_s = _SIGNATURE_BEAT_S
    canvas = _canvas(10.4)
    for onset, step, strength in _SIGNATURE:
        _lay(canvas, onset * beat_s, _pluck(_pitch_hz(step), 2.2, strength))
        if onset % 4 == 0:
            _lay(canvas, onset * beat_s, 0.35 * _pluck(_pitch_hz(step - 5), 3.0, strength))
    for onset, step in _SIGNATURE_PAD:
        _lay(canvas, onset * beat_s, _pad(_pitch_hz(step - 5), 4.6 * beat_s))
    for onset in (0.0, 12.0):
        _lay(canvas, onset * beat_s, 0.5 * _bell(_pitch_hz(10), 3.0))
    return _finished(canvas, fade_s=1.2)


def chime() -> Pcm:
    """Two bells between items, 1.2 seconds."""
    canvas = _canvas(1.2)
    _lay(canvas, 0.0, _bell(_pitch_hz(8), 1.2))
    _lay(canvas, 0.22, 0.8 * _bell(_pitch_hz(6), 1.0))
    return _finished(canvas, fade_s=0.35)


def closing_tune() -> Pcm:
    """The tune that closes a session, some five seconds: the opening's last line, coming home."""
    beat_s = 0.6
    canvas = _canvas(5.2)
    for onset, step, strength in _CLOSING:
        _lay(canvas, onset * beat_s, _pluck(_pitch_hz(step), 2.4, strength))
    _lay(canvas, 0.0, _pad(_pitch_hz(-3), 2.5))
    _lay(canvas, 2.4, _pad(_pitch_hz(-5), 2.6))
    _lay(canvas, 4 * beat_s, 0.5 * _bell(_pitch_hz(10), 2.6))
    return _finished(canvas, fade_s=1.2)


def filler_bed() -> Pcm:
    """Calm music for what is left of a session, some forty seconds; its end leads into its beginning.

    What still rings when it ends is laid under its beginning, so that it can be played round and round.
    """
    length_s = len(_BED_BARS) * 4 * _BED_BEAT_S
    canvas = _canvas(length_s + 4.0)
    # The same strings sound again and again: each is plucked once.
    steps_used = {step for steps in _BED_BARS for step in steps}
    strings = {step: 0.55 * _pluck(_pitch_hz(step), 2.6, 0.8) for step in steps_used}
    for bar, steps in enumerate(_BED_BARS):
        starts_s = bar * 4 * _BED_BEAT_S
        _lay(canvas, starts_s, 0.8 * _pad(_pitch_hz(steps[0] - 5), 4.4 * _BED_BEAT_S))
        for beat, step in enumerate(steps):
            _lay(canvas, starts_s + beat * _BED_BEAT_S, strings[step])
        if bar % 4 == 0:
            _lay(canvas, starts_s, 0.18 * _bell(_pitch_hz(10), 3.0))
    whole = round(length_s * RATE_HZ)
    looped = canvas[:whole].copy()
    tail = canvas[whole:]
    looped[: len(tail)] += tail
    return from_floats(looped * (0.5 / np.max(np.abs(looped))), RATE_HZ)


def _pitch_hz(step: int) -> float:
    octave, degree = divmod(step, len(_MODE_SEMITONES))
    return float(_D4_HZ * 2 ** (octave + _MODE_SEMITONES[degree] / 12))


def _canvas(length_s: float) -> Floats:
    return np.zeros(round(length_s * RATE_HZ))


def _lay(canvas: Floats, onset_s: float, sound: Floats) -> None:
    """Adds `sound` to the canvas at its onset; what reaches beyond the end is lost."""
    start = round(onset_s * RATE_HZ)
    room = len(canvas) - start
    canvas[start : start + len(sound)] += sound[: max(0, room)]


def _partials(pitch_hz: float, length_s: float, parts: Sequence[tuple[float, float, float]]) -> Floats:
    """A sum of fading sines: multiple of the pitch, strength, seconds in which it fades to a third."""
    moments = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    total = np.zeros(len(moments))
    for multiple, strength, fades_s in parts:
        if pitch_hz * multiple < RATE_HZ * 0.4:
            total += strength * np.exp(-moments / fades_s) * np.sin(2 * np.pi * pitch_hz * multiple * moments)
    rise = min(len(total), round(0.004 * RATE_HZ))
    total[:rise] *= np.linspace(0, 1, rise)
    fall = min(len(total), round(0.05 * RATE_HZ))
    total[len(total) - fall :] *= np.linspace(1, 0, fall)
    return total


def _pluck(pitch_hz: float, length_s: float, strength: float) -> Floats:
    """A plucked string: overtones a little sharp, as a stiff string's are, the high ones fading first."""
    parts = [
        (number * (1 + 0.00035 * number * number), 0.9 / number**1.25, 0.75 / number**0.7) for number in range(1, 10)
    ]
    return 0.32 * strength * _partials(pitch_hz, length_s, parts)


def _bell(pitch_hz: float, length_s: float) -> Floats:
    """A small bell: the hum, prime, tierce, quint and nominal of a bell founder."""
    parts = ((0.5, 0.35, 1.4), (1.0, 0.8, 1.0), (1.19, 0.3, 0.7), (1.5, 0.22, 0.5), (2.0, 0.5, 0.6), (2.74, 0.15, 0.25))
    return 0.3 * _partials(pitch_hz, length_s, parts)


def _pad(pitch_hz: float, length_s: float) -> Floats:
    """A soft fifth that swells and recedes."""
    moments = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    swell = np.sin(np.pi * moments / length_s) ** 1.5
    voices = ((1.0, 0.5), (1.003, 0.4), (1.5, 0.3), (2.0, 0.18), (2.004, 0.12))
    waves = sum(share * np.sin(2 * np.pi * pitch_hz * multiple * moments) for multiple, share in voices)
    return np.asarray(0.09 * swell * waves, dtype=np.float64)


def _finished(canvas: Floats, *, fade_s: float) -> Pcm:
    """The canvas with its end faded, at a peak of −3 dB."""
    fade = round(fade_s * RATE_HZ)
    canvas[len(canvas) - fade :] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return from_floats(canvas * (0.707 / np.max(np.abs(canvas))), RATE_HZ)
