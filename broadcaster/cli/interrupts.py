"""`interrupts`: an urgent article on the air now, drills of it, and what became of them."""

from __future__ import annotations

from datetime import timedelta

import click

from broadcaster import interrupts as use_cases
from broadcaster.cli.house import COMMAND_LINE, House, housed
from broadcaster.language import gettext as _
from broadcaster.publishing import publish

LOOK_BACK = timedelta(days=31)


@click.group()
def interrupts() -> None:
    """Tin khẩn phát ngay, và diễn tập."""


@interrupts.command("send")
@click.argument("ref")
@click.option("--zones", multiple=True, help=_("Mã địa bàn, cách nhau bằng dấu phẩy; mặc định: địa bàn của bài."))
@click.option("--drill", is_flag=True, help=_("Diễn tập: nói rõ là diễn tập và không tính vào đâu cả."))
@click.option("--expires-in", default=30, type=click.IntRange(1, 24 * 60), help=_("Hết hiệu lực sau từng này phút."))
@housed
def send(house: House, ref: str, zones: tuple[str, ...], drill: bool, expires_in: int) -> None:
    """Phát ngay bài khẩn REF: mọi máy phát nhận được ở lần hỏi kế tiếp."""
    codes = use_cases.send_interrupt(
        house.database,
        house.settings,
        house.voice,
        ref,
        zone_codes=[code.strip() for text in zones for code in text.split(",") if code.strip()],
        drill=drill,
        expires_in=timedelta(minutes=expires_in),
        by=COMMAND_LINE,
        now=house.now,
    )
    publish(house.database, house.settings, house.voice, now=house.now)
    words = _("Đã gửi diễn tập: {codes}") if drill else _("Đã gửi tin khẩn: {codes}")
    house.answer({"codes": list(codes), "drill": drill}, words.format(codes=", ".join(codes)))


@interrupts.command("end")
@click.argument("code")
@housed
def end(house: House, code: str) -> None:
    """Gọi lại tin khẩn CODE."""
    with house.database.writing() as session:
        done = use_cases.end_interrupt(session, code, by=COMMAND_LINE, now=house.now)
    publish(house.database, house.settings, house.voice, now=house.now)
    words = _("Đã gọi lại {code}", code=code) if done else _("{code} đã hết hiệu lực từ trước", code=code)
    house.answer({"code": code, "ended": done}, words)


@interrupts.command("list")
@housed
def list_interrupts(house: House) -> None:
    """Tin khẩn và diễn tập trong tháng qua."""
    tz = house.settings.zone_info
    with house.database.reading() as session:
        rows = [
            {
                "code": row.code,
                "ref": row.article.ref,
                "zone": row.zone.code,
                "drill": row.drill,
                "sent_at": row.sent_at.astimezone(tz).isoformat(timespec="seconds"),
                "sent_by": row.sent_by,
                "on": row.is_on(house.now),
            }
            for row in use_cases.all_interrupts(session, since=house.now - LOOK_BACK)
        ]
    lines = [
        f"{row['code']}  {row['ref']}  {row['sent_at']}  {row['sent_by']}  "
        + (_("đang phát") if row["on"] else _("đã hết"))
        + (" – " + _("diễn tập") if row["drill"] else "")
        for row in rows
    ]
    house.answer({"interrupts": rows}, *(lines or [_("Chưa có tin khẩn nào")]))
