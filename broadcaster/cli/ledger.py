"""`month` and `airings correct`: the ledger is closed month by month, and put right in the open."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from audio.files import write_whole
from broadcaster.airtime import to_json
from broadcaster.cli.articles import airings
from broadcaster.cli.house import House, Instant, housed
from broadcaster.closing import AirtimeLine, close_month, correct_airing, month_lines
from broadcaster.language import gettext as _
from broadcaster.models import Outcome


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
    text = _csv(found)
    if output is not None:
        write_whole(output, text.encode())
        house.answer({"file": str(output), "lines": len(found)}, _("Đã ghi {file}", file=output.name))
    else:
        house.answer({"month": month_name, "lines": [asdict(line) for line in found]}, text.rstrip("\n"))


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


def _csv(found: tuple[AirtimeLine, ...]) -> str:
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(AirtimeLine.__dataclass_fields__), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(line) for line in found)
    return sheet.getvalue()
