"""A quota is met by distinct subjects, endorsed and in time; what "before" means is the campaign's own choice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from broadcaster.approvals import withdraw
from broadcaster.db import Database
from broadcaster.errors import NotFound
from broadcaster.intake.station import import_station
from broadcaster.reports.campaign import CampaignReport, CampaignUnit, campaign_report, campaign_to_json
from tests.broadcaster.aired import HEAD_MS, Programme, add_programme, report, row
from tests.broadcaster.books import TZ, at, open_books, take_in, written
from tests.broadcaster.conftest import article

NOW = at("2026-12-15T09:00")
CAMPAIGN = {
    "code": "dot-1",
    "name": "Đợt thử",
    "starts_on": "2026-11-01",
    "deadline_on": "2026-11-28",
    "quotas": [{"kind": "phuong", "min_articles": 1}, {"unit": "giao-duc", "min_articles": 3}],
}


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    return database


def campaign(books: Database, folder: Path, **changes: object) -> None:
    path = written(folder, "dot.json", {"campaign": {**CAMPAIGN, **changes}})
    with books.writing() as session:
        import_station(session, path, now=NOW, tz=TZ, by="quan-tri")


def sent(number: int, unit: str, **others: object) -> Mapping[str, object]:
    return article(number, f"Bài số {number}", unit, "y-duc", f"Việc tốt thứ {number} của đơn vị.", **others)  # type: ignore[arg-type]  # as the import has it


def seen(books: Database, code: str | None = None) -> CampaignReport:
    with books.reading() as session:
        return campaign_report(session, code, now=NOW, tz=TZ)


def of(books: Database, unit: str) -> CampaignUnit:
    return next(one for one in seen(books).units if one.unit == unit)


def about(name: str) -> dict[str, object]:
    return {"name": name, "subject_kind": "individual", "position": None, "workplace": None, "address": "Tổ 1"}


@pytest.mark.parametrize(
    ("received", "inclusive", "in_time"),
    [
        ("2026-11-27T23:59:59", False, True),
        ("2026-11-28T00:00:00", False, False),
        ("2026-11-28T23:59:59", True, True),
        ("2026-11-29T00:00:00", True, False),
    ],
)
def test_the_deadlines_own_day_counts_only_where_the_campaign_says_so(
    received: str, inclusive: bool, in_time: bool, books: Database, tmp_path: Path
) -> None:
    campaign(books, tmp_path, deadline_inclusive=inclusive)
    take_in(books, tmp_path, [sent(1, "phuong-mot")], now=at(received))
    one = of(books, "phuong-mot")
    assert (one.in_time, one.late, one.subjects, one.missing) == ((1, 0, 1, 0) if in_time else (0, 1, 0, 1))


def test_two_articles_about_one_subject_count_once(books: Database, tmp_path: Path) -> None:
    campaign(books, tmp_path)
    subjects = ("Trần Thị Mơ", " TRẦN  thị mơ", "Lê Văn Tám")
    take_in(books, tmp_path, [sent(n, "giao-duc", subject=about(name)) for n, name in enumerate(subjects, 1)])
    one = of(books, "giao-duc")
    assert (one.quota, one.received, one.subjects, one.missing) == (3, 3, 2, 1)


def test_what_no_head_endorsed_or_was_withdrawn_meets_no_quota(books: Database, tmp_path: Path) -> None:
    campaign(books, tmp_path)
    take_in(books, tmp_path, [sent(1, "giao-duc"), sent(2, "giao-duc", endorsed=False), sent(3, "giao-duc")])
    with books.writing() as session:
        withdraw(session, "T-03", why="Đơn vị xin rút", by="bien-tap", now=NOW)
    one = of(books, "giao-duc")
    assert (one.received, one.confirmed, one.approved, one.subjects, one.missing) == (2, 1, 1, 1, 2)


def test_what_came_before_the_campaign_began_is_not_its_own(books: Database, tmp_path: Path) -> None:
    campaign(books, tmp_path, starts_on="2026-11-15")
    take_in(books, tmp_path, [sent(1, "phuong-mot")], now=at("2026-11-14T23:59:59"))
    assert of(books, "phuong-mot").received == 0


@pytest.mark.parametrize(("played_ms", "aired"), [(HEAD_MS + 29_999, 0), (HEAD_MS + 30_000, 1)])
def test_an_article_has_aired_once_half_of_it_was_heard(
    played_ms: int, aired: int, books: Database, tmp_path: Path
) -> None:
    campaign(books, tmp_path)
    take_in(books, tmp_path, [sent(1, "phuong-mot")])
    programme = Programme("tt", at("2026-11-10T05:30"), [("T-01", 60_000)])
    with books.writing() as session:
        add_programme(session, programme)
    results = report(books, [row(programme, played_ms=played_ms, outcome="partial")], now=NOW)
    assert [one.status for one in results] == ["recorded"]
    assert of(books, "phuong-mot").aired == aired


def test_units_that_owe_nothing_and_sent_nothing_are_left_out(books: Database, tmp_path: Path) -> None:
    campaign(books, tmp_path)
    take_in(books, tmp_path, [sent(1, "cong-an")])
    found = {one.unit: one.quota for one in seen(books).units}
    assert found == {"phuong-mot": 1, "phuong-hai": 1, "giao-duc": 3, "cong-an": 0}


def test_the_sums_and_the_json_are_those_of_the_units(books: Database, tmp_path: Path) -> None:
    campaign(books, tmp_path)
    take_in(books, tmp_path, [sent(1, "cong-an"), sent(2, "giao-duc")])
    found = seen(books)
    document = campaign_to_json(found)
    assert document["totals"] == {key: sum(getattr(unit, key) for unit in found.units) for key in found.totals}
    assert found.totals["missing"] == 4
    assert [unit.unit for unit in found.owing] == ["giao-duc", "phuong-hai", "phuong-mot"]
    assert "Trần Giấu Tên" not in str(document)


def test_a_campaign_that_is_not_there_is_said_so(books: Database, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="chưa có đợt"):
        seen(books)
    campaign(books, tmp_path)
    with pytest.raises(NotFound, match="«khac»"):
        seen(books, "khac")


def test_without_a_code_the_campaign_that_is_under_way_is_meant(books: Database, tmp_path: Path) -> None:
    campaign(books, tmp_path)
    campaign(books, tmp_path, code="dot-2", starts_on="2027-01-01", deadline_on="2027-04-28")
    assert seen(books).code == "dot-1"
    assert seen(books, "dot-2").code == "dot-2"
