"""`report`: the papers."""

from __future__ import annotations

import json
from pathlib import Path

import click

from audio.files import write_whole
from broadcaster.airtime import month_airtime, to_csv, to_json
from broadcaster.cli.house import House, housed
from broadcaster.language import gettext as _


@click.group()
def report() -> None:
    """Báo cáo."""


@report.command("airtime")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None)
@housed
def airtime(house: House, month: str, form: str, output: Path | None) -> None:
    """Thời lượng phát của từng đơn vị trong tháng, tính từ báo cáo đã phát."""
    with house.database.reading() as session:
        table = month_airtime(session, month, now=house.now, tz=house.settings.zone_info)
    text = to_csv(table) if form == "csv" else json.dumps(to_json(table), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        print(text, end="")
        return
    write_whole(output, text.encode())
    house.answer({"file": str(output)}, _("Đã ghi {file}", file=output.name))
