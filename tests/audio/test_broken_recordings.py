from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.assembly import Part, assemble_to
from audio.completeness import is_cut_short
from audio.mastering import Mastered, master
from audio.pcm import Pcm, silence, write_wave
from audio.recordings import parse_description, read_recording
from audio.tags import Tags
from audio.transcoding import ffmpeg

MakeTone: TypeAlias = Callable[..., Pcm]


def encoded(path: Path, pcm: Pcm, *arguments: str) -> Path:
    source = ["-f", "s16le", "-ar", str(pcm.rate_hz), "-ac", "1", "-i", "pipe:0"]
    ffmpeg([*source, *arguments, "-y", str(path)], given=pcm.samples.tobytes())
    return path


def stereo(path: Path, left: Pcm, right: Pcm) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(left.rate_hz)
        file.writeframes(np.column_stack([left.samples, right.samples]).astype("<i2").tobytes())
    return path


def louder(pcm: Pcm, gain: float, offset: int = 0) -> Pcm:
    return Pcm(np.clip(pcm.samples.astype(float) * gain + offset, -32768, 32767).astype(np.int16), pcm.rate_hz)


def video(path: Path) -> Path:
    pictures = ["-f", "lavfi", "-i", "testsrc=d=2:s=64x64", "-f", "lavfi", "-i", "sine=d=2"]
    ffmpeg([*pictures, "-y", str(path)])
    return path


def three_hours(path: Path) -> Path:
    """A WAV file of three hours that takes no room: its samples are a hole."""
    write_wave(silence(1000, 8000), path)
    samples = 3 * 3600 * 8000
    with path.open("r+b") as file:
        file.seek(4)
        file.write((36 + samples * 2).to_bytes(4, "little"))
        file.seek(40)
        file.write((samples * 2).to_bytes(4, "little"))
        file.truncate(44 + samples * 2)
    return path


def shortened(path: Path, share: float = 0.6) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def text(path: Path) -> Path:
    path.write_text("Đây là một văn bản. " * 300, encoding="utf-8")
    return path


Make: TypeAlias = Callable[[Path, Pcm], Path]

