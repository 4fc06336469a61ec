"""Outcomes, verdicts and other codes of the ledger, in words."""

from __future__ import annotations

from broadcaster.language import gettext as _
from broadcaster.models import Outcome
from broadcaster.reports.airing_verdicts import Verdict


def outcome_words(outcome: str) -> str:
    """How a player says that it went."""
    return {
        Outcome.PLAYED: _("phát đủ"),
        Outcome.PARTIAL: _("phát dở dang"),
        Outcome.FAILED: _("không phát được"),
    }[Outcome(outcome)]


def verdict_words(verdict: Verdict) -> str:
    """What became of an item."""
    return {
        Verdict.COMING: _("chưa đến giờ"),
        Verdict.UNREPORTED: _("chưa có báo cáo"),
        Verdict.WHOLE: _("nghe đủ"),
        Verdict.PARTLY: _("nghe một phần"),
        Verdict.NOT_HEARD: _("không nghe được"),
    }[verdict]
