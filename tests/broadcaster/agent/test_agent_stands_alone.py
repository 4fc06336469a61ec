"""The one file needs Python 3.8 and nothing else: by its syntax, by its imports, and by running under an old Python."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from broadcaster.agent import town_player as agent
from broadcaster.cli import cli
from tests.broadcaster.agent.unruly import NOW, SOUND, Unruly, item, manifest

FILE = Path(agent.__file__)
#: Modules that came after 3.8.
TOO_NEW = {"graphlib", "tomllib", "zoneinfo"}


def imported(tree: ast.AST) -> set[str]:
    """The top-level names that a file imports, wherever it does so."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a lone file has no neighbours"
            found.add((node.module or "").split(".")[0])
    return found


def old_pythons() -> list[str]:
    """Every older Python of this machine: on the path, or where version managers keep them."""
    found = [shutil.which(f"python3.{minor}") for minor in (8, 9, 10)]
    kept = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    found += [str(path) for minor in (8, 9, 10) for path in kept.glob(f"3.{minor}.*/bin/python")]
    return [python for python in found if python and _runs(python)]


def _runs(python: str) -> bool:
    """Version managers put stand-ins on the path that only say what they would need."""
    return subprocess.run([python, "-c", "import ssl"], capture_output=True, check=False).returncode == 0


def test_its_syntax_is_that_of_python_3_8() -> None:
    ast.parse(FILE.read_text("utf-8"), feature_version=(3, 8))


def test_it_imports_the_standard_library_alone() -> None:
    names = imported(ast.parse(FILE.read_text("utf-8")))
    assert names <= set(sys.stdlib_module_names) - TOO_NEW


def test_it_runs_alone_under_an_old_python(server: Unruly, tmp_path: Path) -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python between 3.8 and 3.10 on this machine; syntax and imports are looked at in any case")
    server.date = None
    alone = tmp_path / "old-pc" / "town_player.py"
    alone.parent.mkdir()
    shutil.copyfile(FILE, alone)
    row = item(SOUND)
    server.publish(manifest(row, valid_until="2190-01-01T00:00:00Z"), SOUND)
    for number, python in enumerate(pythons):
        folder = tmp_path / f"loa-{number}"
        command = [python, "-I", "-W", "error", str(alone), "pull", "--manifest", server.manifest_url]
        done = subprocess.run(
            [*command, "--into", str(folder), "--json"], capture_output=True, check=False, text=True, cwd=alone.parent
        )
        assert (done.returncode, done.stderr) == (0, ""), python
        assert json.loads(done.stdout)["state"] == "in-line"
        assert (folder / f"{row['id']}.mp3").read_bytes() == SOUND


def test_the_command_of_the_house_does_the_same_work(
    server: Unruly, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = item(SOUND)
    server.publish(manifest(row), SOUND)
    command = ["pull", "--manifest", server.manifest_url, "--into", str(folder), "--now", NOW.isoformat()]
    done = CliRunner().invoke(cli, [*command, "--json"], standalone_mode=False)
    assert json.loads(done.output)["downloaded"] == [row["id"]]
    assert (folder / f"{row['id']}.mp3").read_bytes() == SOUND
    said = CliRunner().invoke(cli, command)
    assert (said.exit_code, "Đủ 1 bản tin" in said.output) == (0, True)
    server.files.clear()
    english = CliRunner().invoke(cli, ["--lang", "en", *command])
    assert (english.exit_code, "by the last good one" in english.output) == (0, True)
    (folder / f"{row['id']}.mp3").unlink()
    assert CliRunner().invoke(cli, command).exit_code == 1
    wrong = CliRunner().invoke(cli, ["pull", "--manifest", "file:///etc/passwd", "--into", str(folder)])
    assert wrong.exit_code == 2
    monkeypatch.delenv("TOWN_PLAYER_TOKEN", raising=False)
    assert CliRunner().invoke(cli, [*command, "--report", server.url]).exit_code == 2


def test_wrong_arguments_are_told_with_status_2(
    server: Unruly, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = ["--into", str(folder)]
    assert agent.main(["pull", "--manifest", "ftp://x/", *into]) == 2
    assert agent.main(["pull", "--manifest", server.manifest_url, *into, "--report", server.url]) == 2
    assert agent.main(["serve", "--manifest", server.manifest_url, *into, "--play", "mpg123"]) == 2
    assert "{file}" in capsys.readouterr().err
    missing = str(folder / "khoa")
    assert agent.main(["pull", "--manifest", server.manifest_url, *into, "--token-file", missing]) == 1
