"""A forbidden import breaks the import rules; the same tree without it keeps them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
PACKAGES = ("broadcaster", "scheduler", "audio", "feeds", "templates")


@dataclass(frozen=True)
class Planted:
    """A line that must not stand in a file."""

    file: str
    line: str


FORBIDDEN = [
    Planted("scheduler/slots/values.py", "import broadcaster"),
    Planted("feeds/rss.py", "import flask"),
    Planted("audio/shelf.py", "from feeds.values import Item"),
    Planted("scheduler/clockwork.py", "import sqlalchemy"),
    Planted("broadcaster/models/zone.py", "import broadcaster.web"),
    Planted("broadcaster/db.py", "from broadcaster.models import Article"),
    Planted("broadcaster/web/home.py", "import broadcaster.cli"),
    Planted("broadcaster/airtime.py", "from broadcaster import app"),
]


def copied_house(folder: Path) -> Path:
    for package in PACKAGES:
        for source in (HOUSE / package).rglob("*.py"):
            target = folder / source.relative_to(HOUSE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    shutil.copyfile(HOUSE / "pyproject.toml", folder / "pyproject.toml")
    return folder


def rules_of(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_copy_of_the_house_keeps_the_rules(tmp_path: Path) -> None:
    done = rules_of(copied_house(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("planted", FORBIDDEN, ids=lambda planted: f"{planted.line} in {planted.file}")
def test_a_planted_import_breaks_them(planted: Planted, tmp_path: Path) -> None:
    house = copied_house(tmp_path)
    file = house / planted.file
    file.write_text(f"{file.read_text('utf-8')}\n{planted.line}\n", encoding="utf-8")
    done = rules_of(house)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert planted.file.removesuffix(".py").replace("/", ".") in done.stdout.replace(".__init__", "")
