"""A station with years behind it, written straight into the books: what pages, papers and queries are measured on.

    python -m bench big-station --data DIR [--years N] [--now INSTANT]

A hundred units, five thousand articles, fifteen zones, sixty players and two sessions a working day, all of it planned,
posted, broadcast and reported, without a sound. The same arguments make the same rows.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from broadcaster.config import Settings
from broadcaster.db import Base, Database
from broadcaster.migrations import migrate
from broadcaster.models import (
    Airing,
    AirtimeTarget,
    Approval,
    Article,
    ArticleColumn,
    BroadcastSession,
    Bulletin,
    BulletinItem,
    Column,
    CoverPerson,
    Endorsement,
    ItemKind,
    Kind,
    Outcome,
    Placement,
    Plan,
    PlanState,
    Player,
    Post,
    Priority,
    SlotRule,
    Unit,
    UnitKind,
    User,
    Zone,
    index_again,
)
from broadcaster.models.article import digest_of_text
from broadcaster.months import bounds, day_start, first_day, month_before, month_of

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=TZ)
HEAD_MS, GAP_MS, SIGN_OFF_MS = 12_000, 3_000, 9_000
SESSION_MS = 30 * 60_000
ITEMS_IN_A_SESSION = 8
#: Bulletins lie ready so long ahead.
READY_AHEAD = timedelta(hours=30)
MORNING, EVENING = clock_time(5, 30), clock_time(17, 0)
FIELDS = (
    "san-xuat-kinh-doanh",
    "nong-thon-moi",
    "cai-cach-hanh-chinh",
    "nguoi-tot-viec-tot",
    "day-tot-hoc-tot",
    "y-duc",
    "an-ninh-to-quoc",
)
SENTENCES = (
    "Từ đầu năm đến nay, tổ đã vận động được 46 hộ hiến đất mở rộng con đường vào thôn.",
    "Nhờ cách làm ấy, thu nhập bình quân của mỗi hộ tăng thêm 12 triệu đồng một năm.",
    "Bà con trong xóm ai cũng quý tấm lòng của người tổ trưởng đã ngoài sáu mươi tuổi.",
    "Ba đơn vị bạn đã đến tìm hiểu và đang làm theo mô hình này.",
    "Mỗi tuần hai buổi, lớp học ở nhà văn hóa lại sáng đèn đón 35 em nhỏ.",
    "Số tiền tiết kiệm được dùng để mua sách vở và xe đạp cho học sinh nghèo.",
    "Đội đã tuần tra 180 đêm, giữ cho khu chợ không còn vụ mất trộm nào.",
    "Kết quả ấy là công sức của cả tập thể, của từng gia đình và của mỗi người dân.",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How big a station is, and how many years it has behind it."""

    units: int = 100
    articles: int = 5_000
    zones: int = 15
    players: int = 60
    years: int = 3


def make_big_station(database: Database, size: Size = Size(), *, now: datetime = NOW, seed: int = 8) -> None:
    """Fills a migrated, empty database."""
    maker = _Maker(size, now, random.Random(seed))
    with database.writing() as session:
        for model, rows in maker.tables():
            for start in range(0, len(rows), 20_000):
                session.execute(insert(model), rows[start : start + 20_000])
        index_again(session.connection())


Rows = list[dict[str, Any]]


