"""`broadcaster report`: every paper in every format, in Vietnamese unless English is asked for."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from broadcaster.cli import cli
from broadcaster.db import Database
from broadcaster.intake.station import import_station
from tests.broadcaster.books import TZ, at, open_books, plan_and_bind, take_in, written
from tests.broadcaster.conftest import ARTICLES
from tests.broadcaster.reports.printed import whole_text

REPORTS = {
    "airtime": ["airtime", "--month", "2026-11"],
    "log": ["log", "--date", "2026-11-10", "--to", "2026-11-12"],
    "schedule": ["schedule", "--week", "2026-W46"],
    "campaign": ["campaign"],
    "committee": ["committee", "--month", "2026-11"],
}
TITLES = {
    "airtime": ("BẢNGTHỜILƯỢNG", "AIRTIMEBYUNIT"),
    "log": ("SỔTHEODÕI", "BROADCASTLOG"),
    "schedule": ("LỊCHPHÁTSÓNGTUẦN", "WEEKLYBROADCASTSCHEDULE"),
    "campaign": ("CHỈTIÊUBÀIVIẾT", "AGAINSTTHEIRQUOTAS"),
    "committee": ("BÁOCÁO", "REPORT"),
}
NOW = "2026-11-20T09:00:00+07:00"
CAMPAIGN = {"code": "dot-1", "name": "Đợt thử", "starts_on": "2026-11-01", "deadline_on": "2026-11-28", "quotas": []}


@pytest.fixture
def house(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    path = written(tmp_path, "dot.json", {"campaign": CAMPAIGN})
    with database.writing() as session:
        import_station(session, path, now=at("2026-11-09T04:00"), tz=TZ, by="quan-tri")
    plan_and_bind(database)
    monkeypatch.setenv("BROADCASTER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(house: Path, report: str, form: str, *options: str, root: tuple[str, ...] = ()) -> bytes:
    path = house / f"{report}.{form}"
    arguments = [*root, "report", *REPORTS[report], "--format", form, "--now", NOW, "-o", str(path), *options]
    cli(arguments, standalone_mode=False)
    return path.read_bytes()


@pytest.mark.parametrize("report", REPORTS)
def test_every_paper_is_there_in_every_format(report: str, house: Path) -> None:
    document = json.loads(made(house, report, "json"))
    assert isinstance(document, dict)
    table = made(house, report, "csv")
    assert table.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))) > 2
    assert openpyxl.load_workbook(io.BytesIO(made(house, report, "xlsx"))).worksheets
    assert TITLES[report][0] in whole_text(made(house, report, "pdf"))


@pytest.mark.parametrize("report", REPORTS)
def test_a_paper_is_vietnamese_unless_english_is_asked_for(
    report: str, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADCASTER_LANGUAGE", "en")
    vietnamese, english = TITLES[report]
    assert vietnamese in whole_text(made(house, report, "pdf"))
    assert english in whole_text(made(house, report, "pdf", "--lang", "en"))
    assert english in whole_text(made(house, report, "pdf", root=("--lang", "en")))


def test_the_committee_is_told_the_figures_of_the_ledger(house: Path) -> None:
    airtime = json.loads(made(house, "airtime", "json"))
    committee = json.loads(made(house, "committee", "json"))
    assert committee["airtime"] == airtime
    sessions = committee["sessions"]
    assert sessions["held"] == sessions["heard"] + sessions["failed"] + sessions["unreported"]
    assert sessions["held"] > 0
    below = [unit["unit"] for unit in airtime["units"] if unit["shortfall_ms"]]
    assert sorted(committee["units_below_target"]) == sorted(below)


def test_the_head_of_a_paper_is_what_the_settings_say(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AUTHORITY", "UBND thị xã Thử"), ("SYMBOL", "TTVH"), ("PLACE", "Thử"), ("HEAD", "Giám đốc")):
        monkeypatch.setenv(f"BROADCASTER_OFFICE_{name}", value)
    text = whole_text(made(house, "committee", "pdf"))
    for words in ("UBNDTHỊXÃTHỬ", "/BC-TTVH", "Thử,ngày20tháng11năm2026", "GIÁMĐỐC"):
        assert words in text


def test_json_goes_to_the_screen_where_no_file_is_named(
    house: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert house.exists()
    cli(["report", "campaign", "--now", NOW], standalone_mode=False)
    assert json.loads(capsysbinary.readouterr().out)["campaign"] == "dot-1"


def test_the_city_package_needs_a_name_that_may_approve(house: Path) -> None:
    path = house / "ho-so.zip"
    cli(["report", "city", "--by", "thu-ky", "-o", str(path), "--now", NOW], standalone_mode=False)
    assert path.stat().st_mode & 0o777 == 0o600
