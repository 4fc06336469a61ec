"""An article's way over the desk: sent by a unit, endorsed by its head, approved by another, withdrawn in time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from broadcaster.app import create_app
from broadcaster.approvals import article_of
from broadcaster.models import Article, Bulletin, BulletinItem, Placement, Role

WORD = (
    "BÀI VIẾT",
    "Tiêu đề: Chị Hoà và lớp học dưới gốc đa",
    "Người viết",
    "Họ và tên: Lê Thị Bút",
    "Điện thoại: 0900 333 444",
    "Nhân vật",
    "Họ và tên: Đỗ Thị Mẫu",
    "Chức vụ: Tổ phó",
    "Xuất phát từ mong muốn giúp các em nhỏ, chị mở lớp học trong xóm.",
    "Sau 2 năm đã có 31 em biết đọc. Hai xóm bên đang làm theo.",
    "Phường Một, ngày 2 tháng 11 năm 2026",
    "Lê Thị Bút",
)


def word_file(lines: tuple[str, ...] = WORD) -> bytes:
    """A Word file as small as one may be."""
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        packed.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relation}" Target="word/document.xml"/></Relationships>',
        )
        packed.writestr("word/document.xml", f"<w:document {w}><w:body>{paragraphs}</w:body></w:document>")
    return data.getvalue()


FORM = {
    "unit": "phuong-mot",
    "title": "Chị Hoà và lớp học dưới gốc đa",
    "body": "Xuất phát từ mong muốn giúp các em nhỏ, chị mở lớp học.\n\nSau 2 năm đã có 31 em biết đọc.",
    "field": "day-tot-hoc-tot",
    "kind": "exemplar",
    "priority": "normal",
    "written_on": "2026-11-02",
    "author_name": "Lê Thị Bút",
    "subject_name": "Đỗ Thị Mẫu",
    "subject_kind": "individual",
}


def digest_of(town: Any, ref: str) -> str:
    with town.database.reading() as session:
        return str(article_of(session, ref).text_digest)


def test_a_word_file_is_shown_for_correction_and_stores_nothing(desk: Callable[..., Any], staffed_town: Any) -> None:
    shown = desk(Role.CONTRIBUTOR).send("/desk/articles/word", file=(io.BytesIO(word_file()), "bai.docx"))
    assert shown.status_code == 200
    for words in ("Chị Hoà và lớp học dưới gốc đa", "Lê Thị Bút", "Đỗ Thị Mẫu", "2026-11-02", "0900 333 444"):
        assert words in shown.text
    with staffed_town.database.reading() as session:
        assert session.scalars(select(Article).where(Article.title.contains("gốc đa"))).all() == []


def test_a_zip_bomb_is_refused(desk: Callable[..., Any]) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 70_000_000)
    answer = desk(Role.CONTRIBUTOR).send("/desk/articles/word", file=(io.BytesIO(data.getvalue()), "bom.docx"))
    assert answer.status_code == 422
    assert "giải nén quá lớn" in answer.text


def test_from_the_unit_to_approval_by_separate_people(desk: Callable[..., Any], staffed_town: Any) -> None:
    sent = desk(Role.CONTRIBUTOR).send("/desk/articles/new", **FORM)
    assert sent.status_code == 302, sent.text
    ref = sent.location.rsplit("/", 1)[-1]
    address, text = f"/desk/articles/{ref}", digest_of(staffed_town, ref)
    reviewer = desk(Role.REVIEWER)
    early = reviewer.send(address, address + "/approve", digest=text)
    assert (early.status_code, "chưa có xác nhận" in early.text) == (422, True)
    endorsed = desk(Role.ENDORSER).send(address, address + "/endorse", digest=text, position="Chủ tịch UBND")
    assert endorsed.status_code == 302
    stale = reviewer.send(address, address + "/approve", digest="0" * 64)
    assert stale.status_code == 422
    assert reviewer.send(address, address + "/approve", digest=text).status_code == 302
    with staffed_town.database.reading() as session:
        article = article_of(session, ref)
        assert article.approval is not None
        assert article.approval.text_digest == text
    changed = desk(Role.EDITOR).send(
        address + "/edit", **{**FORM, "body": "Chị dạy 32 em.", "seen": seen_of(staffed_town, ref)}
    )
    assert changed.status_code == 302
    again = reviewer.get(address)
    assert "mất duyệt" in again.text
    assert "[+" in again.text
    assert reviewer.get(f"{address}/versions/{text}").status_code == 200
    assert "Đỗ Thị Mẫu" not in reviewer.get(address + "/history").text


def seen_of(town: Any, ref: str) -> str:
    with town.database.reading() as session:
        return str(article_of(session, ref).changed_at.isoformat())


def test_nobody_approves_what_they_entered(desk: Callable[..., Any], staffed_town: Any) -> None:
    reviewer = desk(Role.REVIEWER)
    ref = reviewer.send("/desk/articles/new", **FORM).location.rsplit("/", 1)[-1]
    address, text = f"/desk/articles/{ref}", digest_of(staffed_town, ref)
    paper = {"name": "Nguyễn Ký", "position": "Chủ tịch", "endorsed_on": "2026-11-03"}
    assert desk(Role.EDITOR).send(address, address + "/record-endorsement", digest=text, **paper).status_code == 302
    refused = reviewer.send(address + "/withdraw", address + "/approve", digest=text)
    assert (refused.status_code, "tự duyệt" in refused.text) == (422, True)


@pytest.mark.parametrize("path", ["", "/edit", "/history", "/why", "/reading"])
def test_another_units_article_is_not_there(desk: Callable[..., Any], path: str) -> None:
    for role in (Role.CONTRIBUTOR, Role.ENDORSER):
        if role is Role.ENDORSER and path == "/edit":
            continue
        assert desk(role).get(f"/desk/articles/T-02{path}").status_code == 404
    assert "T-02" not in desk(Role.CONTRIBUTOR).get("/desk/articles").text


@pytest.mark.parametrize("query", ["cầu tre", "cau tre", "CẦU TRE", "cau t", '"cầu" OR', "cầu -tre"])
def test_articles_are_found_with_and_without_marks(desk: Callable[..., Any], query: str) -> None:
    found = desk(Role.EDITOR).client.get("/desk/articles", query_string={"q": query}).text
    assert ("Chiếc cầu tre" in found) == (query != '"cầu" OR')
    assert "Thư viện trên" not in found


def test_the_inbox_asks_a_bounded_number_of_queries(desk: Callable[..., Any], staffed_town: Any) -> None:
    asked: list[str] = []
    event.listen(staffed_town.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert desk(Role.EDITOR).get("/desk/articles?q=b%C3%A0i").status_code == 200
    assert len([one for one in asked if one.startswith("SELECT")]) <= 10


def test_withdrawn_two_minutes_before_air(staffed_town: Any, desk: Callable[..., Any]) -> None:
    with staffed_town.database.reading() as session:
        row = session.scalars(
            select(Placement)
            .join(Bulletin, Bulletin.session_id == Placement.session_id)
            .join(BulletinItem, BulletinItem.bulletin_id == Bulletin.id)
            .where(BulletinItem.article_id == Placement.article_id, Bulletin.superseded_at.is_(None))
            .where(Placement.removed_at.is_(None))
        )
        coming = next(one for one in row if one.session.starts_at > staffed_town.now)
        ref, at = coming.article.ref, coming.session.starts_at - timedelta(minutes=2)
        session_id = coming.session_id
    app: Flask = create_app(staffed_town.settings, staffed_town.database, clock=lambda: at)
    from tests.broadcaster.web.desk.conftest import STAFF, desk_of

    editor = desk_of(app, STAFF[Role.EDITOR])
    assert "còn 2 phút" in editor.get(f"/desk/articles/{ref}/withdraw").text
    done = editor.send(f"/desk/articles/{ref}/withdraw", why="Đơn vị xin rút")
    assert done.status_code == 302
    with staffed_town.database.reading() as session:
        held = (
            select(BulletinItem)
            .join(Bulletin)
            .where(
                Bulletin.session_id == session_id, Bulletin.superseded_at.is_(None), BulletinItem.article.has(ref=ref)
            )
        )
        assert session.scalars(held).all() == []
    assert "Không bản tin nào còn giữ bài này" in editor.get(f"/desk/articles/{ref}/withdrawn").text


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"%PDF-1.4 broken", 422), (b"<html>", 422), (b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82", 302)],
)
def test_scans_are_known_by_their_content(desk: Callable[..., Any], data: bytes, status: int) -> None:
    contributor = desk(Role.CONTRIBUTOR)
    address = "/desk/articles/T-08"
    sent = contributor.send(address, address + "/scans/attach", kind="sealed", file=(io.BytesIO(data), "x.pdf"))
    assert sent.status_code == status
    if status == 302:
        scan = contributor.get(address + "/scans/1")
        assert scan.data == data
        assert scan.headers["Content-Disposition"].startswith("attachment")
        assert scan.headers["X-Content-Type-Options"] == "nosniff"
