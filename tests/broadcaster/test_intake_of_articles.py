"""Articles come in once, in one form of writing, and a file is taken whole or not at all."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.db import Database
from broadcaster.errors import ImportRefused
from broadcaster.intake.articles import import_articles
from broadcaster.intake.units import import_units
from broadcaster.models import Article, AuditEntry, Column
from tests.broadcaster.books import MONDAY, TZ, open_books, stored_refs, take_in, written
from tests.broadcaster.conftest import ARTICLES, article

BODY = "Ngày 12/9/2026, bà con tổ 4 khánh thành cầu mới dài 18 m.\n\nBa tổ bên cạnh đang làm theo."
MOJIBAKE = "TÊm g\u00ad¬ng ng\u00adêi tèt viÖc tèt ë ph\u00adêng ta"


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    return database


def good(number: int = 1, **others: object) -> dict[str, object]:
    return article(number, f"Bài số {number}", "phuong-mot", "nong-thon-moi", BODY, **others)  # type: ignore[arg-type]  # others are fields of the format


def test_five_faults_are_all_named_with_their_places_and_nothing_is_stored(books: Database, tmp_path: Path) -> None:
    articles = [good(number) for number in range(1, 7)]
    articles[0]["unit"] = "phuong-khong-co"
    articles[1]["title"] = ""
    articles[2]["written_on"] = "2026-02-30"
    articles[3]["body"] = MOJIBAKE
    articles[4]["ref"] = articles[0]["ref"]
    with pytest.raises(ImportRefused) as refused:
        take_in(books, tmp_path, articles)
    assert [fault.place for fault in refused.value.faults] == [
        "bai.json: articles[0] (ref T-01).unit",
        "bai.json: articles[1] (ref T-02).title",
        "bai.json: articles[2] (ref T-03).written_on",
        "bai.json: articles[3] (ref T-04).body",
        "bai.json: articles[4] (ref T-01).ref",
    ]
    words = [fault.message for fault in refused.value.faults]
    told = ("phuong-khong-co", "thiếu", "2026-02-30", "bảng mã", "articles[0]")
    assert all(piece in message for piece, message in zip(told, words, strict=True)), words
    assert stored_refs(books) == []


def test_the_same_file_twice_stores_once(books: Database, tmp_path: Path) -> None:
    first = take_in(books, tmp_path, ARTICLES)
    again = take_in(books, tmp_path, ARTICLES)
    assert len(first.added) == len(ARTICLES)
    assert (again.added, again.changed, again.notes) == ((), (), ())
    assert again.same == first.added
    assert stored_refs(books) == [str(one["ref"]) for one in ARTICLES]


def test_a_dry_run_answers_alike_and_stores_nothing(books: Database, tmp_path: Path) -> None:
    with books.reading() as session:
        acts = session.scalars(select(AuditEntry)).all()
    tried = take_in(books, tmp_path, ARTICLES, dry_run=True)
    with books.reading() as session:
        assert session.scalars(select(Article)).all() == []
        assert len(session.scalars(select(AuditEntry)).all()) == len(acts)
    assert tried == take_in(books, tmp_path, ARTICLES)


def test_a_dry_run_names_no_columns(database: Database, tmp_path: Path) -> None:
    unit = {"code": "phuong-mot", "name": "Phường Một", "kind": "phuong", "zone": "tt"}
    with database.writing() as session:
        import_units(session, written(tmp_path, "u.json", {"units": [unit]}), now=MONDAY, tz=TZ, by="x")
    take_in(database, tmp_path, [good(columns=["nguoi-tot-viec-tot"])], dry_run=True)
    with database.reading() as session:
        assert session.scalars(select(Column)).all() == []
    take_in(database, tmp_path, [good(columns=["nguoi-tot-viec-tot"])])
    with database.reading() as session:
        assert [column.name for column in session.scalars(select(Column))] == ["Người tốt, việc tốt"]


def test_what_is_written_in_pieces_is_stored_as_whole_letters(books: Database, tmp_path: Path) -> None:
    whole = good()
    in_pieces = json.loads(unicodedata.normalize("NFD", json.dumps(whole, ensure_ascii=False)))
    assert in_pieces != whole
    take_in(books, tmp_path, [in_pieces])
    with books.reading() as session:
        stored = session.scalars(select(Article)).one()
        assert (stored.title, stored.body) == (whole["title"], whole["body"])
        assert all(unicodedata.is_normalized("NFC", person.name) for person in stored.people)
    assert take_in(books, tmp_path, [whole]).same == ("T-01",)


def test_a_foreign_name_is_no_garbled_text(books: Database, tmp_path: Path) -> None:
    body = BODY + "\n\nKỹ sư Müller đã sang thăm và xin học cách làm."
    assert take_in(books, tmp_path, [{**good(), "body": body}]).added == ("T-01",)


def without(field: str) -> dict[str, object]:
    return {key: value for key, value in good().items() if key != field}


def with_person(role: str, **fields: object) -> dict[str, object]:
    one = good()
    person = one[role]
    assert isinstance(person, dict)
    return {**one, role: {**person, **fields}}


WINDOW = {"not_before": "2026-11-20T05:00:00+07:00", "expires_at": "2026-11-19T05:00:00+07:00"}
LATE = {"not_before": "2026-11-20T05:00:00+07:00", "air_by": "2026-11-19T05:00:00+07:00"}
APPROVED = {"by": "Phòng Nội vụ", "approved_on": "2026-11-05"}

ONE_FAULT = [
    pytest.param(
        {**good(), "not_before": "2026-11-20T05:00:00"}, ".not_before", "múi giờ", id="an instant without a zone"
    ),
    pytest.param({**good(), "air_by": "hôm qua"}, ".air_by", "thời điểm", id="an instant in words"),
    pytest.param(
        {**good(), "expires_at": "0001-01-01T00:00:00+07:00"},
        ".expires_at",
        "thời điểm",
        id="an instant before all years",
    ),
    pytest.param({**good(), **WINDOW}, ".expires_at", "hết hạn trước", id="a window that closes before it opens"),
    pytest.param({**good(), **LATE}, ".air_by", "trước khi được phép", id="due before it is allowed"),
    pytest.param({**good(), "field": "trong-rung"}, ".field", "trong-rung", id="an unknown field"),
    pytest.param({**good(), "kind": "poem"}, ".kind", "poem", id="an unknown kind"),
    pytest.param({**good(), "priority": "very"}, ".priority", "very", id="an unknown priority"),
    pytest.param({**good(), "zones": ["tt", "xa-la"]}, ".zones", "xa-la", id="an unknown zone"),
    pytest.param({**good(), "columns": ["khong-co"]}, ".columns", "khong-co", id="an unknown column"),
    pytest.param({**good(), "columns": "nong-thon-moi"}, ".columns", "danh sách", id="columns that are no list"),
    pytest.param({**good(), "title": "Hai\ndòng"}, ".title", "một dòng", id="a title of two lines"),
    pytest.param({**good(), "title": 42}, ".title", "phải là chữ", id="a title that is a number"),
    pytest.param({**good(), "title": "a\ud800b"}, ".title", "không hợp lệ", id="half a character"),
    pytest.param({**good(), "body": "Lời\x00 lạ"}, ".body", "bảng mã", id="a control character"),
    pytest.param({**good(), "written_on": "10/11/2026"}, ".written_on", "10/11/2026", id="a day in another order"),
    pytest.param({**good(), "written_on": "2026-11-10"}, ".written_on", "tương lai", id="written tomorrow"),
    pytest.param(without("body"), ".body", "thiếu", id="no body"),
    pytest.param(without("written_on"), ".written_on", "thiếu", id="no day of writing"),
    pytest.param(without("author"), ".author", "thiếu", id="no writer"),
    pytest.param(without("subject"), ".subject", "thiếu", id="no subject"),
    pytest.param({**good(), "subject": "ông A"}, ".subject", "đối tượng", id="a subject that is only a name"),
    pytest.param(with_person("author", name=" "), ".author.name", "thiếu", id="a writer without a name"),
    pytest.param(
        with_person("subject", subject_kind="animal"),
        ".subject.subject_kind",
        "animal",
        id="an unknown kind of subject",
    ),
    pytest.param(
        {**good(), "endorsement": {"name": "Ông Ký"}}, ".endorsement.position", "thiếu", id="half an endorsement"
    ),
    pytest.param(
        {**good(endorsed=False), "approval": APPROVED}, ".approval", "xác nhận", id="approved but not endorsed"
    ),
    pytest.param(
        {**good(), "approval": {"by": "Lạc Viết Kín1", "approved_on": "2026-11-05"}},
        ".approval.by",
        "tự duyệt",
        id="approved by its writer",
    ),
    pytest.param(
        {
            **with_person("author", name=unicodedata.normalize("NFD", "Lạc Viết Kín1")),
            "approval": {"by": "Lạc Viết Kín1", "approved_on": "2026-11-05"},
        },
        ".approval.by",
        "tự duyệt",
        id="approved by its writer in another form of writing",
    ),
]


@pytest.mark.parametrize(("faulty", "field", "words"), ONE_FAULT)
def test_a_fault_is_named_where_it_is(
    faulty: dict[str, object], field: str, words: str, books: Database, tmp_path: Path
) -> None:
    path = tmp_path / "mot.json"
    path.write_text(json.dumps({"articles": [good(2), faulty]}), encoding="utf-8")
    with pytest.raises(ImportRefused) as refused, books.writing() as session:
        import_articles(session, path, now=MONDAY, tz=TZ, by="van-thu")
    told = [fault for fault in refused.value.faults if fault.place == f"mot.json: articles[1] (ref T-01){field}"]
    assert len(told) == 1, refused.value.faults
    assert words in told[0].message
    extra = {fault.place.removeprefix("mot.json: articles[1] (ref T-01)") for fault in refused.value.faults} - {field}
    # Half an endorsement lacks two things.
    assert extra <= {".endorsement.endorsed_on"} or field == ".subject", refused.value.faults
    assert stored_refs(books) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"articles": [', "không phải JSON: dòng 1"),
        (b"\xff\xfe{}", "không phải UTF-8"),
        (b"[" * 100_000, "lồng quá sâu"),
        (b"9" * 5_000, "không phải JSON"),
        (b"{}", "thiếu danh sách"),
        (b'{"articles": {}}', "thiếu danh sách"),
        (b"[]", "thiếu danh sách"),
        (b'{"articles": [7]}', "đối tượng JSON"),
        (b"", "không phải JSON"),
    ],
)
def test_what_is_no_import_file_is_refused_in_words(
    content: bytes, words: str, books: Database, tmp_path: Path
) -> None:
    path = tmp_path / "la.json"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=words), books.writing() as session:
        import_articles(session, path, now=MONDAY, tz=TZ, by="van-thu")
    assert stored_refs(books) == []


def test_a_missing_file_is_told_by_its_name(books: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"mat\.json: không mở được tệp"), books.writing() as session:
        import_articles(session, tmp_path / "mat.json", now=MONDAY, tz=TZ, by="van-thu")


def test_an_article_for_a_zone_needs_that_zone_even_before_there_is_any(database: Database, tmp_path: Path) -> None:
    unit = {"code": "phuong-mot", "name": "Phường Một", "kind": "phuong", "zone": None}
    with database.writing() as session:
        import_units(session, written(tmp_path, "u.json", {"units": [unit]}), now=MONDAY, tz=TZ, by="x")
    with pytest.raises(ImportRefused, match=r"zones: không có «tt»"):
        take_in(database, tmp_path, [good(zones=["tt"])])


def test_a_column_is_named_by_a_code_and_by_nothing_else(database: Database, tmp_path: Path) -> None:
    unit = {"code": "phuong-mot", "name": "Phường Một", "kind": "phuong", "zone": None}
    with database.writing() as session:
        import_units(session, written(tmp_path, "u.json", {"units": [unit]}), now=MONDAY, tz=TZ, by="x")
    with pytest.raises(ImportRefused, match="columns"):
        take_in(database, tmp_path, [good(columns=["../../ngoai-cay"])])
