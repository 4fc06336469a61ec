"""The published schedule as a calendar a zone."""

from __future__ import annotations

from datetime import datetime

from broadcaster.config import Settings
from broadcaster.models import BroadcastSession, Placement, Zone
from broadcaster.months import month_of
from broadcaster.publishing.addresses import Addresses, guid_of_session
from broadcaster.publishing.tree import Content
from broadcaster.publishing.view import View, moments_of
from broadcaster.scripts import part_of_day
from feeds.calendar import calendar
from feeds.values import CalendarSession

#: Steps of a sequence for each published plan; no session changes as often under one plan.
PLAN_STEPS = 1_000


def schedule_files(view: View, settings: Settings, addresses: Addresses) -> dict[str, Content]:
    """The calendar of every zone."""
    return {addresses.calendar(zone.code): _calendar(zone, view, settings) for zone in view.zones}


def _calendar(zone: Zone, view: View, settings: Settings) -> bytes:
    sessions = [_session(row, view, settings) for row in view.sessions[zone.code]]
    return calendar(sessions, name=f"Lịch phát thanh {zone.name}", time_zone=settings.zone_info)


def _session(row: BroadcastSession, view: View, settings: Settings) -> CalendarSession:
    tz = settings.zone_info
    at = max(view.now, row.starts_at)
    changes = _changes(row, view, settings)
    return CalendarSession(
        uid=guid_of_session(row.zone.code, row.starts_at),
        starts_at=row.starts_at,
        length_ms=row.length_ms,
        title=f"Phát thanh {part_of_day(row.starts_at.astimezone(tz).time())} – {row.zone.name}",
        updated_at=max([view.changed_at(row, tz), *changes]),
        # What was withdrawn or has expired is not told either, of a session to come or a past one.
        lines=tuple(_line(one, view) for one in view.placements[row.id] if one.article.is_airable(at)),
        sequence=PLAN_STEPS * (view.plans_published.get(month_of(row.starts_at, tz), 1) - 1)
        + len(changes)
        + max(0, row.programme_version - 1),
        place=row.zone.name,
    )


def _changes(row: BroadcastSession, view: View, settings: Settings) -> set[datetime]:
    """The instants since the plan was published at which what is told of a session changed."""
    published = view.published_at.get(month_of(row.starts_at, settings.zone_info), view.since)
    moments = {moment for placement in view.placements[row.id] for moment in moments_of(placement.article)}
    moments |= view.removals.get(row.id, frozenset())
    if row.programme_changed_at is not None:
        moments.add(row.programme_changed_at)
    return {moment for moment in moments if published < moment <= view.now}


def _line(placement: Placement, view: View) -> str:
    embargo = placement.article.not_before
    if embargo is not None and embargo > view.now:
        return "Bài sẽ được giới thiệu trong buổi phát"
    return placement.article.title
