"""The airtime room: the month by unit down to the single airing, corrected and closed; each sees what is his."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from broadcaster.airtime import month_airtime
from broadcaster.app import create_app
from broadcaster.intake.station import import_station
from broadcaster.models import Airing, Alert, AuditEntry, ClosedMonth, Role
from broadcaster.reports.figures import length_words
from tests.broadcaster.books import TZ, written

MONTH = "2026-11"
DECEMBER = datetime.fromisoformat("2026-12-05T09:00:00+07:00")
SESSION = "/desk/airtime/sessions/tt/20261110-0530"
PAGES = (
    "/desk/airtime",
    "/desk/airtime/units/phuong-mot",
    SESSION,
    "/desk/airtime/campaign",
    "/desk/airtime/closing/2026-11",
    "/desk/papers",
    "/desk/alerts",
)
#: No page asks the books more often than this, however much stands in them.
MOST_QUERIES = 25


def table_of(town: Any) -> dict[str, Any]:
    with town.database.reading() as session:
        return {unit.unit: unit for unit in month_airtime(session, MONTH, now=town.now, tz=TZ).units}


def airing_id(town: Any) -> int:
    with town.database.reading() as session:
        return session.scalars(select(Airing.id)).one()  # type: ignore[no-any-return]  # the town is not typed here


@pytest.fixture
def december(staffed_town: Any) -> Flask:
    """The town in the month after, when November can be closed."""
    return create_app(staffed_town.settings, staffed_town.database, clock=lambda: DECEMBER)


@pytest.fixture
def december_desk(december: Flask) -> Callable[[Role], Any]:
    from tests.broadcaster.web.desk.conftest import STAFF, desk_of

    return lambda role: desk_of(december, STAFF[role])


def test_the_month_shows_every_unit_with_its_figures_the_worst_served_first(
    staffed_town: Any, desk: Callable[..., Any], read_page: Any
) -> None:
    units = table_of(staffed_town)
    shown = read_page(desk(Role.EDITOR).get("/desk/airtime").text)
    names = [unit.name for unit in sorted(units.values(), key=lambda one: (one.percent, -one.shortfall_ms, one.name))]
    places = [shown.text.rindex(name) for name in names]
    assert places == sorted(places)
    for unit in units.values():
        assert length_words(unit.aired_ms) in shown.text
        assert length_words(unit.planned_ms) in shown.text


def test_the_chart_says_in_words_what_it_shows_and_has_no_style_of_its_own(desk: Callable[..., Any]) -> None:
    html = desk(Role.EDITOR).get("/desk/airtime").text
    assert 'role="img" aria-labelledby="worst-title worst-desc"' in html
    assert "<title id=" in html
    assert "style=" not in html


def test_somebody_of_a_unit_sees_that_unit_and_a_foreign_one_is_not_there(
    staffed_town: Any, desk: Callable[..., Any], read_page: Any
) -> None:
    assert staffed_town
    somebody = desk(Role.CONTRIBUTOR)
    html = somebody.get("/desk/airtime").text
    month = read_page(html).text
    assert "Phường Một" in month
    assert "Phường Hai" not in month
    assert "<tfoot>" not in html
    assert somebody.get("/desk/airtime/units/phuong-mot").status_code == 200
    assert somebody.get("/desk/airtime/units/phuong-hai").status_code == 404
    assert desk(Role.EDITOR).get("/desk/airtime/units/khong-co").status_code == 404


def test_a_unit_leads_down_to_its_airings_and_each_to_its_verdict(
    staffed_town: Any, desk: Callable[..., Any], read_page: Any
) -> None:
    heard = next(unit for unit in table_of(staffed_town).values() if unit.aired_ms)
    unit = read_page(desk(Role.EDITOR).get(f"/desk/airtime/units/{heard.unit}").text)
    assert SESSION in unit.addresses
    session = read_page(desk(Role.EDITOR).get(SESSION).text)
    for words in ("nghe đủ", "đúng kế hoạch", "phát đủ", "Cụm loa Trung tâm", "1 báo cáo, 1 cụm loa", heard.name):
        assert words in session.text


def test_a_session_nobody_reported_says_so(desk: Callable[..., Any], read_page: Any) -> None:
    shown = read_page(desk(Role.EDITOR).get("/desk/airtime/sessions/vb/20261110-0530").text)
    assert "Chưa có báo cáo nào." in shown.text
    assert "chưa có báo cáo" in shown.text


@pytest.mark.parametrize("start", ["20261110-0531", "20261110", "x", "99999999-9999", "20261110-0530-1"])
def test_a_session_that_is_not_there_is_not_found(start: str, desk: Callable[..., Any]) -> None:
    assert desk(Role.EDITOR).get(f"/desk/airtime/sessions/tt/{start}").status_code == 404


@pytest.mark.parametrize("address", ["/desk/airtime?month=2026-13", "/desk/airtime/units/phuong-mot?month=x"])
def test_a_month_that_is_none_is_refused_in_words(address: str, desk: Callable[..., Any]) -> None:
    answer = desk(Role.EDITOR).get(address)
    assert answer.status_code == 400
    assert "không phải tháng" in answer.text


def test_a_report_is_put_right_and_what_was_said_before_stays(staffed_town: Any, desk: Callable[..., Any]) -> None:
    number = airing_id(staffed_town)
    address = f"/desk/airtime/airings/{number}"
    somebody = desk(Role.EDITOR)
    before = sum(unit.aired_ms for unit in table_of(staffed_town).values())
    for wrong in ({"why": ""}, {"why": "nghe lại", "played_s": "90000"}, {"why": "nghe lại", "played_s": "80000"}):
        fields = {"outcome": "partial", "played_s": "20", **wrong}
        assert somebody.send(address, **fields).status_code == 422
    answer = somebody.send(address, outcome="partial", played_s="20", why="Dân báo loa câm nửa chừng")
    assert answer.headers["Location"].endswith(SESSION)
    assert sum(unit.aired_ms for unit in table_of(staffed_town).values()) < before
    shown = somebody.get(SESSION).text
    assert "Dân báo loa câm nửa chừng" in shown
    assert "trước đó: phát đủ" in shown


def test_who_may_not_close_months_finds_no_way_to_correct(staffed_town: Any, desk: Callable[..., Any]) -> None:
    number = airing_id(staffed_town)
    reviewer = desk(Role.REVIEWER)
    assert "/desk/airtime/airings/" not in reviewer.get(SESSION).text
    assert reviewer.get(f"/desk/airtime/airings/{number}").status_code == 403
    assert desk(Role.EDITOR).get("/desk/airtime/airings/99999").status_code == 404


def test_a_month_is_seen_before_it_is_closed_and_stays_as_it_was(
    staffed_town: Any, december_desk: Callable[..., Any]
) -> None:
    somebody = december_desk(Role.EDITOR)
    closing = "/desk/airtime/closing/2026-11"
    frozen = sum(unit.aired_ms for unit in table_of(staffed_town).values())
    preview = somebody.get(closing).text
    assert length_words(frozen) in preview
    assert "Kết luận của" in preview
    answer = somebody.send(closing)
    assert answer.headers["Location"].endswith("/desk/airtime?month=2026-11")
    assert "đã chốt" in somebody.get("/desk/airtime?month=2026-11").text
    with staffed_town.database.reading() as session:
        closed = session.get(ClosedMonth, MONTH)
        assert closed is not None
        assert closed.closed_by == "bien-tap"
        assert session.scalars(select(AuditEntry.by).where(AuditEntry.act == "month.close")).all() == ["bien-tap"]
    somebody.send(f"/desk/airtime/airings/{airing_id(staffed_town)}", outcome="failed", why="nhầm máy")
    assert sum(unit.aired_ms for unit in table_of(staffed_town).values()) == frozen
    december = somebody.get("/desk/airtime?month=2026-12").text
    assert "Ghi bổ sung cho tháng đã chốt" in december
    assert "nhầm máy" in december


def test_a_month_that_is_not_over_cannot_be_closed(staffed_town: Any, desk: Callable[..., Any]) -> None:
    somebody = desk(Role.EDITOR)
    closing = "/desk/airtime/closing/2026-11"
    assert "chưa kết thúc" in somebody.get(closing).text
    answer = somebody.send("/desk/account", closing)
    assert answer.status_code == 409
    with staffed_town.database.reading() as session:
        assert session.get(ClosedMonth, MONTH) is None
    assert somebody.get("/desk/airtime/closing/2026-1").status_code == 404


def test_the_campaign_is_shown_against_its_deadline_and_to_a_unit_its_own_part(
    staffed_town: Any, desk: Callable[..., Any], read_page: Any, tmp_path: Any
) -> None:
    assert "Chưa có đợt" in desk(Role.EDITOR).get("/desk/airtime/campaign").text
    quotas = [{"kind": "phuong", "min_articles": 3}]
    campaign = {"code": "d1", "name": "Đợt thử", "starts_on": "2026-11-01", "deadline_on": "2026-11-28"}
    with staffed_town.database.writing() as session:
        path = written(tmp_path, "dot.json", {"campaign": {**campaign, "quotas": quotas}})
        import_station(session, path, now=staffed_town.now, tz=TZ, by="quan-tri")
    everybody = read_page(desk(Role.EDITOR).get("/desk/airtime/campaign").text).text
    assert "trước ngày 28/11/2026" in everybody
    assert "chưa đủ" in everybody
    own = read_page(desk(Role.ENDORSER).get("/desk/airtime/campaign").text).text
    assert "Phường Một" in own
    assert "Phường Hai" not in own
    assert desk(Role.EDITOR).get("/desk/airtime/campaign?campaign=khong-co").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_the_books_a_bounded_number_of_times(
    path: str, staffed_town: Any, desk: Callable[..., Any]
) -> None:
    somebody = desk(Role.EDITOR)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(staffed_town.database.engine, "before_cursor_execute", note)
    assert somebody.get(path).status_code == 200
    event.remove(staffed_town.database.engine, "before_cursor_execute", note)
    assert 0 < len([one for one in asked if one.lstrip().upper().startswith(("SELECT", "WITH"))]) <= MOST_QUERIES


def test_a_page_asks_no_more_when_there_are_more_reports(staffed_town: Any, desk: Callable[..., Any]) -> None:
    somebody = desk(Role.EDITOR)

    def queries() -> int:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        event.listen(staffed_town.database.engine, "before_cursor_execute", note)
        for path in ("/desk/airtime", "/desk/airtime/units/phuong-mot", SESSION):
            somebody.get(path)
        event.remove(staffed_town.database.engine, "before_cursor_execute", note)
        return len(asked)

    queries()
    before = queries()
    with staffed_town.database.writing() as session:
        one = session.scalars(select(Airing)).one()
        for number in range(20):
            session.add(
                Airing(
                    event_id=f"lại-{number}",
                    item_id=one.item_id,
                    session_id=one.session_id,
                    bulletin_id=one.bulletin_id,
                    player_id=one.player_id,
                    started_at=one.started_at + timedelta(seconds=number),
                    played_ms=one.played_ms,
                    outcome=one.outcome,
                    reported_at=one.reported_at,
                )
            )
    assert queries() == before


def test_the_alerts_name_sessions_that_were_not_heard_as_planned(
    staffed_town: Any, desk: Callable[..., Any], read_page: Any
) -> None:
    assert staffed_town
    shown = read_page(desk(Role.EDITOR).get("/desk/alerts").text)
    assert "/desk/airtime/sessions/vb/20261110-0530" in shown.addresses
    assert SESSION not in shown.addresses, "what was heard as planned needs nobody's look"
    operator = read_page(desk(Role.OPERATOR).get("/desk/alerts").text)
    assert "Ven bãi" in operator.text
    assert "/desk/airtime/sessions/vb/20261110-0530" not in operator.addresses


def test_an_alert_that_stands_is_said_in_words(staffed_town: Any, desk: Callable[..., Any]) -> None:
    with staffed_town.database.writing() as session:
        detail = {"count": 2, "failures": ["bài T-01", "bài T-02"]}
        session.add(Alert(kind="tick_failed", subject="tick", opened_at=staffed_town.now, detail=detail))
    assert "Hệ thống không làm được 2 việc: bài T-01" in desk(Role.EDITOR).get("/desk/alerts").text


def test_the_lines_of_a_closed_month_are_those_it_was_closed_with(
    staffed_town: Any, december_desk: Callable[..., Any]
) -> None:
    somebody = december_desk(Role.EDITOR)
    before = somebody.get("/desk/airtime/units/phuong-mot?month=2026-11").text
    somebody.send("/desk/airtime/closing/2026-11")
    somebody.send(f"/desk/airtime/airings/{airing_id(staffed_town)}", outcome="failed", why="nhầm máy")
    after = somebody.get("/desk/airtime/units/phuong-mot?month=2026-11").text
    table = re.compile(r"<tbody>.*</tbody>", re.DOTALL)
    assert table.search(after).group() == table.search(before).group()  # type: ignore[union-attr]  # both have one
