"""The files of a simulated town: its station, its units, and the articles that come in week by week."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SENTENCES = (
    "Bà con tổ dân phố cùng nhau dọn đường làng sạch đẹp hơn mỗi sáng chủ nhật.",
    "Các thầy cô mở lớp học miễn phí cho trẻ em khó khăn suốt mùa hè qua.",
    "Hội viên góp vốn xoay vòng giúp nhau làm ăn, nhiều gia đình đã thoát nghèo bền vững.",
    "Cả xóm trồng thêm hàng cây xanh và lắp đèn chiếu sáng dọc con đường vào nhà văn hóa.",
)
FIELDS = ("nong-thon-moi", "day-tot-hoc-tot", "nguoi-tot-viec-tot", "y-duc", "san-xuat-kinh-doanh")
#: Units merge on this day: the last one goes on in the last but one's successor.
MERGER = date(2026, 7, 1)
#: How long an article may be on the air.
AIRABLE = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Size:
    """How big the town is, and which days are simulated."""

    units: int = 100
    zones: int = 15
    players: int = 60
    articles_a_week: int = 33
    first: date = date(2026, 1, 1)
    last: date = date(2026, 12, 31)
    #: How many times more often things break than they are said to.
    rough: float = 1.0


def station(size: Size) -> dict[str, object]:
    """The station's file: zones, two sessions a working day, players."""
    zones = [f"z{number:02}" for number in range(1, size.zones + 1)]
    return {
        "zones": [{"code": code, "name": f"Địa bàn {code[1:]}", "max_airings": 3} for code in zones],
        "columns": [{"code": "guong-sang", "name": "Gương sáng"}],
        "slots": [
            {
                "code": f"{zone}-{at[:2]}",
                "zone": zone,
                "starts_at": at,
                "length_ms": 600_000,
                "valid_from": size.first.isoformat(),
            }
            for zone in zones
            for at in ("05:30", "17:00")
        ],
        "players": [
            {"code": f"p{number:02}", "name": f"Cụm loa {number}", "zone": zones[(number - 1) % len(zones)]}
            for number in range(1, size.players + 1)
        ],
    }


def units(size: Size, *, merged: bool = False) -> list[dict[str, object]]:
    """The units; once merged, the last two have ended and one succeeds them both."""
    listed: list[dict[str, object]] = [
        {"code": f"u{number:03}", "name": f"Phường {number}", "kind": "phuong", "zone": None}
        for number in range(1, size.units + 1)
    ]
    if merged:
        ended = [str(unit["code"]) for unit in listed[-2:]]
        for unit in listed[-2:]:
            unit["valid_to"] = (MERGER - timedelta(days=1)).isoformat()
        name = f"Phường {size.units - 1} - {size.units}"
        new: dict[str, object] = {"code": "u-moi", "name": name, "kind": "phuong", "zone": None}
        listed.append({**new, "valid_from": MERGER.isoformat(), "succeeds": ended})
    return listed


def article(number: int, day: date, units: Sequence[str], chance: random.Random) -> dict[str, object]:
    """An article that came in on a day, endorsed and approved."""
    kind = "spontaneous" if number % 5 == 0 else "exemplar"
    priority = chance.choices(("normal", "priority", "urgent"), (88, 10, 2))[0]
    body = " ".join(chance.choices(SENTENCES, k=chance.randint(5, 11)))
    person = {"name": f"Người Kín {number}", "position": "Tổ trưởng", "address": None, "phone": None}
    return {
        "ref": f"Y-{number:05}",
        "title": f"Gương sáng {number}",
        "unit": units[number % len(units)],
        "field": FIELDS[number % len(FIELDS)],
        "kind": kind,
        "priority": priority,
        "author": {**person, "workplace": "Tổ dân phố"},
        "subject": {**person, "workplace": "Tổ dân phố", "subject_kind": "individual"},
        "body": body,
        "summary": None,
        "written_on": (day - timedelta(days=6)).isoformat(),
        "endorsement": {
            "name": "Thủ Trưởng",
            "position": "Chủ tịch",
            "endorsed_on": (day - timedelta(days=4)).isoformat(),
        },
        "approval": {"by": "Phòng Nội vụ", "approved_on": (day - timedelta(days=1)).isoformat()},
        "expires_at": (datetime.fromisoformat(f"{day}T00:00:00+07:00") + AIRABLE).isoformat(),
        "columns": ["guong-sang"] if number % 3 == 0 else [],
    }
