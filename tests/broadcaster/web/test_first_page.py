"""The first page: what the station does today, this week and this month, and nothing that must not be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from broadcaster.airtime import month_airtime
from broadcaster.app import create_app
from broadcaster.approvals import withdraw
from broadcaster.models import Airing, Article, Bulletin, CoverPerson, Player, Rendition, SlotException

ReadPage = Callable[[str], Any]
UNSEEN_TITLES = (
    "Bài chờ thủ trưởng ký",
    "Bài chờ phòng Nội vụ duyệt",
    "Bài giữ đến ngày hội",
    "Bài đã qua thời hạn",
    "Bài đã được rút lại",
)


def at(small_town: Any, moment: str) -> FlaskClient:
    app = create_app(small_town.settings, small_town.database, clock=lambda: datetime.fromisoformat(moment))
    return app.test_client()


def test_today_is_there_with_hours_lengths_items_and_sound(town_client: FlaskClient, read_page: ReadPage) -> None:
    answer = town_client.get("/")
    page = read_page(answer.text)
    assert answer.status_code == 200
    assert "Thứ Ba, 10/11/2026" in page.text
    assert "Bản tin sáng" in page.text
    assert "Bản tin chiều" in page.text
    assert "Dài 2 phút 51 giây" in page.text
    assert re.search(r"0:23 Trả lại ví tiền cho người qua đường Xã Bãi", page.text)
    sounds = [sound["src"] for sound in page.all("audio")]
    # The evening's and tomorrow's are made, but nobody hears them before they air.
    assert sounds == [f"/zones/{zone}/2026-11-10/0530.mp3" for zone in ("tt", "vb")]
    assert "Nghe được tại đây từ giờ phát." in page.text


def test_every_address_on_the_page_leads_somewhere(town_client: FlaskClient, read_page: ReadPage) -> None:
    page = read_page(town_client.get("/").text)
    seen = set()
    for written in page.addresses:
        address = written
        if address.startswith("#"):
            assert any(known.get("id") == address[1:] for _tag, known in page.elements), address
            continue
        if address.startswith("?"):
            address = "/" + address
        assert address.startswith("/"), f"{address}: leads out of the house"
        seen.add(address.split("/")[1].split("?")[0])
        assert town_client.get(address, follow_redirects=True).status_code == 200, address
    assert {"zones", "feeds", "schedule", "articles", "static", "airtime"} <= seen


def test_what_was_heard_is_told_by_reports_and_not_by_the_clock(town_client: FlaskClient, read_page: ReadPage) -> None:
    text = read_page(town_client.get("/").text).text
    assert text.count("đã phát 1 báo cáo") == text.count("đã phát") == 1
    assert text.count("hết giờ, chưa có báo cáo") == 1
    assert text.count("sắp phát") == 2


@pytest.mark.parametrize(
    ("moment", "stage"),
    [
        ("2026-11-10T16:59:59+07:00", "sắp phát"),
        ("2026-11-10T17:00:00+07:00", "đang phát"),
        ("2026-11-10T17:04:59+07:00", "đang phát"),
        ("2026-11-10T17:05:00+07:00", "hết giờ, chưa có báo cáo"),
    ],
)
def test_a_session_passes_its_stages_to_the_second(
    small_town: Any, read_page: ReadPage, moment: str, stage: str
) -> None:
    text = read_page(at(small_town, moment).get("/").text).text
    assert f"17:00 Bản tin chiều {stage}" in text


@pytest.mark.parametrize(("outcome", "words"), [("failed", "báo không phát được"), ("partial", "phát dở dang")])
def test_a_failed_or_partial_airing_is_called_so(
    small_town: Any, read_page: ReadPage, outcome: str, words: str
) -> None:
    with small_town.database.writing() as session:
        session.scalars(select(Airing)).one().outcome = outcome
    assert f"05:30 Bản tin sáng {words}" in read_page(at(small_town, "2026-11-10T08:00+07:00").get("/").text).text


def test_who_spoke_is_said_honestly(small_town: Any, town_client: FlaskClient, read_page: ReadPage) -> None:
    text = read_page(town_client.get("/").text).text
    assert "âm thử, không phải giọng nói (monotone)" in text
    assert "Giọng do máy tạo ra." in text
    with small_town.database.writing() as session:
        for bulletin in session.scalars(select(Bulletin)):
            bulletin.spoken_by = ["espeak (vi)", "gtts (vi)"]
            for item in bulletin.items:
                item.spoken_by = "espeak (vi)"
        for rendition in session.scalars(select(Rendition)):
            rendition.engine, rendition.voice = "espeak", "vi"
            rendition.degraded = [{"engine": "gtts", "why": "unreachable"}]
    text = read_page(town_client.get("/").text).text
    assert "Trả lại ví tiền cho người qua đường Xã Bãi · 0:21 · máy đọc (espeak), giọng nháp" in text
    assert "gtts không đọc được 6 bài: không kết nối được" in text


def test_what_had_no_room_is_said(small_town: Any, town_client: FlaskClient, read_page: ReadPage) -> None:
    with small_town.database.writing() as session:
        for bulletin in session.scalars(select(Bulletin)):
            bulletin.notes = ["không đủ chỗ: Thư viện trên chiếc xe đạp", "không đủ chỗ: Bài giữ đến ngày hội"]
    text = read_page(town_client.get("/").text).text
    assert "Lưu ý: không đủ chỗ: Thư viện trên chiếc xe đạp" in text
    assert "ngày hội" not in text


def test_nothing_of_the_cover_sheet_and_no_key_is_on_any_page(small_town: Any, town_client: FlaskClient) -> None:
    with small_town.database.reading() as session:
        people = session.scalars(select(CoverPerson)).all()
        keys = [player.read_key for player in session.scalars(select(Player))]
        bodies = [article.body[:40] for article in session.scalars(select(Article))]
    secrets = [text for person in people for text in (person.name, person.phone, person.address) if text]
    assert len(secrets) == 72
    for path in ("/", "/?week=2026-11-16", "/airtime", "/readyz", "/healthz", "/nothing-here"):
        html = town_client.get(path).text
        for secret in (*secrets, *keys, *bodies, "0900", "Thủ Trưởng Ký", "/players/", "token"):
            assert secret not in html, f"{secret} on {path}"


def test_what_is_not_out_yet_or_any_more_is_counted_and_not_named(
    town_client: FlaskClient, read_page: ReadPage
) -> None:
    weeks = [town_client.get(f"/?week=2026-11-{day:02}").text for day in (2, 9, 16, 23, 30)]
    for html in weeks:
        for title in UNSEEN_TITLES:
            assert title not in html
    # The embargoed one is planned for after its day: there it stands without its name.
    assert any("Bài sẽ được giới thiệu trong buổi phát" in html for html in weeks)
    page = read_page(weeks[1])
    counts = page.text[page.text.index("Đang chờ và không phát") :]
    expected = {
        "Chờ thủ trưởng xác nhận": 1,
        "Chờ duyệt": 1,
        "Chưa đến ngày công bố": 1,
        "Đã hết hạn": 1,
        "Đã rút": 1,
        "Được phép phát": 7,
    }
    for words, count in expected.items():
        assert f"{words} {count}" in counts
    assert "1 bài: hết hạn trước buổi phát kế tiếp (Công an thị xã)" in counts


def test_the_embargoed_one_gets_its_name_on_its_day(small_town: Any) -> None:
    client = at(small_town, "2026-11-20T05:00:00+07:00")
    assert "Bài giữ đến ngày hội" in client.get("/?week=2026-11-16").text


def test_a_bulletin_cannot_be_heard_before_the_embargo_of_its_news_ends(small_town: Any, read_page: ReadPage) -> None:
    with small_town.database.writing() as session:
        article = session.scalars(select(Article).where(Article.ref == "T-04")).one()
        article.not_before = datetime.fromisoformat("2026-11-10T12:00:00+07:00")
    evening = "/zones/tt/2026-11-10/1700.mp3"
    before = at(small_town, "2026-11-10T11:59:59+07:00").get("/").text
    assert evening not in read_page(before).addresses
    assert "Trả lại ví tiền" not in before
    assert "Bản tin có bài chưa đến giờ công bố" in before
    after = at(small_town, "2026-11-10T12:00:00+07:00").get("/").text
    assert "Bản tin có bài chưa đến giờ công bố" not in after
    assert "Trả lại ví tiền" in after


def test_what_is_withdrawn_leaves_the_page_before_anything_is_rendered_anew(
    small_town: Any, town_client: FlaskClient, read_page: ReadPage
) -> None:
    with small_town.database.writing() as session:
        withdraw(session, "T-04", why="Sai sự việc", by="bien-tap", now=small_town.now)
    answer = town_client.get("/")
    page = read_page(answer.text)
    # The morning's programme had it, and so had the evening's: neither may be listened to until it is made anew.
    assert "Trả lại ví tiền" not in answer.text
    assert "/zones/tt/2026-11-10/0530.mp3" not in page.addresses
    assert "Bản tin đang được dựng lại" in page.text


def test_the_week_shows_first_runs_and_repeats_and_why_a_day_is_silent(
    town_client: FlaskClient, read_page: ReadPage
) -> None:
    page = read_page(town_client.get("/").text)
    week = page.text[page.text.index("Lịch tuần 09/11") : page.text.index("Chuyên mục trên cổng")]
    assert "09/11 – 15/11/2026" in week
    assert re.search(r"PM Trả lại ví tiền cho người qua đường Xã Bãi", week)
    assert re.search(r"PL Trả lại ví tiền cho người qua đường Xã Bãi", week)
    assert "Buổi bị hủy: Sửa đường dây cụm loa Ven bãi" in week
    assert "Chủ nhật 15/11 không có buổi phát" in week


def test_holidays_say_their_name(small_town: Any, town_client: FlaskClient, read_page: ReadPage) -> None:
    page = read_page(town_client.get("/?week=2027-01-01").text)
    assert "Thứ Sáu 01/01 Nghỉ" in page.text
    holiday = read_page(at(small_town, "2026-11-24T08:00:00+07:00").get("/").text)
    assert "Hôm nay không có buổi phát nào. Nghỉ lễ: Ngày Văn hóa Việt Nam" in holiday.text


def test_a_session_called_off_later_says_so(small_town: Any, town_client: FlaskClient, read_page: ReadPage) -> None:
    from broadcaster.sessions import materialise

    day = small_town.now.date()
    with small_town.database.writing() as session:
        session.add(SlotException(zone_id=1, day=day, action="cancel", reason="Mất điện"))
        session.flush()
        materialise(session, day, day + timedelta(days=1), now=small_town.now, tz=small_town.settings.zone_info)
    page = read_page(town_client.get("/").text)
    assert "Buổi này đã hủy" in page.text
    assert "/zones/tt/2026-11-10/1700.mp3" not in page.addresses
    assert page.text.count("Buổi này đã hủy") == 1


def test_on_a_sunday_the_coming_week_is_shown(small_town: Any, read_page: ReadPage) -> None:
    page = read_page(at(small_town, "2026-11-15T09:00:00+07:00").get("/").text)
    assert "Hôm nay không có buổi phát nào." in page.text
    assert "buổi tới lúc 05:30 Thứ Hai, 16/11/2026" in page.text
    assert "16/11 – 22/11/2026" in page.text


def test_the_columns_show_their_feeds_and_newest_posts(town_client: FlaskClient, read_page: ReadPage) -> None:
    page = read_page(town_client.get("/").text)
    assert "http://127.0.0.1:8000/feeds/columns/nguoi-tot-viec-tot.xml" in page.text
    assert "Ống tiết kiệm của chị em chợ Nghệ Hội LHPN thị xã · 07:00 10/11" in page.text
    # To be posted tomorrow.
    columns = page.text[page.text.index("Chuyên mục trên cổng") : page.text.index("Theo dõi từng địa bàn")]
    assert "Người giữ lửa lớp học ban đêm" not in columns
    for path in ("feeds/zones/tt.xml", "schedule/tt.ics", "zones/tt/today.m3u", "zones/tt/today.xspf"):
        assert "/" + path in page.addresses


def test_the_airtime_table_is_the_ledger_with_the_worst_served_first(
    small_town: Any, town_client: FlaskClient, read_page: ReadPage
) -> None:
    with small_town.database.reading() as session:
        report = month_airtime(session, "2026-11", now=small_town.now, tz=small_town.settings.zone_info)
    for path in ("/", "/airtime", "/airtime?month=2026-11"):
        text = read_page(town_client.get(path).text).text
        table = text[text.index("Tin cổng") :]
        order = sorted(report.units, key=lambda unit: unit.percent)
        places = [table.index(unit.name) for unit in order]
        assert places == sorted(places)
        for unit in report.units:
            expected = [
                minutes(unit.target_ms),
                f"{minutes(unit.planned_ms)} ({unit.planned_runs})",
                minutes(unit.aired_ms),
                f"{minutes(unit.first_run_ms)} ({unit.first_runs})",
                f"{minutes(unit.repeat_ms)} ({unit.repeats})",
                minutes(unit.shortfall_ms),
                f"{unit.percent:.1f} %".replace(".", ","),
                str(unit.portal_posts),
            ]
            assert f"{unit.name} {' '.join(expected)}" in table
        totals = report.totals
        assert f"Cộng 6 đơn vị {minutes(totals['target_ms'])} {minutes(totals['planned_ms'])}" in table


def minutes(length_ms: int) -> str:
    return f"{length_ms / 60_000:.1f}".replace(".", ",")


def test_other_months_are_one_step_away(town_client: FlaskClient, read_page: ReadPage) -> None:
    page = read_page(town_client.get("/airtime").text)
    assert "/airtime?month=2026-10" in page.addresses
    assert "/airtime?month=2026-12" in page.addresses
    later = read_page(town_client.get("/airtime?month=2027-01").text)
    assert "Thời lượng tháng 1/2027" in later.text
    assert "mới có kế hoạch" in later.text


def test_every_page_names_its_time_zone_and_its_moment(town_client: FlaskClient, read_page: ReadPage) -> None:
    for path in ("/", "/airtime", "/no-such-page", "/airtime?month=x"):
        text = read_page(town_client.get(path).text).text
        assert "Asia/Ho_Chi_Minh (UTC+7)" in text
        assert "08:00, Thứ Ba, 10/11/2026" in text


@pytest.mark.parametrize(
    "path",
    [
        "/airtime?month=2026-13",
        "/airtime?month=x",
        "/airtime?month=0000-01",
        "/airtime?month=9999-12",
        "/airtime?month=2026-1%00",
        "/airtime?month=%F0%9F%94%8A",
        "/?week=2026-02-30",
        "/?week=soon",
        "/?week=0001-01-01",
        "/?week=9999-12-31",
        "/?week=20261110",
    ],
)
def test_a_slip_of_the_pen_gets_a_kind_answer(town_client: FlaskClient, read_page: ReadPage, path: str) -> None:
    answer = town_client.get(path)
    assert answer.status_code == 400
    assert "Không làm được" in read_page(answer.text).text


def test_an_empty_station_has_a_page_too(settings: Any, database: Any, read_page: ReadPage) -> None:
    moment = datetime.fromisoformat("2026-11-10T08:00:00+07:00")
    client = create_app(settings, database, clock=lambda: moment).test_client()
    for path in ("/", "/airtime"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Chưa có đơn vị nào." in read_page(answer.text).text


@contextmanager
def counted_queries(database: Any) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("path", "most"), [("/", 40), ("/airtime", 20)])
def test_a_page_asks_the_database_a_bounded_number_of_times(
    small_town: Any, town_app: Flask, path: str, most: int
) -> None:
    client = town_app.test_client()
    with counted_queries(small_town.database) as before:
        client.get(path)
    with small_town.database.writing() as session:
        grow(session)
    with counted_queries(small_town.database) as after:
        client.get(path)
    assert len(before) <= most
    told = "\n".join(sorted(set(after), key=after.count, reverse=True)[:3])
    assert len(after) <= most, told
    # Each of the three parts that name articles may have to ask for some that the others did not know.
    assert len(after) <= len(before) + 4, told


def grow(session: Any) -> None:
    """Doubles the articles with their approvals, the placements, the posts and the airings many times over."""
    from broadcaster.models import Approval, Endorsement, Placement, Post

    model = session.scalars(select(Article).where(Article.ref == "T-01")).one()
    placement = session.scalars(select(Placement)).first()
    post = session.scalars(select(Post)).first()
    airing = session.scalars(select(Airing)).one()
    for number in range(60):
        columns = {key: getattr(model, key) for key in dict(model.__mapper__.columns) if key not in {"id", "ref"}}
        article = Article(ref=f"X-{number}", **columns)
        article.endorsement = Endorsement(name="A", position="B", endorsed_on=model.written_on)
        article.approvals = [Approval(by="a", approved_at=model.received_at, text_digest=model.text_digest)]
        session.add(article)
        session.flush()
        session.add(
            Placement(
                plan_id=placement.plan_id,
                session_id=placement.session_id + number % 4,
                article_id=article.id,
                position=10 + number,
                length_ms=20_000,
                first_run=True,
            )
        )
        session.add(Post(plan_id=post.plan_id, column_id=post.column_id, article_id=article.id, posts_at=post.posts_at))
        session.add(
            Airing(
                event_id=f"x:{number}",
                item_id=airing.item_id,
                session_id=airing.session_id,
                bulletin_id=airing.bulletin_id,
                started_at=airing.started_at + timedelta(minutes=number),
                played_ms=airing.played_ms,
                outcome="played",
                reported_at=airing.reported_at,
            )
        )
