from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio import music
from audio.mixing import Ducking, spoken_over
from audio.pcm import (
    Pcm,
    UnreadableWave,
    from_floats,
    joined,
    read_wave,
    silence,
    speech_bounds,
    trimmed,
    wave_bytes,
)


@settings(max_examples=40)
@given(arrays.arrays(np.int16, st.integers(0, 2000)), st.sampled_from([8000, 16_000, 22_050, 48_000]))
def test_a_wave_file_gives_back_what_was_written(samples: np.ndarray, rate_hz: int) -> None:
    pcm = Pcm(samples, rate_hz)
    assert read_wave(wave_bytes(pcm)) == pcm


def test_two_channels_become_one(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "stereo.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.array([[100, 300], [-50, 50]], dtype="<i2").tobytes())
    assert read_wave(tmp_path / "stereo.wav").samples.tolist() == [200, 0]


def test_what_is_no_wave_file_or_has_other_samples_is_refused() -> None:
    with pytest.raises(UnreadableWave):
        read_wave(b"no sound at all")
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\0" * 10)
    with pytest.raises(UnreadableWave, match="8 bit"):
        read_wave(held.getvalue())


@pytest.mark.parametrize(
    ("samples", "rate_hz"),
    [
        (np.zeros(3, dtype=np.float32), 8000),
        (np.zeros((3, 2), dtype=np.int16), 8000),
        (np.zeros(3, dtype=np.int16), 0),
    ],
)
def test_what_is_not_mono_16_bit_sound_is_a_mistake_of_the_caller(samples: np.ndarray, rate_hz: int) -> None:
    with pytest.raises(ValueError, match="Pcm wants"):
        Pcm(samples, rate_hz)


def test_sound_of_different_rates_is_never_joined() -> None:
    with pytest.raises(ValueError, match="one rate"):
        joined([silence(10, 8000), silence(10, 16_000)])
    with pytest.raises(ValueError, match="one rate"):
        joined([])


@given(
    before_ms=st.integers(0, 500),
    after_ms=st.integers(0, 500),
    peak=st.integers(600, 32_767),
    rate_hz=st.sampled_from([16_000, 22_050, 48_000]),
)
def test_silence_at_both_ends_is_found_however_loud_the_sound(
    before_ms: int, after_ms: int, peak: int, rate_hz: int
) -> None:
    sound = np.full(rate_hz // 10, peak, dtype=np.int16)
    whole = np.concatenate([silence(before_ms, rate_hz).samples, sound, silence(after_ms, rate_hz).samples])
    start, end = speech_bounds(Pcm(whole, rate_hz))
    true_start = len(silence(before_ms, rate_hz).samples)
    slack = rate_hz * 14 // 1000
    assert true_start - slack <= start <= true_start
    assert true_start + len(sound) <= end <= true_start + len(sound) + slack


def test_of_silence_nothing_is_left() -> None:
    assert len(trimmed(silence(500, 16_000)).samples) == 0
    assert len(trimmed(Pcm.empty(16_000)).samples) == 0


def test_values_beyond_full_scale_are_clipped_and_never_wrap() -> None:
    assert from_floats(np.array([2.0, -2.0, 1.0, 0.0]), 8000).samples.tolist() == [32767, -32768, 32767, 0]


SOUNDS: dict[str, Callable[[], Pcm]] = {
    "signature": music.signature_tune,
    "chime": music.chime,
    "closing": music.closing_tune,
    "bed": music.filler_bed,
}


@pytest.fixture(scope="module")
def sounds() -> dict[str, Pcm]:
    return {name: make() for name, make in SOUNDS.items()}


@pytest.mark.parametrize(
    ("name", "shortest_ms", "longest_ms"),
    [("signature", 8000, 12_000), ("chime", 1000, 1400), ("closing", 4500, 5500), ("bed", 30_000, 60_000)],
)
def test_the_stations_sounds_are_of_their_length_unclipped_and_always_the_same(
    sounds: dict[str, Pcm], name: str, shortest_ms: int, longest_ms: int
) -> None:
    assert shortest_ms <= sounds[name].length_ms <= longest_ms
    assert 10_000 < np.abs(sounds[name].samples.astype(int)).max() < 32_000
    assert sounds[name] == SOUNDS[name]()


@pytest.mark.parametrize("name", ["signature", "chime", "closing"])
def test_tunes_begin_and_end_without_a_click(sounds: dict[str, Pcm], name: str) -> None:
    samples = sounds[name].samples.astype(int)
    assert np.abs(samples[:8]).max() < 1500
    assert np.abs(samples[-48:]).max() < 30


def test_the_bed_leads_into_its_own_beginning(sounds: dict[str, Pcm]) -> None:
    samples = sounds["bed"].samples.astype(int)
    usual_step = np.abs(np.diff(samples)).max()
    assert abs(int(samples[0]) - int(samples[-1])) <= usual_step


def test_a_tune_sinks_beneath_the_voice_and_comes_back() -> None:
    rate_hz = 48_000
    tune = from_floats(0.5 * np.sin(np.arange(rate_hz * 20) / 20), rate_hz)
    voice = from_floats(0.02 * np.sin(np.arange(rate_hz * 4) / 3), rate_hz)
    ducking = Ducking(voice_after_ms=2000, sinks_db=20, ease_ms=500, lingers_ms=3000)
    mixed = spoken_over(voice, tune, ducking)
    assert mixed.length_ms == 2000 + 4000 + 3000

    def level(from_ms: int, until_ms: int) -> float:
        return float(np.abs(mixed.samples[from_ms * 48 : until_ms * 48].astype(int)).max())

    assert level(0, 1400) == pytest.approx(16_384, rel=0.02)
    assert level(2100, 5900) < 16_384 * 0.16
    assert level(6500, 6700) > 8000
    assert level(8950, 9000) < 400


def test_a_tune_that_is_too_short_is_played_again_beneath_a_long_voice() -> None:
    tune = from_floats(0.5 * np.sin(np.arange(48_000) / 20), 48_000)
    mixed = spoken_over(silence(5000, 22_050), tune)
    assert mixed.length_ms == 3500 + 5000 + 1800
    assert np.abs(mixed.samples[7000 * 48 : 8000 * 48].astype(int)).max() > 1000


def test_the_loudest_voice_over_the_loudest_tune_is_not_clipped() -> None:
    tune = from_floats(np.sin(np.arange(48_000 * 8) / 20), 48_000)
    voice = from_floats(np.sin(np.arange(22_050 * 2) / 9), 22_050)
    mixed = spoken_over(voice, tune).samples.astype(int)
    beneath = mixed[3600 * 48 : 5400 * 48]
    assert 20_000 < np.abs(beneath).max() < 32_700
