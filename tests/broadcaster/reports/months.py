"""Months out of thin air: as many units as wanted, some of them with names that no column was made for."""

from __future__ import annotations

import random
from datetime import date

from broadcaster.airtime import MonthAirtime, UnitAirtime
from broadcaster.reports.paper import Office

OFFICE = Office("Trung tâm Văn hóa, Thông tin và Thể thao thị xã", "UBND thị xã Thử", "VHTT", "Thị xã Thử", "Giám đốc")
DATED = date(2026, 12, 1)
LONG_NAMES = (
    "Ban Chỉ huy Quân sự thị xã, Trung đội dân quân cơ động và Tổ bảo vệ dân phố khu vực chợ Nghệ mở rộng",
    "UyBanNhanDanXaCoDongKhongCoDauCachNaoTrongTenVanPhaiInDuocTrongMotO",
    "Phường Nghiễng-Ngoẵng-Khuỷu-Khoẻo-Quyệnh-Thưỡng-Đượm-Ngoặt",
)


def unit(number: int, draw: random.Random) -> UnitAirtime:
    name = LONG_NAMES[number % 30] if number % 30 < len(LONG_NAMES) else f"Phường Nguyễn Trường Tộ {number}"
    target_ms, first_ms, repeat_ms = (draw.randrange(4_000_000) for _count in range(3))
    aired_ms = first_ms + repeat_ms
    return UnitAirtime(
        unit=f"don-vi-{number}",
        name=name,
        target_ms=target_ms,
        target_articles=1,
        received=draw.randrange(3_000),
        confirmed=draw.randrange(400),
        exemplar_articles=draw.randrange(3),
        spontaneous_articles=draw.randrange(3),
        planned_ms=draw.randrange(9_000_000),
        planned_runs=draw.randrange(99),
        aired_ms=aired_ms,
        first_run_ms=first_ms,
        repeat_ms=repeat_ms,
        first_runs=draw.randrange(40),
        repeats=draw.randrange(1_200),
        cluster_ms=2 * aired_ms,
        portal_posts=draw.randrange(90),
        shortfall_ms=max(0, target_ms - aired_ms),
        percent=round(100 * aired_ms / target_ms, 1) if target_ms else 100.0,
        previous_month_ms=draw.randrange(9_000_000),
    )


def month_of_units(count: int, seed: int = 1) -> MonthAirtime:
    draw = random.Random(seed)
    units = tuple(unit(number, draw) for number in range(count))
    return MonthAirtime("2026-11", "Asia/Ho_Chi_Minh", True, "0123456789abcdef" * 4, units)
