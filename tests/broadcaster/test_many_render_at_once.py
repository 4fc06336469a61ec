"""Ten processes that render the same and different items at once: each is made once, and nothing is torn."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from audio.files import UNFINISHED
from audio.measured import measured_key, parse_measured
from audio.shelf import Shelf
from broadcaster.models import Bulletin, Rendition
from broadcaster.rendering import render
from tests.broadcaster.conftest import Town
from tests.broadcaster.trees import tree_of

HOUSE = Path(__file__).resolve().parents[2]
REFS = ["T-01", "T-02", "T-03", "T-04", "T-05", "T-06", "T-07", "T-10"]
#: Renders these articles, or all that is due; says what it made.
RENDERER = """
import json, sys
from datetime import datetime
from pathlib import Path
from broadcaster.db import Database
from broadcaster.rendering import render
from broadcaster.scripts import Voice
from tests.broadcaster.conftest import settings_in
folder, now, refs = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3:]
settings = settings_in(folder)
database = Database(settings.database)
sys.stdin.readline()
report = render(database, settings, Voice.of_station(settings.tts), now=now, refs=refs)
print(json.dumps({"renditions": report.renditions, "bulletins": report.bulletins, "failures": report.failures}))
"""


def started(town: Town, refs: Sequence[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RENDERER, str(town.settings.data.parent), town.now.isoformat(), *refs]
    return subprocess.Popen(command, cwd=HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def emptied(town: Town) -> None:
    """Nothing has been rendered yet, neither in the books nor on the shelf."""
    with town.database.writing() as session:
        for bulletin in session.scalars(select(Bulletin)):
            if bulletin.session.starts_at > town.now:
                session.delete(bulletin)
        for row in session.scalars(select(Rendition)):
            session.delete(row)
    shelf = Shelf(town.settings.shelf_folder)
    for thing in list(shelf.walk()):
        shelf.remove(thing.key)


def check_shelf(town: Town) -> None:
    """Every row has its files, every file of frames its measurements, and nothing is half written or unknown."""
    shelf = Shelf(town.settings.shelf_folder)
    with town.database.reading() as session:
        rows = session.scalars(select(Rendition)).all()
        standing = session.scalars(select(Bulletin).where(Bulletin.superseded_at.is_(None))).all()
        coming = [row for row in standing if row.session.starts_at > town.now]
    assert len({row.shaped_by for row in rows}) == len(rows)
    for row in rows:
        frames = shelf.get(row.frames_key)
        measured = shelf.get(measured_key(row.frames_key))
        assert frames is not None
        assert measured is not None
        assert frames.stat().st_size % 192 == 0
        assert parse_measured(measured.read_bytes()).length_ms == row.length_ms
        assert not row.media_sha256 or shelf.get(row.media_sha256) is not None
    assert all(shelf.get(row.sha256) is not None for row in coming)


def test_ten_renderers_make_each_thing_once_and_leave_the_shelf_as_one_would(small_town: Town) -> None:
    town = small_town
    before = set(tree_of(town.settings.shelf_folder))
    emptied(town)
    chance = random.Random(10)
    wanted = [[] if number < 4 else chance.sample(REFS, 4) for number in range(10)]
    processes = [started(town, refs) for refs in wanted]
    said = [json.loads(process.communicate("\n", timeout=240)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * 10
    assert [one["failures"] for one in said] == [[]] * 10
    made = Counter(title for one in said for title in one["renditions"])
    lines = {"Nhạc hiệu và lời xướng", "Giới thiệu chương trình", "Lời chào"}
    assert {title for title in made if title not in lines and made[title] != 1} == set()
    assert len(made - Counter(dict.fromkeys(lines, 10**6))) == len(REFS)
    with town.database.reading() as session:
        assert len(session.scalars(select(Rendition)).all()) == made.total()
    check_shelf(town)
    # Frames, measurements and bulletins to come are the same bytes as before; past bulletins need not come back.
    assert {path for path in tree_of(town.settings.shelf_folder) if path.endswith(".frames")} <= before
    assert not list(town.settings.shelf_folder.glob(f"*/{UNFINISHED}*"))


def test_renderers_killed_at_any_moment_leave_a_shelf_that_the_next_one_completes(small_town: Town) -> None:
    town = small_town
    emptied(town)
    chance = random.Random(1)
    for _ in range(5):
        process = started(town, [])
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        try:
            process.wait(timeout=chance.uniform(0.8, 3.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        with town.database.reading() as session:
            shelf = Shelf(town.settings.shelf_folder)
            for row in session.scalars(select(Rendition)):
                assert shelf.get(row.frames_key) is not None, "the row came before its sound"
    report = render(town.database, town.settings, town.voice, now=town.now)
    assert report.failures == []
    check_shelf(town)
    shelf = Shelf(town.settings.shelf_folder)
    shelf.collect_orphans(older_than_s=-1)
    assert not list(town.settings.shelf_folder.glob(f"*/{UNFINISHED}*"))
