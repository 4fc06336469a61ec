"""Codes of the books in words for people."""

from __future__ import annotations

from enum import StrEnum

from broadcaster.language import SOURCE_LANGUAGE, current_language
from broadcaster.language import gettext as _
from scheduler.slots import MissingDay

#: Engines that no listener should take for the finished voice.
DRAFT_GRADE = frozenset({"espeak", "monotone"})


class Stage(StrEnum):
    """Where a session stands: before, during and after its time; after it, only reports tell what was heard."""

    COMING = "coming"
    ON_AIR = "on-air"
    AIRED = "aired"
    PARTLY = "partly"
    FAILED = "failed"
    UNREPORTED = "unreported"
    CANCELLED = "cancelled"


def stage_words(stage: Stage) -> str:
    """The stage on a label."""
    return {
        Stage.COMING: _("sắp phát"),
        Stage.ON_AIR: _("đang phát"),
        Stage.AIRED: _("đã phát"),
        Stage.PARTLY: _("phát dở dang"),
        Stage.FAILED: _("báo không phát được"),
        Stage.UNREPORTED: _("hết giờ, chưa có báo cáo"),
        Stage.CANCELLED: _("đã hủy"),
    }[stage]


def engine_of(speaker: str) -> str:
    """The engine's own name, without the voice behind it."""
    return speaker.split(" ")[0]


def speaker_words(speaker: str) -> str:
    """Who spoke, honestly: machines are called machines, and drafts drafts."""
    engine = engine_of(speaker)
    if engine == "monotone":
        return _("âm thử, không phải giọng nói ({speaker})", speaker=engine)
    if engine in DRAFT_GRADE:
        return _("máy đọc ({speaker}), giọng nháp", speaker=engine)
    return _("máy đọc ({speaker})", speaker=engine)


def fallback_words(code: str) -> str:
    """Why an engine that was to speak did not."""
    return {
        "unreachable": _("không kết nối được"),
        "timed_out": _("quá thời gian chờ"),
        "busy": _("máy chủ giọng đọc quá bận"),
        "refused": _("máy chủ giọng đọc từ chối"),
        "broken_answer": _("âm thanh nhận về bị hỏng"),
        "misconfigured": _("cấu hình sai"),
        "breaker_open": _("tạm ngừng gọi sau nhiều lần lỗi"),
        "budget": _("hết thời gian dành cho giọng này"),
    }.get(code, _("không đọc được"))


def reason_words(code: str) -> str:
    """Why an article does not air in what is left of a plan."""
    return {
        "expired": _("hết hạn trước buổi phát kế tiếp"),
        "not_yet": _("chưa đến ngày được phát trong kỳ"),
        "wrong_zone": _("địa bàn của bài không có buổi phát nào trong kỳ"),
        "no_room": _("không buổi nào đủ chỗ cho độ dài của bài"),
        "airings_used": _("đã dùng hết số lượt phát cho phép"),
        "too_soon": _("các buổi còn lại quá gần lượt phát trước"),
        "unit_already_in": _("đơn vị đã có bài khác trong các buổi còn lại"),
        "outranked": _("các buổi còn lại đã dành cho bài cần hơn"),
    }.get(code, _("lý do khác"))


def silence_words(missed: MissingDay) -> str:
    """Why a session of the week's rules falls away.

    The calendar says it in Vietnamese. In another language its kind is said, and the name that the law or the staff
    gave it stays as it is.
    """
    if current_language() == SOURCE_LANGUAGE:
        return missed.reason
    kind = {
        "holiday": _("Nghỉ lễ"),
        "holiday_moved": _("Nghỉ bù ngày lễ"),
        "swap_off": _("Nghỉ hoán đổi"),
        "own_day_off": _("Nghỉ theo lịch của địa phương"),
        "cancelled": _("Buổi bị hủy"),
    }[missed.code]
    name = missed.reason.partition(": ")[2]
    return f"{kind}: {name}" if name else kind


def cancelled_words(why: str) -> str:
    """Why a session was called off: what staff wrote, as they wrote it; what the house itself notes, translated."""
    return _("không còn trong lịch") if why == "không còn trong lịch" else why
