"""Lives a year: articles come in, plans are made, programmes air, things break, reports arrive, months close."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bench.year.booth import make_programmes
from bench.year.players import Device, Entry, outcome_of
from bench.year.town import MERGER, Size, article, station, units
from bench.year.truth import Programme, Truth
from broadcaster.airing import FIELDS, Exchange, import_airings, record_airings
from broadcaster.approvals import withdraw
from broadcaster.closing import close_month, correct_airing
from broadcaster.db import Database
from broadcaster.intake.articles import import_articles
from broadcaster.intake.station import import_station
from broadcaster.intake.units import import_units
from broadcaster.models import Article, BroadcastSession, Outcome, Placement, Plan, PlanState, Player
from broadcaster.months import day_start, last_day, month_before
from broadcaster.sessions import materialise

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
STAFF = "bien-tap"
#: Reports are accepted so long after the airing.
ACCEPTED_DAYS = 62
CANCELLED, WITHDRAWN, CORRECTED = 0.03, 0.03, 0.10
#: A month is closed on this day of the next one.
CLOSING_DAY = 5


class Planner(Protocol):
    """Makes the binding plan of what is left of a month."""

    def plan(self, session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> None: ...


class Year:
    """One simulated stretch of time; the same seed lives the same one."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        size: Size,
        *,
        plan: Callable[[str, datetime], None],
        seed: int = 8,
        told: Callable[[date], None] = lambda _day: None,
    ) -> None:
        self.database, self.folder, self.size, self._plan, self._told = database, folder, size, plan, told
        self.chance = random.Random(seed)
        self.truth = Truth()
        self.faults: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.sessions = 0
        #: What a just verdict says, by session and player.
        self.verdicts: dict[tuple[tuple[str, datetime], str], str] = {}
        #: Which sessions had a programme when they started.
        self.planned: set[tuple[str, datetime]] = set()
        self.standing: dict[tuple[str, datetime], Programme] = {}
        self.devices: list[Device] = []
        self.unit_codes = [str(unit["code"]) for unit in units(size)]
        self.articles = 0

    def live(self) -> datetime:
        """Lives every day, and some more until every report is in; answers the last moment."""
        self._open()
        day = self.size.first
        while day <= self.size.last:
            self._told(day)
            self._live_day(day)
            day += timedelta(days=1)
        for device in self.devices:
            device.offline_until = None
        for extra in range(12):
            # Everybody comes back, and what people kept on paper is brought in.
            self._evening(day + timedelta(days=extra), is_last=extra > 8)
        return _at(day + timedelta(days=12), time(12))

    def _open(self) -> None:
        now = _at(self.size.first, time(0, 1))
        with self.database.writing() as session:
            import_station(session, self._file("station", station(self.size)), now=now, tz=TZ, by=STAFF)
            import_units(session, self._file("units", {"units": units(self.size)}), now=now, tz=TZ, by=STAFF)
            players = session.scalars(select(Player).options(joinedload(Player.zone)).order_by(Player.code)).all()
            seeds = [self.chance.random() for _player in players]
            self.devices = [
                Device(player.code, player.zone.code, random.Random(seed), self.faults, self.size.rough)
                for player, seed in zip(players, seeds, strict=True)
            ]

    def _file(self, name: str, content: object) -> Path:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    def _live_day(self, day: date) -> None:
        if day == MERGER:
            self._merge(_at(day, time(0, 5)))
        if day.weekday() == 0 or day == self.size.first:
            self._take_in(day)
        if day.day in (1, 15) or day == self.size.first:
            self._plan(f"{day:%Y-%m}", _at(day, time(0, 10)))
        self._make(_at(day, time(0, 30)))
        self._disturb(day)
        starts = self._starts(day)
        if starts:
            for device in self.devices:
                device.wakes(_at(day, time(3, 20)))
        self._make(_at(day, time(3, 30)))
        for starts_at in starts:
            if starts_at >= _at(day, time(12)):
                break
            self._air(starts_at)
        self._make(_at(day, time(12)))
        for starts_at in starts:
            if starts_at >= _at(day, time(12)):
                self._air(starts_at)
        self._evening(day)

    def _merge(self, now: datetime) -> None:
        listed = units(self.size, merged=True)
        with self.database.writing() as session:
            import_units(session, self._file("units", {"units": listed}), now=now, tz=TZ, by=STAFF)
        self.unit_codes = [str(unit["code"]) for unit in listed if "valid_to" not in unit]
        self.faults["mergers"] += 1

    def _take_in(self, day: date) -> None:
        came = []
        for _one in range(self.size.articles_a_week):
            self.articles += 1
            came.append(article(self.articles, day, self.unit_codes, self.chance))
        with self.database.writing() as session:
            path = self._file("articles", {"articles": came})
            import_articles(session, path, now=_at(day, time(0, 6)), tz=TZ, by="van-thu")

    def _make(self, now: datetime) -> None:
        with self.database.writing() as session:
            programmes = make_programmes(session, now=now, tz=TZ)
        self.standing = {programme.slot: programme for programme in programmes}
        for device in self.devices:
            device.pulls((one for one in programmes if one.zone == device.zone), now)

    def _starts(self, day: date) -> list[datetime]:
        begins = day_start(day, TZ)
        query = select(BroadcastSession.starts_at).where(
            BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < begins + timedelta(days=1)
        )
        with self.database.reading() as session:
            return sorted(set(session.scalars(query.distinct())))

    def _disturb(self, day: date) -> None:
        """Now and then a session is called off or an article withdrawn, when some players already hold it."""
        now = _at(day, time(3))
        if self.chance.random() < CANCELLED * self.size.zones * self.size.rough:
            self._call_off(day, now)
        if self.chance.random() < WITHDRAWN * self.size.zones * self.size.rough:
            self._withdraw(now)

    def _call_off(self, day: date, now: datetime) -> None:
        wanted = [slot for slot in self.standing if now < slot[1] < _at(day + timedelta(days=1), time(0))]
        if not wanted:
            return
        zone, starts_at = self.chance.choice(sorted(wanted))
        local = starts_at.astimezone(TZ)
        exception = {"day": local.date().isoformat(), "action": "cancel", "zone": zone, "reason": "Sửa đường dây"}
        exception["rule"] = f"{zone}-{local:%H}"
        with self.database.writing() as session:
            import_station(session, self._file("off", {"exceptions": [exception]}), now=now, tz=TZ, by=STAFF)
            materialise(session, local.date(), local.date(), now=now, tz=TZ)
        self.faults["called off"] += 1

    def _withdraw(self, now: datetime) -> None:
        with self.database.writing() as session:
            placed = session.scalars(
                select(Article.ref)
                .join(Placement, Placement.article_id == Article.id)
                .join(Plan, Plan.id == Placement.plan_id)
                .join(BroadcastSession, BroadcastSession.id == Placement.session_id)
                .where(
                    Plan.state == PlanState.PUBLISHED,
                    Placement.removed_at.is_(None),
                    BroadcastSession.starts_at > now,
                    BroadcastSession.starts_at < now + timedelta(hours=30),
                )
                .distinct()
                .order_by(Article.ref)
            ).all()
            if placed:
                withdraw(session, self.chance.choice(placed), why="Đơn vị xin rút", by=STAFF, now=now)
                self.faults["withdrawn"] += 1

    def _air(self, starts_at: datetime) -> None:
        for zone in sorted({device.zone for device in self.devices}):
            slot = (zone, starts_at)
            is_planned = slot in self.standing
            own = [device for device in self.devices if device.zone == zone]
            if not is_planned and not any(slot in device.held for device in own):
                continue
            self.sessions += is_planned
            if is_planned:
                self.planned.add(slot)
            for device in own:
                verdict = device.plays(starts_at, self.truth)
                if is_planned:
                    self.verdicts[slot, device.code] = verdict
                elif verdict != "missed":
                    self.verdicts[slot, device.code] = "unplanned"

    def _evening(self, day: date, *, is_last: bool = False) -> None:
        now = _at(day, time(21))
        for device in self.devices:
            if device.journal and device.is_online(now):
                self._report(device, now, is_last=is_last)
            if device.on_paper and (is_last or self.chance.random() < 0.1):
                self._bring_paper(device, now)
        if self.chance.random() < CORRECTED * self.size.zones / 3 and not is_last:
            self._correct(now)
        if day.day == CLOSING_DAY and day > last_day(f"{self.size.first:%Y-%m}"):
            with self.database.writing() as session:
                close_month(session, month_before(f"{day:%Y-%m}"), by="thu-ky", now=now, tz=TZ)

    def _report(self, device: Device, now: datetime, *, is_last: bool) -> None:
        rows = device.report_rows(now)
        if not rows:
            return
        with self.database.writing() as session:
            player = session.scalars(select(Player).where(Player.code == device.code)).one()
            sent_at = now + timedelta(minutes=device.clock_min)
            exchange = Exchange(player=player, sent_at=sent_at, accepted_days=ACCEPTED_DAYS)
            results = record_airings(
                session, [(row, device.code) for row in rows], by=device.code, now=now, exchange=exchange
            )
        for result in results:
            self.answers[result.status] += 1
        device.answered({result.event_id: result.status for result in results}, is_sure=is_last)

    def _bring_paper(self, device: Device, now: datetime) -> None:
        """What a device's disk lost, people had noted by their watches; they hand it in as a table."""
        over = [entry for entry in device.on_paper if entry.is_over(now)]
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, FIELDS)
        writer.writeheader()
        writer.writerows(_paper_row(device, entry) for entry in over)
        path = self.folder / "paper.csv"
        path.write_text(sheet.getvalue(), encoding="utf-8")
        with self.database.writing() as session:
            for result in import_airings(session, path, by="truc-loa", now=now):
                self.answers[result.status] += 1
        device.on_paper = [entry for entry in device.on_paper if entry not in over]

    def _correct(self, now: datetime) -> None:
        """Somebody finds out that a programme that its player took for played was heard in part, or not at all."""
        delivered = self._delivered(now)
        if not delivered:
            return
        key = self.chance.choice(delivered)
        play = self.truth.plays[key]
        played_ms = self.chance.choice((0, play.programme.length_ms // 3))
        outcome = Outcome.PARTIAL if played_ms else Outcome.FAILED
        with self.database.writing() as session:
            correct_airing(
                session,
                play.event_id,
                player=play.player,
                outcome=outcome,
                played_ms=played_ms,
                why="loa cụm không lên tiếng",
                by="thu-ky",
                now=now,
            )
        self.truth.turned_out(play, played_ms)
        self.verdicts[play.programme.slot, play.player] = "partial" if played_ms else "missed"
        self.faults["corrected"] += 1

    def _delivered(self, now: datetime) -> Sequence[tuple[str, str]]:
        """Plays of the last weeks that the station has been told of and that stand alone in their session."""
        waiting = {
            (device.code, entry.play.event_id)
            for device in self.devices
            for entry in (*device.journal, *device.on_paper)
        }
        plain = {"as_planned", "late", "displaced"}
        return [
            key
            for key, play in self.truth.plays.items()
            if key not in waiting
            and play.started_at > now - timedelta(days=50)
            and play.programme.slot in self.planned
            and self.verdicts.get((play.programme.slot, play.player)) in plain
        ]


def _paper_row(device: Device, entry: Entry) -> dict[str, object]:
    play = entry.play
    return {
        "event_id": play.event_id,
        "item_id": play.programme.code,
        "started_at": play.started_at.astimezone(TZ).isoformat(),
        "played_ms": play.played_ms,
        "outcome": outcome_of(play),
        "reason": entry.reason or "",
        "player": device.code,
    }


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=TZ)
