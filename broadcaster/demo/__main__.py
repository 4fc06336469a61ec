"""`run.py demo`: makes the town, lives through its month, and serves it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from audio.errors import AudioError
from broadcaster import tasks
from broadcaster.app import serve
from broadcaster.config import Settings, load_settings
from broadcaster.db import Database
from broadcaster.demo.accounts import give_passwords, passwords_in
from broadcaster.demo.days import DEMO, SLOW_ENGINE_BUDGET_S, Town, live_through
from broadcaster.diary import last_done, once
from broadcaster.errors import BroadcasterError
from broadcaster.installation import prepare
from broadcaster.intake.station import import_station
from broadcaster.intake.units import import_units
from broadcaster.language import gettext as _
from broadcaster.lexicon import station_voice
from broadcaster.models import (
    Airing,
    Article,
    BroadcastSession,
    Bulletin,
    Column,
    Placement,
    Plan,
    PlanState,
    Player,
    Rendition,
    Unit,
    User,
    Zone,
)
from broadcaster.publishing.addresses import Addresses
from broadcaster.rendering.render import Progress as RenderProgress
from broadcaster.sample.sources import lay_out

#: The town's history is at least so long, also early in a month.
HISTORY_DAYS = 20


class TimeWentBack(BroadcasterError):
    """The town has lived past the asked moment already."""


def main(arguments: list[str]) -> int:
    """Status 0 done, 1 could not be done (said on stderr), 2 wrong arguments."""
    asked = _parser().parse_args(arguments)
    try:
        return _run(asked)
    except (BroadcasterError, AudioError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="dừng sau khi làm xong, không mở trang web")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=Path("demo-data"))
    parser.add_argument("--now", type=_instant, default=None, help="ví dụ 2026-11-22T10:00:00+07:00")
    return parser


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError("thiếu múi giờ, ví dụ +07:00")
    return instant


def _run(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    now = asked.now or datetime.now(UTC)
    settings = load_settings(
        data=asked.data.resolve(),
        public_url=f"http://127.0.0.1:{asked.port}",
        slow_engine_budget_s=SLOW_ENGINE_BUDGET_S,
        hold_ahead_h=40,
    )
    database = prepare(settings)
    print(_("Thị xã mẫu tại {folder}; thời điểm {now}", folder=settings.data, now=_local(now, settings)), flush=True)
    tokens = _make_town(database, settings, now)
    _say_what_was_made(database, settings, tokens)
    print(_("Xong sau {seconds:.0f} giây.").format(seconds=time.monotonic() - began), flush=True)
    if asked.once:
        return 0
    return _serve(settings, database, asked)


def _serve(settings: Settings, database: Database, asked: argparse.Namespace) -> int:
    """Serves the town; its clock goes on from the asked moment at the pace of the real one."""
    shift = (asked.now - datetime.now(UTC)) if asked.now else timedelta()

    def clock() -> datetime:
        return datetime.now(UTC) + shift

    def beat(now: datetime) -> None:
        tasks.tick(database, settings, station_voice(database, settings), now=now)

    print(_("Mở {url} (Ctrl+C để dừng)", url=settings.public_url), flush=True)
    serve(settings, database, port=asked.port, clock=clock, tick=beat)
    return 0


def _make_town(database: Database, settings: Settings, now: datetime) -> dict[str, str]:
    tz = settings.zone_info
    done = (last_done(database, f"{DEMO}.{job}") for job in ("tick", "airings", "now"))
    lived_to = max((at for at in done if at is not None), default=now)
    if lived_to > now:
        raise TimeWentBack(_("thị xã mẫu đã sống đến {at}; hãy chọn --data khác", at=_local(lived_to, settings)))
    # The town's calendar hangs on the day on which it was made, so that a later run goes on with the same stories.
    born_file = settings.data / "import" / "born"
    born = datetime.fromisoformat(born_file.read_text()) if born_file.exists() else now
    birthday = born.astimezone(tz).date()
    first_day = min(birthday.replace(day=1), birthday - timedelta(days=HISTORY_DAYS))
    folder = settings.data / "import"
    arrivals = lay_out(folder, today=birthday, first_day=first_day, tz=tz)
    born_file.write_text(born.isoformat())
    beginning = datetime.combine(first_day, datetime.min.time(), tzinfo=tz)
    with database.writing() as session:
        known = session.scalar(select(func.count(Unit.id)))
        tokens: dict[str, str] = {}
        if not known:
            tokens = import_station(session, folder / "station.json", now=beginning, tz=tz, by=DEMO)
            import_units(session, folder / "units.json", now=beginning, tz=tz, by=DEMO)
            import_station(session, folder / "duties.json", now=beginning, tz=tz, by=DEMO)
        give_passwords(session, folder, by=DEMO, now=beginning)
    with _bars() as progress:
        voice = station_voice(database, settings)
        live_through(Town(database, settings, voice, folder, arrivals, first_day, progress), now=now)
        tasks.tick(database, settings, voice, now=now, progress=progress)
    # Written down last: a run that was cut short may be begun again.
    once(database, f"{DEMO}.now", now, lambda: "-", now=now)
    return tokens


@contextmanager
def _bars() -> Iterator[RenderProgress]:
    """Two bars: the days gone by, and the work within the day."""
    names = {
        "days": _("Sống qua từng ngày"),
        "renditions": _("  Đọc và xử lý âm thanh"),
        "bulletins": _("  Ghép bản tin"),
    }
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as bar:
        tasks_by_stage = {stage: bar.add_task(name, total=None) for stage, name in names.items()}

        def show(stage: str, done: int, total: int) -> None:
            bar.update(tasks_by_stage[stage], completed=done, total=max(1, total))

        yield show


def _local(instant: datetime, settings: Settings) -> str:
    return f"{instant.astimezone(settings.zone_info):%d/%m/%Y %H:%M}"


def _say_what_was_made(database: Database, settings: Settings, tokens: dict[str, str]) -> None:
    addresses = Addresses(settings.public_url, settings.zone_info)
    with database.reading() as session:

        def count(column: object) -> int:
            return int(session.scalar(select(func.count(column))) or 0)  # type: ignore[arg-type]  # any column

        published = select(func.count(Placement.id)).join(Plan, Plan.id == Placement.plan_id)
        placed = session.scalar(published.where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None)))
        engines = session.execute(select(Rendition.engine, func.count(Rendition.id)).group_by(Rendition.engine)).all()
        print(
            _("{units} đơn vị, {articles} bài, {sessions} buổi phát, {placed} lượt phát đã công bố").format(
                units=count(Unit.id), articles=count(Article.id), sessions=count(BroadcastSession.id), placed=placed
            )
        )
        print(
            _("{renditions} bản đọc, {bulletins} bản tin, {airings} báo cáo đã phát").format(
                renditions=count(Rendition.id), bulletins=count(Bulletin.id), airings=count(Airing.id)
            )
        )
        print(_("Giọng đọc: {engines}", engines=", ".join(f"{name} ({number})" for name, number in engines)))
        print(_("Trang: {url}", url=settings.public_url + "/"))
        for column in session.scalars(select(Column).order_by(Column.position)):
            print(f"  {column.name}: {addresses.url(addresses.column_feed(column.code))}")
        for zone in session.scalars(select(Zone).order_by(Zone.position)):
            print(f"  {zone.name}: {addresses.url(addresses.zone_feed(zone.code))}")
            print(f"    {addresses.url(addresses.today(zone.code, 'm3u'))}")
        print(_("Tài khoản để đăng nhập ở {url}:", url=settings.public_url + "/desk"))
        passwords = passwords_in(settings.data / "import")
        for user in session.scalars(select(User).order_by(User.id)):
            print(f"  {user.name} / {passwords.get(user.name, '–')}: {user.full_name} ({user.role})")
        print(_("Máy phát:"))
        for player in session.scalars(select(Player).order_by(Player.code)):
            print(f"  {player.code}: {addresses.url(addresses.manifest(player.read_key))}")
            if player.code in tokens:
                print(_("    khóa ghi (chỉ hiện một lần): {token}", token=tokens[player.code]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
