from __future__ import annotations

import hashlib
import io
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio import frames as mp3
from audio.assembly import BulletinTooLong, NothingToAssemble, Part, assemble, assemble_to
from audio.importing import frames_of
from audio.mastering import Mastered, MasteringProfile, master
from audio.music import chime
from audio.pcm import Pcm, write_wave
from audio.tags import Tags
from audio.transcoding import decode

TAGS = Tags(
    title="Bản tin chiều, phường Lê Lợi",
    date="2026-12-01T17:00:00+07:00",
    zone="Trung tâm",
    speakers=("espeak (vi)",),
    synthetic=True,
    notice="Giọng đọc do máy tạo.",
)


def as_played(data: bytes) -> Pcm:
    """Decoded from a file: from a pipe ffmpeg can't know the end and leaves the padding on."""
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        file.write(data)
        file.flush()
        return decode(Path(file.name))


def read_tags(data: bytes) -> Any:
    return import_module("mutagen.mp3").MP3(io.BytesIO(data))


def parts_of(items: tuple[Mastered, ...], gap_ms: int = 500) -> list[Part]:
    return [Part(item.frames, f"Bài số {number}", "item", gap_ms) for number, item in enumerate(items, 1)]


def test_a_session_of_a_minute_decodes_to_a_minute_to_the_sample(mastered_items: tuple[Mastered, ...]) -> None:
    made = assemble(parts_of(mastered_items), length_ms=60_000, tags=TAGS)
    assert made.length_ms == 60_000
    assert len(as_played(made.data).samples) == 60 * 48_000


@pytest.mark.parametrize("length_ms", [20_000, 20_001, 20_011, 20_023, 20_024])
def test_any_length_in_milliseconds_is_kept_to_the_sample(mastered_items: tuple[Mastered, ...], length_ms: int) -> None:
    made = assemble(parts_of(mastered_items), length_ms=length_ms)
    assert len(as_played(made.data).samples) == length_ms * 48


def test_every_part_sounds_exactly_as_it_does_alone_from_the_sample_its_chapter_names(
    mastered_items: tuple[Mastered, ...],
) -> None:
    made = assemble(parts_of(mastered_items, gap_ms=333))
    heard = as_played(made.data).samples.astype(int)
    for item, chapter in zip(mastered_items, made.chapters, strict=True):
        alone = decode(item.frames + mp3.silent_frame(64)).samples.astype(int)
        start = chapter.starts_ms * 48
        # Alone, the first sample comes 1105 samples late; joined, those ring in just before the part's start.
        led_in = min(start, mp3.LEAD_IN)
        there = heard[start - led_in : start + len(alone) - mp3.LEAD_IN]
        assert np.abs(there - alone[mp3.LEAD_IN - led_in :][: len(there)]).max() <= 1, "no sample differs: no click"
        assert not heard[start + len(alone) - mp3.LEAD_IN :][:2000].any(), "and silence follows"


def test_without_a_length_it_is_as_long_as_its_parts_and_gaps(mastered_items: tuple[Mastered, ...]) -> None:
    made = assemble(parts_of(mastered_items, gap_ms=1000))
    assert made.length_ms == sum(item.length_ms for item in mastered_items) + 3000
    assert len(as_played(made.data).samples) == made.length_ms * 48


def test_gaps_that_are_no_whole_frames_never_add_up_to_a_drift(mastered_items: tuple[Mastered, ...]) -> None:
    parts = parts_of(mastered_items[:1] * 40, gap_ms=1510)
    made = assemble(parts)
    for number, chapter in enumerate(made.chapters):
        due_ms = number * (mastered_items[0].length_ms + 1510)
        assert due_ms - 24 < chapter.starts_ms <= due_ms


