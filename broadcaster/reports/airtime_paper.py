"""Bảng thời lượng tháng: the month's airtime of every unit, as the paper that staff know."""

from __future__ import annotations

from datetime import date

from broadcaster.airtime import MonthAirtime
from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.moments import month_words
from broadcaster.reports.figures import change_words
from broadcaster.reports.letterhead import letterhead, made_and_signed, recipients
from broadcaster.reports.monthly_airtime import MonthlyRow, monthly_rows
from broadcaster.reports.paper import Column, Kind, Office, Paper, Table, Value


def airtime_paper(month: MonthAirtime, office: Office, *, dated: date) -> Paper:
    """The month as a paper, in the language of the moment; units in the order of the report."""
    table = Table(
        columns=_columns(),
        rows=tuple(_row(row) for row in monthly_rows(month)),
        total=_total(month),
        size=10.5,
    )
    return Paper(
        name=f"thoi-luong-{month.month}",
        title=_("BẢNG THỜI LƯỢNG PHÁT THANH THEO ĐƠN VỊ"),
        about=(month_words(month.month).capitalize(),),
        letterhead=letterhead(office, "BTL", dated),
        dated=dated,
        language=current_language(),
        parts=(table,),
        remarks=_remarks(month),
        signatures=made_and_signed(office),
        recipients=recipients(_("Phòng Nội vụ")),
        landscape=True,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("number", _("TT"), Kind.COUNT, 8),
        Column("name", _("Đơn vị")),
        Column("target_ms", _("Chỉ tiêu (phút)"), Kind.LENGTH, 16),
        Column("received", _("Đã nhận"), Kind.COUNT, 12),
        Column("confirmed", _("Đã xác nhận"), Kind.COUNT, 14),
        Column("exemplar_articles", _("ĐHTT-NTVT (≥1)"), Kind.COUNT, 16),
        Column("spontaneous_articles", _("Đột xuất (≥1)"), Kind.COUNT, 14),
        Column("first_runs", _("Lượt PM"), Kind.COUNT, 12),
        Column("repeats", _("Lượt PL"), Kind.COUNT, 12),
        Column("planned_ms", _("Phút KH"), Kind.LENGTH, 17),
        Column("aired_ms", _("Phút thực"), Kind.LENGTH, 17),
        Column("percent", _("%"), Kind.PERCENT, 14),
        Column("portal_posts", _("Tin cổng"), Kind.COUNT, 12),
        Column("change_ms", _("± tháng trước (phút)"), Kind.CHANGE, 18),
        Column("remark", _("Ghi chú"), Kind.WORDS, 26),
    )


def _row(row: MonthlyRow) -> tuple[Value, ...]:
    figures = [getattr(row, column.key) for column in _columns()[:-1]]
    return (*figures, _remark(row))


def _remark(row: MonthlyRow) -> str:
    """What the unit lacks of its two monthly duties, and what came late; whoever signs may add by hand."""
    if len(row.lacks) == 2:
        lacks = _("thiếu cả hai loại bài")
    elif "exemplar" in row.lacks:
        lacks = _("thiếu ĐHTT-NTVT")
    else:
        lacks = _("thiếu đột xuất") if row.lacks else ""
    late = _("bổ sung {change}", change=change_words(row.late_ms)) if row.late_ms else ""
    return "; ".join(part for part in (lacks, late) if part)


def _total(month: MonthAirtime) -> tuple[Value, ...]:
    totals, units = month.totals, month.units
    percent = round(100 * totals["aired_ms"] / totals["target_ms"], 1) if totals["target_ms"] else 100.0
    return (
        None,
        _("Cộng {count} đơn vị", count=len(units)),
        totals["target_ms"],
        totals["received"],
        totals["confirmed"],
        sum(unit.exemplar_articles for unit in units),
        sum(unit.spontaneous_articles for unit in units),
        totals["first_runs"],
        totals["repeats"],
        totals["planned_ms"],
        totals["aired_ms"],
        percent,
        totals["portal_posts"],
        totals["aired_ms"] - sum(unit.previous_month_ms for unit in units),
        None,
    )


def _remarks(month: MonthAirtime) -> tuple[str, ...]:
    how = _(
        "PM: phát mới; PL: phát lại. Thời lượng ghi phút:giây, làm tròn đến giây; số thực chỉ tính theo báo cáo "
        "của cụm loa, mỗi buổi một lần."
    )
    late = _("Bổ sung: phần chênh lệch của tháng đã chốt do báo muộn hoặc đính chính, không cộng vào các cột.")
    closed = _("Tháng đã khóa sổ; mã kiểm tra {digest}.", digest=(month.digest or "")[:16])
    return (how, *((late,) if month.totals["late_ms"] or month.late else ()), *((closed,) if month.closed else ()))
