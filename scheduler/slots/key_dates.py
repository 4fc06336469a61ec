"""Days that the editors plan programmes around; most are no days off.

No holiday package knows these (11/6 among them), so the table is our own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduler.slots.lunar import lunar_date


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A day of the year worth a programme.

    Attributes:
        month: Month, of the lunar year if `lunar`.
        day: Day of that month.
        name: Vietnamese name.
        since: Year of the event, for the count of years; None: not counted.
        lunar: True for a date of the lunar calendar; leap months don't count.
    """

    month: int
    day: int
    name: str
    since: int | None = None
    lunar: bool = False


KEY_DATES: tuple[KeyDate, ...] = (
    KeyDate(2, 3, "Ngày thành lập Đảng Cộng sản Việt Nam", 1930),
    KeyDate(2, 27, "Ngày Thầy thuốc Việt Nam", 1955),
    KeyDate(3, 8, "Ngày Quốc tế Phụ nữ"),
    KeyDate(3, 26, "Ngày thành lập Đoàn TNCS Hồ Chí Minh", 1931),
    KeyDate(4, 30, "Ngày Giải phóng miền Nam, thống nhất đất nước", 1975),
    KeyDate(5, 1, "Ngày Quốc tế Lao động", 1886),
    KeyDate(5, 7, "Ngày Chiến thắng Điện Biên Phủ", 1954),
    KeyDate(5, 15, "Ngày thành lập Đội Thiếu niên Tiền phong Hồ Chí Minh", 1941),
    KeyDate(5, 19, "Ngày sinh Chủ tịch Hồ Chí Minh", 1890),
    KeyDate(6, 1, "Ngày Quốc tế Thiếu nhi"),
    KeyDate(6, 11, "Ngày truyền thống thi đua yêu nước", 1948),
    KeyDate(6, 21, "Ngày Báo chí Cách mạng Việt Nam", 1925),
    KeyDate(6, 28, "Ngày Gia đình Việt Nam", 2001),
    KeyDate(7, 27, "Ngày Thương binh - Liệt sĩ", 1947),
    KeyDate(7, 28, "Ngày thành lập Công đoàn Việt Nam", 1929),
    KeyDate(8, 19, "Ngày Cách mạng Tháng Tám và Ngày truyền thống Công an nhân dân", 1945),
    KeyDate(9, 2, "Ngày Quốc khánh", 1945),
    KeyDate(10, 4, "Ngày toàn dân phòng cháy và chữa cháy", 1961),
    KeyDate(10, 10, "Ngày Giải phóng Thủ đô", 1954),
    KeyDate(10, 13, "Ngày Doanh nhân Việt Nam", 2004),
    KeyDate(10, 14, "Ngày thành lập Hội Nông dân Việt Nam", 1930),
    KeyDate(10, 20, "Ngày Phụ nữ Việt Nam", 1930),
    KeyDate(11, 9, "Ngày Pháp luật Việt Nam", 2012),
    KeyDate(11, 18, "Ngày truyền thống Mặt trận Tổ quốc Việt Nam", 1930),
    KeyDate(11, 20, "Ngày Nhà giáo Việt Nam", 1982),
    KeyDate(11, 24, "Ngày Văn hóa Việt Nam"),
    KeyDate(12, 6, "Ngày thành lập Hội Cựu chiến binh Việt Nam", 1989),
    KeyDate(12, 22, "Ngày thành lập Quân đội nhân dân Việt Nam", 1944),
    KeyDate(1, 15, "Rằm tháng Giêng", lunar=True),
    KeyDate(3, 10, "Giỗ Tổ Hùng Vương", lunar=True),
    KeyDate(4, 15, "Lễ Phật đản", lunar=True),
    KeyDate(7, 15, "Rằm tháng Bảy, lễ Vu lan", lunar=True),
    KeyDate(8, 15, "Tết Trung thu", lunar=True),
    KeyDate(12, 23, "Ngày ông Công, ông Táo", lunar=True),
)


def key_dates_on(day: date, table: Iterable[KeyDate] = KEY_DATES) -> tuple[KeyDate, ...]:
    """The key dates that fall on `day`, in the table's order."""
    lunar = lunar_date(day)
    return tuple(
        key_date
        for key_date in table
        if (
            (key_date.month, key_date.day) == (lunar.month, lunar.day) and not lunar.leap
            if key_date.lunar
            else (key_date.month, key_date.day) == (day.month, day.day)
        )
    )


def key_date_words(key_date: KeyDate, year: int) -> str:
    """Name with the count of years: "Ngày truyền thống thi đua yêu nước (kỷ niệm 78 năm)"."""
    if key_date.since is None or year <= key_date.since:
        return key_date.name
    return f"{key_date.name} (kỷ niệm {year - key_date.since} năm)"
