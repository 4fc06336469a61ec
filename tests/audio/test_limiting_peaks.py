from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio.engines.espeak import Espeak
from audio.limiting import BLOCK, apply_gains, block_peaks, limiting_gains
from audio.mastering import COMPRESSOR, HORN, PHASE_ROTATOR, _Level
from audio.pcm import Pcm
from audio.transcoding import ffmpeg


@given(
    peaks=arrays.arrays(np.float64, st.integers(1, 300), elements=st.floats(0, 4)),
    gain=st.floats(0.1, 20),
    ceiling=st.floats(0.05, 1),
)
def test_no_block_ever_exceeds_the_ceiling_and_none_is_made_louder_than_asked(
    peaks: np.ndarray, gain: float, ceiling: float
) -> None:
    gains = limiting_gains(peaks, gain, ceiling)
    assert len(gains) == len(peaks) + 1
    assert (gains <= gain * (1 + 1e-9)).all()
    for borders in (gains[:-1], gains[1:]):
        assert (borders * peaks <= ceiling * (1 + 1e-9)).all()


def test_what_lies_under_the_ceiling_is_left_alone() -> None:
    assert limiting_gains(np.full(50, 0.2), 2.0, 0.9) == pytest.approx(2.0)


def test_a_lone_peak_turns_the_gain_down_gently_before_and_after_it() -> None:
    peaks = np.full(101, 0.1)
    peaks[50] = 1.0
    gains = limiting_gains(peaks, 1.0, 0.5)
    assert gains[50] == pytest.approx(0.5)
    assert np.abs(np.diff(gains)).max() < 0.1, "no step that would click"
    assert gains[[30, 70]] == pytest.approx(1.0)


def test_gains_applied_keep_every_sample_under_the_ceiling() -> None:
    chance = np.random.default_rng(3)
    samples = (chance.standard_normal(BLOCK * 400) * chance.uniform(0, 0.6, BLOCK * 400)).astype(np.float32)
    gains = limiting_gains(block_peaks(samples), 3.0, 0.7)
    limited = apply_gains(samples, gains)
    assert np.abs(limited).max() <= 0.7 * (1 + 1e-5)
    assert np.abs(limited).max() > 0.6


def test_the_phase_rotator_spares_a_voice_most_of_the_limiting() -> None:
    espeak = Espeak(children=1)
    try:
        voice = espeak.synthesise("Sáng nay, tại nhà văn hóa thôn, bà con họp bàn việc làm đường và khơi thông mương.")
    finally:
        espeak.close()
    with_it, without = (limited_share(voice, filters) for filters in (f"{PHASE_ROTATOR},{HORN}", HORN))
    assert with_it < without / 2


def limited_share(voice: Pcm, filters: str) -> float:
    """In how much of the time the limiter takes 2 dB or more off a voice brought to −16 LUFS."""
    source = ["-f", "s16le", "-ar", str(voice.rate_hz), "-ac", "1", "-i", "pipe:0"]
    graph = ["-af", f"{filters},{COMPRESSOR},aresample=48000", "-ar", "48000", "-f", "f32le", "pipe:1"]
    values = np.frombuffer(ffmpeg([*source, *graph], given=voice.samples.tobytes()), dtype="<f4")
    gains = _Level(values[: len(values) // BLOCK * BLOCK]).gains_for(-15.5, -2.5)
    return float(np.mean(gains < gains.max() * 0.8))
