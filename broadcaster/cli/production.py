"""`render`, `publish`, `tick`, `serve`, `clock`: from the books to what the town hears and reads."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import click

from broadcaster import tasks
from broadcaster.app import serve as serve_web
from broadcaster.cli.house import House, housed, progress_bar, raise_failures
from broadcaster.clockjobs import run_due
from broadcaster.language import gettext as _
from broadcaster.publishing import Changes
from broadcaster.publishing import publish as publish_tree
from broadcaster.rendering import RenderReport
from broadcaster.rendering import render as render_due
from scheduler.clockwork import Heartbeat


@click.command()
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help=_("Chỉ bản tin của ngày này."))
@click.option("--article", "refs", multiple=True, help=_("Chỉ đọc bài này."))
@housed
def render(house: House, day: datetime | None, refs: tuple[str, ...]) -> None:
    """Đọc, xử lý và ghép những gì đến hạn."""
    chosen: date | None = day.date() if day else None
    with progress_bar() as progress:
        report = render_due(
            house.database, house.settings, house.voice, now=house.now, day=chosen, refs=refs, progress=progress
        )
    house.answer(_rendered(report), *_render_lines(report))
    raise_failures(report)


@click.command()
@housed
def publish(house: House) -> None:
    """Cập nhật cây công khai: nguồn tin, lịch, danh sách phát, âm thanh."""
    changes = publish_tree(house.database, house.settings, house.voice, now=house.now)
    house.answer(_published(changes), *_publish_lines(changes))


@click.command()
@housed
def tick(house: House) -> None:
    """Làm mọi việc đến hạn tại thời điểm --now, một lần."""
    with progress_bar() as progress:
        done = tasks.tick(house.database, house.settings, house.voice, now=house.now, progress=progress)
    document = {
        "sessions": {"added": done.sessions_added, "cancelled": done.sessions_cancelled},
        "rendered": _rendered(done.rendered),
        "published": _published(done.published),
    }
    house.answer(document, *_render_lines(done.rendered), *_publish_lines(done.published))
    raise_failures(done.rendered)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
@click.option("--host", default="127.0.0.1")
@housed
def serve(house: House, port: int, host: str) -> None:
    """Chạy trang web, kèm đồng hồ và bộ dựng."""
    beat = _beat(house)
    serve_web(house.settings, house.database, port=port, host=host, clock=lambda: datetime.now(UTC), tick=beat)


@click.command()
@housed
def clock(house: House) -> None:
    """Chạy riêng đồng hồ: mỗi phút làm một lần mọi việc đến hạn."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    heartbeat = Heartbeat(_beat(house), every_s=60, clock=lambda: datetime.now(UTC))
    heartbeat.start()
    stop.wait()
    heartbeat.stop()


def _beat(house: House) -> Callable[[datetime], None]:
    """What the clock does each minute; of several clocks by mistake one does it."""
    job = tasks.minute_job(house.database, house.settings)
    claimant = f"{socket.gethostname()}:{os.getpid()}"

    def beat(now: datetime) -> None:
        run_due(house.database, job, claimant=claimant, clock=lambda: now)

    return beat


def _rendered(report: RenderReport) -> dict[str, object]:
    return {
        "renditions": report.renditions,
        "bulletins": report.bulletins,
        "degraded": report.degraded,
        "notes": report.notes,
        "failures": report.failures,
    }


def _render_lines(report: RenderReport) -> list[str]:
    words = _("Đã đọc {renditions} bản, ghép {bulletins} bản tin")
    lines = [words.format(renditions=len(report.renditions), bulletins=len(report.bulletins))]
    lines += [
        _("Giọng {engine} không đọc được {count} bản, giọng sau đọc thay", engine=engine, count=count)
        for engine, count in report.degraded.items()
    ]
    return lines + report.notes


def _published(changes: Changes) -> dict[str, object]:
    return {
        "added": list(changes.added),
        "changed": list(changes.changed),
        "removed": list(changes.removed),
        "missing": list(changes.missing),
    }


def _publish_lines(changes: Changes) -> list[str]:
    if not changes and not changes.missing:
        return [_("Cây công khai không có gì thay đổi")]
    named = (("+", changes.added), ("~", changes.changed), ("-", changes.removed), ("!", changes.missing))
    return [f"{sign} {path}" for sign, paths in named for path in paths]
