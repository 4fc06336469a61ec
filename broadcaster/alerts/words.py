"""Alerts in words, in the language of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from broadcaster.alerts.conditions import AlertKind
from broadcaster.language import gettext as _
from broadcaster.moments import minutes_words, month_words


def alert_words(kind: str, subject: str, detail: Mapping[str, Any], tz: ZoneInfo) -> str:
    """One sentence that says what is wrong and with whom."""
    match AlertKind(kind):
        case AlertKind.PLAYER_SILENT:
            return _("Máy phát {player} ({zone}) im lặng từ {moment}.", **_named(detail, tz, "heard_at"))
        case AlertKind.PLAYER_BEHIND:
            lacks = ", ".join(detail["lacks"])
            return _("Máy phát {player} ({zone}) chưa có {lacks}.", lacks=lacks, **_named(detail, tz))
        case AlertKind.PLAYER_SKEWED:
            seconds = detail["seconds"]
            return _("Đồng hồ máy phát {player} ({zone}) lệch {seconds} giây.", seconds=seconds, **_named(detail, tz))
        case AlertKind.SESSION_UNREPORTED:
            moment = _moment(detail["starts_at"], tz)
            return _("Buổi {moment}, {zone}: chưa có báo cáo nào.", moment=moment, zone=detail["zone"])
        case AlertKind.UNIT_SHORT:
            return _(
                "{unit} sẽ không đủ thời lượng {month}: được {reached} trên {target}.",
                unit=detail["unit"],
                month=month_words(detail["month"]),
                reached=minutes_words(detail["reached_ms"]),
                target=minutes_words(detail["target_ms"]),
            )
        case AlertKind.VOICE_DEGRADED:
            return _(
                "Giọng {engine} không đọc được {count} bản, giọng sau đọc thay.", engine=subject, count=detail["count"]
            )
        case AlertKind.TICK_FAILED:
            return _(
                "Hệ thống không làm được {count} việc: {first}", count=detail["count"], first=detail["failures"][0]
            )


def _named(detail: Mapping[str, Any], tz: ZoneInfo, moment: str = "") -> dict[str, str]:
    named = {"player": detail["name"], "zone": detail["zone"]}
    return {**named, "moment": _moment(detail[moment], tz)} if moment else named


def _moment(instant: str, tz: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(tz):%H:%M %d/%m/%Y}"
