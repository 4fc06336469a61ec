"""`pull`: an operator's agent. The work is done by the very file that is given to old PCs."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from broadcaster.agent import town_player
from broadcaster.cli.house import House, housed
from broadcaster.language import current_language
from broadcaster.language import gettext as _


@click.command()
@click.option("--manifest", required=True, metavar="URL", help=_("Địa chỉ danh mục của máy phát này."))
@click.option("--into", required=True, type=click.Path(path_type=Path, file_okay=False), help=_("Thư mục để phát."))
@click.option("--report", default="", metavar="URL", help=_("Địa chỉ máy chủ nhận báo cáo phát."))
@click.option("--token", default="", help=_("Khóa ghi; nên để trong TOWN_PLAYER_TOKEN thay vì trên dòng lệnh."))
@click.option("--limit-mb", default=0, type=click.IntRange(0), help=_("Giữ không quá từng này MB, buổi gần trước."))
@click.option("--days", default=0, type=click.IntRange(0), help=_("Chỉ giữ trước từng này ngày."))
@click.option("--keep-free-mb", default=50, type=click.IntRange(0), help=_("Luôn chừa trên đĩa từng này MB."))
@click.option("--allow-host", "hosts", multiple=True, metavar="HOST", help=_("Cho phép chuyển hướng sang máy này."))
@click.option("--proxy", default="", metavar="URL", help=_("Đi qua máy trung gian này; biến môi trường không tính."))
@housed
def pull(
    house: House,
    manifest: str,
    into: Path,
    report: str,
    token: str,
    limit_mb: int,
    days: int,
    keep_free_mb: int,
    hosts: tuple[str, ...],
    proxy: str,
) -> None:
    """Đồng bộ thư mục theo danh mục, kiểm SHA-256, gửi báo cáo phát còn chờ; mất mạng vẫn dùng bản đã có."""
    named = click.get_current_context().get_parameter_source("now") is click.core.ParameterSource.COMMANDLINE
    ahead_s = house.now.timestamp() - time.time()
    options = town_player.Options(
        manifest=manifest,
        into=into,
        report=report,
        token=token or os.environ.get("TOWN_PLAYER_TOKEN", ""),
        limit_bytes=limit_mb * 1_000_000,
        days=days,
        keep_free_bytes=keep_free_mb * 1_000_000,
        proxy=proxy,
        allowed_hosts=hosts,
        language=current_language(),
        # A moment that was asked for is not corrected by any server's.
        wall=(lambda: time.time() + ahead_s) if named else time.time,
        follow_server=not named,
    )
    words = town_player.Speaker(options.language)
    fault = options.fault()
    if fault is not None:
        raise click.UsageError(words(fault))
    try:
        agent = town_player.Agent(options, on_line=(lambda _line: None) if house.as_json else print)
        with agent.folder.alone():
            outcome = agent.pull()
    except town_player.Trouble as trouble:
        print(trouble.said(words), file=sys.stderr)
        raise click.exceptions.Exit(1) from None
    if house.as_json:
        house.answer(outcome.document())
    if not outcome.ok:
        if outcome.problem:
            print(outcome.problem, file=sys.stderr)
        raise click.exceptions.Exit(1)
