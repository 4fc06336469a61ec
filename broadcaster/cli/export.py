"""`export`: what other systems are handed."""

from __future__ import annotations

from pathlib import Path

import click

from audio.files import write_whole
from broadcaster.cli.house import House, housed
from broadcaster.language import gettext as _
from broadcaster.publishing.provincial import provincial_articles
from feeds.provincial import provincial_json


@click.group()
def export() -> None:
    """Xuất dữ liệu cho hệ thống khác."""


@export.command("provincial")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@housed
def provincial(house: House, output: Path) -> None:
    """Bài được phép phát lúc này, theo tên trường của hệ thống thông tin nguồn cấp tỉnh. CHƯA được xác nhận."""
    with house.database.reading() as session:
        articles = provincial_articles(session, house.settings, house.voice, now=house.now)
    write_whole(output, provincial_json(articles))
    house.answer(
        {"file": str(output), "articles": len(articles), "confirmed": False},
        _("Đã ghi {file}: {count} bài", file=output.name, count=len(articles)),
        _("Ánh xạ dự kiến: chưa được đơn vị vận hành hệ thống nguồn cấp tỉnh xác nhận. Hãy hỏi họ trước khi gửi."),
    )