KINDS: dict[str, tuple[Make, list[str], bool]] = {
    "clipped": (lambda folder, sound: encoded(folder / "a.wav", louder(sound, 30)), ["clipping"], False),
    "clipped, then coded": (
        lambda folder, sound: encoded(folder / "a.mp3", louder(sound, 30), "-b:a", "128k"),
        ["clipping"],
        False,
    ),
    "silent": (lambda folder, _: encoded(folder / "a.mp3", silence(4000, 44_100)), ["silent"], True),
    "8 kHz": (lambda folder, sound: encoded(folder / "a.wav", sound, "-ar", "8000"), ["narrow_band"], False),
    "out of phase": (lambda folder, sound: stereo(folder / "a.wav", sound, louder(sound, -1)), ["out_of_phase"], False),
    "three hours": (lambda folder, _: three_hours(folder / "a.wav"), ["too_long"], True),
    "a fifth of a second": (
        lambda folder, sound: encoded(folder / "a.ogg", Pcm(sound.samples[:4410], sound.rate_hz)),
        ["too_short"],
        True,
    ),
    "offset": (lambda folder, sound: encoded(folder / "a.wav", louder(sound, 0.5, 4000)), ["dc_offset"], True),
    "video": (lambda folder, _: video(folder / "a.mp4"), ["video"], True),
    "text": (lambda folder, _: text(folder / "a.mp3"), ["not_sound"], True),
    "truncated": (lambda folder, sound: shortened(encoded(folder / "a.wav", sound)), ["truncated"], True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_broken_recording_gets_a_clear_verdict(tmp_path: Path, speechlike: MakeTone, kind: str) -> None:
    make, codes, refused = KINDS[kind]
    done = read_recording(make(tmp_path, speechlike(4000)))
    assert [finding.code for finding in done.findings if finding.code != "cut_off"] == codes
    assert done.refused is refused
    assert all(finding.words.endswith(".") for finding in done.findings)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a", "a.ogg", "a.flac", "a.opus"])
def test_good_recordings_of_every_format_are_let_in_whole(tmp_path: Path, speechlike: MakeTone, name: str) -> None:
    done = read_recording(encoded(tmp_path / name, speechlike(4000), "-ar", "48000"))
    assert done.findings == ()
    assert done.pcm is not None
    assert done.pcm.rate_hz == 48_000
    assert done.pcm.length_ms == pytest.approx(4000, abs=60)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a", "a.ogg", "a.opus"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_recording_cut_short_is_refused_in_every_format(
    tmp_path: Path, speechlike: MakeTone, name: str, share: float
) -> None:
    done = read_recording(shortened(encoded(tmp_path / name, speechlike(6000)), share))
    assert done.refused
    assert done.findings[0].code in {"truncated", "not_sound"}


@pytest.mark.parametrize("name", ["a.ogg", "a.opus"])
def test_an_ogg_file_cut_between_two_pages_lacks_the_mark_of_its_end(
    tmp_path: Path, speechlike: MakeTone, name: str
) -> None:
    path = encoded(tmp_path / name, speechlike(6000))
    data = path.read_bytes()
    assert not is_cut_short(path)
    path.write_bytes(data[: data.rfind(b"OggS")])
    assert is_cut_short(path)


def test_an_mp3_without_a_head_is_cut_short_when_its_last_frame_is(tmp_path: Path, speechlike: MakeTone) -> None:
    whole = encoded(tmp_path / "a.mp3", speechlike(4000), "-write_xing", "0", "-id3v2_version", "0")
    assert not is_cut_short(whole)
    data = whole.read_bytes()
    whole.write_bytes(data[:-50])
    assert is_cut_short(whole)
    whole.write_bytes(data + b"TAG" + b"\0" * 125)
    assert not is_cut_short(whole)


def test_of_two_channels_out_of_phase_the_left_one_is_heard(tmp_path: Path, speechlike: MakeTone) -> None:
    sound = speechlike(4000)
    done = read_recording(stereo(tmp_path / "a.wav", sound, louder(sound, -1)))
    assert done.pcm is not None
    assert np.abs(done.pcm.samples.astype(int)).max() == pytest.approx(np.abs(sound.samples.astype(int)).max(), rel=0.1)
    assert read_recording(stereo(tmp_path / "b.wav", sound, sound)).findings == ()


def test_what_is_let_in_can_be_mastered(tmp_path: Path, speechlike: MakeTone) -> None:
    done = read_recording(encoded(tmp_path / "a.m4a", speechlike(4000)))
    assert done.pcm is not None
    assert master(done.pcm).loudness_lufs == pytest.approx(-16, abs=0.3)


def test_a_bulletin_of_ours_is_whole_and_a_piece_of_it_is_not(
    tmp_path: Path, mastered_items: tuple[Mastered, ...]
) -> None:
    path = tmp_path / "b.mp3"
    assemble_to(path, [Part(mastered_items[0].frames, "một")], tags=Tags("Bản tin", "2026-12-01", "Xã"))
    assert not is_cut_short(path)
    assert is_cut_short(shortened(path, 0.7))


def test_a_picture_on_the_cover_makes_no_video() -> None:
    said = """Input #0, mp3, from 'a.mp3':
  Duration: 00:01:02.34, start: 0.025057, bitrate: 129 kb/s
  Stream #0:0: Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 128 kb/s
  Stream #0:1: Video: png, rgb24(pc, gbr/unknown/unknown), 500x500, 90k tbr, 90k tbn (attached pic)"""
    described = parse_description(said)
    assert (described.has_sound, described.has_picture) == (True, False)
    assert (described.rate_hz, described.channels, described.length_ms) == (44_100, 2, 62_340)


def test_a_playlist_by_another_name_opens_no_file_of_this_machine(tmp_path: Path, speechlike: MakeTone) -> None:
    write_wave(speechlike(2000), tmp_path / "secret.wav")
    (tmp_path / "a.mp3").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.wav\n#EXT-X-ENDLIST\n")
    (tmp_path / "b.wav").write_text("ffconcat version 1.0\nfile secret.wav\n")
    for name in ("a.mp3", "b.wav"):
        assert [finding.code for finding in read_recording(tmp_path / name).findings] == ["not_sound"]


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"RIFF\0\0\0\0WAVE", b"OggS", b"\0\0\0\x08ftyp", b"ID3", b"\xff\xfb", b""]),
)
def test_no_bytes_however_odd_raise_when_asked_whether_they_are_whole(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "odd"
    path.write_bytes(start + data)
    assert is_cut_short(path) in {True, False}


def test_a_file_that_is_not_there_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        is_cut_short(tmp_path / "none.mp3")
    done = read_recording(tmp_path / "none.mp3")
    assert [finding.code for finding in done.findings] == ["not_sound"]
