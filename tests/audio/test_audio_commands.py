from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.command_line.main import main
from audio.pcm import Pcm, from_floats, read_wave, write_wave
from audio.transcoding import decode, ffmpeg


def tone(path: Path, length_ms: int, hz: float = 440.0, rate_hz: int = 44_100) -> None:
    moments = np.arange(length_ms * rate_hz // 1000) / rate_hz
    sound = from_floats(0.3 * np.sin(2 * np.pi * hz * moments), rate_hz)
    if path.suffix == ".wav":
        write_wave(sound, path)
    else:
        samples = ["-f", "s16le", "-ar", str(rate_hz), "-ac", "1", "-i", "pipe:0"]
        path.write_bytes(ffmpeg([*samples, "-f", path.suffix[1:], "pipe:1"], given=sound.samples.tobytes()))


def bulletin(folder: Path, document: Any) -> list[str]:
    (folder / "b.json").write_text(json.dumps(document), encoding="utf-8")
    return ["assemble", str(folder / "b.json"), "-o", str(folder / "out.mp3")]


def test_ordinary_files_are_joined_to_a_session_of_the_length_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tone(tmp_path / "một.wav", 3000)
    tone(tmp_path / "hai.mp3", 4000, hz=880)
    tone(tmp_path / "nhạc.ogg", 2500, hz=220)
    parts = [
        {"path": "một.wav", "title": "Bài một", "gap_ms": 1000},
        {"path": str(tmp_path / "hai.mp3"), "title": "Bài hai", "gap_ms": 500},
    ]
    arguments = bulletin(tmp_path, {"length_ms": 20_000, "parts": parts, "filler": "nhạc.ogg"})
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["length_ms"] == 20_000
    titles = [(chapter["title"], chapter["kind"]) for chapter in answer["chapters"]]
    assert titles == [("Bài một", "item"), ("Bài hai", "item"), ("Nhạc đệm", "filler")]
    assert [chapter["length_ms"] for chapter in answer["chapters"][:2]] == [3000, pytest.approx(4000, abs=60)]
    heard = decode(tmp_path / "out.mp3").samples
    assert len(heard) == 20 * 48_000
    for chapter, hz in zip(answer["chapters"], (440, 880, 220), strict=True):
        second = heard[chapter["starts_ms"] * 48 + 24_000 :][:48_000]
        assert int(np.argmax(np.abs(np.fft.rfft(second)))) == hz
    once = (tmp_path / "out.mp3").read_bytes()
    assert main(arguments) == 0
    assert (tmp_path / "out.mp3").read_bytes() == once


def test_without_a_length_and_filler_it_is_as_long_as_its_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tone(tmp_path / "a.wav", 2000)
    document = {"length_ms": None, "parts": [{"path": "a.wav", "title": "", "gap_ms": 500}] * 2, "filler": None}
    assert main(bulletin(tmp_path, document)) == 0
    assert json.loads(capsys.readouterr().out)["length_ms"] == 5000
    assert len(decode(tmp_path / "out.mp3").samples) == 5 * 48_000


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], ["đối tượng JSON"]),
        ({"parts": []}, ["ít nhất một mục"]),
        ({"parts": [{"title": "x"}, {"path": "a.wav", "gap_ms": -1}]}, ["parts[0].path", "parts[1].gap_ms"]),
        ({"length_ms": "dài", "filler": 3, "parts": [{"path": "a.wav", "title": 1}]}, ["length_ms", "filler", "title"]),
        ({"length_ms": 1.5, "parts": [{"path": "a.wav"}]}, ["length_ms"]),
        ({"parts": [{"path": "không có.wav"}]}, ["không có.wav"]),
        ({"length_ms": 500, "parts": [{"path": "a.wav"}]}, ["thừa 1.5 giây"]),
        ({"parts": [{"path": "text.mp3"}]}, ["ffmpeg"]),
    ],
)
def test_what_is_wrong_with_a_bulletin_is_said_all_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], document: Any, words: list[str]
) -> None:
    tone(tmp_path / "a.wav", 2000)
    (tmp_path / "text.mp3").write_text("không phải âm thanh", encoding="utf-8")
    assert main(bulletin(tmp_path, document)) == 1
    said = capsys.readouterr()
    assert said.out == ""
    for word in words:
        assert word in said.err
    assert not (tmp_path / "out.mp3").exists()


def test_a_document_that_is_no_json_or_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    assert main(["assemble", str(tmp_path / "b.json"), "-o", str(tmp_path / "o.mp3")]) == 1
    assert "không phải JSON" in capsys.readouterr().err
    assert main(["assemble", str(tmp_path / "c.json"), "-o", str(tmp_path / "o.mp3")]) == 1
    assert "c.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["sing"], ["say"], ["assemble", "x"], ["say", "--engine", "x", "-o", "a.wav", "z"]]
)
def test_wrong_arguments_end_with_status_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


class Input:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize("engine", ["monotone", "espeak"])
def test_text_is_said_into_a_wave_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    monkeypatch.setattr(sys, "stdin", Input("Kính thưa bà con. Xin cảm ơn!\n\nHết.".encode()))
    assert main(["say", "--engine", engine, "-o", str(tmp_path / "o.wav")]) == 0
    said: Pcm = read_wave(tmp_path / "o.wav")
    assert 3000 < said.length_ms < 6000


def test_text_is_said_into_an_mp3_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Input("Kính thưa bà con.".encode()))
    assert main(["say", "--engine", "espeak", "-o", str(tmp_path / "o.mp3")]) == 0
    assert decode(tmp_path / "o.mp3").length_ms > 700


@pytest.mark.parametrize(
    ("text", "engine", "output", "status", "words"),
    [
        (b"  \n", "monotone", "o.wav", 1, "không có tiếng nào"),
        ("một".encode(), "siri", "o.wav", 1, "siri"),
        ("một".encode(), "monotone", "o.flac", 2, ".wav"),
        (b"\xff\xfe", "monotone", "o.wav", 1, "UTF-8"),
    ],
)
def test_what_can_not_be_said_is_explained(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: bytes,
    engine: str,
    output: str,
    status: int,
    words: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Input(text))
    assert main(["say", "--engine", engine, "-o", str(tmp_path / output)]) == status
    assert words in capsys.readouterr().err
    assert not (tmp_path / output).exists()
