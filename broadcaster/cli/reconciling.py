"""`reconcile` and `alerts`: what became of what was planned, and what somebody should look at."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import click

from broadcaster.alerts import open_alerts
from broadcaster.cli.house import House, housed
from broadcaster.language import gettext as _
from broadcaster.makeups import make_ups
from broadcaster.months import bounds, day_start
from broadcaster.reconciliation import SessionVerdict, counts_of, reconcile, tolerances_of
from broadcaster.reports.terms import verdict_words
from broadcaster.verdicts import Verdict


@click.command("reconcile")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help=_("Chỉ các buổi của ngày này."))
@click.option("--month", "month", metavar="YYYY-MM", default=None, help=_("Các buổi của tháng này."))
@housed
def reconcile_command(house: House, day: datetime | None, month: str | None) -> None:
    """Đối soát kế hoạch với báo cáo đã phát (mặc định: hôm nay), và đề nghị phát bù."""
    tz = house.settings.zone_info
    if day is not None and month is not None:
        raise click.UsageError(_("chọn --date hoặc --month, không chọn cả hai"))
    if month is not None:
        begins, ends = bounds(month, tz)
    else:
        begins = day_start(day.date() if day else house.now.astimezone(tz).date(), tz)
        ends = begins + timedelta(days=1)
    with house.database.reading() as session:
        verdicts = reconcile(session, begins, ends, now=house.now, tolerances=tolerances_of(house.settings), tz=tz)
        awaited = timedelta(hours=house.settings.reports_awaited_h)
        proposed = make_ups(session, now=house.now, awaited=awaited, tz=tz)
    counts = counts_of(verdicts)
    lines = [_line(one) for one in verdicts if one.verdict != Verdict.AS_PLANNED]
    lines.append(", ".join(f"{verdict_words(Verdict(name))} {count}" for name, count in counts.items() if count))
    lines += [
        _(
            "Phát bù: {article} ở {zone}: {place}",
            article=one.article,
            zone=one.zone,
            place=one.proposed or _("hết chỗ"),
        )
        for one in proposed
    ]
    document = {
        "sessions": [_document(one) for one in verdicts],
        "counts": counts,
        "make_ups": [asdict(one) for one in proposed],
    }
    house.answer(document, *(line for line in lines if line))


@click.command("alerts")
@housed
def alerts_command(house: House) -> None:
    """Những điều cần xem ngay."""
    with house.database.reading() as session:
        found = open_alerts(session, house.settings.zone_info)
    document = {"alerts": [{**asdict(one), "opened_at": one.opened_at.isoformat()} for one in found]}
    house.answer(document, *([one.words for one in found] or [_("Không có cảnh báo nào")]))


def _line(one: SessionVerdict) -> str:
    worse = [f"{player.player or '-'} {verdict_words(player.verdict)}" for player in one.players]
    return f"{one.code}: {verdict_words(one.verdict)} ({', '.join(worse)})"


def _document(one: SessionVerdict) -> dict[str, object]:
    return {
        "session": one.code,
        "zone": one.zone,
        "starts_at": one.starts_at.isoformat(),
        "verdict": one.verdict.value,
        "players": [
            {
                "player": player.player,
                "verdict": player.verdict.value,
                "started_at": player.started_at.isoformat() if player.started_at else None,
                "late_ms": player.late_ms,
                "played_ms": player.played_ms,
                "reasons": list(player.reasons),
            }
            for player in one.players
        ],
    }
