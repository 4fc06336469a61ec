"""Pictures of the ten main pages, in Chromium.

With BROADCASTER_PICTURES_FROM naming a demonstration's data folder, they are made from it and put into docs/pictures:

    python3 run.py demo --once --now 2026-11-24T09:00:00+07:00 --data demo-data
    BROADCASTER_PICTURES_FROM=demo-data python3 run.py test tests/broadcaster/web/desk/test_pictures_of_pages.py

Without it they are made from a small town, looked at for being pictures at all, and thrown away.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import Article, BroadcastSession, JobRun, Role, User

PICTURES = Path(__file__).resolve().parents[4] / "docs" / "pictures"


def pages(database: Database, now: datetime) -> dict[str, str]:
    """Name and address of each page; an article and a session that are there."""
    with database.reading() as session:
        ref = session.scalars(select(Article.ref).order_by(Article.ref)).first()
        coming = select(BroadcastSession.id).where(
            BroadcastSession.starts_at > now, BroadcastSession.cancelled_why.is_(None)
        )
        sitting = session.scalars(coming.order_by(BroadcastSession.starts_at)).first()
    return {
        "home": "/",
        "articles": "/desk/articles",
        "article": f"/desk/articles/{ref}",
        "reading": f"/desk/articles/{ref}/reading",
        "plan": "/desk/plan",
        "session": f"/desk/plan/sessions/{sitting}",
        "airtime": "/desk/airtime",
        "operator": "/desk/operator",
        "sessions": "/desk/station/sessions",
        "papers": "/desk/papers",
    }


def test_the_ten_main_pages_have_their_pictures(
    request: Any, tmp_path: Path, visiting: Callable[..., AbstractContextManager[Any]]
) -> None:
    data = os.environ.get("BROADCASTER_PICTURES_FROM")
    folder = PICTURES if data else tmp_path / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    app, database, now = of_the_demonstration(Path(data), tmp_path) if data else of_a_small_town(request)
    with database.reading() as session:
        name = session.scalars(select(User.name).where(User.role == Role.ADMIN)).first()
    assert name
    with visiting(app) as visit:
        visit.enter(app, name)
        for picture, address in pages(database, now).items():
            visit.go(address).screenshot(path=str(folder / f"{picture}.png"))
        assert visit.complaints == []
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            assert image.size == (1366, 768)
            assert len(image.convert("RGB").getcolors(1 << 24) or []) > 50, f"{path.name} shows nothing"
    assert len(list(folder.glob("*.png"))) == 10


def of_the_demonstration(data: Path, scratch: Path) -> tuple[Flask, Database, datetime]:
    """A copy of the demonstration at the moment it was made for."""
    shutil.copytree(data, scratch / "data", dirs_exist_ok=True)
    settings = Settings(data=scratch / "data", public_url="http://127.0.0.1:8000")
    database = Database(settings.database)
    with database.reading() as session:
        now = session.scalar(select(func.max(JobRun.due_at)))
    assert now is not None
    return create_app(settings, database, clock=lambda: now), database, now


def of_a_small_town(request: Any) -> tuple[Flask, Database, datetime]:
    """The town of the other tests."""
    town = request.getfixturevalue("staffed_town")
    return create_app(town.settings, town.database, clock=lambda: town.now), town.database, town.now
