"""The town's days, lived through one by one: articles come in, plans are made, bulletins air, reports arrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select

from audio.files import write_whole
from broadcaster import tasks
from broadcaster.airing import import_airings
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.demo.reports import Play, reports_of
from broadcaster.diary import once
from broadcaster.intake.articles import import_articles
from broadcaster.models import Article, BroadcastSession, Bulletin, Player, Priority
from broadcaster.months import day_start, next_month
from broadcaster.planning import NothingToPlan, make_draft, publish_plan
from broadcaster.rendering.render import Progress
from broadcaster.scripts import Voice

DEMO = "demo"
#: Seconds that a voice over the network may take at each of today's ticks: a demonstration is ready within minutes.
SLOW_ENGINE_BUDGET_S = 20
#: Enough search for a town of this size; counted in moves, so that every machine makes the same plan.
PLAN_MOVES = 20_000
#: From this day of the month on the next month is planned too.
PLAN_AHEAD_FROM_DAY = 22
MORNING, MIDDAY, EVENING = time(0, 10), time(9, 30), time(20, 0)


@dataclass(frozen=True, slots=True)
class Town:
    """The demonstration town while its days go by."""

    database: Database
    settings: Settings
    voice: Voice
    folder: Path
    arrivals: dict[date, Path]
    first_day: date
    progress: Progress

    def on(self, day: date, now: datetime) -> Town:
        """The town as it works on a day: voices over the network speak today's news alone.

        The past weeks go by in minutes; each of their days would wait for the network, or find out anew that there is
        none.
        """
        is_today = day == now.astimezone(self.settings.zone_info).date()
        budget_s = SLOW_ENGINE_BUDGET_S if is_today else 0
        return replace(self, settings=self.settings.model_copy(update={"slow_engine_budget_s": budget_s}))


def live_through(town: Town, *, now: datetime) -> None:
    """Lives every day from the first one to the present; what was lived through before is not lived again."""
    tz = town.settings.zone_info
    days = [
        town.first_day + timedelta(days=number)
        for number in range((now.astimezone(tz).date() - town.first_day).days + 1)
    ]
    for number, day in enumerate(days):
        town.progress("days", number, len(days))
        for job, at, work in _jobs(town, day):
            instant = datetime.combine(day, at, tzinfo=tz)
            if instant <= now:
                lived = town.on(day, now)
                once(town.database, f"{DEMO}.{job}", instant, partial(work, lived, instant), now=now)
    town.progress("days", len(days), len(days))


def _jobs(town: Town, day: date) -> list[tuple[str, time, Callable[[Town, datetime], str]]]:
    """A day's work in its order. The first day begins at night, so that its first session has a plan."""
    first = day == town.first_day
    morning = MORNING if first else MIDDAY
    jobs: list[tuple[str, time, Callable[[Town, datetime], str]]] = []
    if day in town.arrivals:
        jobs.append(("articles", morning, _take_in))
    jobs += [("plan", morning, _plan), ("tick", morning, _tick)]
    jobs += [("tick", MIDDAY, _tick)] if first else []
    return [*jobs, ("airings", EVENING, _report)]


def _take_in(town: Town, at: datetime) -> str:
    with town.database.writing() as session:
        day = at.astimezone(town.settings.zone_info).date()
        done = import_articles(session, town.arrivals[day], now=at, tz=town.settings.zone_info, by=DEMO)
    return f"{len(done.added)}"


def _plan(town: Town, at: datetime) -> str:
    """Staff plan on the first day, on Mondays, and at once when something urgent has come in."""
    day = at.astimezone(town.settings.zone_info).date()
    if not (day == town.first_day or day.weekday() == 0 or _urgent_came(town, at)):
        return "-"
    months = [f"{day:%Y-%m}"]
    if day.day >= PLAN_AHEAD_FROM_DAY:
        months.append(next_month(months[0]))
    for month in months:
        _make_plan(town, month, at)
    return ",".join(months)


def _urgent_came(town: Town, at: datetime) -> bool:
    with town.database.reading() as session:
        query = select(Article.id).where(Article.received_at == at, Article.priority == Priority.URGENT)
        return session.scalars(query).first() is not None


def _make_plan(town: Town, month: str, at: datetime) -> None:
    tz = town.settings.zone_info
    try:
        make_draft(town.database, month, voice=town.voice, now=at, tz=tz, by=DEMO, moves=PLAN_MOVES)
    except NothingToPlan:
        # The last days of a month may be free of sessions.
        return
    with town.database.writing() as session:
        publish_plan(session, month, by=DEMO, now=at, tz=tz)


def _tick(town: Town, at: datetime) -> str:
    done = tasks.tick(town.database, town.settings, town.voice, now=at, progress=town.progress)
    return f"{len(done.rendered.renditions)}+{len(done.rendered.bulletins)}"


def _report(town: Town, at: datetime) -> str:
    """Operators and players send in what was on the air that day."""
    tz = town.settings.zone_info
    begins = day_start(at.astimezone(tz).date(), tz)
    with town.database.reading() as session:
        bulletins = session.scalars(
            select(Bulletin)
            .join(BroadcastSession)
            .where(
                Bulletin.superseded_at.is_(None), BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < at
            )
            .order_by(BroadcastSession.starts_at, Bulletin.code)
        ).all()
        players = session.scalars(select(Player).order_by(Player.code)).all()
        plays = [
            Play(player, bulletin)
            for bulletin in bulletins
            for player in players
            if player.zone_id == bulletin.session.zone_id
        ]
        rows = reports_of(plays)
    path = town.folder / f"airings-{begins:%Y-%m-%d}.json"
    write_whole(path, json.dumps({"airings": rows}, ensure_ascii=False, indent=1).encode())
    with town.database.writing() as session:
        results = import_airings(session, path, by=DEMO, now=at)
    return f"{sum(result.status == 'recorded' for result in results)}"
