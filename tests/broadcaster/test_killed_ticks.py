"""A tick killed at any moment and run again ends where an undisturbed one would have: the same files, byte by byte."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from audio.files import UNFINISHED
from broadcaster import audit
from broadcaster.approvals import withdraw
from broadcaster.db import Database
from broadcaster.intake.station import import_station
from broadcaster.intake.units import import_units
from broadcaster.migrations import migrate
from broadcaster.models import Bulletin
from broadcaster.scripts import Voice
from broadcaster.tasks import tick
from tests.broadcaster.books import MONDAY, TZ, at, plan_and_bind, take_in, written
from tests.broadcaster.conftest import STATION, UNITS, article
from tests.broadcaster.nursery import settings_of
from tests.broadcaster.trees import tree_of

HOUSE = Path(__file__).resolve().parents[2]
NOW = at("2026-11-10T04:00")
KILLS = 20
SEED = 20_261_110
ONE_ZONE: dict[str, Any] = {
    "zones": [{"code": "tt", "name": "Trung tâm", "frame_ms": 30_000}],
    "columns": [STATION["columns"][0]],  # type: ignore[index]  # a list
    "slots": [{"code": "tt-sang", "zone": "tt", "starts_at": "05:30", "length_ms": 60_000}],
    "players": [{"code": "loa-tt", "name": "Cụm loa", "zone": "tt"}],
}


def short(number: int, unit: str, **others: object) -> dict[str, object]:
    body = f"Bài ngắn số {number}."
    one = article(number, f"Việc tốt {number}", unit, "y-duc", body, columns=["nguoi-tot-viec-tot"])
    return {**one, **others}


@dataclass(frozen=True)
class Nursery:
    """The process that makes children and kills them."""

    process: subprocess.Popen[str]

    def run(self, data: Path, *, kill_after: int | None = None, delay_ms: int = 0) -> dict[str, Any]:
        asked = {"data": str(data), "now": NOW.isoformat(), "kill_after": kill_after, "delay_ms": delay_ms}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def finish(self, data: Path) -> int:
        """An undisturbed run to the end; how many steps it took."""
        done = self.run(data)
        assert done["code"] == 0, done
        said = json.loads(done["said"])
        assert said["failures"] == []
        return int(said["steps"])


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.broadcaster.nursery"]
    with subprocess.Popen(command, cwd=HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station of one zone that has published a day, with a changed and a withdrawn article waiting for the tick."""
    folder = tmp_path_factory.mktemp("before")
    settings = settings_of(folder / "data")
    database = Database(settings.database)
    migrate(database)
    with database.writing() as session:
        import_station(session, written(folder, "station.json", ONE_ZONE), now=MONDAY, tz=TZ, by="quan-tri")
        units = [dict(unit, zone="tt") for unit in UNITS]
        import_units(session, written(folder, "units.json", {"units": units}), now=MONDAY, tz=TZ, by="quan-tri")
    take_in(database, folder, [short(1, "phuong-mot"), short(2, "phuong-hai")])
    plan_and_bind(database)
    assert tick(database, settings, Voice.of_station("monotone"), now=MONDAY).rendered.failures == []
    later = {"by": "Phòng Nội vụ", "approved_on": "2026-11-09"}
    take_in(database, folder, [short(2, "phuong-hai", body="Lời khác.", approval=later)], now=NOW)
    with database.writing() as session:
        withdraw(session, "T-01", why="xin rút", by="bien-tap", now=NOW)
    plan_and_bind(database, now=NOW)
    database.close()
    return folder / "data"


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def books_of(data: Path) -> list[tuple[str, bool]]:
    """Every bulletin in the books and whether it stands; the database is looked at for damage on the way."""
    database = Database(settings_of(data).database)
    with database.reading() as session:
        assert session.scalar(text("pragma integrity_check")) == "ok"
        assert session.execute(text("pragma foreign_key_check")).all() == []
        assert audit.first_broken_link(session) is None
        found = [(row.code, row.superseded_at is None) for row in session.scalars(select(Bulletin))]
    database.close()
    return sorted(found)


def is_true(name: str, content: bytes) -> bool:
    """Whether sound on the shelf is what its name says."""
    return not name.endswith(".mp3") or hashlib.sha256(content).hexdigest() == Path(name).stem


def unguarded(data: Path, markers: Iterable[str]) -> list[str]:
    """What lies in the tree before its time without its marker."""
    return [
        path for path in markers if (data / "public" / path).exists() and not (data / "public.held" / path).exists()
    ]


@pytest.mark.parametrize("half", [0, 1])
def test_killed_at_any_moment_and_run_again_the_tree_is_as_if_nothing_had_happened(
    half: int, before: Path, nursery: Nursery, tmp_path: Path
) -> None:
    undisturbed = copied(before, tmp_path / "undisturbed")
    steps = nursery.finish(undisturbed)
    expected, books = tree_of(undisturbed / "public"), books_of(undisturbed)
    markers = tree_of(undisturbed / "public.held")
    assert markers.keys() >= {"zones/tt/2026-11-11/0530.mp3"}
    assert expected != tree_of(before / "public")
    assert any(path.startswith("zones/tt/2026-11-11") for path in expected)
    chance = random.Random(SEED)
    # Spread over the whole run, one in each twentieth of it.
    moments = [1 + int((number + chance.random()) * (steps - 2) / KILLS) for number in range(KILLS)]
    killed = 0
    for moment in moments[half::2]:
        data = copied(before, tmp_path / f"killed-{moment}")
        done = nursery.run(data, kill_after=moment, delay_ms=chance.choice([0, 0, 3, 10]))
        killed += done["killed"]
        assert done["killed"] or done["code"] == 0, done
        assert unguarded(data, markers) == []
        nursery.finish(data)
        assert tree_of(data / "public.held") == markers
        assert tree_of(data / "public") == expected, f"killed after step {moment} of {steps}"
        assert books_of(data) == books
        assert all(is_true(name, content) for name, content in tree_of(data / "shelf").items())
        assert not [path for path in (data / "public").rglob("*") if path.name.startswith(UNFINISHED)]
        shutil.rmtree(data)
    assert killed >= KILLS // 2 - 1


def test_killed_again_and_again_the_work_still_gets_done(before: Path, nursery: Nursery, tmp_path: Path) -> None:
    undisturbed, data = copied(before, tmp_path / "undisturbed"), copied(before, tmp_path / "killed")
    steps = nursery.finish(undisturbed)
    chance = random.Random(SEED + 1)
    for _again in range(5):
        nursery.run(data, kill_after=chance.randrange(1, steps))
    nursery.finish(data)
    assert tree_of(data / "public") == tree_of(undisturbed / "public")
    assert books_of(data) == books_of(undisturbed)
