"""How every paper is handed over: the same options, the same four formats, Vietnamese unless English is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from audio.files import write_whole
from broadcaster.cli.house import House
from broadcaster.errors import BroadcasterError
from broadcaster.language import LANGUAGES, SOURCE_LANGUAGE, speaking
from broadcaster.language import gettext as _
from broadcaster.reports.office import office_of
from broadcaster.reports.shapes import FORMATS, Report, shaped

Arguments = ParamSpec("Arguments")


class NotForTheScreen(BroadcasterError):
    """A workbook or a printed page was to be written to a terminal."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shape that was asked for, where to put it, and the language of the paper."""

    form: str
    output: Path | None
    language: str


def in_its_language(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Gives a command the option `--lang`, as its argument `language`.

    What is printed for the town is Vietnamese, whatever language the staff's program speaks.
    """

    @click.option("--lang", type=click.Choice(LANGUAGES), default=None, help=_("Ngôn ngữ của giấy tờ (mặc định: vi)."))
    @wraps(command)
    def wrapped(*rest: Arguments.args, **named: Arguments.kwargs) -> None:
        language = named.pop("lang") or click.get_current_context().find_root().obj or SOURCE_LANGUAGE
        command(*rest, **named, language=language)  # type: ignore[arg-type]  # click gives by name

    return wrapped


def handed_over(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Gives a command the options of a paper, as its argument `wanted`."""

    @click.option("--format", "form", type=click.Choice(FORMATS), default="json")
    @click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None)
    @in_its_language
    @wraps(command)
    def wrapped(*rest: Arguments.args, **named: Arguments.kwargs) -> None:
        wanted = Wanted(*(named.pop(name) for name in ("form", "output", "language")))  # type: ignore[arg-type]  # as above
        command(*rest, **named, wanted=wanted)  # type: ignore[arg-type]  # as above

    return wrapped


def hand_over(house: House, report: Report, wanted: Wanted) -> None:
    """Writes the report in the shape that was asked for.

    Raises:
        NotForTheScreen: a file of bytes was to go to a terminal.
    """
    dated = house.now.astimezone(house.settings.zone_info).date()
    with speaking(wanted.language):
        data = shaped(report, wanted.form, office_of(house.settings), dated=dated)
    if wanted.output is not None:
        write_whole(wanted.output, data)
        house.answer({"file": str(wanted.output)}, _("Đã ghi {file}", file=wanted.output.name))
        return
    if wanted.form in ("xlsx", "pdf") and sys.stdout.isatty():
        raise NotForTheScreen(_("tệp {form} không hiện được trên màn hình; hãy thêm -o TỆP", form=wanted.form))
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
