from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from audio import frames as mp3
from audio.inspection import inspect_mastered
from audio.loudness import block_energies, integrated_lufs, step_energies, true_peak_dbtp
from audio.mastering import Mastered, MasteringProfile, NothingToMaster, master, measure
from audio.music import chime
from audio.pcm import Pcm, from_floats, silence
from audio.transcoding import TranscodingFailed, decode, ffmpeg

MakeTone: TypeAlias = Callable[..., Pcm]


def sine(level_dbfs: float, *, hz: float = 997.0, seconds: float = 5.0) -> Pcm:
    moments = np.arange(round(48_000 * seconds)) / 48_000
    return from_floats(10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hz * moments), 48_000)


def measured_by_ffmpeg(frames: bytes) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg's own meter reads them: a judge that shares no code with ours."""
    graph = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"
    lines = ffmpeg(["-f", "mp3", "-i", "pipe:0", "-af", graph, "-f", "null", "-"], given=frames).decode().splitlines()
    loudness = [line for line in lines if line.startswith("lavfi.r128.I=")][-1]
    peak = [line for line in lines if line.startswith("lavfi.r128.true_peak=")][-1]
    return float(loudness.split("=")[1]), 20 * np.log10(float(peak.split("=")[1]))


@pytest.mark.parametrize("horn", [True, False])
@pytest.mark.parametrize("target_lufs", [-16.0, -19.0])
def test_loudness_and_peak_are_met_after_encoding_as_another_meter_reads_them(
    speechlike: MakeTone, horn: bool, target_lufs: float
) -> None:
    profile = MasteringProfile(horn=horn, target_lufs=target_lufs)
    done = master(speechlike(6000), profile)
    loudness, peak = measured_by_ffmpeg(done.frames)
    assert loudness == pytest.approx(target_lufs, abs=0.25)
    assert peak <= -1.4
    assert done.loudness_lufs == pytest.approx(loudness, abs=0.1)
    assert inspect_mastered(done, profile) == ()


@pytest.mark.parametrize("gain", [0.05, 1.0])
def test_a_quiet_recording_becomes_as_loud_as_any(speechlike: MakeTone, gain: float) -> None:
    sound = speechlike(4000)
    quiet = Pcm(np.rint(sound.samples * gain).astype(np.int16), sound.rate_hz)
    assert master(quiet).loudness_lufs == pytest.approx(-16.0, abs=0.3)


def test_the_same_sound_gives_the_same_bytes(speechlike: MakeTone) -> None:
    assert master(speechlike(1500)) == master(speechlike(1500))


def test_silence_at_both_ends_is_trimmed_and_its_length_told(speechlike: MakeTone) -> None:
    sound = speechlike(3000)
    quiet = silence(2000, sound.rate_hz).samples
    padded = Pcm(np.concatenate([quiet, sound.samples, quiet]), sound.rate_hz)
    plain, done = master(sound), master(padded)
    assert abs(done.length_ms - plain.length_ms) <= 2 * 24 + 20
    assert done.trimmed_start_ms == pytest.approx(2000 + plain.trimmed_start_ms, abs=25)


@pytest.mark.parametrize("pcm", [silence(1000, 22_050), Pcm.empty(16_000)])
def test_silence_is_refused(pcm: Pcm) -> None:
    with pytest.raises(NothingToMaster):
        master(pcm)


def test_sound_that_can_not_be_loud_without_clipping_keeps_the_ceiling_and_is_reported() -> None:
    clicks = np.zeros(48_000 * 4)
    clicks[::4800] = 0.9
    profile = MasteringProfile(compress=False, horn=False)
    done = master(from_floats(clicks, 48_000), profile)
    assert done.true_peak_dbtp <= -1.5
    assert [finding.code for finding in inspect_mastered(done, profile)] == ["loudness"]


def test_the_number_of_frames_follows_from_the_samples_and_every_frame_is_in_sync(
    mastered_items: tuple[Mastered, ...],
) -> None:
    for item in mastered_items:
        assert mp3.count_frames(item.frames, 64) == item.frame_count
        assert item.length_ms == item.frame_count * 24


