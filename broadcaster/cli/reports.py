"""`report`: the papers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from broadcaster.cli.house import House, housed
from broadcaster.cli.papers import Wanted, hand_over, handed_over, in_its_language
from broadcaster.language import gettext as _
from broadcaster.language import speaking
from broadcaster.months import month_of
from broadcaster.reconciliation import tolerances_of
from broadcaster.reports.city_package import write_city_package
from broadcaster.reports.office import office_of
from broadcaster.reports.shapes import (
    airtime_shapes,
    campaign_shapes,
    committee_shapes,
    log_shapes,
    schedule_shapes,
)


class Day(click.ParamType):
    """A day written as 2026-11-10."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(_("«{value}» không phải ngày (viết như 2026-11-10)", value=value), param, ctx)


@click.group()
def report() -> None:
    """Báo cáo và giấy tờ: json, csv, xlsx, pdf."""


@report.command("airtime")
@click.option("--month", required=True, metavar="YYYY-MM")
@handed_over
@housed
def airtime(house: House, month: str, wanted: Wanted) -> None:
    """Bảng thời lượng tháng của từng đơn vị, tính từ báo cáo đã phát."""
    with house.database.reading() as session:
        made = airtime_shapes(session, month, now=house.now, tz=house.settings.zone_info)
    hand_over(house, made, wanted)


@report.command("log")
@click.option("--date", "first", type=Day(), required=True, metavar="YYYY-MM-DD", help=_("Ngày, hoặc ngày đầu."))
@click.option(
    "--to", "last", type=Day(), default=None, metavar="YYYY-MM-DD", help=_("Ngày cuối (mặc định: cùng ngày).")
)
@handed_over
@housed
def log(house: House, first: date, last: date | None, wanted: Wanted) -> None:
    """Sổ theo dõi phát thanh: kế hoạch và thực tế của từng bài trong từng buổi."""
    tolerances = tolerances_of(house.settings)
    with house.database.reading() as session:
        tz = house.settings.zone_info
        made = log_shapes(session, first, last or first, now=house.now, tz=tz, tolerances=tolerances)
    hand_over(house, made, wanted)


@report.command("schedule")
@click.option("--week", required=True, metavar="YYYY-Www")
@click.option("--zone", default=None, help=_("Chỉ một địa bàn."))
@handed_over
@housed
def schedule(house: House, week: str, zone: str | None, wanted: Wanted) -> None:
    """Lịch phát sóng tuần đã công bố."""
    with house.database.reading() as session:
        made = schedule_shapes(session, week, tz=house.settings.zone_info, zone=zone)
    hand_over(house, made, wanted)


@report.command("campaign")
@click.option("--campaign", "code", default=None, help=_("Mã đợt tuyên truyền (mặc định: đợt đang diễn ra)."))
@handed_over
@housed
def campaign(house: House, code: str | None, wanted: Wanted) -> None:
    """Chỉ tiêu bài viết của đợt tuyên truyền, so với hạn gửi."""
    with house.database.reading() as session:
        made = campaign_shapes(session, code, now=house.now, tz=house.settings.zone_info)
    hand_over(house, made, wanted)


@report.command("committee")
@click.option("--month", default=None, metavar="YYYY-MM", help=_("Tháng (mặc định: tháng này)."))
@handed_over
@housed
def committee(house: House, month: str | None, wanted: Wanted) -> None:
    """Báo cáo UBND về kết quả của tháng."""
    tz = house.settings.zone_info
    with house.database.reading() as session:
        made = committee_shapes(session, month or month_of(house.now, tz), now=house.now, tz=tz)
    hand_over(house, made, wanted)


@report.command("city")
@click.option("--campaign", "code", default=None, help=_("Mã đợt tuyên truyền (mặc định: đợt đang diễn ra)."))
@click.option("--by", required=True, help=_("Tài khoản lập hồ sơ; phải là người có quyền duyệt."))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@in_its_language
@housed
def city(house: House, code: str | None, by: str, output: Path, language: str) -> None:
    """Hồ sơ gửi Thành phố (zip): bài đã duyệt, bìa, xác nhận, mục lục. Có dữ liệu cá nhân."""
    office, tz = office_of(house.settings), house.settings.zone_info
    with speaking(language):
        packed = write_city_package(house.database, output, code, office, by=by, now=house.now, tz=tz)
    house.answer(
        {"file": str(output), "campaign": packed.campaign, "articles": packed.articles, "sha256": packed.sha256},
        _("Đã ghi {file}: {count} bài, chỉ chủ tệp đọc được", file=output.name, count=packed.articles),
    )
