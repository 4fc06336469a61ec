"""`python -m feeds`: golden pairs of values and files, and what is said when something is wrong."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.__main__ import main
from feeds.checks import check_published

DATA = Path(__file__).parent / "data"
# The kind of a golden pair, its two files, and where such a file lies in the public tree.
GOLDEN = [
    ("rss", "column.json", "column.xml", "feeds/columns/a.xml"),
    ("rss", "column-nasty.json", "column-nasty.xml", "feeds/columns/a.xml"),
    ("rss", "column-empty.json", "column-empty.xml", "feeds/columns/a.xml"),
    ("rss", "column-archive.json", "column-archive.xml", "feeds/columns/a.xml"),
    ("jsonfeed", "column.json", "column.feed.json", "feeds/columns/a.json"),
    ("jsonfeed", "column-nasty.json", "column-nasty.feed.json", "feeds/columns/a.json"),
    ("podcast", "podcast.json", "podcast.xml", "feeds/zones/a.xml"),
    ("calendar", "calendar.json", "calendar.ics", "schedule/a.ics"),
    ("m3u", "playlist.json", "playlist.m3u", "zones/a/today.m3u"),
    ("xspf", "playlist.json", "playlist.xspf", "zones/a/today.xspf"),
    ("opml", "list.json", "list.opml", "feeds/index.opml"),
    ("manifest", "manifest.json", "manifest.out.json", "players/a/manifest.json"),
    ("chapters", "chapters.json", "chapters.out.json", "zones/a/a.chapters.json"),
    ("transcript", "transcript.json", "transcript.vtt", "zones/a/a.vtt"),
]


@pytest.mark.parametrize(("kind", "values", "wanted", "path"), GOLDEN)
def test_golden_values_give_golden_bytes(kind: str, values: str, wanted: str, path: str, tmp_path: Path) -> None:
    written = tmp_path / "out"
    assert main([kind, str(DATA / values), "-o", str(written)]) == 0
    assert written.read_bytes() == (DATA / wanted).read_bytes()
    assert check_published(path, written.read_bytes()) == []


def test_the_files_of_the_folder_are_all_used() -> None:
    assert {path.name for path in DATA.iterdir()} == {name for _, *names, _ in GOLDEN for name in names}


def test_the_command_runs_as_documented(tmp_path: Path) -> None:
    out = tmp_path / "OUT.xml"
    command = [sys.executable, "-m", "feeds", "rss", str(DATA / "column.json"), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=DATA.parents[2])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_bytes() == (DATA / "column.xml").read_bytes()


def test_without_an_output_file_the_feed_goes_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["m3u", str(DATA / "playlist.json")]) == 0
    assert capfdbinary.readouterr().out == (DATA / "playlist.m3u").read_bytes()


def test_values_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((DATA / "playlist.json").read_bytes())))
    assert main(["m3u", "-"]) == 0
    assert capfdbinary.readouterr().out == (DATA / "playlist.m3u").read_bytes()


@pytest.mark.parametrize("arguments", [[], ["rss"], ["unknown", "a.json"], ["rss", "a.json", "--loud"]])
def test_wrong_arguments_end_with_status_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Tham số sai" in capsys.readouterr().err


def _column(**changed: object) -> bytes:
    data = json.loads((DATA / "column.json").read_bytes())
    return json.dumps({name: value for name, value in (data | changed).items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "JSON sai ở dòng 1, cột 2"),
        (b"\xff", "không phải văn bản UTF-8"),
        (b"[" * 100_000, "quá sâu"),
        (b"9" * 10_000, "số quá dài"),
        (b"[]", "tệp: phải là đối tượng JSON"),
        (_column(title=...), "title: thiếu trường bắt buộc"),
        (_column(title=None), "title: phải là chuỗi ký tự"),
        (_column(title="\x00"), "title: không được để trống"),
        (_column(titel="a"), "titel: không có trường này"),
        (_column(updated_at="hôm nay"), "updated_at: phải là thời điểm"),
        (_column(updated_at="2026-12-01T12:00:00"), "updated_at: phải có múi giờ"),
        (_column(items={}), "items: phải là danh sách"),
        (_column(items=[1]), "items[0]: phải là đối tượng JSON"),
        (_column(items=[{"guid": "a"}]), "items[0].link: thiếu trường bắt buộc"),
        (_column(self_url="feeds/a.xml"), "self_url: phải là địa chỉ đầy đủ"),
    ],
)
def test_what_is_wrong_with_the_values_is_said_with_its_place(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values, out = tmp_path / "a.json", tmp_path / "out.xml"
    values.write_bytes(content)
    assert main(["rss", str(values), "-o", str(out)]) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert str(values) in captured.err
    assert "Traceback" not in captured.err
    assert not out.exists()


def test_every_fault_of_a_file_is_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = tmp_path / "a.json"
    values.write_bytes(_column(title=1, link="x", items=[{"guid": "", "published_at": 5}, {"extra": 1}]))
    assert main(["rss", str(values)]) == 1
    places = {line.split(": ")[1] for line in capsys.readouterr().err.splitlines()}
    assert {"title", "items[0].title", "items[0].published_at", "items[1].guid", "items[1].extra"} <= places


def test_a_file_that_is_not_there_and_a_folder_that_is_not_there_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rss", str(tmp_path / "none.json")]) == 1
    assert "none.json: không tìm thấy" in capsys.readouterr().err
    assert main(["rss", str(tmp_path)]) == 1
    assert "là thư mục" in capsys.readouterr().err
    assert main(["rss", str(DATA / "column.json"), "-o", str(tmp_path / "none" / "out.xml")]) == 1
    assert "không tìm thấy" in capsys.readouterr().err


def test_an_unknown_time_zone_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads((DATA / "calendar.json").read_bytes())
    for name in ("Asia/Son_Tay", "../../etc/passwd", ""):
        (tmp_path / "a.json").write_text(json.dumps(data | {"time_zone": name}))
        assert main(["calendar", str(tmp_path / "a.json")]) == 1
        assert "time_zone: không có múi giờ" in capsys.readouterr().err


def test_a_former_file_stays_whole_when_the_new_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.xml"
    out.write_bytes(b"former")

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    assert main(["rss", str(DATA / "column.json"), "-o", str(out)]) == 1
    assert "out.xml" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["out.xml"]
    assert out.read_bytes() == b"former"
