"""What a station starts with where nobody has said otherwise (the domain's own defaults)."""

from __future__ import annotations

from datetime import date, time

from broadcaster.models import Column, SlotRule, Zone

#: Two sessions a working day: early morning and late afternoon.
SESSION_TIMES = (time(5, 30), time(17, 0))
WORKING_WEEK = "01234"
DEFAULT_SESSION_MS = 15 * 60_000
#: Airtime a month that a unit is aimed at where no target is set.
DEFAULT_TARGET_MS = 10 * 60_000

FIELDS = {
    "san-xuat-kinh-doanh": "Sản xuất, kinh doanh",
    "nong-thon-moi": "Nông thôn mới",
    "cai-cach-hanh-chinh": "Cải cách hành chính",
    "nguoi-tot-viec-tot": "Người tốt, việc tốt",
    "day-tot-hoc-tot": "Dạy tốt, học tốt",
    "y-duc": "Y đức",
    "nhan-si-tri-thuc": "Nhân sĩ, trí thức, nhà khoa học trẻ",
    "lap-than-lap-nghiep": "Lập thân, lập nghiệp",
    "xay-dung-dang": "Xây dựng Đảng, chính quyền, đoàn thể",
    "an-ninh-to-quoc": "Vì an ninh Tổ quốc",
    "thi-dua-quyet-thang": "Thi đua quyết thắng",
}

COLUMN_NAMES = {
    "nguoi-tot-viec-tot": "Người tốt, việc tốt",
    "cai-cach-hanh-chinh": "Cải cách hành chính",
    "nong-thon-moi": "Nông thôn mới và văn minh đô thị",
    "an-ninh-quoc-phong": "An ninh, quốc phòng",
    "an-toan-thuc-pham": "An toàn thực phẩm",
}


def new_zone(code: str, position: int) -> Zone:
    """A zone with the default rules, named by its code until somebody names it."""
    return Zone(code=code, name=code, position=position)


def new_column(code: str, position: int) -> Column:
    """A column with the default pace of posts."""
    return Column(code=code, name=COLUMN_NAMES.get(code, code), position=position, description="")


def slot_rules_of(zone: Zone, from_day: date) -> list[SlotRule]:
    """The weekly rules of a zone that has none."""
    return [
        SlotRule(
            code=f"{zone.code}-{starts_at:%H%M}",
            zone=zone,
            weekdays=WORKING_WEEK,
            starts_at=starts_at,
            length_ms=DEFAULT_SESSION_MS,
            valid_from=from_day,
        )
        for starts_at in SESSION_TIMES
    ]
