"""A campaign's quotas against its deadline: who has sent what, about how many subjects, and in time."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from broadcaster.errors import NotFound
from broadcaster.language import gettext as _
from broadcaster.models import (
    Airing,
    Approval,
    Article,
    BulletinItem,
    Campaign,
    CoverPerson,
    Endorsement,
    Outcome,
    Quota,
    Unit,
)
from broadcaster.months import day_start


@dataclass(frozen=True, slots=True)
class CampaignUnit:
    """A unit's part in a campaign; counts are of articles that were not withdrawn.

    `subjects` is what fulfils the quota: the distinct people or groups of those articles that arrived in time and bear
    the endorsement.
    """

    unit: str
    name: str
    kind: str
    quota: int
    received: int
    in_time: int
    late: int
    confirmed: int
    approved: int
    aired: int
    subjects: int

    @property
    def missing(self) -> int:
        return max(0, self.quota - self.subjects)


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """A campaign as it stands at a moment. `ends_at` is the first instant that is too late."""

    code: str
    name: str
    starts_on: date
    deadline_on: date
    deadline_inclusive: bool
    ends_at: datetime
    as_of: datetime
    units: tuple[CampaignUnit, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the units."""
        keys = ("quota", "received", "in_time", "late", "confirmed", "approved", "aired", "subjects", "missing")
        return {key: sum(getattr(unit, key) for unit in self.units) for key in keys}

    @property
    def owing(self) -> tuple[CampaignUnit, ...]:
        """The units that owe articles, those that lack most first."""
        return tuple(sorted((unit for unit in self.units if unit.missing), key=lambda unit: (-unit.missing, unit.name)))

    @property
    def is_over(self) -> bool:
        return self.as_of >= self.ends_at


def campaign_of(session: Session, code: str | None, *, now: datetime, tz: ZoneInfo) -> Campaign:
    """The campaign of a code, or without one the latest that has begun, else the next.

    Raises:
        NotFound: there is none.
    """
    campaigns = list(session.scalars(select(Campaign).order_by(Campaign.starts_on, Campaign.id)))
    if code is not None:
        campaigns = [campaign for campaign in campaigns if campaign.code == code]
    if not campaigns:
        raise NotFound(_("không có đợt «{code}»", code=code) if code else _("chưa có đợt tuyên truyền nào"))
    begun = [campaign for campaign in campaigns if campaign.starts_on <= now.astimezone(tz).date()]
    return begun[-1] if begun else campaigns[0]


def deadline_of(campaign: Campaign, tz: ZoneInfo) -> datetime:
    """The first instant that is too late: the deadline's own midnight, or the next one where that day still counts."""
    return day_start(campaign.deadline_on + timedelta(days=int(campaign.deadline_inclusive)), tz)


def campaign_report(session: Session, code: str | None, *, now: datetime, tz: ZoneInfo) -> CampaignReport:
    """Every unit that owes something or has sent something, in order of their names.

    A bounded number of queries; what arrived before the campaign began does not count.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = campaign_of(session, code, now=now, tz=tz)
    begins, ends = day_start(campaign.starts_on, tz), deadline_of(campaign, tz)
    sent = _sent(session, begins, now)
    owed = session.scalars(select(Quota).where(Quota.campaign_id == campaign.id))
    quotas = {quota.unit_id: quota.min_articles for quota in owed}
    units = [
        _unit(unit, quotas.get(unit.id, 0), sent.get(unit.id, []), ends)
        for unit in session.scalars(select(Unit).order_by(Unit.name, Unit.code))
        if sent.get(unit.id) or (quotas.get(unit.id) and _exists(unit, campaign))
    ]
    return CampaignReport(
        code=campaign.code,
        name=campaign.name,
        starts_on=campaign.starts_on,
        deadline_on=campaign.deadline_on,
        deadline_inclusive=campaign.deadline_inclusive,
        ends_at=ends,
        as_of=now.astimezone(tz),
        units=tuple(units),
    )


def campaign_to_json(report: CampaignReport) -> dict[str, object]:
    """The report as a JSON document."""
    return {
        "campaign": report.code,
        "name": report.name,
        "starts_on": report.starts_on.isoformat(),
        "deadline_on": report.deadline_on.isoformat(),
        "deadline_inclusive": report.deadline_inclusive,
        "as_of": report.as_of.isoformat(),
        "units": campaign_rows(report),
        "totals": report.totals,
    }


def campaign_rows(report: CampaignReport) -> list[dict[str, object]]:
    """One flat row a unit."""
    return [{**asdict(unit), "missing": unit.missing} for unit in report.units]


@dataclass(frozen=True, slots=True)
class _Sent:
    """An article that a unit sent. `subject` is a person's name: for telling apart, never for showing."""

    article_id: int
    received_at: datetime
    subject: str
    endorsed: bool
    approved: bool
    aired: bool


