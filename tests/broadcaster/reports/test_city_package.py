"""The City's copy: whole, for those alone who may see it, and never without a trace."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster import audit
from broadcaster.db import Database
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.intake.station import import_station
from broadcaster.models import AuditEntry
from broadcaster.reports.city_package import Packed, write_city_package
from broadcaster.reports.paper import Office
from tests.broadcaster.books import TZ, at, open_books, take_in, written
from tests.broadcaster.conftest import ARTICLES
from tests.broadcaster.reports.printed import crossed, packed, pages_of, whole_text

NOW = at("2026-11-20T09:00")
OFFICE = Office("Đài Thử", "UBND thị xã Thử", "VHTT", "Thị xã Thử")
CAMPAIGN = {"code": "dot-1", "name": "Đợt thử", "starts_on": "2026-11-01", "deadline_on": "2026-11-28", "quotas": []}


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        import_station(session, written(tmp_path, "dot.json", {"campaign": CAMPAIGN}), now=NOW, tz=TZ, by="quan-tri")
    return database


def make(books: Database, path: Path, by: str = "thu-ky") -> Packed:
    return write_city_package(books, path, None, OFFICE, by=by, now=NOW, tz=TZ)


def test_each_approved_article_is_there_whole_and_no_other(books: Database, tmp_path: Path) -> None:
    path = tmp_path / "ho-so.zip"
    done = make(books, path)
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        texts = {name: whole_text(package.read(name)) for name in names if name.endswith("bai-viet.pdf")}
    approved = [one for one in ARTICLES if one["endorsement"] and one["approval"]]
    assert done.articles == len(texts) == len(approved)
    for one in approved:
        (text,) = [text for text in texts.values() if packed(str(one["title"])) in text]
        for role in ("author", "subject"):
            person = one[role]
            assert isinstance(person, dict)
            assert packed(person["name"]) in text
            assert packed(person["phone"]) in text
            assert packed(person["address"]) in text
        for paragraph in str(one["body"]).split("\n\n"):
            assert packed(paragraph) in text
        endorsement = one["endorsement"]
        assert isinstance(endorsement, dict)
        assert packed(endorsement["name"]) in text


def test_the_index_names_every_folder_and_nothing_of_it_is_cut(books: Database, tmp_path: Path) -> None:
    path = tmp_path / "ho-so.zip"
    make(books, path)
    with zipfile.ZipFile(path) as package:
        index = package.read("muc-luc.pdf")
        folders = {name.partition("/")[0] for name in package.namelist() if "/" in name}
        pages = [page for name in package.namelist() if name.endswith(".pdf") for page in pages_of(package.read(name))]
    assert all(packed(folder) in whole_text(index) for folder in folders)
    assert [letter for page in pages for letter in crossed(page)] == []


def test_its_checksums_are_true(books: Database, tmp_path: Path) -> None:
    path = tmp_path / "ho-so.zip"
    done = make(books, path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == done.sha256
    with zipfile.ZipFile(path) as package:
        lines = package.read("SHA256SUMS").decode().splitlines()
        named = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
        assert named.keys() == set(package.namelist()) - {"SHA256SUMS"}
        assert all(hashlib.sha256(package.read(name)).hexdigest() == digest for name, digest in named.items())


def test_its_file_is_its_owners_alone(books: Database, tmp_path: Path) -> None:
    path = tmp_path / "ho-so.zip"
    make(books, path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_day_makes_the_same_bytes(books: Database, tmp_path: Path) -> None:
    assert make(books, tmp_path / "1.zip").sha256 == make(books, tmp_path / "2.zip").sha256


def test_who_made_it_stands_in_the_chain_without_a_persons_name(books: Database, tmp_path: Path) -> None:
    done = make(books, tmp_path / "ho-so.zip")
    with books.reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "city.package"))
        assert (entry.by, entry.what) == ("thu-ky", "dot-1")
        assert entry.detail == {"articles": done.articles, "sha256": done.sha256}
        assert audit.first_broken_link(session) is None


@pytest.mark.parametrize(("by", "refusal"), [("bien-tap", NotAllowed), ("ai-do", NotFound)])
def test_who_may_not_approve_may_not_make_it_either(
    by: str, refusal: type[Exception], books: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "ra"
    with pytest.raises(refusal):
        make(books, folder / "ho-so.zip", by)
    assert not folder.exists()
    with books.reading() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.act == "city.package")).all() == []


def test_a_package_that_cannot_be_noted_does_not_come_to_be(
    books: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_arguments: object, **_named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(audit, "record", torn)
    folder = tmp_path / "ra"
    with pytest.raises(OSError, match="disk full"):
        make(books, folder / "ho-so.zip")
    assert list(folder.iterdir()) == []
