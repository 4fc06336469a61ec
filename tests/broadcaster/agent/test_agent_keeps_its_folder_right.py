"""Whatever the server does, under a final name lies a whole, right file or none; in the end all comes right."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.agent import town_player as agent
from tests.broadcaster.agent import unruly
from tests.broadcaster.agent.unruly import (
    NOW,
    SOUND,
    Trick,
    Unruly,
    cut_after,
    drip,
    hang,
    item,
    lie,
    manifest,
    raw,
)

Pull = Callable[..., agent.Outcome]
OTHER = SOUND[::-1]
ROW, OTHER_ROW = item(SOUND), item(OTHER, 2)
LENGTH = str(len(SOUND))


def there(folder: Path) -> dict[str, bytes]:
    """What lies under final names."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".mp3"}


def name_of(row: dict[str, Any]) -> str:
    return f"{row['id']}.mp3"


def only_right_files(folder: Path) -> bool:
    """The promise: every sound under a final name is the one that its name stands for, to the last byte."""
    return all(
        name.removesuffix(".mp3")[-8:] == hashlib.sha256(data).hexdigest()[:8] for name, data in there(folder).items()
    )


def test_a_folder_is_brought_in_line_and_stays_so(server: Unruly, pull: Pull, folder: Path) -> None:
    server.publish(manifest(ROW, OTHER_ROW), SOUND, OTHER)
    first = pull()
    assert (first.state, first.ok, len(first.got)) == ("in-line", True, 2)
    assert there(folder) == {name_of(ROW): SOUND, name_of(OTHER_ROW): OTHER}
    assert name_of(ROW) in (folder / "today.m3u").read_text("utf-8").splitlines()
    asked = len(server.asked)
    again = pull()
    assert (again.state, again.got, again.removed) == ("in-line", [], [])
    assert [one.path for one in server.asked[asked:]] == [f"/players/{unruly.KEY}/manifest.json"]
    assert server.asked[-1].headers["if-none-match"], "an unchanged manifest is not sent again"


def test_what_the_manifest_drops_goes_and_what_others_put_there_stays(server: Unruly, pull: Pull, folder: Path) -> None:
    server.publish(manifest(ROW, OTHER_ROW), SOUND, OTHER)
    pull()
    (folder / "nhac-cho.mp3").write_bytes(b"the operator's own")
    server.publish(manifest(OTHER_ROW))
    assert pull().removed == [name_of(ROW)]
    assert set(there(folder)) == {name_of(OTHER_ROW), "nhac-cho.mp3"}


def test_a_file_that_rotted_or_was_replaced_is_brought_anew(server: Unruly, pull: Pull, folder: Path) -> None:
    server.publish(manifest(ROW, OTHER_ROW), SOUND, OTHER)
    pull()
    (folder / name_of(ROW)).write_bytes(OTHER[: len(SOUND)])
    (folder / name_of(OTHER_ROW)).unlink()
    (folder / name_of(OTHER_ROW)).mkdir()
    assert len(pull().got) == 2
    assert there(folder) == {name_of(ROW): SOUND, name_of(OTHER_ROW): OTHER}
    (folder / name_of(ROW)).unlink()
    (folder / name_of(ROW)).symlink_to(folder / name_of(OTHER_ROW))
    assert pull().ok
    assert not (folder / name_of(ROW)).is_symlink()


def test_one_sound_under_two_names_is_asked_for_once(server: Unruly, pull: Pull, folder: Path) -> None:
    twin = {**ROW, "id": "tt-20261110-0009-" + ROW["sha256"][:8]}
    server.publish(manifest(ROW, twin), SOUND)
    assert pull().ok
    assert there(folder) == {name_of(ROW): SOUND, name_of(twin): SOUND}
    assert [one.path for one in server.asked].count("/" + ROW["path"]) == 1


