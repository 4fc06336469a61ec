"""Báo cáo UBND: the month in prose and figures, as the station reports it to the People's Committee."""

from __future__ import annotations

from datetime import date

from broadcaster.airtime import UnitAirtime
from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.moments import month_words
from broadcaster.reports.campaign import CampaignReport
from broadcaster.reports.campaign_paper import deadline_words
from broadcaster.reports.committee import CommitteeReport
from broadcaster.reports.figures import count_words, length_words, percent_words
from broadcaster.reports.letterhead import letterhead, recipients
from broadcaster.reports.paper import Column, Heading, Kind, Office, Paper, Paragraph, Part, Signature, Table

#: So many of the units below their target stand in the report itself; all stand in the month's table.
MOST_NAMED = 15


def committee_paper(report: CommitteeReport, office: Office, *, dated: date) -> Paper:
    """The month as a report to the Committee, in the language of the moment."""
    about = _(
        "Kết quả tuyên truyền điển hình tiên tiến, người tốt, việc tốt trên hệ thống truyền thanh {month}",
        month=month_words(report.airtime.month),
    )
    return Paper(
        name=f"bao-cao-{report.airtime.month}",
        title=_("BÁO CÁO"),
        about=(about,),
        letterhead=letterhead(office, "BC", dated),
        dated=dated,
        language=current_language(),
        parts=(*_results(report), *_campaign(report.campaign), *_lacking(report)),
        signatures=(Signature(office.head or _("Thủ trưởng cơ quan"), _("(Ký, ghi rõ họ tên, đóng dấu)")),),
        recipients=recipients(_("UBND (để báo cáo)"), _("Phòng Nội vụ")),
    )


def _results(report: CommitteeReport) -> tuple[Part, ...]:
    totals, units = report.airtime.totals, report.airtime.units
    target_ms = totals["target_ms"]
    percent = 100 * totals["aired_ms"] / target_ms if target_ms else 100.0
    articles = _(
        "Trong tháng, {units} đơn vị đã gửi {received} bài viết; {confirmed} bài được duyệt phát. {exemplar} đơn vị đã "
        "có bài về điển hình tiên tiến, người tốt, việc tốt và {spontaneous} đơn vị đã có bài về cá nhân có thành tích "
        "đột xuất được phát.",
        units=sum(unit.received > 0 for unit in units),
        received=count_words(totals["received"]),
        confirmed=count_words(totals["confirmed"]),
        exemplar=len(units) - report.without_exemplar,
        spontaneous=len(units) - report.without_spontaneous,
    )
    aired = _(
        "Hệ thống truyền thanh đã phát {first} lượt phát mới và {repeats} lượt phát lại, tổng thời lượng {aired} "
        "(phút:giây), đạt {percent}% chỉ tiêu {target}; thời lượng theo kế hoạch là {planned}. Cổng thông tin điện tử "
        "đã đăng {posts} tin, bài.",
        first=count_words(totals["first_runs"]),
        repeats=count_words(totals["repeats"]),
        aired=length_words(totals["aired_ms"]),
        percent=percent_words(percent),
        target=length_words(target_ms),
        planned=length_words(totals["planned_ms"]),
        posts=count_words(totals["portal_posts"]),
    )
    counts = report.sessions
    sessions = _(
        "Đến thời điểm báo cáo có {held} buổi phát theo lịch: {heard} buổi có cụm loa báo đã phát, {failed} buổi mọi "
        "cụm loa đều báo lỗi, {unreported} buổi chưa có báo cáo; {cancelled} buổi không phát theo quyết định.",
        held=counts.held,
        heard=counts.heard,
        failed=counts.failed,
        unreported=counts.unreported,
        cancelled=counts.cancelled,
    )
    return (Heading(_("1. Kết quả chung")), Paragraph(articles), Paragraph(aired), Paragraph(sessions))


def _campaign(campaign: CampaignReport | None) -> tuple[Part, ...]:
    if campaign is None:
        return ()
    heading = Heading(_("2. Chỉ tiêu bài viết của đợt tuyên truyền"))
    about = Paragraph(f"{campaign.name}. {deadline_words(campaign)}")
    owing = campaign.owing
    if not owing:
        return (heading, about)
    return (
        heading,
        about,
        Table(
            columns=(
                Column("number", _("TT"), Kind.COUNT, 10),
                Column("name", _("Đơn vị còn thiếu bài")),
                Column("quota", _("Chỉ tiêu"), Kind.COUNT, 22),
                Column("subjects", _("Số nhân vật"), Kind.COUNT, 24),
                Column("missing", _("Còn thiếu"), Kind.COUNT, 24),
            ),
            rows=tuple(
                (number, unit.name, unit.quota, unit.subjects, unit.missing) for number, unit in enumerate(owing, 1)
            ),
            size=12,
        ),
    )


def _lacking(report: CommitteeReport) -> tuple[Part, ...]:
    heading = Heading(
        _("3. Đơn vị chưa đạt chỉ tiêu thời lượng") if report.campaign else _("2. Đơn vị chưa đạt chỉ tiêu thời lượng")
    )
    below = report.below_target
    if not below:
        return (heading, Paragraph(_("Tất cả các đơn vị đều đạt chỉ tiêu thời lượng.")))
    named = below[:MOST_NAMED]
    about = _(
        "{count} đơn vị chưa đạt chỉ tiêu thời lượng; {named} đơn vị thấp nhất nêu dưới đây, toàn bộ số liệu tại Bảng "
        "thời lượng phát thanh theo đơn vị {month}.",
        count=len(below),
        named=len(named),
        month=month_words(report.airtime.month),
    )
    return (heading, Paragraph(about), _below(named))


def _below(units: tuple[UnitAirtime, ...]) -> Table:
    return Table(
        columns=(
            Column("number", _("TT"), Kind.COUNT, 10),
            Column("name", _("Đơn vị")),
            Column("target_ms", _("Chỉ tiêu (phút)"), Kind.LENGTH, 24),
            Column("aired_ms", _("Phút thực"), Kind.LENGTH, 24),
            Column("percent", _("%"), Kind.PERCENT, 18),
        ),
        rows=tuple(
            (number, unit.name, unit.target_ms, unit.aired_ms, unit.percent) for number, unit in enumerate(units, 1)
        ),
        size=12,
    )
