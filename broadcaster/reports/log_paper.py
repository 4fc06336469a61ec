"""Sổ theo dõi phát thanh: what was planned and what was heard, article by article, as the book that operators sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.moments import day_words, time_of_day_words
from broadcaster.reports.broadcast_log import LogRow
from broadcaster.reports.letterhead import letterhead, made_and_signed, recipients
from broadcaster.reports.paper import Column, Kind, Office, Paper, Table, Value
from broadcaster.reports.terms import priority_words, run_words, source_words


def log_paper(rows: Sequence[LogRow], first: date, last: date, office: Office, *, dated: date) -> Paper:
    """The log of these days as a paper, in the language of the moment: its rows under day, session and zone."""
    if first == last:
        about = day_words(first)
    else:
        about = _("Từ {first} đến {last}", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    remark = _(
        "PM: phát mới; PL: phát lại. Giờ thực và giây thực theo báo cáo của cụm loa phát tốt nhất trong địa bàn."
    )
    empty = () if rows else (_("Không có buổi nào phải ghi trong thời gian này."),)
    return Paper(
        name=f"so-theo-doi-{first}" if first == last else f"so-theo-doi-{first}-{last}",
        title=_("SỔ THEO DÕI PHÁT THANH"),
        about=(about,),
        letterhead=letterhead(office, "STD", dated),
        dated=dated,
        language=current_language(),
        parts=(_table(rows),) if rows else (),
        remarks=(*empty, remark),
        signatures=made_and_signed(office),
        recipients=recipients(),
        landscape=True,
    )


def _table(rows: Sequence[LogRow]) -> Table:
    return Table(
        columns=(
            Column("day", _("Ngày"), Kind.DAY, 19),
            Column("session", _("Buổi"), Kind.WORDS, 18),
            Column("planned_at", _("Giờ KH"), Kind.TIME, 15),
            Column("started_at", _("Giờ thực"), Kind.TIME, 15),
            Column("article", _("Mã bài"), Kind.CODE, 20),
            Column("unit_name", _("Đơn vị")),
            Column("source", _("Nguồn"), Kind.WORDS, 15),
            Column("run", _("PM/PL"), Kind.CODE, 13),
            Column("priority", _("Ưu tiên"), Kind.WORDS, 15),
            Column("clusters", _("Cụm đạt/lỗi"), Kind.CODE, 15),
            Column("planned_ms", _("Giây KH"), Kind.SECONDS, 15),
            Column("heard_ms", _("Giây thực"), Kind.SECONDS, 13),
            Column("on_duty", _("Người trực"), Kind.WORDS, 16),
            Column("approved_by", _("Người duyệt bài"), Kind.WORDS, 21),
            Column("incident", _("Sự cố")),
        ),
        rows=tuple(_row(row) for row in rows),
        total=_total(rows),
        groups=tuple(f"{day_words(row.day)} - {row.planned_at:%H:%M} - {row.zone_name}" for row in rows),
        size=9.5,
    )


def _row(row: LogRow) -> tuple[Value, ...]:
    return (
        row.day,
        time_of_day_words(row.planned_at.hour),
        row.planned_at.time(),
        row.started_at.time().replace(microsecond=0) if row.started_at else None,
        row.article,
        row.unit_name,
        source_words(row.source),
        run_words(row.first_run),
        priority_words(row.priority),
        f"{row.clusters_ok}/{row.clusters_failed}",
        row.planned_ms,
        row.heard_ms,
        row.on_duty,
        row.approved_by,
        row.incident,
    )


def _total(rows: Sequence[LogRow]) -> tuple[Value, ...]:
    words = _("Cộng {count} lượt", count=len(rows))
    planned_ms, heard_ms = sum(row.planned_ms for row in rows), sum(row.heard_ms for row in rows)
    return (None, None, None, None, None, words, None, None, None, None, planned_ms, heard_ms, None, None, None)
