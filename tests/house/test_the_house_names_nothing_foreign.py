"""What stands in the repository is ours, holds anywhere, and names neither a machine nor a host to fetch from."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
#: Home folders and the like: where they stand in a file, it was written for one machine only.
MACHINE_PATH = re.compile(rb"(?:(?<![\w.}/])|file://)/(?:root|home|work|Users|mnt|tmp)/\w")
#: What may name such a path, and why.
EXEMPT = {
    "tests/house/test_the_house_names_nothing_foreign.py": "it says what is looked for",
}


def files_of_the_house() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=False, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout: nobody says which files belong to the house")
    paths = [HOUSE / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("name", ["broadcaster", "scheduler", "audio", "feeds", "templates"])
def test_no_stranger_stands_in_the_place_of_our_package(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert [Path(place).resolve() for place in spec.submodule_search_locations or []] == [HOUSE / name]


def test_no_file_names_a_path_of_a_machine() -> None:
    named = {}
    for path in files_of_the_house():
        found = MACHINE_PATH.search(path.read_bytes())
        name = path.relative_to(HOUSE).as_posix()
        if found and name not in EXEMPT:
            named[name] = found.group()
    assert named == {}


@pytest.mark.parametrize("path", [b"/home/somebody", b"(/%s/x" % b"root", b"'/%s/main'" % b"work", b"file:///tmp/a"])
def test_a_path_of_a_machine_is_recognised(path: bytes) -> None:
    assert MACHINE_PATH.search(b"see " + path)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_names_no_address(name: str) -> None:
    text = (HOUSE / name).read_text("utf-8")
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|\s-i\s", text)


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml"])
def test_a_lock_that_would_name_hosts_is_not_kept(name: str) -> None:
    assert HOUSE / name not in files_of_the_house()
