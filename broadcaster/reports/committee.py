"""What the People's Committee is told about a month: the figures of the ledger, the sessions and the campaign."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from broadcaster.airtime import MonthAirtime, UnitAirtime, month_airtime, to_json
from broadcaster.models import Airing, BroadcastSession, Campaign, Outcome
from broadcaster.months import bounds
from broadcaster.reports.campaign import CampaignReport, campaign_report, campaign_to_json


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """The sessions of a month that have begun: heard by somebody, reported as failed by all, never reported."""

    held: int
    heard: int
    failed: int
    unreported: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class CommitteeReport:
    """A month for the Committee. `campaign` is None where there is none."""

    airtime: MonthAirtime
    sessions: SessionCounts
    campaign: CampaignReport | None
    as_of: datetime

    @property
    def below_target(self) -> tuple[UnitAirtime, ...]:
        """The units that got less than they are owed, the worst served first."""
        short = (unit for unit in self.airtime.units if unit.shortfall_ms)
        return tuple(sorted(short, key=lambda unit: (unit.percent, -unit.shortfall_ms, unit.name)))

    @property
    def without_exemplar(self) -> int:
        return sum(not unit.exemplar_articles for unit in self.airtime.units)

    @property
    def without_spontaneous(self) -> int:
        return sum(not unit.spontaneous_articles for unit in self.airtime.units)


def committee_report(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> CommitteeReport:
    """The month up to now.

    Raises:
        BadMonth: the month is not written as 2026-04.
    """
    airtime = month_airtime(session, month, now=now, tz=tz)
    some_campaign = session.scalar(select(Campaign.id).limit(1)) is not None
    campaign = campaign_report(session, None, now=now, tz=tz) if some_campaign else None
    return CommitteeReport(airtime, session_counts(session, month, now=now, tz=tz), campaign, now.astimezone(tz))


def committee_to_json(report: CommitteeReport) -> dict[str, object]:
    """The report as a JSON document."""
    return {
        "month": report.airtime.month,
        "as_of": report.as_of.isoformat(),
        "airtime": to_json(report.airtime),
        "sessions": asdict(report.sessions),
        "units_without_exemplar": report.without_exemplar,
        "units_without_spontaneous": report.without_spontaneous,
        "units_below_target": [unit.unit for unit in report.below_target],
        "campaign": campaign_to_json(report.campaign) if report.campaign else None,
    }


def session_counts(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> SessionCounts:
    """The sessions of a month up to now, by what was reported of them."""
    begins, ends = bounds(month, tz)
    heard = func.max(case((Airing.outcome != Outcome.FAILED, 1), else_=0))
    query = (
        select(BroadcastSession.cancelled_why, func.count(Airing.id), heard)
        .outerjoin(Airing, Airing.session_id == BroadcastSession.id)
        .where(BroadcastSession.starts_at >= begins, BroadcastSession.starts_at < min(ends, now))
        .group_by(BroadcastSession.id, BroadcastSession.cancelled_why)
    )
    rows = session.execute(query).tuples().all()
    held = [(reports, was_heard) for why, reports, was_heard in rows if why is None]
    return SessionCounts(
        held=len(held),
        heard=sum(bool(was_heard) for _reports, was_heard in held),
        failed=sum(reports > 0 and not was_heard for reports, was_heard in held),
        unreported=sum(reports == 0 for reports, _was_heard in held),
        cancelled=len(rows) - len(held),
    )
