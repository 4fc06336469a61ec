"""Codes of the books in the words of the papers, in the language of the moment."""

from __future__ import annotations

from broadcaster.language import gettext as _
from broadcaster.verdicts import Verdict


def run_words(first_run: bool) -> str:
    """First run or repeat, as short as papers write it."""
    return _("PM") if first_run else _("PL")


def priority_words(priority: str) -> str:
    """The priority of an article; nothing for a normal one, so that the others catch the eye."""
    return {"priority": _("ưu tiên"), "urgent": _("khẩn cấp")}.get(priority, "")


def source_words(source: str) -> str:
    """Where the sound of an item came from; nothing where none had been made."""
    return {"tts": _("TTS"), "recording": _("thu âm"), "relay": _("tiếp sóng")}.get(source, "")


def kind_words(kind: str) -> str:
    """Which of the two monthly duties an article serves."""
    return _("Đột xuất") if kind == "spontaneous" else _("ĐHTT-NTVT")


def verdict_words(verdict: Verdict) -> str:
    """A verdict as staff say it."""
    return {
        Verdict.AS_PLANNED: _("đúng kế hoạch"),
        Verdict.LATE: _("muộn"),
        Verdict.PARTIAL: _("dở dang"),
        Verdict.MISSED: _("không phát"),
        Verdict.DUPLICATE: _("phát trùng"),
        Verdict.DISPLACED: _("sai giờ"),
        Verdict.UNPLANNED: _("ngoài kế hoạch"),
        Verdict.AWAITED: _("chờ báo cáo"),
    }[verdict]
