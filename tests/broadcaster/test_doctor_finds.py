"""The doctor finds what is broken, says how to mend it, and is content with a town that is well."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.cli import main
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.doctor import Finding, examine
from broadcaster.models import AuditEntry, Bulletin, Rendition
from tests.broadcaster.conftest import Town


def examined(town: Town, settings: Settings | None = None) -> dict[str, Finding]:
    return {one.name: one for one in examine(settings or town.settings, town.database, now=town.now)}


def test_a_town_that_is_well_has_nothing_to_mend(small_town: Town) -> None:
    found = examined(small_town)
    # How full this machine's disk is, is none of the town's doing.
    unwell = {name: one for name, one in found.items() if one.state != "ok" and name != "disk"}
    assert unwell == {}
    looks = {"packages", "folders", "disk", "ffmpeg", "engine monotone", "database", "audit"}
    assert looks | {"renditions", "bulletins", "zones"} <= set(found)


def lose_a_bulletin(town: Town) -> None:
    with town.database.writing() as session:
        rows = session.scalars(select(Bulletin).where(Bulletin.superseded_at.is_(None))).all()
        coming = next(row for row in rows if row.session.starts_at > town.now)
        coming.superseded_at = town.now


def forge_the_chain(town: Town) -> None:
    with town.database.writing() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[3]
        entry.what = "khác"


def lose_a_rendition(town: Town) -> None:
    with town.database.writing() as session:
        row = session.scalars(select(Rendition).where(Rendition.article_id.is_not(None))).first()
        session.delete(row)


def block_the_public_folder(town: Town) -> None:
    folder = town.settings.public_folder
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("a file where the folder should be")


BROKEN = [
    (lose_a_bulletin, "bulletins", "failure", "broadcaster render"),
    (forge_the_chain, "audit", "failure", "sao lưu"),
    (lose_a_rendition, "renditions", "warning", "broadcaster render"),
    (block_the_public_folder, "folders", "failure", "quyền"),
]


@pytest.mark.parametrize(("breaks", "name", "state", "mend"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_broken_is_found_with_a_way_to_mend_it(
    breaks: Callable[[Town], None], name: str, state: str, mend: str, small_town: Town
) -> None:
    breaks(small_town)
    found = examined(small_town)
    assert found[name].state == state
    assert mend in found[name].mend
    others = {other: one for other, one in found.items() if one.state != "ok" and other not in {name, "disk"}}
    assert others == {}


def test_an_unknown_voice_is_found(small_town: Town) -> None:
    settings = Settings(**{**small_town.settings.model_dump(), "tts": "gtts,ca-sĩ"})
    found = examined(small_town, settings)["engines"]
    assert found.state == "failure"
    assert "ca-sĩ" in found.words
    assert "BROADCASTER_TTS" in found.mend


def test_a_voice_over_the_network_is_named_and_not_waited_for(small_town: Town) -> None:
    options = {"gtts.base_url": "http://127.0.0.1:9"}
    settings = Settings(**{**small_town.settings.model_dump(), "tts": "gtts,monotone", "engines": options})
    found = examined(small_town, settings)
    assert (found["engine gtts"].state, found["engine monotone"].state) == ("ok", "ok")


def test_a_house_without_a_database_is_told_what_to_run(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", tts="monotone")
    database = Database(settings.database)
    found = {one.name: one for one in examine(settings, database, now=None)}  # type: ignore[arg-type]  # not looked at
    database.close()
    assert found["database"].state == "failure"
    assert "broadcaster init" in found["database"].mend


@pytest.mark.parametrize(("breaks", "status"), [(None, 0), (forge_the_chain, 1)])
def test_the_command_ends_with_what_it_found(
    breaks: Callable[[Town], None] | None,
    status: int,
    small_town: Town,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if breaks is not None:
        breaks(small_town)
    monkeypatch.setenv("BROADCASTER_DATA", str(small_town.settings.data))
    monkeypatch.setenv("BROADCASTER_TTS", "monotone")
    now = (small_town.now + timedelta(minutes=1)).isoformat()
    monkeypatch.setattr(sys, "argv", ["broadcaster", "doctor", "--json", "--now", now])
    ended = 0
    try:
        main()
    except SystemExit as wanted:
        ended = int(wanted.code or 0)
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert ended == status
    assert any(one["state"] == "failure" for one in findings) == bool(status)