def test_the_same_parts_give_the_same_bytes_in_memory_and_in_a_file(
    mastered_items: tuple[Mastered, ...], tmp_path: Path
) -> None:
    in_memory = assemble(parts_of(mastered_items), length_ms=30_000, tags=TAGS)
    kept = []
    for number, item in enumerate(mastered_items):
        kept.append(tmp_path / f"{number}.frames")
        kept[-1].write_bytes(item.frames)
    from_files = [Part(path, f"Bài số {number}", "item", 500) for number, path in enumerate(kept, 1)]
    made = assemble_to(tmp_path / "b.mp3", from_files, length_ms=30_000, tags=TAGS)
    written = (tmp_path / "b.mp3").read_bytes()
    assert written == in_memory.data
    assert made.sha256 == in_memory.sha256 == hashlib.sha256(written).hexdigest()
    assert made.bytes == len(written)
    assert made.chapters == in_memory.chapters


def test_what_does_not_fit_is_an_error_that_says_by_how_much(
    mastered_items: tuple[Mastered, ...], tmp_path: Path
) -> None:
    needed_ms = sum(item.length_ms for item in mastered_items) + 2 * 480
    with pytest.raises(BulletinTooLong) as refused:
        assemble_to(tmp_path / "b.mp3", parts_of(mastered_items, 480), length_ms=needed_ms - 1000)
    assert refused.value.over_ms == 1000
    assert not refused.value.can_retry
    assert list(tmp_path.iterdir()) == []
    assert assemble(parts_of(mastered_items, 480), length_ms=needed_ms).length_ms == needed_ms


def test_the_gap_after_the_last_part_need_not_fit(mastered_items: tuple[Mastered, ...]) -> None:
    length_ms = mastered_items[0].length_ms
    assert assemble(parts_of(mastered_items[:1], gap_ms=1500), length_ms=length_ms).length_ms == length_ms


def test_filler_plays_round_and_round_to_the_end_and_sinks_away(mastered_items: tuple[Mastered, ...]) -> None:
    bed = Part(mastered_items[2].frames, "Nhạc chờ", "filler")
    made = assemble(parts_of(mastered_items[:1]), length_ms=20_000, filler=bed)
    heard = as_played(made.data).samples.astype(float)
    assert len(heard) == 20_000 * 48
    chapter = made.chapters[-1]
    assert (chapter.kind, chapter.starts_ms + chapter.length_ms) == ("filler", 20_000)
    seconds = [np.abs(heard[at : at + 48_000]).max() for at in range(chapter.starts_ms * 48, 17 * 48_000, 48_000)]
    assert min(seconds) > 500, "nowhere silent before the fade"
    assert np.abs(heard[-4800:]).max() < 60


def test_without_filler_the_rest_is_silence(mastered_items: tuple[Mastered, ...]) -> None:
    made = assemble(parts_of(mastered_items[:1]), length_ms=10_000)
    heard = as_played(made.data).samples
    assert not heard[(mastered_items[0].length_ms + 100) * 48 :].any()


def test_chapters_tags_and_the_mark_of_a_machine_voice_are_read_back_by_another_library(
    mastered_items: tuple[Mastered, ...],
) -> None:
    made = assemble(parts_of(mastered_items), length_ms=30_000, tags=TAGS)
    file = read_tags(made.data)
    assert file.info.length == pytest.approx(30.0, abs=0.05)
    tags = file.tags
    assert tags["TIT2"].text == [TAGS.title]
    assert tags["TALB"].text == ["Trung tâm"]
    assert tags["TXXX:SPEECH_ORIGIN"].text == ["synthetic"]
    assert tags["TPE1"].text == ["espeak (vi)"]
    read = sorted(tags.getall("CHAP"), key=lambda chapter: chapter.start_time)
    assert [(one.start_time, one.end_time, one.sub_frames["TIT2"].text[0]) for one in read] == [
        (chapter.starts_ms, chapter.starts_ms + chapter.length_ms, chapter.title) for chapter in made.chapters
    ]