CUTS = [0, 1, 2, 255, 4_095, 65_535, 65_536, 65_537, len(SOUND) // 2, len(SOUND) - 1]


@pytest.mark.parametrize("offset", CUTS)
def test_a_download_cut_at_any_offset_is_resumed_where_it_was(
    offset: int, server: Unruly, pull: Pull, folder: Path
) -> None:
    server.publish(manifest(ROW), SOUND)
    server.trick(SOUND, cut_after(offset))
    assert pull().ok
    assert there(folder) == {name_of(ROW): SOUND}
    last = server.asked[-1].headers
    assert last.get("range") == (f"bytes={offset}-" if offset else None)
    assert last.get("if-range") == (f'"{ROW["sha256"]}"' if offset else None)


@pytest.mark.parametrize("offset", CUTS)
def test_a_server_that_always_cuts_leaves_no_half_file_and_every_byte_that_came_is_kept(
    offset: int, server: Unruly, pull: Pull, folder: Path
) -> None:
    server.publish(manifest(ROW), SOUND)
    server.always["/" + ROW["path"]] = cut_after(min(offset, 3_000))
    outcome = pull()
    assert not outcome.ok
    assert outcome.missing == [ROW["id"]]
    assert there(folder) == {}
    before = len(server.asked)
    server.always.clear()
    assert pull().ok
    assert there(folder) == {name_of(ROW): SOUND}
    if offset:
        assert "range" in server.asked[before + 1].headers


def test_a_download_cut_inside_the_head_is_begun_again(server: Unruly, pull: Pull, folder: Path) -> None:
    server.publish(manifest(ROW), SOUND)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n".encode()
    for end in range(len(head)):
        if end % 9 == 0:
            server.trick(SOUND, raw(head[:end]))
            (folder / name_of(ROW)).unlink(missing_ok=True)
            assert pull().ok, end
            assert there(folder) == {name_of(ROW): SOUND}


GARBAGE = bytes(len(SOUND))
FAULTS: dict[str, tuple[Trick, str]] = {
    "garbage of the right length": (lie(200, GARBAGE, Content_Length=LENGTH), "SHA-256"),
    "garbage without a length": (lie(200, GARBAGE), "SHA-256"),
    "one bit wrong": (lie(200, SOUND[:-1] + b"\x00", Content_Length=LENGTH), "SHA-256"),
    "too long, and saying so": (lie(200, SOUND + b"x", Content_Length=str(len(SOUND) + 1)), "length"),
    "too long without a length": (lie(200, SOUND + b"x"), "length"),
    "too short, and saying so": (lie(200, SOUND[:-1], Content_Length=str(len(SOUND) - 1)), "length"),
    "too short without a length": (lie(200, SOUND[:-1]), "cut off"),
    "a length that is no number": (lie(200, SOUND, Content_Length="many"), "length"),
    "a negative length": (lie(200, SOUND, Content_Length="-1"), "length"),
    "packed": (lie(200, gzip.compress(SOUND), Content_Encoding="gzip"), "length"),
    "a part that nobody asked for": (
        lie(206, SOUND[5:], Content_Range=f"bytes 5-{len(SOUND) - 1}/{LENGTH}", Content_Length=str(len(SOUND) - 5)),
        "length",
    ),
    "an empty answer": (raw(b""), "reached"),
    "no HTTP at all": (raw(b"\x16\x03\x01 hello\r\n\r\n"), "reached"),
    "an endless head": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), "reached"),
    "broken chunks": (lie(200, b"5\r\nabc", Transfer_Encoding="chunked"), "cut off"),
    "chunks of no size": (lie(200, b"zz\r\nabc\r\n", Transfer_Encoding="chunked"), "cut off"),
    "500": (lie(500, b"oops", Content_Length="4"), "500"),
    "503 with the whole sound": (lie(503, SOUND, Content_Length=LENGTH), "503"),
    "404": (lie(404, b"", Content_Length="0"), "404"),
    "403": (lie(403, b"", Content_Length="0"), "403"),
    "204": (lie(204, b""), "204"),
    "a page to sign in on": (lie(200, b"<html>Sign in", Content_Type="text/html", Content_Length="13"), "length"),
    "silence": (hang(), "reached"),
    "silence after the head": (hang(f"HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n".encode()), "cut off"),
    "a head that drips": (drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 400), "cut off"),
    "a redirect to another host": (lie(302, b"", Location="http://example.com/x.mp3"), "example.com"),
    "a redirect to a file": (lie(302, b"", Location="file:///etc/passwd"), "redirect"),
    "a redirect to nowhere": (lie(302, b""), "redirect"),
    "a redirect to itself": (lie(302, b"", Location=f"/{ROW['path']}"), "redirect"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_answer_is_no_file_is_told_and_holds_up_no_other(
    fault: str, server: Unruly, pull: Pull, folder: Path
) -> None:
    trick, words = FAULTS[fault]
    server.publish(manifest(OTHER_ROW, {**ROW, "starts_at": NOW.isoformat()}), SOUND, OTHER)
    server.always["/" + ROW["path"]] = trick
    outcome = pull()
    assert not outcome.ok
    assert ROW["id"] in outcome.missing
    assert only_right_files(folder)
    assert name_of(ROW) not in there(folder)
    assert words in "\n".join(outcome.lines), outcome.lines
    assert there(folder) == {name_of(OTHER_ROW): OTHER}
    server.always.clear()
    assert pull().ok
    assert there(folder) == {name_of(ROW): SOUND, name_of(OTHER_ROW): OTHER}


def test_a_body_that_drips_is_given_up_and_what_came_is_kept(
    server: Unruly, pull: Pull, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "START_S", 0.2)
    monkeypatch.setattr(agent, "SLOWEST_BYTES_S", 10_000_000)
    server.publish(manifest(ROW), SOUND)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n".encode()
    server.always["/" + ROW["path"]] = drip(head + SOUND[:400], every_s=0.002)
    outcome = pull()
    assert "too slow" in "\n".join(outcome.lines)
    assert there(folder) == {}


PARTS = {
    "garbage": b"\xff" * 1_000,
    "garbage as long as the file": GARBAGE,
    "longer than the file": SOUND + b"more",
    "whole": SOUND,
    "empty": b"",
    "its beginning": SOUND[:70_000],
}


@pytest.mark.parametrize("part", PARTS)
def test_whatever_a_part_left_behind_is_only_the_sha256_decides(
    part: str, server: Unruly, pull: Pull, folder: Path
) -> None:
    parts = folder / ".town-player" / "parts"
    parts.mkdir(parents=True)
    (parts / f"{ROW['sha256']}.part").write_bytes(PARTS[part])
    (parts / "of-another-day.part").write_bytes(b"x")
    server.publish(manifest(ROW), SOUND)
    assert pull().ok
    assert there(folder) == {name_of(ROW): SOUND}
    assert list(parts.iterdir()) == []


RESUMING = {
    "another version: the whole file": lambda line, asked, content: line.sendall(
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
    ),
    "not satisfiable": lie(416, b"", Content_Range=f"bytes */{LENGTH}", Content_Length="0"),
    "from another byte": lie(206, SOUND[999:], Content_Range=f"bytes 999-{len(SOUND) - 1}/{LENGTH}"),
    "of a longer file": lie(206, SOUND[1000:], Content_Range=f"bytes 1000-{len(SOUND) - 1}/{len(SOUND) + 1}"),
    "of unknown range": lie(206, SOUND[1000:]),
    "right range, garbage": lie(206, GARBAGE[1000:], Content_Range=f"bytes 1000-{len(SOUND) - 1}/{LENGTH}"),
    "right range, wrong length": lie(
        206, SOUND[1000:], Content_Range=f"bytes 1000-{len(SOUND) - 1}/{LENGTH}", Content_Length="7"
    ),
}


@pytest.mark.parametrize("answer", RESUMING)
def test_a_strange_answer_to_resuming_ends_in_the_right_file(
    answer: str, server: Unruly, pull: Pull, folder: Path
) -> None:
    server.publish(manifest(ROW), SOUND)
    server.trick(SOUND, cut_after(1_000), RESUMING[answer])
    if not pull().ok:
        assert there(folder) == {}
        assert pull().ok
    assert there(folder) == {name_of(ROW): SOUND}


@pytest.mark.parametrize(
    ("target", "allowed", "follows"),
    [
        ("/{path}?again", (), True),
        ("http://localhost:{port}/{path}", (), False),
        ("http://localhost:{port}/{path}", ("localhost",), True),
    ],
)
def test_redirects_stay_on_the_host_unless_it_is_allowed(
    target: str, allowed: tuple[str, ...], follows: bool, server: Unruly, pull: Pull, folder: Path
) -> None:
    server.publish(manifest(ROW), SOUND)
    server.files[f"/{ROW['path']}?again"] = SOUND
    server.trick(SOUND, cut_after(100), lie(302, b"", Location=target.format(port=server.port, path=ROW["path"])))
    assert pull(allowed_hosts=allowed).ok is follows
    assert there(folder) == ({name_of(ROW): SOUND} if follows else {})
    if follows:
        assert server.asked[-1].headers["range"] == "bytes=100-", "a redirect does not lose what is asked for"


def test_no_proxy_of_the_environment_is_used(server: Unruly, pull: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    server.publish(manifest(ROW), SOUND)
    assert pull().ok
    assert not pull(proxy="http://127.0.0.1:9").fresh


TRICKS: list[Trick] = [
    cut_after(0),
    cut_after(1),
    cut_after(50_000),
    *(FAULTS[name][0] for name in FAULTS if "drip" not in name and "silence" not in name),
    *RESUMING.values(),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(st.integers(0, len(TRICKS) - 1), max_size=6), min_size=1, max_size=4))
def test_in_whatever_order_faults_come_the_folder_holds_only_right_files(
    rounds: list[list[int]], server: Unruly, pull: Pull, folder: Path
) -> None:
    server.tricks.clear()
    for number, faults in enumerate(rounds):
        server.publish(manifest(ROW, OTHER_ROW) if number % 2 else manifest(OTHER_ROW), SOUND, OTHER)
        server.trick(OTHER, *(TRICKS[fault] for fault in faults))
        server.trick(SOUND, *(TRICKS[fault] for fault in reversed(faults)))
        pull()
        assert only_right_files(folder)
    server.tricks.clear()
    server.publish(manifest(ROW, OTHER_ROW), SOUND, OTHER)
    assert pull().ok
    assert there(folder) == {name_of(ROW): SOUND, name_of(OTHER_ROW): OTHER}


def test_killed_at_any_moment_it_goes_on_where_it_was(server: Unruly, folder: Path) -> None:
    server.publish(manifest(ROW, OTHER_ROW), SOUND, OTHER)
    slow = drip_pieces(SOUND, 4_096)
    command = [sys.executable, agent.__file__, "pull", "--manifest", server.manifest_url]
    command += ["--into", str(folder), "--keep-free-mb", "0"]
    for patience_s in (0.15, 0.3, 0.45):
        server.always["/" + ROW["path"]] = slow
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(patience_s)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        if folder.exists():
            assert only_right_files(folder)
    server.always.clear()
    done = subprocess.run([*command, "--json"], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout)["state"] in ("in-line", "expired")
    assert there(folder) == {name_of(ROW): SOUND, name_of(OTHER_ROW): OTHER}
    left = [path.name for path in (folder / ".town-player").rglob(".new-*")]
    assert left == []


def drip_pieces(sound: bytes, size: int) -> Trick:
    def trick(line: Any, asked: Any, content: bytes) -> None:
        begins = asked.begins if "range" in asked.headers else 0
        head = f"HTTP/1.1 {206 if begins else 200} OK\r\nContent-Length: {len(content) - begins}\r\n"
        if begins:
            head += f"Content-Range: bytes {begins}-{len(content) - 1}/{len(content)}\r\n"
        line.sendall(head.encode() + b"\r\n")
        for start in range(begins, len(sound), size):
            line.sendall(sound[start : start + size])
            time.sleep(0.02)

    return trick


def test_a_full_disk_is_told_in_words_and_the_nearest_sessions_come_first(
    server: Unruly, pull: Pull, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [item(bytes([number]) * 1_000_000, number, NOW + timedelta(hours=number)) for number in range(1, 5)]
    server.publish(manifest(*reversed(rows)), *(bytes([number]) * 1_000_000 for number in range(1, 5)))
    free = {"left": 2_500_000}

    def usage(_folder: str) -> Any:
        held = sum(path.stat().st_size for path in folder.glob("*.mp3"))
        return type("Usage", (), {"free": free["left"] - held})

    monkeypatch.setattr(shutil, "disk_usage", usage)
    outcome = pull()
    assert sorted(outcome.got) == [rows[0]["id"], rows[1]["id"]]
    assert "1.0 MB needed, 0.5 MB left" in "\n".join(outcome.lines)
    assert not outcome.ok
    free["left"] = 5_000_000
    assert pull().ok


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_behind(
    server: Unruly, pull: Pull, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.publish(manifest(ROW), SOUND)
    real = Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_how: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, _data: bytes) -> int:
            raise OSError(28, "No space left on device")

    def opened(path: Path, *how: Any, **named: Any) -> Any:
        file = real(path, *how, **named)
        return Full(file) if path.suffix == ".part" and how[0] != "rb" else file

    monkeypatch.setattr(Path, "open", opened)
    outcome = pull()
    assert "Disk nearly full" in "\n".join(outcome.lines)
    assert there(folder) == {}
    assert list((folder / ".town-player" / "parts").iterdir()) == []
    monkeypatch.undo()
    assert pull().ok


def test_days_and_size_are_kept_within_the_limits_nearest_first(server: Unruly, pull: Pull, folder: Path) -> None:
    far = item(OTHER, 2, NOW + timedelta(days=3))
    server.publish(manifest(far, ROW, valid_until=(NOW + timedelta(days=9)).isoformat()), SOUND, OTHER)
    assert pull(limit_bytes=300_000).left_out == [far["id"]]
    assert set(there(folder)) == {name_of(ROW)}
    assert pull().ok
    assert len(there(folder)) == 2
    assert pull(days=1).removed == [name_of(far)]
    assert pull(days=1).ok, "what was left out on purpose is not missing"


def test_two_processes_do_not_work_in_one_folder(server: Unruly, folder: Path) -> None:
    server.publish(manifest(ROW), SOUND)
    first, second = (agent.Agent(unruly.options(server, folder)) for _number in range(2))
    with first.folder.alone(), pytest.raises(agent.Trouble) as busy, second.folder.alone():
        pass
    assert busy.value.key == "busy"
    with second.folder.alone():
        assert second.pull().ok