class _Maker:
    def __init__(self, size: Size, now: datetime, chance: random.Random) -> None:
        self.size, self.now, self.chance = size, now, chance
        self.months = _months_until(month_of(now, TZ), size.years * 12)
        self.rows: defaultdict[type[Base], Rows] = defaultdict(list)
        #: Which article has been in which zone.
        self.run: set[tuple[int, int]] = set()

    def tables(self) -> Iterator[tuple[type[Base], Rows]]:
        """Every table with its rows, in an order in which each row finds what it points to."""
        yield from self._standing()
        articles = self._articles()
        yield Article, articles
        yield from self._papers(articles)
        yield from self._broadcasts(articles)

    def _standing(self) -> Iterator[tuple[type[Base], Rows]]:
        zones = range(1, self.size.zones + 1)
        yield Zone, [{"id": number, "code": f"dia-ban-{number:02}", "name": f"Địa bàn {number}"} for number in zones]
        columns = ("nguoi-tot-viec-tot", "nong-thon-moi", "cai-cach-hanh-chinh", "an-ninh", "giao-duc")
        yield Column, [{"id": n, "code": code, "name": code.replace("-", " ")} for n, code in enumerate(columns, 1)]
        began = first_day(self.months[0])
        yield (
            SlotRule,
            [
                {
                    "code": f"dia-ban-{number:02}-{at:%H%M}",
                    "zone_id": number,
                    "weekdays": "01234",
                    "starts_at": at,
                    "length_ms": SESSION_MS,
                    "valid_from": began,
                }
                for number in zones
                for at in (MORNING, EVENING)
            ],
        )
        kinds = list(UnitKind)
        yield (
            Unit,
            [
                {
                    "id": number,
                    "code": f"don-vi-{number:03}",
                    "name": f"Đơn vị số {number}",
                    "kind": kinds[number % len(kinds)].value,
                    "zone_id": number % self.size.zones + 1 if number % 2 else None,
                }
                for number in range(1, self.size.units + 1)
            ],
        )
        targets = [
            {"unit_id": number, "from_month": self.months[0], "min_ms": 300_000 + 60_000 * (number % 10)}
            for number in range(1, self.size.units + 1)
        ]
        yield AirtimeTarget, targets
        yield (
            User,
            [
                {"name": name, "full_name": full_name, "role": role, "created_at": self._begins}
                for name, full_name, role in (
                    ("noi-vu", "Người duyệt", "reviewer"),
                    ("bien-tap", "Biên tập", "editor"),
                    ("truc-loa", "Trực loa", "operator"),
                )
            ],
        )
        yield (
            Player,
            [
                {
                    "id": number,
                    "code": f"cum-{number:03}",
                    "name": f"Cụm loa {number}",
                    "zone_id": (number - 1) % self.size.zones + 1,
                    "read_key": _hash("read", number),
                    "token_hash": _hash("token", number),
                }
                for number in range(1, self.size.players + 1)
            ],
        )

    @property
    def _begins(self) -> datetime:
        return bounds(self.months[0], TZ)[0]

    def _articles(self) -> Rows:
        """Articles come in evenly; each is received some days before it may be heard."""
        span = self.now - self._begins
        rows = []
        for number in range(1, self.size.articles + 1):
            received = self._begins + span * (number - 1) / self.size.articles
            title = f"Gương sáng thứ {number} của đơn vị"
            body = "\n\n".join(" ".join(self.chance.choices(SENTENCES, k=5)) for _paragraph in range(4))
            rows.append(
                {
                    "id": number,
                    "ref": f"B-{number:05}",
                    "unit_id": (number - 1) % self.size.units + 1,
                    "field": FIELDS[number % len(FIELDS)],
                    "kind": Kind.SPONTANEOUS.value if number % 4 == 0 else Kind.EXEMPLAR.value,
                    "priority": self.chance.choices(list(Priority), (90, 8, 2))[0].value,
                    "title": title,
                    "summary": f"{title}: việc nhỏ, ích lớn.",
                    "body": body,
                    "text_digest": digest_of_text(title, f"{title}: việc nhỏ, ích lớn.", body),
                    "subject_kind": "individual",
                    "written_on": (received - timedelta(days=5)).date(),
                    "entered_by": "van-thu",
                    "received_at": received,
                    "changed_at": received,
                }
            )
        return rows

    def _papers(self, articles: Rows) -> Iterator[tuple[type[Base], Rows]]:
        # The newest still wait: some for the head of their unit, some for approval.
        endorsed = [row for row in articles if not self._is_new(row) or row["id"] % 3]
        approved = [row for row in endorsed if not self._is_new(row) or row["id"] % 3 == 2]
        self.approved = {row["id"] for row in approved}
        yield (
            CoverPerson,
            [
                {"article_id": row["id"], "role": role, "name": f"Người Kín {row['id']}", "phone": "0900 000 000"}
                for row in articles
                for role in ("author", "subject")
            ],
        )
        yield (
            Endorsement,
            [
                {
                    "article_id": row["id"],
                    "name": "Thủ Trưởng",
                    "position": "Chủ tịch",
                    "endorsed_on": row["written_on"],
                }
                for row in endorsed
            ],
        )
        yield (
            Approval,
            [
                {
                    "article_id": row["id"],
                    "by": "noi-vu",
                    "approved_at": row["received_at"] + timedelta(hours=20),
                    "text_digest": row["text_digest"],
                }
                for row in approved
            ],
        )
        yield ArticleColumn, [{"article_id": row["id"], "column_id": row["id"] % 5 + 1} for row in articles]

    def _is_new(self, article: Mapping[str, Any]) -> bool:
        received: datetime = article["received_at"]
        return received > self.now - timedelta(days=5)

    def _broadcasts(self, articles: Rows) -> Iterator[tuple[type[Base], Rows]]:
        """Month by month: its plan, its sessions, what is placed and posted, and what became of it on the air."""
        self.lengths_ms = {row["id"]: self.chance.randint(60, 180) * 1000 for row in articles}
        self.titles = {row["id"]: row["title"] for row in articles}
        for plan, month in enumerate(self.months, 1):
            begins, ends = bounds(month, TZ)
            pool = [row["id"] for row in articles if row["id"] in self.approved and _airs_in(row, begins, ends)]
            self.rows[Plan].append(_plan(plan, month, begins))
            self._post(plan, pool, begins, ends)
            for day in _working_days(begins.date(), ends.date()):
                for zone in range(1, self.size.zones + 1):
                    for at in (MORNING, EVENING):
                        self._broadcast(plan, zone, datetime.combine(day, at, tzinfo=TZ), pool, begins)
        for model in (Plan, BroadcastSession, Placement, Post, Bulletin, BulletinItem, Airing):
            yield model, self.rows[model]

    def _broadcast(self, plan: int, zone: int, starts_at: datetime, pool: Sequence[int], begins: datetime) -> None:
        session: dict[str, Any] = {
            "id": len(self.rows[BroadcastSession]) + 1,
            "zone_id": zone,
            "starts_at": starts_at,
            "length_ms": SESSION_MS,
            "rule_code": f"dia-ban-{zone:02}-{starts_at:%H%M}",
        }
        self.rows[BroadcastSession].append(session)
        held = _held(pool, zone, starts_at, begins)
        for position, article in enumerate(held):
            self.rows[Placement].append(
                {
                    "plan_id": plan,
                    "session_id": session["id"],
                    "article_id": article,
                    "position": position,
                    "length_ms": self.lengths_ms[article],
                    "first_run": (article, zone) not in self.run,
                }
            )
            self.run.add((article, zone))
        if not held or starts_at >= self.now + READY_AHEAD:
            return
        number = len(self.rows[Bulletin]) + 1
        code = f"dia-ban-{zone:02}-{starts_at:%Y%m%d-%H%M}-{_hash(number)[:8]}"
        parts = _items(number, held, self.titles, self.lengths_ms)
        bulletin = _bulletin(number, session["id"], code, starts_at, parts)
        self.rows[Bulletin].append(bulletin)
        self.rows[BulletinItem] += parts
        if starts_at + timedelta(milliseconds=SESSION_MS) < self.now:
            self.rows[Airing] += self._airings(bulletin, zone, starts_at)

    def _post(self, plan: int, pool: Sequence[int], begins: datetime, ends: datetime) -> None:
        days = _working_days(begins.date(), ends.date())
        for place, article in enumerate(pool):
            posts_at = day_start(days[place * len(days) // len(pool)], TZ) + timedelta(hours=7)
            post = {"plan_id": plan, "column_id": article % 5 + 1, "article_id": article, "posts_at": posts_at}
            self.rows[Post].append(post)

    def _airings(self, bulletin: Mapping[str, Any], zone: int, starts_at: datetime) -> Rows:
        rows = []
        for player in range(zone, self.size.players + 1, self.size.zones):
            drawn = self.chance.random()
            if drawn < 0.01:
                continue
            outcome, played_ms = Outcome.PLAYED, bulletin["length_ms"]
            if drawn < 0.02:
                outcome, played_ms = Outcome.FAILED, 0
            elif drawn < 0.06:
                outcome, played_ms = Outcome.PARTIAL, round(self.chance.random() * played_ms)
            started_at = starts_at + timedelta(seconds=self.chance.randint(0, 20))
            rows.append(
                {
                    "event_id": f"{bulletin['code']}@{player}",
                    "item_id": bulletin["code"],
                    "session_id": bulletin["session_id"],
                    "bulletin_id": bulletin["id"],
                    "player_id": player,
                    "started_at": started_at,
                    "played_ms": played_ms,
                    "outcome": outcome.value,
                    "reason": None if outcome == Outcome.PLAYED else "mất điện",
                    "reported_at": started_at + timedelta(hours=1),
                }
            )
        return rows


def _airs_in(article: Mapping[str, Any], begins: datetime, ends: datetime) -> bool:
    received: datetime = article["received_at"]
    return begins - timedelta(days=12) <= received < ends - timedelta(days=2)


def _held(pool: Sequence[int], zone: int, starts_at: datetime, begins: datetime) -> list[int]:
    """Every session goes on in the pool where the one before ended, each zone from a place of its own."""
    if not pool:
        return []
    turn = (starts_at - begins).days * 2 + (starts_at.hour > 12)
    first = (turn * ITEMS_IN_A_SESSION + zone * 7) % len(pool)
    return [pool[(first + step) % len(pool)] for step in range(min(ITEMS_IN_A_SESSION, len(pool)))]


def _months_until(last: str, count: int) -> list[str]:
    months = [last]
    while len(months) < count:
        months.append(month_before(months[-1]))
    return months[::-1]


def _working_days(first: date, after: date) -> list[date]:
    days = (first + timedelta(days=number) for number in range((after - first).days))
    return [day for day in days if day.weekday() < 5]


def _plan(number: int, month: str, begins: datetime) -> dict[str, Any]:
    made_at = begins - timedelta(days=3)
    return {
        "id": number,
        "month": month,
        "state": PlanState.PUBLISHED.value,
        "made_at": made_at,
        "published_at": made_at + timedelta(hours=1),
        "score": 0.0,
        "moves": 0,
    }


def _items(bulletin: int, held: Sequence[int], titles: Mapping[int, str], lengths_ms: Mapping[int, int]) -> Rows:
    def part(position: int, kind: ItemKind, title: str, at_ms: int, length_ms: int, article: int | None) -> Any:
        return {
            "bulletin_id": bulletin,
            "position": position,
            "kind": kind.value,
            "article_id": article,
            "title": title,
            "starts_ms": at_ms,
            "length_ms": length_ms,
            "spoken_by": "monotone",
        }

    parts = [part(0, ItemKind.IDENT, "Lời xướng", 0, HEAD_MS, None)]
    at_ms = HEAD_MS
    for position, article in enumerate(held, 1):
        parts.append(part(position, ItemKind.ITEM, titles[article], at_ms, lengths_ms[article], article))
        at_ms += lengths_ms[article] + GAP_MS
    parts.append(part(len(held) + 1, ItemKind.SIGN_OFF, "Lời chào", at_ms, SIGN_OFF_MS, None))
    return parts


def _bulletin(number: int, session_id: int, code: str, starts_at: datetime, parts: Rows) -> dict[str, Any]:
    return {
        "id": number,
        "session_id": session_id,
        "code": code,
        "composition": code,
        "sha256": _hash(code),
        "size_bytes": 1,
        "length_ms": parts[-1]["starts_ms"] + parts[-1]["length_ms"],
        "made_at": starts_at - timedelta(hours=20),
        "synthetic": True,
        "spoken_by": ["monotone"],
        "notes": [],
    }


def _hash(*parts: object) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench big-station", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the installation")
    parser.add_argument("--years", type=int, default=Size().years)
    parser.add_argument("--now", type=datetime.fromisoformat, default=NOW)
    asked = parser.parse_args(arguments)
    database = Database(Settings(data=asked.data).database)
    migrate(database)
    began = time.monotonic()
    make_big_station(database, Size(years=asked.years), now=asked.now.astimezone(UTC))
    database.close()
    print(f"{asked.years} years in {time.monotonic() - began:.0f} s; serve with BROADCASTER_DATA={asked.data}")
    return 0
