"""An installation to test on: empty, or a small town in the middle of its month, made through the use cases."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from broadcaster.airing import record_airings
from broadcaster.approvals import withdraw
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.intake.articles import import_articles
from broadcaster.intake.station import import_station
from broadcaster.intake.units import import_units
from broadcaster.migrations import migrate
from broadcaster.models import Bulletin
from broadcaster.planning import make_draft, publish_plan
from broadcaster.publishing import publish
from broadcaster.rendering import render
from broadcaster.scripts import Voice

#: Tuesday, before the first session: the month is planned and rendered.
DAWN = datetime.fromisoformat("2026-11-10T05:00:00+07:00")
#: Tuesday, after the first session: where the town stands when a test gets it.
NOW = datetime.fromisoformat("2026-11-10T08:00:00+07:00")
MONTH = "2026-11"


@dataclass(frozen=True)
class Town:
    """A town with two zones, `tt` (reported what it played this morning) and `vb` (did not)."""

    settings: Settings
    database: Database
    voice: Voice
    now: datetime


def settings_in(folder: Path) -> Settings:
    return Settings(data=folder / "data", tts="monotone", public_url="http://127.0.0.1:8000", station="Đài thị xã Thử")


def town_in(folder: Path) -> Town:
    settings = settings_in(folder)
    return Town(settings, Database(settings.database), Voice.of_station(settings.tts), NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture(scope="session")
def empty_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row: migrating is paid for once, tests get copies."""
    path = tmp_path_factory.mktemp("books") / "broadcaster.sqlite"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.reading() as session:
        session.execute(text("pragma wal_checkpoint(truncate)"))
    database.close()
    return path


@pytest.fixture
def database(settings: Settings, empty_books: Path) -> Iterator[Database]:
    settings.data.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(empty_books, settings.data / "broadcaster.sqlite")
    database = Database(settings.database)
    yield database
    database.close()


