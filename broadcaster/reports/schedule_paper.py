"""Lịch phát sóng tuần: the published schedule of a week, zone by zone, to be hung on a wall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from broadcaster.language import current_language
from broadcaster.language import gettext as _
from broadcaster.moments import day_words, minutes_words
from broadcaster.reports.letterhead import letterhead, made_and_signed, recipients
from broadcaster.reports.paper import Column, Kind, Office, Paper, Table, Value
from broadcaster.reports.terms import priority_words, run_words
from broadcaster.reports.weekly_schedule import ScheduledSession, WeekSchedule


def schedule_paper(schedule: WeekSchedule, office: Office, *, dated: date) -> Paper:
    """The week as a paper, in the language of the moment: a table a zone, its rows under their session."""
    zones = groupby(schedule.sessions, key=lambda one: one.zone_name)
    tables = tuple(_table(zone_name, list(sessions)) for zone_name, sessions in zones)
    about = _(
        "Tuần {week}, từ {first} đến {last}",
        week=schedule.week.partition("-W")[2],
        first=f"{schedule.monday:%d/%m/%Y}",
        last=f"{schedule.sunday:%d/%m/%Y}",
    )
    remark = _("PM: phát mới; PL: phát lại. Thời lượng ghi phút:giây. Giờ theo múi giờ {tz}.", tz=schedule.tz)
    empty = () if tables else (_("Tuần này không có buổi phát nào."),)
    return Paper(
        name=f"lich-phat-song-{schedule.week}",
        title=_("LỊCH PHÁT SÓNG TUẦN"),
        about=(about,),
        letterhead=letterhead(office, "LPS", dated),
        dated=dated,
        language=current_language(),
        parts=tables,
        remarks=(*empty, remark),
        signatures=made_and_signed(office),
        recipients=recipients(_("Các đài, cụm loa")),
    )


def _table(zone_name: str, sessions: Sequence[ScheduledSession]) -> Table:
    rows: list[tuple[Value, ...]] = []
    groups: list[str] = []
    for one in sessions:
        found: list[tuple[Value, ...]] = [
            (
                item.position + 1,
                item.title,
                item.unit_name,
                item.article,
                run_words(item.first_run),
                priority_words(item.priority),
                item.length_ms,
            )
            for item in one.items
        ] or [(None, _silence(one), None, None, None, None, None)]
        rows += found
        groups += [_session_words(one)] * len(found)
    return Table(
        columns=(
            Column("position", _("TT"), Kind.COUNT, 9),
            Column("title", _("Tên bài")),
            Column("unit_name", _("Đơn vị"), Kind.WORDS, 38),
            Column("article", _("Mã bài"), Kind.CODE, 22),
            Column("run", _("PM/PL"), Kind.CODE, 16),
            Column("priority", _("Ưu tiên"), Kind.WORDS, 17),
            Column("length_ms", _("Dài"), Kind.LENGTH, 14),
        ),
        rows=tuple(rows),
        caption=_("Địa bàn: {zone}", zone=zone_name),
        groups=tuple(groups),
    )


def _session_words(one: ScheduledSession) -> str:
    return f"{day_words(one.starts_at.date())} - {one.starts_at:%H:%M} - {minutes_words(one.length_ms)}"


def _silence(one: ScheduledSession) -> str:
    if one.cancelled_why is not None:
        return _("Không phát: {why}", why=one.cancelled_why)
    return _("Chưa xếp bài")
