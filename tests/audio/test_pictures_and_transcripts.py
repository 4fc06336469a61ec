from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio.engines import speak_by
from audio.engines.monotone import Monotone
from audio.pcm import Pcm
from audio.transcript import vtt
from audio.waveform import peaks


@given(arrays.arrays(np.int16, st.integers(0, 3000)), st.integers(1, 900))
def test_a_waveform_has_as_many_points_as_asked_for_and_misses_no_peak(samples: np.ndarray, points: int) -> None:
    drawn = peaks(Pcm(samples, 8000), points)
    assert len(drawn) == min(points, len(samples))
    assert all(0 <= value <= 1 for value in drawn)
    if len(samples):
        assert max(drawn) == pytest.approx(np.abs(samples.astype(int)).max() / 32768, abs=0.001)


def test_a_waveform_without_points_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        peaks(Pcm.empty(8000), 0)


def test_a_transcript_names_each_sentence_at_its_time() -> None:
    script = [("Kính thưa bà con.", 500), ("…", 300), ("Lúa & ngô < năm trước.", 900)]
    spoken = speak_by(Monotone(), script)
    text = vtt([sentence for sentence, _ in script], spoken.sentence_spans_ms, starts_ms=3_723_000)
    assert text.startswith("WEBVTT\n\n01:02:03.000 --> 01:02:04.")
    assert text.count("-->") == 2, "what does not sound has no cue"
    assert "Lúa &amp; ngô &lt; năm trước." in text
    assert text.endswith("\n")


def test_what_mastering_trimmed_is_taken_from_the_times() -> None:
    assert "00:00:00.000 --> 00:00:00.900" in vtt(["Một."], [(50, 1000)], starts_ms=-100)


def test_as_many_spans_as_sentences_are_needed() -> None:
    with pytest.raises(ValueError, match="argument"):
        vtt(["Một."], [])


@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 10**7), st.integers(1, 60_000)), max_size=10))
def test_whatever_is_said_every_cue_is_well_formed(said: list[tuple[str, int, int]]) -> None:
    text = vtt([sentence for sentence, _, _ in said], [(start, start + length) for _, start, length in said])
    for block in text.split("\n\n")[1:]:
        times, *words = block.strip("\n").split("\n")
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", times)
        assert len(words) == 1
        assert "-->" not in words[0]
