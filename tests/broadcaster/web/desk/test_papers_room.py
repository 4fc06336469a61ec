"""Papers over the desk: in every shape, to those who may print, the City's copies to those who may export."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from broadcaster.airtime import month_airtime, to_json
from broadcaster.intake.station import import_station
from broadcaster.models import AuditEntry, Role
from tests.broadcaster.books import TZ, written
from tests.broadcaster.reports.printed import whole_text

CAMPAIGN = {"code": "d1", "name": "Đợt thử", "starts_on": "2026-11-01", "deadline_on": "2026-11-28", "quotas": []}


@pytest.fixture
def town(staffed_town: Any, tmp_path: Path) -> Any:
    with staffed_town.database.writing() as session:
        path = written(tmp_path, "dot.json", {"campaign": CAMPAIGN})
        import_station(session, path, now=staffed_town.now, tz=TZ, by="quan-tri")
    return staffed_town


@pytest.mark.parametrize("paper", ["airtime", "log", "schedule", "campaign", "committee"])
@pytest.mark.parametrize(
    ("form", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("json", b"{")]
)
def test_every_paper_comes_in_every_shape(
    paper: str, form: str, begins: bytes, town: Any, desk: Callable[..., Any]
) -> None:
    assert town
    answer = desk(Role.EDITOR).get(f"/desk/papers/{paper}.{form}")
    assert answer.status_code == 200
    assert answer.data.startswith(begins)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert f".{form}" in answer.headers["Content-Disposition"]


def test_the_form_of_the_room_leads_to_the_paper_that_was_chosen(town: Any, desk: Callable[..., Any]) -> None:
    answer = desk(Role.REVIEWER).get("/desk/papers/print?paper=airtime&month=2026-11&form=json&paper_lang=en")
    with town.database.reading() as session:
        assert answer.json == json.loads(json.dumps(to_json(month_airtime(session, "2026-11", now=town.now, tz=TZ))))
    english = desk(Role.REVIEWER).get("/desk/papers/print?paper=airtime&month=2026-11&form=pdf&paper_lang=en")
    assert "AIRTIMEBYUNIT" in whole_text(english.data)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("paper=airtime&form=exe", 404),
        ("paper=x&form=pdf", 404),
        ("", 404),
        ("paper=airtime&form=pdf&month=2026-99", 400),
        ("paper=schedule&form=pdf&week=2026-W99", 400),
        ("paper=schedule&form=pdf&zone=x", 404),
        ("paper=campaign&form=pdf&campaign=x", 404),
        ("paper=log&form=pdf&first=2026-11-31", 400),
        ("paper=log&form=pdf&first=2026-11-10&last=2026-11-09", 400),
        ("paper=log&form=pdf&first=2026-01-01&last=2026-11-09", 400),
    ],
)
def test_what_is_no_paper_is_refused(query: str, status: int, town: Any, desk: Callable[..., Any]) -> None:
    assert town
    assert desk(Role.EDITOR).get(f"/desk/papers/print?{query}").status_code == status


def test_the_citys_copies_are_handed_to_a_reviewer_and_noted(town: Any, desk: Callable[..., Any]) -> None:
    answer = desk(Role.REVIEWER).send("/desk/papers", "/desk/papers/city.zip", campaign="d1")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert package.testzip() is None
        assert "muc-luc.pdf" in package.namelist()
    with town.database.reading() as session:
        assert session.scalars(select(AuditEntry.by).where(AuditEntry.act == "city.package")).all() == ["thu-ky"]


def test_an_editor_prints_but_takes_no_personal_data(town: Any, desk: Callable[..., Any]) -> None:
    editor = desk(Role.EDITOR)
    assert "/desk/papers/city.zip" not in editor.get("/desk/papers").text
    assert editor.send("/desk/account", "/desk/papers/city.zip", campaign="d1").status_code == 403
    with town.database.reading() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "city.package")).all() == []
