"""How things are said: `articles check`, `articles accept`, and the town's lexicon."""

from __future__ import annotations

from pathlib import Path

import click

from audio.speech import Entry
from broadcaster.approvals import article_of
from broadcaster.cli.articles import FILE, articles
from broadcaster.cli.house import COMMAND_LINE, House, housed
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _
from broadcaster.lexicon import add_entries, checked_entry, entries_of_table, own_entries, remove_entry, station_voice
from broadcaster.readings import Doubt, accept_readings, doubts_of
from broadcaster.recordings import take_in, take_out


class BadCorrection(BroadcasterError):
    """A correction was not written as TOKEN=READING."""


@articles.command("check")
@click.argument("ref")
@housed
def articles_check(house: House, ref: str) -> None:
    """Cho xem những chỗ bài REF có thể bị đọc sai, kèm cách đọc đề nghị."""
    with house.database.reading() as session:
        doubts = doubts_of(session, article_of(session, ref), house.voice)
    lines = [_line(doubt) for doubt in doubts] or [_("{ref}: không có chỗ nào đáng ngờ", ref=ref)]
    house.answer({"ref": ref, "doubts": [_document(doubt) for doubt in doubts]}, *lines)


@articles.command("accept")
@click.argument("ref")
@click.option("--by", required=True, help=_("Tài khoản của người biên tập."))
@click.option("--say", "corrections", multiple=True, metavar="TOKEN=READING", help=_("Sửa cách đọc, ghi vào từ điển."))
@click.option("--unit-only", is_flag=True, help=_("Cách đọc sửa chỉ dùng cho đơn vị của bài."))
@housed
def articles_accept(house: House, ref: str, by: str, corrections: tuple[str, ...], unit_only: bool) -> None:
    """Chấp nhận cách đọc của bài REF, sửa chỗ chưa đúng trong cùng một bước."""
    with house.database.writing() as session:
        article = article_of(session, ref)
        unit = article.unit.code if unit_only else ""
        add_entries(session, [_entry(text, unit) for text in corrections], by=by, now=house.now)
    voice = station_voice(house.database, house.settings)
    with house.database.writing() as session:
        accepted = accept_readings(session, article_of(session, ref), voice, by=by, now=house.now)
    lines = [
        _("Đã chấp nhận: «{token}» → {spoken}", token=one.suspicion.token, spoken=one.suspicion.proposed)
        for one in accepted
    ]
    house.answer(
        {"ref": ref, "corrected": list(corrections), "accepted": [_document(doubt) for doubt in accepted]},
        *(lines or [_("{ref}: không còn chỗ nào chờ chấp nhận", ref=ref)]),
    )


@articles.command("record")
@click.argument("ref")
@click.argument("file", type=FILE, required=False)
@click.option("--remove", is_flag=True, help=_("Bỏ bản thu, quay lại giọng máy."))
@click.option("--by", default=COMMAND_LINE)
@housed
def articles_record(house: House, ref: str, file: Path | None, remove: bool, by: str) -> None:
    """Dùng bản thu âm FILE (mp3, wav, m4a, ogg) thay cho giọng máy của bài REF."""
    if (file is None) != remove:
        raise click.UsageError(_("Cần một trong hai: FILE hoặc --remove"))
    with house.database.writing() as session:
        if file is None:
            take_out(session, ref, by=by, now=house.now)
            house.answer({"ref": ref, "removed": True}, _("{ref}: đã bỏ bản thu âm", ref=ref))
            return
        recording = take_in(session, house.settings, ref, file, by=by, now=house.now)
        seconds = recording.length_ms / 1000
        document = {"ref": ref, "sha256": recording.sha256, "length_ms": recording.length_ms}
        words = _("{ref}: nhận bản thu dài {seconds:.1f} giây").format(ref=ref, seconds=seconds)
        house.answer({**document, "warnings": recording.warnings}, words, *recording.warnings)


@click.group()
def lexicon() -> None:
    """Từ điển cách đọc riêng của đài."""


@lexicon.command("add")
@click.argument("written")
@click.argument("spoken")
@click.option("--unit", default="", help=_("Chỉ dùng cho đơn vị này."))
@click.option("--before", multiple=True, help=_("Chỉ khi đứng sau một trong các từ này."))
@click.option("--after", multiple=True, help=_("Chỉ khi đứng trước một trong các từ này."))
@click.option("--by", default=COMMAND_LINE)
@housed
def lexicon_add(
    house: House, written: str, spoken: str, unit: str, before: tuple[str, ...], after: tuple[str, ...], by: str
) -> None:
    """Thêm hoặc sửa cách đọc của WRITTEN."""
    entry = checked_entry(Entry(written, spoken, before=before, after=after, unit=unit))
    with house.database.writing() as session:
        added = add_entries(session, [entry], by=by, now=house.now)
    house.answer({"added": added}, f"«{written}» → {spoken}")


@lexicon.command("import")
@click.argument("file", type=FILE)
@click.option("--by", default=COMMAND_LINE)
@housed
def lexicon_import(house: House, file: Path, by: str) -> None:
    """Nhập từ điển từ FILE (tsv), tất cả hoặc không gì cả."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise BadCorrection(_("{file}: không đọc được ({why})", file=file.name, why=unreadable)) from None
    with house.database.writing() as session:
        added = add_entries(session, entries_of_table(text), by=by, now=house.now)
    house.answer({"added": added}, _("{file}: {count} mục mới hoặc đổi", file=file.name, count=added))


@lexicon.command("remove")
@click.argument("written")
@click.option("--by", default=COMMAND_LINE)
@housed
def lexicon_remove(house: House, written: str, by: str) -> None:
    """Bỏ cách đọc riêng của WRITTEN."""
    with house.database.writing() as session:
        removed = remove_entry(session, written, by=by, now=house.now)
    house.answer({"removed": removed}, _("Đã bỏ «{written}»", written=written))


@lexicon.command("list")
@housed
def lexicon_list(house: House) -> None:
    """Liệt kê từ điển riêng của đài."""
    with house.database.reading() as session:
        entries = own_entries(session)
    rows = [{"written": one.written, "spoken": one.spoken, "kind": one.kind, "unit": one.unit} for one in entries]
    house.answer({"entries": rows}, *(f"«{one.written}» → {one.spoken}" for one in entries))


def _entry(text: str, unit: str) -> Entry:
    written, sign, spoken = text.partition("=")
    if not sign:
        raise BadCorrection(_("«{text}» phải viết dạng TOKEN=CÁCH ĐỌC", text=text))
    return checked_entry(Entry(written.strip(), spoken.strip(), unit=unit))


def _line(doubt: Doubt) -> str:
    sign = "✓" if doubt.accepted else "?"
    return f"{sign} «{doubt.suspicion.token}» → {doubt.suspicion.proposed}  ({doubt.suspicion.message})"


def _document(doubt: Doubt) -> dict[str, object]:
    one = doubt.suspicion
    return {
        "token": one.token,
        "kind": one.kind,
        "proposed": one.proposed,
        "message": one.message,
        "accepted": doubt.accepted,
        "stops": doubt.stops,
    }