def test_music_for_podcasts_comes_at_96_kbps() -> None:
    done = master(chime(), MasteringProfile(bitrate_kbps=96, compress=False, horn=False))
    assert mp3.count_frames(done.frames, 96) == done.frame_count


def test_the_horn_filter_takes_away_what_a_horn_can_not_play() -> None:
    rumble, voice = sine(-6, hz=70, seconds=1).samples, sine(-20, hz=1500, seconds=1).samples
    mixed = Pcm((rumble.astype(int) + voice).astype(np.int16), 48_000)
    heard = decode(master(mixed, MasteringProfile(horn=True, compress=False)).frames).samples[4000:44_000]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    at = len(heard) / 48_000
    assert spectrum[round(70 * at)] < spectrum[round(1500 * at)] / 30


def test_every_setting_changes_the_digest_of_the_profile() -> None:
    usual = MasteringProfile()
    others: dict[str, Any] = {
        "target_lufs": -18.0,
        "ceiling_dbtp": -2.0,
        "bitrate_kbps": 96,
        "horn": False,
        "compress": False,
        "encoder_quality": 2,
    }
    assert set(others) == {field.name for field in dataclasses.fields(usual)}
    digests = {dataclasses.replace(usual, **{name: value}).digest for name, value in others.items()}
    assert len(digests | {usual.digest}) == len(others) + 1
    assert MasteringProfile().digest == usual.digest


@pytest.mark.parametrize(
    ("pcm", "lufs"),
    [
        (sine(-20.0), -23.0),  # EBU Tech 3341: 1 kHz in one channel reads 3 dB under its peak
        (sine(-33.0), -36.0),
        (Pcm(np.concatenate([sine(-20.0).samples, sine(-60.0).samples]), 48_000), -23.0),  # gated away
    ],
)
def test_the_meter_reads_the_reference_tones_right(pcm: Pcm, lufs: float) -> None:
    assert integrated_lufs(block_energies(step_energies(pcm.samples / np.float32(32768)))) == pytest.approx(
        lufs, abs=0.15
    )


def test_a_peak_between_the_samples_is_found() -> None:
    moments = np.arange(48_000)
    between = 0.5 * np.sin(2 * np.pi * 12_000 * moments / 48_000 + np.pi / 4)
    assert np.abs(between).max() == pytest.approx(0.3536, abs=1e-3)
    assert true_peak_dbtp(between) == pytest.approx(-6.02, abs=0.3)


def test_blocks_of_parts_give_the_loudness_of_the_whole(mastered_items: tuple[Mastered, ...]) -> None:
    blocks = [energy for item in mastered_items for energy in item.loudness_blocks]
    joined = b"".join(item.frames + mp3.silent_frame(64) * 20 for item in mastered_items)
    assert integrated_lufs(blocks) == pytest.approx(measured_by_ffmpeg(joined)[0], abs=0.3)


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 16_000, 44_100, 96_000])
@pytest.mark.parametrize("horn", [True, False])
def test_sound_of_any_sample_rate_is_mastered_at_its_length(speechlike: MakeTone, rate_hz: int, horn: bool) -> None:
    done = master(speechlike(2000, rate_hz=rate_hz), MasteringProfile(horn=horn))
    assert done.loudness_lufs == pytest.approx(-16, abs=0.4)
    assert 1700 < done.length_ms <= 2000 + 20 + 48


@pytest.mark.parametrize("length_ms", [20, 60, 150, 450])
def test_the_shortest_sounds_are_mastered_too(length_ms: int) -> None:
    done = master(sine(-12, seconds=length_ms / 1000), MasteringProfile(compress=False))
    assert done.true_peak_dbtp <= -1.5
    assert done.frame_count >= 2


def test_frames_that_a_decoder_stumbles_over_are_found_before_they_are_kept(speechlike: MakeTone) -> None:
    frames = bytearray(master(speechlike(3000)).frames)
    size = mp3.frame_bytes(64)
    for number in range(20, 40):
        # The header stays, so that only a decoder can notice.
        frames[number * size + 4 : (number + 1) * size] = bytes([0xA5]) * (size - 4)
    with pytest.raises(TranscodingFailed):
        measure(bytes(frames), MasteringProfile())
