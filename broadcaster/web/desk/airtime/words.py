"""Outcomes, verdicts and other codes of the ledger, in words."""

from __future__ import annotations

from broadcaster.language import gettext as _
from broadcaster.models import Outcome
from broadcaster.reports.session_on_air import Reach
from broadcaster.verdicts import Verdict


def outcome_words(outcome: str) -> str:
    """How a player says that it went."""
    return {
        Outcome.PLAYED: _("phát đủ"),
        Outcome.PARTIAL: _("phát dở dang"),
        Outcome.FAILED: _("không phát được"),
    }[Outcome(outcome)]


def reach_words(reach: Reach) -> str:
    """What of an item was heard."""
    return {
        Reach.COMING: _("chưa đến giờ"),
        Reach.UNREPORTED: _("chưa có báo cáo"),
        Reach.WHOLE: _("nghe đủ"),
        Reach.PARTLY: _("nghe một phần"),
        Reach.NOT_HEARD: _("không nghe được"),
    }[reach]


def verdict_tag(verdict: Verdict) -> str:
    """The colour of a verdict's label; the words beside it say the same."""
    if verdict == Verdict.AS_PLANNED:
        return "good"
    return "bad" if verdict == Verdict.MISSED else "warm"
