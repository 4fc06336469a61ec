from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.fitting import (
    QUICKEST,
    QUICKEST_RATE,
    QUICKEST_STRETCH,
    SHORTEST_PAUSES,
    Pacing,
    pace_to_fit,
    squeezed,
    stretched,
    with_pauses,
)
from audio.pcm import Pcm, from_floats


@pytest.mark.parametrize(
    ("speech_ms", "pauses_ms", "room_ms", "has_rate", "pacing"),
    [
        (80_000, 20_000, 100_000, True, Pacing()),
        (80_000, 20_000, 96_000, True, Pacing(pauses=0.8)),
        (80_000, 20_000, 94_000, True, Pacing(pauses=0.7)),
        (84_000, 20_000, 94_000, True, Pacing(pauses=0.7, rate=1.05)),
        (84_000, 20_000, 94_000, False, Pacing(pauses=0.7, stretch=1.05)),
        (88_000, 20_000, 94_000, True, Pacing(pauses=0.7, rate=1.05, stretch=1.1 / 1.05)),
        (88_001, 20_000, 94_000, True, Pacing(over_ms=14_001)),
        (84_001, 20_000, 94_000, False, Pacing(over_ms=10_001)),
        (50_000, 0, 49_000, True, Pacing(rate=50 / 49, pauses=0.7)),
        (10_000, 90_000, 20_000, True, Pacing(over_ms=80_000)),
    ],
)
def test_pauses_give_way_first_then_the_voice_then_the_sound(
    speech_ms: int, pauses_ms: int, room_ms: int, has_rate: bool, pacing: Pacing
) -> None:
    found = pace_to_fit(speech_ms, pauses_ms, room_ms, has_rate=has_rate)
    assert found.over_ms == pacing.over_ms
    assert (found.pauses, found.rate, found.stretch) == pytest.approx((pacing.pauses, pacing.rate, pacing.stretch))


@given(st.integers(1, 10**7), st.integers(0, 10**6), st.integers(1, 10**7), st.booleans())
def test_whatever_the_room_it_fits_within_bounds_or_nothing_is_changed(
    speech_ms: int, pauses_ms: int, room_ms: int, has_rate: bool
) -> None:
    pacing = pace_to_fit(speech_ms, pauses_ms, room_ms, has_rate=has_rate)
    if pacing.over_ms:
        assert not pacing.changed
        assert pacing.over_ms == speech_ms + pauses_ms - room_ms
        return
    assert pacing.length_ms(speech_ms, pauses_ms) <= room_ms + 1e-3
    assert SHORTEST_PAUSES - 1e-9 <= pacing.pauses <= 1
    assert 1 <= pacing.rate <= QUICKEST_RATE
    assert 1 - 1e-9 <= pacing.stretch <= QUICKEST_STRETCH + 1e-9
    assert pacing.rate * pacing.stretch <= QUICKEST + 1e-9
    assert has_rate or pacing.rate == 1
    if pacing.rate > 1 or pacing.stretch > 1 + 1e-9:
        assert pacing.pauses == pytest.approx(SHORTEST_PAUSES), "the voice is hurried only when pauses are used up"


def test_pauses_are_cut_down_to_milliseconds() -> None:
    assert with_pauses([("một", 700), ("hai", 1401)], 0.7) == [("một", 489), ("hai", 980)]


@pytest.mark.parametrize("factor", [1.0, 0.95, 1.05, 1.1])
def test_stretched_sound_has_its_length_to_the_sample_and_its_pitch(factor: float) -> None:
    tone = from_floats(0.3 * np.sin(2 * np.pi * 440 * np.arange(48_000 * 3) / 48_000), 48_000)
    done = stretched(tone, factor)
    assert len(done.samples) == round(48_000 * 3 / factor)
    middle = done.samples[48_000:96_000]
    assert int(np.argmax(np.abs(np.fft.rfft(middle)))) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("factor", [0.0, 0.9, 1.11, 2.0, float("nan")])
def test_what_would_be_heard_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="inaudible"):
        stretched(Pcm.empty(48_000), factor)


@pytest.mark.parametrize(("room_ms", "rate", "factor"), [(4_000, 1.0, 1.0), (2_950, 1.0, 1.031), (1_000, 1.05, 1.0476)])
def test_sound_is_squeezed_as_far_as_its_room_asks_and_no_further(room_ms: int, rate: float, factor: float) -> None:
    tone = from_floats(0.3 * np.sin(2 * np.pi * 440 * np.arange(48_000 * 3) / 48_000), 48_000)
    quiet = np.zeros(24_000, dtype=np.int16)
    done = squeezed(Pcm(np.concatenate([quiet, tone.samples, quiet]), 48_000), room_ms, rate=rate)
    assert done.factor == pytest.approx(factor, abs=0.002)
    # Its silent ends are cut but for a margin of 20 ms at each.
    assert done.pcm.length_ms == pytest.approx(3_040 / factor, abs=3)
    assert done.moved(500) == pytest.approx(20 / factor, abs=6)
    assert done.moved(0) == 0
