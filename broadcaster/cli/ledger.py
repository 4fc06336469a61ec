"""`month` and `airings correct`: the ledger is closed month by month, and put right in the open."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path

import click

from audio.files import write_whole
from broadcaster.airtime import month_airtime, to_json
from broadcaster.breakdown import Share, month_breakdown
from broadcaster.cli.articles import airings
from broadcaster.cli.house import House, Instant, housed
from broadcaster.closing import AirtimeLine, close_month, correct_airing, month_lines
from broadcaster.language import gettext as _
from broadcaster.models import Outcome
from broadcaster.moments import minutes_words
from broadcaster.succession import line_airtime, line_of


@click.group()
def month() -> None:
    """Chốt sổ thời lượng."""


@month.command("close")
@click.argument("month_name", metavar="YYYY-MM")
@click.option("--by", required=True, metavar="TÀI_KHOẢN", help=_("Người chốt."))
@housed
def close(house: House, month_name: str, by: str) -> None:
    """Chốt một tháng đã qua: bảng giữ nguyên từ đó, báo muộn và đính chính ghi sang tháng đang mở."""
    with house.database.writing() as session:
        report = close_month(session, month_name, by=by, now=house.now, tz=house.settings.zone_info)
    words = _("Đã chốt tháng {month}, mã kiểm {digest}", month=month_name, digest=report.digest or "")
    house.answer({**to_json(report), "digest": report.digest}, words)


@month.command("lines")
@click.argument("month_name", metavar="YYYY-MM")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None)
@housed
def lines(house: House, month_name: str, output: Path | None) -> None:
    """Từng dòng làm nên thời lượng của tháng: buổi, địa bàn, bài, đơn vị, phát mới hay phát lại (csv)."""
    with house.database.reading() as session:
        found = month_lines(session, month_name, tz=house.settings.zone_info)
    text = _rows(AirtimeLine, [asdict(one) for one in found])
    if output is not None:
        write_whole(output, text.encode())
        house.answer({"file": str(output), "lines": len(found)}, _("Đã ghi {file}", file=output.name))
    else:
        house.answer({"month": month_name, "lines": [asdict(one) for one in found]}, text.rstrip("\n"))


@month.command("breakdown")
@click.argument("month_name", metavar="YYYY-MM")
@housed
def breakdown(house: House, month_name: str) -> None:
    """Thời lượng của tháng theo đơn vị, địa bàn, kênh, phát mới hay phát lại."""
    with house.database.reading() as session:
        shares = month_breakdown(session, month_name, tz=house.settings.zone_info)
    document = {"month": month_name, "shares": [asdict(share) for share in shares]}
    house.answer(document, _rows(Share, [asdict(share) for share in shares]).rstrip("\n"))


@month.command("line")
@click.argument("month_name", metavar="YYYY-MM")
@click.argument("unit")
@housed
def line(house: House, month_name: str, unit: str) -> None:
    """Thời lượng của cả dòng kế thừa của một đơn vị: đơn vị cũ và mới cộng lại."""
    with house.database.reading() as session:
        tz = house.settings.zone_info
        found = line_airtime(month_airtime(session, month_name, now=house.now, tz=tz), line_of(session, unit))
    words = _("{units}: {minutes}", units=", ".join(found.units), minutes=minutes_words(found.aired_ms))
    house.answer({"month": month_name, **asdict(found)}, words)


@airings.command("correct")
@click.argument("event_id")
@click.option("--player", default=None, help=_("Máy phát đã báo."))
@click.option("--outcome", type=click.Choice([outcome.value for outcome in Outcome]), required=True)
@click.option("--played-ms", type=click.IntRange(min=0), default=None, help=_("Số mili giây đã phát."))
@click.option("--started-at", type=Instant(), default=None, help=_("Giờ phát thật."))
@click.option("--why", required=True, help=_("Lý do."))
@click.option("--by", required=True, metavar="TÀI_KHOẢN", help=_("Người đính chính."))
@housed
def correct(
    house: House,
    event_id: str,
    player: str | None,
    outcome: str,
    played_ms: int | None,
    started_at: datetime | None,
    why: str,
    by: str,
) -> None:
    """Đính chính một lượt phát đã báo; số cũ vẫn lưu, tháng đã chốt không đổi."""
    with house.database.writing() as session:
        airing = correct_airing(
            session,
            event_id,
            player=player,
            outcome=Outcome(outcome),
            played_ms=played_ms,
            started_at=started_at,
            why=why,
            by=by,
            now=house.now,
        )
        document = {"event_id": airing.event_id, "outcome": airing.outcome, "played_ms": airing.played_ms}
    house.answer(document, _("Đã đính chính lượt phát {event}", event=event_id))


def _rows(of: type, rows: Sequence[dict[str, object]]) -> str:
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, [one.name for one in fields(of)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()