def _sent(session: Session, begins: datetime, now: datetime) -> dict[int, list[_Sent]]:
    """The articles of the campaign's time by unit."""
    aired = set(session.scalars(_aired_articles(begins)))
    approved = set(session.scalars(_approved_articles()))
    query = (
        select(Article.id, Article.unit_id, Article.received_at, CoverPerson.name, Endorsement.article_id)
        .outerjoin(CoverPerson, (CoverPerson.article_id == Article.id) & (CoverPerson.role == "subject"))
        .outerjoin(Endorsement, Endorsement.article_id == Article.id)
        .where(Article.withdrawn_at.is_(None), Article.received_at >= begins, Article.received_at <= now)
        .order_by(Article.id)
    )
    found: dict[int, list[_Sent]] = defaultdict(list)
    for article_id, unit_id, received_at, subject, endorsed in session.execute(query).tuples():
        # An article without a named subject counts as one about somebody of its own.
        name = _same(subject) if subject else f"#{article_id}"
        sent = _Sent(article_id, received_at, name, endorsed is not None, article_id in approved, article_id in aired)
        found[unit_id].append(sent)
    return found


def _aired_articles(since: datetime) -> Select[tuple[int | None]]:
    """Articles of which some player played at least half."""
    return (
        select(BulletinItem.article_id)
        .join(Airing, Airing.bulletin_id == BulletinItem.bulletin_id)
        .where(
            BulletinItem.article_id.is_not(None),
            Airing.started_at >= since,
            Airing.outcome != Outcome.FAILED,
            Airing.played_ms > BulletinItem.starts_ms,
            2 * (Airing.played_ms - BulletinItem.starts_ms) >= BulletinItem.length_ms,
        )
        .distinct()
    )


def _approved_articles() -> Select[tuple[int]]:
    """Articles whose present text is approved."""
    return (
        select(Approval.article_id)
        .join(Article, Article.id == Approval.article_id)
        .where(Approval.dropped_at.is_(None), Approval.text_digest == Article.text_digest)
        .distinct()
    )


def _unit(unit: Unit, quota: int, sent: Iterable[_Sent], ends: datetime) -> CampaignUnit:
    sent = list(sent)
    in_time = [one for one in sent if one.received_at < ends]
    return CampaignUnit(
        unit=unit.code,
        name=unit.name,
        kind=unit.kind,
        quota=quota,
        received=len(sent),
        in_time=len(in_time),
        late=len(sent) - len(in_time),
        confirmed=sum(one.endorsed for one in sent),
        approved=sum(one.approved for one in sent),
        aired=sum(one.aired for one in sent),
        subjects=len({one.subject for one in in_time if one.endorsed}),
    )


def _exists(unit: Unit, campaign: Campaign) -> bool:
    """Whether the unit exists on any day of the campaign."""
    begun = unit.valid_from is None or unit.valid_from <= campaign.deadline_on
    return begun and (unit.valid_to is None or unit.valid_to >= campaign.starts_on)


def _same(name: str) -> str:
    """A name as it compares: neither case nor the number of blanks makes another person."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