@pytest.fixture(scope="session")
def town_as_made(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The small town, made once in a run by whichever worker comes first; tests get copies."""
    base = tmp_path_factory.getbasetemp()
    whole_run = base.parent if hasattr(request.config, "workerinput") else base
    folder = whole_run / "town-as-made"
    with (whole_run / "town.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "finished").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            town = town_in(folder)
            make_town(town, folder)
            town.database.close()
            (folder / "finished").touch()
    return folder


@pytest.fixture
def small_town(town_as_made: Path, tmp_path: Path) -> Iterator[Town]:
    shutil.copytree(town_as_made / "data", tmp_path / "data")
    town = town_in(tmp_path)
    yield town
    town.database.close()


def make_town(town: Town, folder: Path) -> None:
    settings, database, voice = town.settings, town.database, town.voice
    tz = settings.zone_info
    migrate(database)
    files = {name: folder / f"{name}.json" for name in ("zones", "units", "articles", "targets")}
    for name, content in (("zones", STATION), ("units", {"units": UNITS}), ("targets", {"targets": TARGETS})):
        files[name].write_text(json.dumps(content), encoding="utf-8")
    files["articles"].write_text(json.dumps({"articles": ARTICLES}), encoding="utf-8")
    with database.writing() as session:
        import_station(session, files["zones"], now=DAWN, tz=tz, by="quan-tri")
        import_units(session, files["units"], now=DAWN, tz=tz, by="quan-tri")
        import_station(session, files["targets"], now=DAWN, tz=tz, by="quan-tri")
        import_articles(session, files["articles"], now=DAWN, tz=tz, by="van-thu")
        withdraw(session, "T-12", why="Đơn vị xin rút", by="bien-tap", now=DAWN)
    make_draft(database, MONTH, voice=voice, now=DAWN, tz=tz, by="bien-tap", moves=2_000)
    with database.writing() as session:
        publish_plan(session, MONTH, by="bien-tap", now=DAWN, tz=tz)
    rendered = render(database, settings, voice, now=DAWN)
    assert not rendered.failures, rendered.failures
    publish(database, settings, voice, now=DAWN)
    with database.writing() as session:
        played = session.scalars(select(Bulletin).where(Bulletin.code.startswith("tt-20261110-0530"))).one()
        report: Mapping[str, object] = {
            "event_id": "loa-1:1",
            "item_id": played.code,
            "started_at": "2026-11-10T05:30:02+07:00",
            "played_ms": played.length_ms,
            "outcome": "played",
            "player": "loa-tt",
        }
        (result,) = record_airings(session, [(report, "báo phát")], by="loa-tt", now=NOW)
        assert result.status == "recorded", result
    rendered = render(database, settings, voice, now=NOW)
    assert not rendered.failures, rendered.failures
    publish(database, settings, voice, now=NOW)


STATION: Mapping[str, object] = {
    "zones": [
        {"code": "tt", "name": "Trung tâm", "max_airings": 4},
        {"code": "vb", "name": "Ven bãi", "max_airings": 4},
    ],
    "columns": [
        {"code": "nguoi-tot-viec-tot", "name": "Người tốt, việc tốt", "description": "Gương sáng quanh ta"},
        {"code": "nong-thon-moi", "name": "Nông thôn mới"},
    ],
    "slots": [
        {"code": f"{zone}-{hour}", "zone": zone, "starts_at": starts_at, "length_ms": 300_000}
        for zone in ("tt", "vb")
        for hour, starts_at in (("sang", "05:30"), ("chieu", "17:00"))
    ],
    "exceptions": [
        {"day": "2026-11-12", "action": "cancel", "zone": "vb", "rule": None, "reason": "Sửa đường dây cụm loa Ven bãi"}
    ],
    "users": [
        {"name": "thu-ky", "full_name": "Người duyệt Thử", "role": "reviewer"},
        {"name": "bien-tap", "full_name": "Biên tập Thử", "role": "editor"},
    ],
    "players": [
        {"code": "loa-tt", "name": "Cụm loa Trung tâm", "zone": "tt"},
        {"code": "loa-vb", "name": "Cụm loa Ven bãi", "zone": "vb"},
    ],
}

UNITS: Sequence[Mapping[str, object]] = [
    {"code": "phuong-mot", "name": "Phường Một", "kind": "phuong", "zone": "tt"},
    {"code": "phuong-hai", "name": "Phường Hai", "kind": "phuong", "zone": "tt"},
    {"code": "xa-bai", "name": "Xã Bãi", "kind": "xa", "zone": "vb"},
    {"code": "cong-an", "name": "Công an thị xã", "kind": "cong-an", "zone": None},
    {"code": "hoi-phu-nu", "name": "Hội LHPN thị xã", "kind": "doan-the", "zone": None},
    {"code": "giao-duc", "name": "Ngành Giáo dục", "kind": "giao-duc", "zone": None},
]

TARGETS: Sequence[Mapping[str, object]] = [
    {"from_month": "2026-11", "unit": "phuong-mot", "min_ms": 120_000},
    {"from_month": "2026-11", "unit": "xa-bai", "min_ms": 180_000},
    {"from_month": "2026-11", "unit": "cong-an", "min_ms": 60_000},
]


def article(
    number: int,
    title: str,
    unit: str,
    field: str,
    body: str,
    *,
    columns: Sequence[str] = (),
    endorsed: bool = True,
    approved: bool = True,
    **others: object,
) -> dict[str, object]:
    """An article in the import format, its cover sheet full of what must never leave the house."""
    ref = f"T-{number:02}"
    person = {"position": "Tổ trưởng tổ dân phố", "workplace": None}
    return {
        "ref": ref,
        "title": title,
        "unit": unit,
        "field": field,
        "kind": "exemplar",
        "priority": "normal",
        "author": {
            "name": f"Lạc Viết Kín{number}",
            "address": f"Ngõ {number} đường Riêng Tư",
            "phone": f"0900 111 {number:03}",
            **person,
        },
        "subject": {
            "name": f"Trần Giấu Tên{number}",
            "subject_kind": "individual",
            "address": f"Ngách {number} đường Kín Đáo",
            "phone": f"0900 222 {number:03}",
            **person,
        },
        "body": body,
        "summary": f"{title}: việc nhỏ, ích lớn.",
        "written_on": "2026-11-02",
        "endorsement": {
            "name": f"Thủ Trưởng Ký{number}",
            "position": "Chủ tịch UBND",
            "endorsed_on": "2026-11-03",
        }
        if endorsed
        else None,
        "approval": {"by": "Phòng Nội vụ", "approved_on": "2026-11-05"} if endorsed and approved else None,
        "columns": list(columns),
        **others,
    }


ARTICLES: Sequence[Mapping[str, object]] = [
    article(
        1,
        "Chiếc cầu tre thành cầu bê tông",
        "phuong-mot",
        "nong-thon-moi",
        "Ngày 12/9/2026, bà con tổ 4 khánh thành cầu mới dài 18 m. Cả tổ góp 96 triệu đồng và 340 ngày công.\n\n"
        "Từ nay học sinh đi học không phải vòng 2 km. Ba tổ bên cạnh đang làm theo.",
        columns=["nong-thon-moi"],
    ),
    article(
        2,
        "Người giữ lửa lớp học ban đêm",
        "phuong-hai",
        "day-tot-hoc-tot",
        "Suốt 6 năm, tối thứ Hai và thứ Năm, lớp học ở nhà văn hóa đều sáng đèn. "
        "Đã có 57 người biết đọc, biết viết.\n\n"
        "Phường đã mở thêm 2 lớp như thế ở tổ 7 và tổ 9.",
        columns=["nguoi-tot-viec-tot"],
    ),
    article(
        3,
        "Vườn bưởi sạch trên đất bãi",
        "xa-bai",
        "san-xuat-kinh-doanh",
        "Từ 1,5 ha đất bỏ hoang, HTX trồng 600 gốc bưởi theo tiêu chuẩn an toàn. Năm 2025 thu 420 triệu đồng.\n\n"
        "Có 14 hộ trong xã học cách làm và cùng bán hàng qua mạng.",
        columns=["nong-thon-moi"],
    ),
    article(
        4,
        "Trả lại ví tiền cho người qua đường",
        "xa-bai",
        "nguoi-tot-viec-tot",
        "Chiều 3/11/2026, một học sinh lớp 8 nhặt được ví có 7.500.000 đồng và nộp ngay cho công an xã.\n\n"
        "Chủ nhân nhận lại đủ tiền sau 40 phút. Cả trường cùng học tập tấm gương ấy.",
        columns=["nguoi-tot-viec-tot"],
        kind="spontaneous",
        priority="priority",
    ),
    article(
        5,
        "Tổ tự quản bảy không",
        "cong-an",
        "an-ninh-to-quoc",
        "Sau 18 tháng, khu vực chợ không còn vụ mất trộm nào. Tổ có 11 người, đi tuần 2 lượt mỗi đêm.\n\n"
        "Mô hình đã được nhân ra 5 khu dân cư.",
    ),
    article(
        6,
        "Ống tiết kiệm của chị em chợ Nghệ",
        "hoi-phu-nu",
        "lap-than-lap-nghiep",
        "Mỗi ngày bỏ ống 5.000 đồng, 62 chị em đã gom được 113 triệu đồng cho 9 chị vay không lãi.\n\n"
        "Bốn hộ đã thoát nghèo trong năm nay. Chi hội bên cạnh cũng bắt đầu từ tháng 10.",
        columns=["nguoi-tot-viec-tot"],
    ),
    article(
        7,
        "Thư viện trên chiếc xe đạp",
        "giao-duc",
        "day-tot-hoc-tot",
        "Chiếc xe đạp cũ chở 120 cuốn sách đến 4 điểm trường lẻ mỗi tuần. Học sinh mượn 2.300 lượt trong năm học.\n\n"
        "Hai trường khác đã xin học theo.",
    ),
    article(
        8,
        "Bài chờ thủ trưởng ký",
        "phuong-mot",
        "y-duc",
        "Bài này chưa có xác nhận của thủ trưởng đơn vị nên chưa được phép phát.",
        endorsed=False,
    ),
    article(
        9,
        "Bài chờ phòng Nội vụ duyệt",
        "phuong-hai",
        "y-duc",
        "Bài này đã được xác nhận nhưng phòng Nội vụ chưa duyệt.",
        approved=False,
    ),
    article(
        10,
        "Bài giữ đến ngày hội",
        "giao-duc",
        "day-tot-hoc-tot",
        "Bài này chỉ được công bố từ ngày 20/11/2026, đúng ngày hội của các thầy cô.",
        columns=["nguoi-tot-viec-tot"],
        not_before="2026-11-20T05:00:00+07:00",
    ),
    article(
        11,
        "Bài đã qua thời hạn",
        "cong-an",
        "an-ninh-to-quoc",
        "Bài này nói về đợt cao điểm đã kết thúc.",
        expires_at="2026-11-08T00:00:00+07:00",
    ),
    article(
        12,
        "Bài đã được rút lại",
        "hoi-phu-nu",
        "nguoi-tot-viec-tot",
        "Bài này đã được đơn vị xin rút trước khi phát.",
        columns=["nguoi-tot-viec-tot"],
    ),
]
