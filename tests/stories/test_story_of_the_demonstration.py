"""The demonstration town in small: it lives its days, does not live them twice, goes on, and never goes back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from broadcaster.airtime import month_airtime
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.demo import __main__ as demo
from broadcaster.demo import days
from broadcaster.models import Airing, Article, Bulletin
from broadcaster.sample import sources
from tests.broadcaster.trees import private_texts, says, tree_of

NOW = "2026-11-03T10:00:00+07:00"
LATER = "2026-11-04T08:00:00+07:00"
#: Of the sample articles: urgent, embargoed, expired, unendorsed, unapproved, and ordinary ones.
CHOSEN = {f"2026-0{number}" for number in (106, 120, 135, 136, 201, 203, 205, 208, 210, 211, 216, 221, 235)}


@pytest.fixture
def small_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demonstration of three days, a few articles of one paragraph, and a voice that costs nothing."""
    samples = sources.sample_articles()

    def few() -> list[dict[str, Any]]:
        chosen = [dict(one) for one in samples if one["ref"] in CHOSEN]
        for one in chosen:
            one["body"] = " ".join(one["body"].split()[:25]) + "."
        return chosen

    assert len(few()) == len(CHOSEN)
    monkeypatch.setattr(sources, "sample_articles", few)
    monkeypatch.setattr(demo, "HISTORY_DAYS", 2)
    monkeypatch.setattr(days, "PLAN_MOVES", 300)
    monkeypatch.setenv("BROADCASTER_TTS", "monotone")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "demo-data"


def run(now: str) -> int:
    return demo.main(["--once", "--now", now])


def counts(data: Path) -> dict[str, int]:
    database = Database(Settings(data=data).database)
    with database.reading() as session:
        tables = {"articles": Article.id, "bulletins": Bulletin.id, "airings": Airing.id}
        found = {name: int(session.scalar(select(func.count(key))) or 0) for name, key in tables.items()}
    database.close()
    return found


def test_the_demonstration_lives_on_and_never_twice(
    small_demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(NOW) == 0
    told = capsys.readouterr().out
    assert f"{len(CHOSEN)} bài" in told
    assert "http://127.0.0.1:8000/players/" in told
    first, made = tree_of(small_demo / "public"), counts(small_demo)
    assert {"articles": len(CHOSEN)}.items() <= made.items()
    assert made["airings"] > 0
    assert any(path.startswith("zones/noi-thi/2026-11-03/") for path in first)
    assert any("/2026-11-04/" in path for path in first), "tomorrow is ready"
    nothing_personal(small_demo, first)
    some_aired_and_some_lack(small_demo)

    assert run(NOW) == 0
    assert tree_of(small_demo / "public") == first
    assert counts(small_demo) == made

    assert run(LATER) == 0
    later = counts(small_demo)
    assert later["airings"] > made["airings"]
    assert later["articles"] == made["articles"]
    assert tree_of(small_demo / "public") != first

    capsys.readouterr()
    assert run(NOW) == 1
    assert "đã sống đến" in capsys.readouterr().err
    assert counts(small_demo) == later


def nothing_personal(data: Path, tree: dict[str, bytes]) -> None:
    """Phones and addresses of cover sheets; a subject's name may stand in the article itself, the writer's may not."""
    database = Database(Settings(data=data).database)
    words = [word for word in private_texts(database) if any(sign.isdigit() for sign in word)]
    database.close()
    assert words
    assert [(path, word) for word in words for path, content in tree.items() if says(content, word)] == []


def some_aired_and_some_lack(data: Path) -> None:
    settings = Settings(data=data)
    database = Database(settings.database)
    with database.reading() as session:
        table = month_airtime(session, "2026-11", now=datetime.fromisoformat(NOW), tz=settings.zone_info)
    database.close()
    assert table.totals["first_runs"] > 0
    assert table.totals["repeats"] > 0
    assert table.totals["shortfall_ms"] > 0


@pytest.mark.parametrize("wrong", ["hôm nay", "2026-11-03T10:00:00"])
def test_a_moment_without_a_zone_is_a_wrong_argument(wrong: str, small_demo: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        run(wrong)
    assert ended.value.code == 2
    assert not small_demo.exists()