def test_a_part_without_a_title_is_no_chapter_for_players(mastered_items: tuple[Mastered, ...]) -> None:
    chime_part = Part(mastered_items[0].frames, "", "chime", 200)
    made = assemble([chime_part, *parts_of(mastered_items[1:])], tags=TAGS)
    assert len(made.chapters) == 3
    titles = [chapter.sub_frames["TIT2"].text[0] for chapter in read_tags(made.data).tags.getall("CHAP")]
    assert sorted(titles) == ["Bài số 1", "Bài số 2"]


def test_a_recording_is_not_marked_as_a_machine(mastered_items: tuple[Mastered, ...]) -> None:
    tags = Tags(title="Ghi âm", date="2026-12-01", zone="Xã", speakers=("Nguyễn Văn A",), synthetic=False)
    made = assemble(parts_of(mastered_items[:1]), tags=tags)
    assert read_tags(made.data).tags["TXXX:SPEECH_ORIGIN"].text == ["recorded"]


def test_parts_of_another_format_are_refused_by_name(mastered_items: tuple[Mastered, ...], tmp_path: Path) -> None:
    other = master(chime(), MasteringProfile(bitrate_kbps=96, compress=False))
    with pytest.raises(mp3.NotOurFrames):
        assemble([*parts_of(mastered_items[:1]), Part(other.frames, "96 kb/s")])
    cut = tmp_path / "cut.frames"
    cut.write_bytes(mastered_items[0].frames[:-5])
    with pytest.raises(mp3.NotOurFrames, match=r"cut\.frames"):
        assemble([*parts_of(mastered_items[:1]), Part(cut, "bị cắt")])


def test_frames_that_change_format_in_their_middle_are_refused_and_nothing_is_left(
    mastered_items: tuple[Mastered, ...], tmp_path: Path
) -> None:
    spoiled = bytearray(mastered_items[0].frames)
    spoiled[192 * 20] = 0
    with pytest.raises(mp3.NotOurFrames):
        assemble_to(tmp_path / "b.mp3", [Part(bytes(spoiled), "hỏng")])
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_join_is_an_error() -> None:
    with pytest.raises(NothingToAssemble):
        assemble([], length_ms=1000)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    gaps=st.lists(st.integers(0, 4000), min_size=8, max_size=8),
    spare_ms=st.integers(0, 5000),
)
def test_whatever_the_parts_the_bytes_are_as_long_as_the_session_and_chapters_never_overlap(
    lengths: list[int], gaps: list[int], spare_ms: int
) -> None:
    parts = [Part(mp3.silent_frame(64) * length, "", "item", gap) for length, gap in zip(lengths, gaps, strict=False)]
    needed_ms = sum(lengths) * 24 + sum(gaps[: len(lengths) - 1])
    made = assemble(parts, length_ms=needed_ms + spare_ms)
    frames = -(-(needed_ms + spare_ms) // 24)
    assert mp3.count_frames(made.data, 64) == frames + 2, "an Info frame, the session, one frame to flush"
    ends = [0, *(chapter.starts_ms + chapter.length_ms for chapter in made.chapters)]
    assert all(chapter.starts_ms >= end for chapter, end in zip(made.chapters, ends, strict=False))
    assert ends[-1] <= needed_ms + spare_ms


def test_a_file_from_elsewhere_fills_a_session_of_its_own_length_to_the_last_sample(tmp_path: Path) -> None:
    tone = Pcm((6000 * np.sin(np.arange(48_000) / 20)).astype(np.int16), 48_000)
    write_wave(tone, tmp_path / "một giây.wav")
    held = frames_of(tmp_path / "một giây.wav")
    made = assemble([Part(held.data, "một giây", sound_ms=held.sound_ms)], length_ms=1000)
    heard = as_played(made.data).samples.astype(int)
    assert len(heard) == 48_000
    assert np.abs(heard[2000:46_000] - tone.samples[2000:46_000]).max() < 250


def test_frames_beyond_the_sound_are_left_out() -> None:
    made = assemble([Part(mp3.silent_frame(64) * 500, "im lặng", sound_ms=1000)], length_ms=1000)
    assert mp3.count_frames(made.data, 64) == 1 + 42 + 1
