"""The file for the province: what may be told anyway, and not a word of a cover sheet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from broadcaster.cli import cli
from tests.broadcaster.conftest import ARTICLES, Town
from tests.broadcaster.trees import private_texts, says


@pytest.fixture
def exported(small_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, dict[str, Any]]:
    monkeypatch.setenv("BROADCASTER_DATA", str(small_town.settings.data))
    monkeypatch.setenv("BROADCASTER_TTS", small_town.settings.tts)
    out = tmp_path / "province.json"
    arguments = ["export", "provincial", "-o", str(out), "--now", small_town.now.isoformat()]
    assert not cli(arguments, standalone_mode=False)
    content = out.read_bytes()
    return content, json.loads(content)


def test_it_says_that_nobody_has_confirmed_it(exported: tuple[bytes, dict[str, Any]]) -> None:
    assert exported[1]["DaXacNhan"] is False
    assert "chưa được" in exported[1]["GhiChu"]


def test_it_holds_what_may_be_told_now_and_nothing_else(exported: tuple[bytes, dict[str, Any]]) -> None:
    titles = {one["TieuDe"] for one in exported[1]["DanhSachBanTin"]}
    known = {str(one["ref"]): str(one["title"]) for one in ARTICLES}
    assert titles
    assert {known[ref] for ref in ("T-01", "T-02")} <= titles
    # Not endorsed, not approved, withdrawn or expired, and under embargo.
    assert not titles & {known[ref] for ref in ("T-08", "T-09", "T-10", "T-11", "T-12")}
    assert all(one["ThoiLuong"] > 0 and one["VungPhat"] for one in exported[1]["DanhSachBanTin"])


def test_no_word_of_a_cover_sheet_is_in_it(small_town: Town, exported: tuple[bytes, dict[str, Any]]) -> None:
    private = private_texts(small_town.database)
    assert len(private) >= 60
    assert [word for word in private if says(exported[0], word)] == []
