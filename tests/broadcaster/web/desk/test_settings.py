"""Settings at the desk: what an administrator enters is judged, kept, and shown again."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from broadcaster.models import Player, Role, Zone

STATION = "/desk/station"
PAGES = (
    STATION,
    STATION + "/feeds",
    STATION + "/zones",
    STATION + "/zones/new",
    STATION + "/zones/tt",
    STATION + "/columns/new",
    STATION + "/columns/nong-thon-moi",
    STATION + "/sessions",
    STATION + "/sessions?zone=vb",
    STATION + "/sessions/rules/new",
    STATION + "/sessions/rules/tt-sang",
    STATION + "/units",
    STATION + "/units/new",
    STATION + "/units/succession",
    STATION + "/units/xa-bai",
    STATION + "/lexicon",
    STATION + "/players",
    STATION + "/players/new",
    "/desk/audit",
    "/desk/first-run",
)


def shown(page: Any) -> dict[str, str]:
    """The values that a page's own form holds, as a browser would send them back."""
    import re

    form = page.text.split("<main")[1]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option selected value="([^"]*)"', options)
        found[name] = chosen[0] if chosen else ""
    return {name: value for name, value in found.items() if name != "csrf_token"}


def test_a_zone_is_changed_as_its_form_shows_it(desk: Callable[..., Any], staffed_town: Any) -> None:
    admin = desk(Role.ADMIN)
    fields = shown(admin.get(STATION + "/zones/tt"))
    assert fields["longest_session_ms"] == "45"
    answer = admin.send(STATION + "/zones/tt", **{**fields, "name": "Nội thị", "gap_ms": "4"})
    assert answer.status_code == 302, answer.text[-2000:]
    with staffed_town.database.reading() as session:
        zone = session.scalars(select(Zone).where(Zone.code == "tt")).one()
        assert (zone.name, zone.gap_ms, zone.longest_session_ms) == ("Nội thị", 4_000, 2_700_000)
    refused = admin.send(STATION + "/zones/tt", **{**fields, "earliest_start": "06:00"})
    assert refused.status_code == 422
    assert "tt-sang" in refused.text or "5 giờ 30" in refused.text


def test_a_new_zone_has_its_usual_rules_filled_in_and_its_code_once(desk: Callable[..., Any]) -> None:
    admin = desk(Role.ADMIN)
    fields = {**shown(admin.get(STATION + "/zones/new")), "code": "khu-moi", "name": "Khu mới"}
    assert admin.send(STATION + "/zones/new", **fields).status_code == 302
    assert admin.send(STATION + "/zones/new", **fields).status_code == 422
    assert "khu-moi-0530" in admin.get(STATION + "/sessions").text


def test_a_column_is_added_and_its_feeds_address_is_there_to_copy(desk: Callable[..., Any]) -> None:
    admin = desk(Role.ADMIN)
    fields = {"code": "an-toan", "name": "An toàn", "description": "", "posts_a_day": "1", "posts_at": "08:00"}
    assert admin.send(STATION + "/columns/new", **fields).status_code == 302
    assert "http://127.0.0.1:8000/feeds/columns/an-toan.xml" in admin.get(STATION + "/feeds").text


def test_a_day_off_is_entered_and_the_preview_says_why(desk: Callable[..., Any]) -> None:
    admin, page = desk(Role.ADMIN), STATION + "/sessions"
    fields = {"day": "2026-11-18", "kind": "off", "worked_on": "", "reason": "Lễ hội làng"}
    assert admin.send(page, page + "/days/decide", **fields).status_code == 302
    assert "Nghỉ theo lịch của địa phương: Lễ hội làng" in admin.get(page).text
    assert admin.send(page, page + "/days/decide", **{**fields, "kind": "swap"}).status_code == 422
    assert admin.send(page, page + "/days/2026-11-18/undecide").status_code == 302
    assert "Lễ hội làng" not in admin.get(page).text.replace("Đã ghi", "")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"action": "cancel"}, 302),
        ({"action": "add"}, 422),
        ({"action": "add", "starts_at": "10:00", "length_ms": "15"}, 302),
        ({"action": "add", "starts_at": "04:00", "length_ms": "15"}, 422),
        ({"action": "cancel", "reason": " "}, 422),
    ],
)
def test_a_single_day_is_entered_if_it_makes_sense(
    desk: Callable[..., Any], fields: dict[str, str], status: int
) -> None:
    page = STATION + "/sessions"
    usual = {"day": "2026-11-19", "zone": "tt", "rule": "", "starts_at": "", "length_ms": "", "reason": "Hội nghị"}
    answer = desk(Role.ADMIN).send(page, page + "/exceptions/add", **{**usual, **fields})
    assert answer.status_code == status, answer.text[-3000:]


