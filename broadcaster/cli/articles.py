"""What comes in, is approved, is reported as aired, or is taken back."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from broadcaster import airing, approvals
from broadcaster.cli.house import COMMAND_LINE, House, housed, progress_bar, raise_failures
from broadcaster.errors import BroadcasterError, ImportRefused
from broadcaster.intake.articles import import_articles
from broadcaster.intake.station import import_station
from broadcaster.intake.units import Imported, import_units
from broadcaster.language import gettext as _
from broadcaster.publishing import publish
from broadcaster.rendering import render

FILE = click.Path(path_type=Path, dir_okay=False)


class SomeFilesRefused(BroadcasterError):
    """Of several files some could not be taken in; each was told with its faults."""


@click.group()
def station() -> None:
    """Địa bàn, chuyên mục, khung giờ, máy phát, tài khoản, chỉ tiêu."""


@station.command("import")
@click.argument("file", type=FILE)
@housed
def station_import(house: House, file: Path) -> None:
    """Nhập cấu hình đài từ FILE (json)."""
    with house.database.writing() as session:
        tokens = import_station(session, file, now=house.now, tz=house.settings.zone_info, by=COMMAND_LINE)
    shown = [_("Khóa ghi của máy phát {code} (chỉ hiện một lần): {token}", code=k, token=v) for k, v in tokens.items()]
    house.answer({"tokens": tokens}, _("Đã nhập cấu hình {file}", file=file.name), *shown)


@click.group()
def units() -> None:
    """Các đơn vị."""


@units.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help=_("Chỉ kiểm tra, không lưu."))
@housed
def units_import(house: House, file: Path, dry_run: bool) -> None:
    """Nhập đơn vị từ FILE (json, xlsx, csv), tất cả hoặc không gì cả."""
    tz = house.settings.zone_info
    try:
        with house.database.writing() as session:
            done = import_units(session, file, now=house.now, tz=tz, by=COMMAND_LINE, dry_run=dry_run)
    except ImportRefused as refused:
        _refuse(house, {file.name: refused})
        return
    house.answer(_document({file.name: done}), *_lines(file.name, done, dry_run))


@click.group()
def articles() -> None:
    """Bài viết."""


@articles.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help=_("Chỉ kiểm tra, không lưu."))
@housed
def articles_import(house: House, files: tuple[Path, ...], dry_run: bool) -> None:
    """Nhập bài từ FILES (json, xlsx, docx); mỗi tệp được nhận trọn vẹn hoặc bị từ chối trọn vẹn."""
    tz = house.settings.zone_info
    done: dict[str, Imported] = {}
    refused: dict[str, ImportRefused] = {}
    for file in files:
        try:
            with house.database.writing() as session:
                done[file.name] = import_articles(session, file, now=house.now, tz=tz, by=COMMAND_LINE, dry_run=dry_run)
        except ImportRefused as faults:
            refused[file.name] = faults
    if done:
        lines = [line for name, imported in done.items() for line in _lines(name, imported, dry_run)]
        if not (refused and house.as_json):
            house.answer(_document(done), *lines)
    if refused:
        _refuse(house, refused, done)


@articles.command("approve")
@click.argument("refs", nargs=-1, required=True)
@click.option("--by", required=True, help=_("Tài khoản của người duyệt."))
@click.option("--accept-readings", is_flag=True, help=_("Chấp nhận luôn cách đọc đề nghị của những chỗ chưa biết."))
@housed
def articles_approve(house: House, refs: tuple[str, ...], by: str, accept_readings: bool) -> None:
    """Duyệt phát các bài đã có xác nhận của đơn vị."""
    with house.database.writing() as session:
        newly = approvals.approve(session, refs, voice=house.voice, by=by, now=house.now, accept_doubts=accept_readings)
    already = [ref for ref in refs if ref not in newly]
    lines = [_("Đã duyệt: {refs}", refs=", ".join(newly))] if newly else []
    lines += [_("Đã được duyệt từ trước: {refs}", refs=", ".join(already))] if already else []
    house.answer({"approved": list(newly), "already": already}, *lines)


@click.command()
@click.argument("ref")
@click.option("--why", required=True, help=_("Lý do, để ghi vào sổ."))
@housed
def withdraw(house: House, ref: str, why: str) -> None:
    """Rút bài REF khỏi mọi buổi phát, chuyên mục và máy phát."""
    with house.database.writing() as session:
        freed = approvals.withdraw(session, ref, why=why, by=COMMAND_LINE, now=house.now)
    tz = house.settings.zone_info
    places = [
        {"where": place.where, "at": place.at.astimezone(tz).isoformat(), "published": place.published}
        for place in freed
    ]
    with progress_bar() as progress:
        rendered = render(house.database, house.settings, house.voice, now=house.now, progress=progress)
    changes = publish(house.database, house.settings, house.voice, now=house.now)
    lines = [_("Đã rút «{ref}»", ref=ref)]
    lines += [f"  {place['where']}  {place['at']}" for place in places]
    lines += [_("Bản tin đã ghép lại: {codes}", codes=", ".join(rendered.bulletins) or "–")]
    lines += [f"  {path}" for path in (*changes.changed, *changes.removed)]
    document = {
        "ref": ref,
        "freed": places,
        "bulletins": rendered.bulletins,
        "changed": list(changes.changed),
        "removed": list(changes.removed),
    }
    house.answer(document, *lines)
    raise_failures(rendered)


@click.group()
def airings() -> None:
    """Báo cáo đã phát."""


@airings.command("import")
@click.argument("file", type=FILE)
@housed
def airings_import(house: House, file: Path) -> None:
    """Nhập báo cáo đã phát từ FILE (json, csv); dòng hỏng không làm hỏng dòng khác."""
    with house.database.writing() as session:
        results = airing.import_airings(session, file, by=COMMAND_LINE, now=house.now)
    counts = Counter(result.status for result in results)
    words = _("Ghi nhận {recorded}, trùng {duplicate}, từ chối {rejected}").format(
        recorded=counts["recorded"], duplicate=counts["duplicate"], rejected=counts["rejected"]
    )
    house.answer({"results": [asdict(result) for result in results]}, words)
    rejected = [result for result in results if result.status == "rejected"]
    if rejected:
        for result in rejected:
            print(f"{result.event_id or '?'}: {result.reason}", file=sys.stderr)
        raise click.exceptions.Exit(1)


def _document(done: dict[str, Imported]) -> dict[str, object]:
    return {"files": {name: asdict(imported) for name, imported in done.items()}}


def _lines(name: str, done: Imported, dry_run: bool) -> list[str]:
    words = _("{file}: {added} mới, {changed} thay đổi, {same} như cũ")
    line = words.format(file=name, added=len(done.added), changed=len(done.changed), same=len(done.same))
    return [line + (_(" (chạy thử, chưa lưu)") if dry_run else ""), *(f"  {note}" for note in done.notes)]


def _refuse(house: House, refused: dict[str, ImportRefused], done: dict[str, Imported] | None = None) -> None:
    """Names every fault of every refused file, and ends with status 1."""
    if house.as_json:
        faults = {name: [asdict(fault) for fault in one.faults] for name, one in refused.items()}
        house.answer({**_document(done or {}), "refused": faults})
    lines = [
        _("{file}: từ chối, {count} lỗi, không lưu gì", file=name, count=len(one.faults)) + "\n" + str(one)
        for name, one in refused.items()
    ]
    raise SomeFilesRefused("\n".join(lines))
