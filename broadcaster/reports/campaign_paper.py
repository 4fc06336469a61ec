"""The campaign report: each unit's quota against what it has sent, as a paper."""

from __future__ import annotations

from datetime import date

from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.reports.campaign import CampaignReport, CampaignUnit
from broadcaster.reports.letterhead import letterhead, made_and_signed, recipients
from broadcaster.reports.paper import Column, Kind, Office, Paper, Paragraph, Table, Value


def campaign_paper(report: CampaignReport, office: Office, *, dated: date) -> Paper:
    """The campaign as a paper, in the language of the moment."""
    return Paper(
        name=f"dot-{report.code}-{report.as_of:%Y-%m-%d}",
        title=_("TỔNG HỢP KẾT QUẢ THỰC HIỆN CHỈ TIÊU BÀI VIẾT"),
        about=(report.name,),
        letterhead=letterhead(office, "THCT", dated),
        dated=dated,
        language=current_language(),
        parts=(Paragraph(deadline_words(report)), _table(report)),
        remarks=(
            _(
                "Số nhân vật tính các nhân vật khác nhau trong những bài gửi đúng hạn và đã được thủ trưởng xác nhận; "
                "bài đã rút không tính."
            ),
        ),
        signatures=made_and_signed(office),
        recipients=recipients(_("UBND (để báo cáo)"), _("Phòng Nội vụ")),
        landscape=True,
    )


def deadline_words(report: CampaignReport) -> str:
    """When articles had to be there, and how the campaign stands."""
    day = f"{report.deadline_on:%d/%m/%Y}"
    if report.deadline_inclusive:
        until = _("Hạn gửi bài: hết ngày {day}.", day=day)
    else:
        until = _("Hạn gửi bài: trước ngày {day}.", day=day)
    done = sum(not unit.missing for unit in report.units if unit.quota)
    stands = _(
        "Tính đến {time} ngày {day}: {done}/{all} đơn vị có chỉ tiêu đã đạt, toàn đợt còn thiếu {missing} nhân vật.",
        time=f"{report.as_of:%H:%M}",
        day=f"{report.as_of:%d/%m/%Y}",
        done=done,
        all=sum(unit.quota > 0 for unit in report.units),
        missing=report.totals["missing"],
    )
    return f"{until} {stands}"


def _table(report: CampaignReport) -> Table:
    totals = report.totals
    return Table(
        columns=(
            Column("number", _("TT"), Kind.COUNT, 9),
            Column("name", _("Đơn vị")),
            Column("quota", _("Chỉ tiêu"), Kind.COUNT, 17),
            Column("received", _("Đã nhận"), Kind.COUNT, 16),
            Column("in_time", _("Đúng hạn"), Kind.COUNT, 17),
            Column("late", _("Quá hạn"), Kind.COUNT, 17),
            Column("confirmed", _("Đã xác nhận"), Kind.COUNT, 18),
            Column("approved", _("Đã duyệt"), Kind.COUNT, 17),
            Column("aired", _("Đã phát"), Kind.COUNT, 16),
            Column("subjects", _("Số nhân vật"), Kind.COUNT, 18),
            Column("missing", _("Còn thiếu"), Kind.COUNT, 17),
            Column("state", _("Kết quả"), Kind.WORDS, 36),
        ),
        rows=tuple(_row(number, unit, report) for number, unit in enumerate(report.units, start=1)),
        total=(
            None,
            _("Cộng {count} đơn vị", count=len(report.units)),
            *(totals[key] for key in ("quota", "received", "in_time", "late")),
            *(totals[key] for key in ("confirmed", "approved", "aired", "subjects", "missing")),
            None,
        ),
    )


def _row(number: int, unit: CampaignUnit, report: CampaignReport) -> tuple[Value, ...]:
    return (
        number,
        unit.name,
        unit.quota,
        unit.received,
        unit.in_time,
        unit.late,
        unit.confirmed,
        unit.approved,
        unit.aired,
        unit.subjects,
        unit.missing,
        state_words(unit, is_over=report.is_over),
    )


def state_words(unit: CampaignUnit, *, is_over: bool) -> str:
    """How a unit stands: nothing is owed, done, still to come, or too late."""
    if not unit.quota:
        return _("không giao chỉ tiêu")
    if not unit.missing:
        return _("đạt")
    return _("không đạt") if is_over else _("chưa đủ")
