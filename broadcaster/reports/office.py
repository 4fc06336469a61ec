"""Whose papers these are, as the settings say it."""

from __future__ import annotations

from broadcaster.config import Settings
from broadcaster.reports.paper import Office


def office_of(settings: Settings) -> Office:
    """The office that issues the papers of an installation."""
    return Office(
        station=settings.station,
        authority=settings.office_authority,
        symbol=settings.office_symbol,
        place=settings.office_place,
        head=settings.office_head,
    )
