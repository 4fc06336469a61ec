"""`python -m audio speech`, as other programs call it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from audio.command_line.speech import main


class _Input:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def _say(monkeypatch: pytest.MonkeyPatch, text: str | bytes, *arguments: str) -> int:
    data = text if isinstance(text, bytes) else text.encode()
    monkeypatch.setattr("sys.stdin", _Input(data))
    return main(list(arguments))


def test_one_line_out_for_each_line_in(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert _say(monkeypatch, "01 bài\n\nquý II") == 0
    assert capfdbinary.readouterr().out.decode().split("\n") == ["một bài", "", "quý hai", ""]


def test_json_tells_raw_spoken_and_unknown(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert _say(monkeypatch, "Tổ XQZ có 5 hộ\n", "--json") == 0
    [line] = json.loads(capfdbinary.readouterr().out)
    assert line["raw"] == "Tổ XQZ có 5 hộ"
    assert line["spoken"] == "Tổ ích quy dét có năm hộ"
    assert line["unknown"] == ["XQZ"]


def test_a_lexicon_of_ones_own_is_added(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    (tmp_path / "town.tsv").write_text("XQZ\txung kích\n", encoding="utf-8")
    assert _say(monkeypatch, "Tổ XQZ, UBND", "--lexicon", str(tmp_path / "town.tsv")) == 0
    assert capfdbinary.readouterr().out.decode() == "Tổ xung kích, Ủy ban nhân dân\n"


def test_a_faulty_lexicon_is_told_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "town.tsv").write_text("XQZ\nABC\t1\n", encoding="utf-8")
    assert _say(monkeypatch, "x", "--lexicon", str(tmp_path / "town.tsv")) == 1
    told = capsys.readouterr().err
    assert "Dòng 1" in told
    assert "Dòng 2" in told


def test_a_missing_lexicon_and_bytes_that_are_no_text_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert _say(monkeypatch, "x", "--lexicon", str(tmp_path / "none.tsv")) == 1
    assert "Không đọc được từ điển" in capsys.readouterr().err
    assert _say(monkeypatch, b"\xff\xfe") == 1
    assert "UTF-8" in capsys.readouterr().err


def test_wrong_arguments_end_with_two(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as ended:
        _say(monkeypatch, "x", "--thousand", "vạn")
    assert ended.value.code == 2


def test_regional_wording_is_an_option(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert _say(monkeypatch, "1.005", "--thousand", "ngàn", "--zero-tens", "lẻ") == 0
    assert capfdbinary.readouterr().out.decode() == "một ngàn không trăm lẻ năm\n"
