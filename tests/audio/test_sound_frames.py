from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio import frames as mp3
from audio.mastering import Mastered
from audio.transcoding import decode


@pytest.mark.parametrize(("bitrate_kbps", "size"), [(64, 192), (96, 288), (128, 384)])
def test_a_frame_is_24_ms_and_a_whole_number_of_bytes(bitrate_kbps: int, size: int) -> None:
    assert mp3.frame_bytes(bitrate_kbps) == size
    assert len(mp3.silent_frame(bitrate_kbps)) == size
    assert mp3.bitrate_of(mp3.silent_frame(bitrate_kbps)) == bitrate_kbps


@pytest.mark.parametrize("bitrate_kbps", [0, 8, 48, 65, 320000])
def test_a_bit_rate_too_low_for_an_info_frame_or_unknown_is_refused(bitrate_kbps: int) -> None:
    with pytest.raises(mp3.NotOurFrames):
        mp3.frame_bytes(bitrate_kbps)


def test_silent_frames_decode_to_nothing_but_zeros() -> None:
    heard = decode(mp3.silent_frame(64) * 50)
    assert len(heard.samples) >= 48 * mp3.SAMPLES_PER_FRAME
    assert not heard.samples.any()


@pytest.mark.parametrize(
    "spoiled",
    [
        b"\xff\xfb\x54\xc4",  # too short for a frame
        mp3.silent_frame(96) + mp3.silent_frame(96)[:96],  # another bit rate that happens to fill whole frames
        mp3.silent_frame(64) + b"\0" * 192,  # no sync
        b"ID3" + b"\0" * 189,  # a tag
    ],
)
def test_what_is_not_whole_frames_of_one_format_is_refused(spoiled: bytes) -> None:
    with pytest.raises(mp3.NotOurFrames):
        mp3.count_frames(spoiled, 64)


@pytest.mark.parametrize(
    "four_bytes", [b"", b"\xff\xfb\x50\xc4", b"\xff\xfb\x54\x04", b"\xff\xfb\xf4\xc4", b"\xff\xf3\x54\xc4"]
)
def test_other_sample_rates_stereo_and_other_layers_are_no_frames_of_ours(four_bytes: bytes) -> None:
    with pytest.raises(mp3.NotOurFrames):
        mp3.bitrate_of(four_bytes)


@given(side=st.binary(min_size=17, max_size=17), steps=st.integers(0, 300))
def test_turning_a_frame_down_changes_its_two_gains_and_nothing_else(side: bytes, steps: int) -> None:
    frame = mp3.header(64) + side + bytes(range(171))
    lower = mp3.quieter(frame, steps)
    assert lower[:4] == frame[:4]
    assert lower[21:] == frame[21:]
    before, after = (f"{int.from_bytes(one[4:21], 'big'):0136b}" for one in (frame, lower))
    for at in (39, 98):
        assert int(after[at : at + 8], 2) == max(0, int(before[at : at + 8], 2) - steps)
    for start, end in ((0, 39), (47, 98), (106, 136)):
        assert after[start:end] == before[start:end]


def test_a_fade_sinks_steadily_and_ends_in_near_silence(mastered_items: tuple[Mastered, ...]) -> None:
    frames = mastered_items[1].frames[: 100 * 192]
    whole = decode(frames).samples.astype(float)
    faded = decode(mp3.faded(frames, 64)).samples.astype(float)
    assert len(faded) == len(whole)
    tenth = len(whole) // 10
    strengths = [abs(faded[at : at + tenth]).max() for at in range(0, tenth * 10, tenth)]
    assert strengths[0] > 0.2 * abs(whole[:tenth]).max()
    assert strengths[-1] <= abs(whole).max() / 500


def test_the_info_frame_says_how_much_to_drop_at_both_ends() -> None:
    frame = mp3.info_frame(64, frame_count=1001, padding=576)
    assert len(frame) == 192
    assert frame[21:25] == b"Info"
    assert int.from_bytes(frame[29:33], "big") == 1001
    assert int.from_bytes(frame[33:37], "big") == 1002 * 192
    delays = int.from_bytes(frame[21 + 120 + 21 : 21 + 120 + 24], "big")
    assert (delays >> 12, delays & 0xFFF) == (576, 576)
    with pytest.raises(ValueError, match="12 bits"):
        mp3.info_frame(64, frame_count=1, padding=4096)


def test_the_crc_is_the_one_of_the_standard_check_value() -> None:
    assert mp3.crc16(b"123456789") == 0xBB3D