def test_units_are_merged_from_one_form(desk: Callable[..., Any]) -> None:
    admin, page = desk(Role.ADMIN), STATION + "/units/succession"
    fields = {"olds": ["phuong-mot", "phuong-hai"], "news": "phuong-moi, Phường Mới", "from_day": "2026-12-01"}
    assert admin.send(page, **fields).status_code == 302
    text = admin.get(STATION + "/units/phuong-moi").text
    assert "Phường Một" in text
    assert "Phường Hai" in text
    assert admin.send(page, **{**fields, "news": "phuong-moi, Lại nữa"}).status_code == 422


def test_a_players_keys_are_shown_once_and_never_again(desk: Callable[..., Any], staffed_town: Any) -> None:
    admin = desk(Role.ADMIN)
    fields = {"code": "loa-moi", "name": "Cụm loa mới", "zone": "tt", "technology": "ip"}
    made = admin.send(STATION + "/players/new", **fields)
    with staffed_town.database.reading() as session:
        read_key = session.scalars(select(Player.read_key).where(Player.code == "loa-moi")).one()
    assert read_key in made.text
    listed = admin.get(STATION + "/players").text
    assert "Cụm loa mới" in listed
    assert read_key not in listed
    assert admin.send(STATION + "/players", STATION + "/players/loa-moi/revoke").status_code == 302
    assert "đã thu hồi khóa" in admin.get(STATION + "/players").text


def test_an_operator_sees_the_players_and_changes_none(desk: Callable[..., Any]) -> None:
    operator = desk(Role.OPERATOR)
    text = operator.get(STATION + "/players").text
    assert "Cụm loa Trung tâm" in text
    assert "rotate" not in text


def test_the_lexicon_takes_gives_and_finds(desk: Callable[..., Any]) -> None:
    editor, page = desk(Role.EDITOR), STATION + "/lexicon"
    fields = {"written": "QZX", "spoken": "quyết dét ích", "before": "", "after": ""}
    assert editor.send(page, page + "/add", **fields).status_code == 302
    assert "quyết dét ích" in editor.get(page + "?q=QZ").text
    assert "quyết dét ích" not in editor.get(page + "?q=khác").text
    assert editor.send(page, page + "/remove", written="QZX").status_code == 302
    assert editor.send(page, page + "/remove", written="QZX").status_code == 404


def test_a_voice_is_tried(desk: Callable[..., Any]) -> None:
    assert desk(Role.ADMIN).get(STATION + "/voices/monotone.wav").mimetype == "audio/wav"
    assert desk(Role.ADMIN).get(STATION + "/voices/khong-co.wav").status_code == 404


def test_the_health_page_looks_beside_and_then_shows_what_it_found(desk: Callable[..., Any]) -> None:
    operator = desk(Role.OPERATOR)
    for _second in range(60):
        text = operator.get("/desk/health").text
        if "SQLite" in text:
            break
        assert 'http-equiv="refresh"' in text
        time.sleep(0.5)
    assert "sổ nhật ký liền mạch" in text


def test_the_audit_log_tells_who_did_what(desk: Callable[..., Any]) -> None:
    admin = desk(Role.ADMIN)
    admin.send(STATION + "/lexicon", STATION + "/lexicon/add", written="QZX", spoken="quyết", before="", after="")
    assert "lexicon.add" in admin.get("/desk/audit?by=quan-tri").text
    assert "lexicon.add" not in admin.get("/desk/audit?by=bien-tap").text.split("<tbody>")[1]


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}], ids=str)
def test_every_page_of_the_settings_is_open_to_everybody_who_may_see_it(
    staffed_town: Any, town_app: Flask, visiting: Callable[..., AbstractContextManager[Any]], options: dict[str, Any]
) -> None:
    """On a wide bright screen in Vietnamese, and on a narrow dark one in English."""
    assert staffed_town
    language = "en" if options else "vi"
    with visiting(town_app, **options) as visit:
        visit.sign_in("quan-tri")
        for path in PAGES:
            visit.go(path + ("&" if "?" in path else "?") + f"lang={language}")
            assert (path, visit.barriers(), visit.overflow()) == (path, [], 0)
        assert visit.complaints == []


def test_an_empty_station_begins_with_its_first_steps(settings: Any, database: Any) -> None:
    from datetime import datetime

    from broadcaster.app import create_app
    from tests.broadcaster.web.desk.conftest import add_staff, desk_of

    now = datetime.fromisoformat("2026-11-10T08:00:00+07:00")
    app = create_app(settings, database, clock=lambda: now)
    assert "broadcaster init" in app.test_client().get("/sign-in").text
    add_staff(database, now)
    admin = desk_of(app, "quan-tri")
    assert admin.get("/desk").location == "/desk/first-run"
    assert "việc tiếp theo" in admin.get("/desk/first-run").text
    assert admin.send("/desk/first-run", "/desk/first-run/sample/load").status_code == 302
    assert admin.get("/desk").status_code == 200
    assert "Gỡ dữ liệu mẫu" in admin.get("/desk/first-run").text
    assert admin.send("/desk/first-run", "/desk/first-run/sample/remove").status_code == 302
    assert "Nạp dữ liệu mẫu" in admin.get("/desk/first-run").text
