from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest

from audio.assembly import Part, assemble
from audio.inspection import Limits, Severity, inspect_bulletin, inspect_length, inspect_pcm, may_air
from audio.mastering import Mastered, MasteringProfile
from audio.pcm import Pcm, silence

MakeTone: TypeAlias = Callable[..., Pcm]


def codes(pcm: Pcm) -> list[str]:
    return [finding.code for finding in inspect_pcm(pcm)]


def louder(pcm: Pcm, gain: float, offset: int = 0) -> Pcm:
    values = np.clip(pcm.samples.astype(float) * gain + offset, -32768, 32767)
    return Pcm(values.astype(np.int16), pcm.rate_hz)


def test_good_sound_is_not_complained_about(speechlike: MakeTone) -> None:
    assert inspect_pcm(speechlike(5000)) == ()


def test_clipped_sound_is_named_with_its_first_place(speechlike: MakeTone) -> None:
    sound = speechlike(8000)
    later = Pcm(np.concatenate([sound.samples, louder(sound, 30).samples]), sound.rate_hz)
    (finding,) = inspect_pcm(later)
    assert finding.code == "clipping"
    assert finding.at_ms == pytest.approx(8000, abs=200)
    assert "0:08" in finding.words
    assert may_air((finding,))


def test_a_long_silence_is_named_with_its_place_and_length(speechlike: MakeTone) -> None:
    sound = speechlike(4000)
    gap = silence(2600, sound.rate_hz).samples
    (finding,) = inspect_pcm(Pcm(np.concatenate([sound.samples, gap, sound.samples]), sound.rate_hz))
    assert finding.code == "long_silence"
    assert finding.at_ms == pytest.approx(4000, abs=150)
    assert "2.6 giây" in finding.words or "2.7 giây" in finding.words


def test_a_pause_of_less_than_two_seconds_is_no_fault(speechlike: MakeTone) -> None:
    sound = speechlike(4000)
    gap = silence(1500, sound.rate_hz).samples
    assert inspect_pcm(Pcm(np.concatenate([sound.samples, gap, sound.samples]), sound.rate_hz)) == ()


def test_nothing_but_silence_may_not_air() -> None:
    findings = inspect_pcm(silence(5000, 16_000))
    assert [finding.code for finding in findings] == ["silent"]
    assert not may_air(findings)
    assert [finding.code for finding in inspect_pcm(Pcm.empty(16_000))] == ["silent"]


def test_a_fifth_of_a_second_and_three_hours_are_refused(speechlike: MakeTone) -> None:
    short = inspect_pcm(speechlike(300))
    assert not may_air(short)
    assert short[0].code == "too_short"
    long = inspect_pcm(speechlike(5000), Limits(longest_ms=4000))
    assert [finding.code for finding in long] == ["too_long"]
    assert not may_air(long)


def test_an_offset_is_named_but_is_no_sound_that_would_hide_a_silence(speechlike: MakeTone) -> None:
    assert codes(louder(speechlike(4000), 1.0, offset=3000)) == ["dc_offset"]
    sound = speechlike(4000)
    gap = silence(3000, sound.rate_hz).samples
    broken = louder(Pcm(np.concatenate([sound.samples, gap, sound.samples]), sound.rate_hz), 1.0, offset=3000)
    assert codes(broken) == ["dc_offset", "long_silence"]


def test_sound_that_ends_in_the_middle_of_a_vowel_is_named(speechlike: MakeTone) -> None:
    sound = speechlike(5000)
    strengths = np.convolve(np.abs(sound.samples.astype(float)), np.ones(400), mode="same")
    loudest = sound.rate_hz * 2 + int(np.argmax(strengths[sound.rate_hz * 2 :]))
    assert codes(Pcm(sound.samples[: loudest + 200], sound.rate_hz)) == ["cut_off"]


@pytest.mark.parametrize(
    ("length_ms", "wanted_ms", "fits"),
    [(1_800_000, 1_800_000, True), (1_800_048, 1_800_000, True), (1_800_049, 1_800_000, False), (900, 1000, False)],
)
def test_a_bulletin_of_another_length_than_its_session_may_not_air(length_ms: int, wanted_ms: int, fits: bool) -> None:
    assert may_air(inspect_length(length_ms, wanted_ms)) is fits


def test_words_are_for_people_and_codes_are_ascii(speechlike: MakeTone) -> None:
    for finding in (*inspect_pcm(silence(100, 8000)), *inspect_length(1, 1000)):
        assert finding.code.isascii()
        assert finding.words[0].isupper()
        assert finding.words.endswith(".")
        assert finding.severity is Severity.REFUSAL


def test_a_joined_bulletin_is_judged_by_arithmetic(mastered_items: tuple[Mastered, ...]) -> None:
    profile = MasteringProfile()
    blocks = [energy for item in mastered_items for energy in item.loudness_blocks]
    made = assemble([Part(item.frames, "bài", gap_ms=500) for item in mastered_items], length_ms=20_000)
    assert inspect_bulletin(made, blocks, profile, session_ms=20_000) == ()
    (length,) = inspect_bulletin(made, blocks, profile, session_ms=30_000)
    assert length.code == "length"
    assert not may_air((length,))
    (loudness,) = inspect_bulletin(made, blocks, MasteringProfile(target_lufs=-20), session_ms=20_000)
    assert loudness.code == "loudness"
    assert "to hơn" in loudness.words
    assert may_air((loudness,))
