"""What every command needs: settings, database, voice, the moment, and a way to answer in words or in JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from broadcaster.config import Settings, load_settings
from broadcaster.db import Database
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _
from broadcaster.language import speaking
from broadcaster.lexicon import station_voice
from broadcaster.migrations import is_current
from broadcaster.rendering import RenderReport
from broadcaster.scripts import Voice

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

#: Under this name the command line acts where no user is named.
COMMAND_LINE = "command-line"


class NotInitialised(BroadcasterError):
    """There is no database yet, or an old one."""


class RenderIncomplete(BroadcasterError):
    """Something could not be rendered; the rest is done."""

    can_retry = True


class Instant(click.ParamType):
    """An ISO 8601 instant with its offset."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(_("«{value}» không phải thời điểm (ví dụ 2026-11-22T05:30:00+07:00)", value=value), param, ctx)
        if instant.tzinfo is None:
            self.fail(_("«{value}» thiếu múi giờ (ví dụ +07:00)", value=value), param, ctx)
        return instant


@dataclass
class House:
    """One run of a command."""

    settings: Settings
    now: datetime
    as_json: bool

    @cached_property
    def database(self) -> Database:
        """The database, which must have been made by `init`."""
        database = Database(self.settings.database)
        if not is_current(database):
            raise NotInitialised(_("cơ sở dữ liệu chưa sẵn sàng; hãy chạy: broadcaster init"))
        return database

    @cached_property
    def voice(self) -> Voice:
        """How the station reads at this moment."""
        return station_voice(self.database, self.settings)

    def answer(self, document: object, *lines: str) -> None:
        """Says what was done: the document as JSON where it was asked for, else the lines."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, default=str))
            return
        for line in lines:
            print(line)


def housed(
    command: Callable[Concatenate[House, Arguments], Answer],
) -> Callable[Arguments, Answer]:
    """Gives a command its house, the options `--json` and `--now`, and the language that was asked for."""

    @click.option("--json", "as_json", is_flag=True, help=_("Trả lời bằng một tài liệu JSON."))
    @click.option("--now", type=Instant(), default=None, help=_("Thời điểm hiện tại (mặc định: đồng hồ máy)."))
    @click.pass_context
    @wraps(command)
    def wrapped(
        context: click.Context, /, as_json: bool, now: datetime | None, *rest: Arguments.args, **named: Arguments.kwargs
    ) -> Answer:
        settings = load_settings()
        with speaking(context.find_root().obj or settings.language):
            house = House(settings, now or datetime.now(UTC), as_json)
            return command(house, *rest, **named)

    return wrapped  # type: ignore[return-value]  # click hands over the options by name


def raise_failures(report: RenderReport) -> None:
    """Ends the command with what could not be rendered, where there is any.

    Raises:
        RenderIncomplete: naming every failure.
    """
    if report.failures:
        raise RenderIncomplete("\n".join(report.failures))


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr for work of several stages; what is piped away stays clean."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    names = {"renditions": _("Đọc và xử lý âm thanh"), "bulletins": _("Ghép bản tin"), "plan": _("Xếp lịch")}
    with Progress(*columns, console=Console(file=sys.stderr), transient=False) as bar:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(names.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show
