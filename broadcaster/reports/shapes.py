"""Every report in all its shapes: a document for programs, rows for spreadsheets, a paper for people.

Commands and pages hand over the same ones; what is read is read at once, what is made is made only when asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from broadcaster.airtime import month_airtime, to_csv, to_json
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _
from broadcaster.reports import plain_rows
from broadcaster.reports.airtime_paper import airtime_paper
from broadcaster.reports.broadcast_log import LOG_FIELDS, broadcast_log, log_document
from broadcaster.reports.campaign import CampaignUnit, campaign_report, campaign_rows, campaign_to_json
from broadcaster.reports.campaign_paper import campaign_paper
from broadcaster.reports.committee import committee_report, committee_to_json
from broadcaster.reports.committee_paper import committee_paper
from broadcaster.reports.log_paper import log_paper
from broadcaster.reports.paper import Office, Paper
from broadcaster.reports.printing import to_pdf
from broadcaster.reports.schedule_paper import schedule_paper
from broadcaster.reports.weekly_schedule import SCHEDULE_FIELDS, schedule_rows, schedule_to_json, week_schedule
from broadcaster.reports.workbook import to_workbook
from broadcaster.verdicts import Tolerances

#: A book of more days than these is printed month by month.
LONGEST_LOG = timedelta(days=30)
FORMATS = ("json", "csv", "xlsx", "pdf")


class BadDays(BroadcasterError):
    """Days that no log is kept of."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report; `name` is that of its file, without ending."""

    name: str
    document: Callable[[], object]
    table: Callable[[], str]
    paper: Callable[[Office, date], Paper]


def shaped(report: Report, form: str, office: Office, *, dated: date) -> bytes:
    """The report in one of `FORMATS`, in the language of the moment."""
    if form == "json":
        return (json.dumps(report.document(), ensure_ascii=False, indent=2) + "\n").encode()
    if form == "csv":
        return report.table().encode()
    paper = report.paper(office, dated)
    return to_pdf(paper) if form == "pdf" else to_workbook(paper)


def airtime_shapes(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> Report:
    """Bảng thời lượng tháng.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    found = month_airtime(session, month, now=now, tz=tz)
    return Report(
        f"thoi-luong-{month}",
        lambda: to_json(found),
        lambda: to_csv(found),
        lambda office, day: airtime_paper(found, office, dated=day),
    )


def schedule_shapes(session: Session, week: str, *, tz: ZoneInfo, zone: str | None = None) -> Report:
    """Lịch phát sóng tuần.

    Raises:
        BadWeek: the week is not written as 2026-W48.
        NotFound: there is no such zone.
    """
    found = week_schedule(session, week, tz=tz, zone=zone)
    return Report(
        f"lich-phat-song-{week}",
        lambda: schedule_to_json(found),
        lambda: plain_rows.to_csv(schedule_rows(found), SCHEDULE_FIELDS),
        lambda office, day: schedule_paper(found, office, dated=day),
    )


def log_shapes(
    session: Session, first: date, last: date, *, now: datetime, tz: ZoneInfo, tolerances: Tolerances
) -> Report:
    """Sổ theo dõi phát thanh of these days, both included.

    Raises:
        BadDays: the last day lies before the first, or too far behind it.
    """
    if last < first or last - first > LONGEST_LOG:
        raise BadDays(_("từ ngày đến ngày phải theo thứ tự và không quá {days} ngày", days=LONGEST_LOG.days + 1))
    rows = broadcast_log(session, first, last, now=now, tz=tz, tolerances=tolerances)
    documents = log_document(rows)
    about = {"from": first.isoformat(), "to": last.isoformat(), "tz": str(tz)}
    return Report(
        f"so-theo-doi-{first}" if first == last else f"so-theo-doi-{first}-{last}",
        lambda: {**about, "rows": documents},
        lambda: plain_rows.to_csv(documents, LOG_FIELDS),
        lambda office, day: log_paper(rows, first, last, office, dated=day),
    )


def campaign_shapes(session: Session, code: str | None, *, now: datetime, tz: ZoneInfo) -> Report:
    """A campaign's quotas against its deadline.

    Raises:
        NotFound: there is no such campaign.
    """
    found = campaign_report(session, code, now=now, tz=tz)
    fields = (*CampaignUnit.__dataclass_fields__, "missing")
    return Report(
        f"chi-tieu-{found.code}",
        lambda: campaign_to_json(found),
        lambda: plain_rows.to_csv(campaign_rows(found), fields),
        lambda office, day: campaign_paper(found, office, dated=day),
    )


def committee_shapes(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> Report:
    """Báo cáo UBND; its rows are those of the month's airtime.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    found = committee_report(session, month, now=now, tz=tz)
    return Report(
        f"bao-cao-{month}",
        lambda: committee_to_json(found),
        lambda: to_csv(found.airtime),
        lambda office, day: committee_paper(found, office, dated=day),
    )
