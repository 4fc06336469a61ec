"""The head and the foot that all papers share, in the language of the moment."""

from __future__ import annotations

from datetime import date

from broadcaster.language import gettext as _
from broadcaster.reports.paper import Letterhead, Office, Recipients, Signature

#: Where nobody has said what stands there, dots leave room for a pen.
DOTS = "……………"
#: Left free for the number that the registry gives.
NUMBER_SPACE = "\u00a0" * 10


def letterhead(office: Office, kind_of_paper: str, dated: date) -> Letterhead:
    """The head of a paper. `kind_of_paper` is its abbreviation in the symbol, as BC for a report."""
    symbol = "-".join(part for part in (kind_of_paper, office.symbol) if part)
    return Letterhead(
        authority=office.authority,
        office=office.station,
        number=_("Số: {number}/{symbol}", number=NUMBER_SPACE, symbol=symbol),
        nation=_("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        motto=_("Độc lập - Tự do - Hạnh phúc"),
        place_and_day=_(
            "{place}, ngày {day:02} tháng {month:02} năm {year}",
            place=office.place or DOTS,
            day=dated.day,
            month=dated.month,
            year=dated.year,
        ),
    )


def made_and_signed(office: Office, made_by: str = "") -> tuple[Signature, ...]:
    """The two signatures of a table: who put it together, and the head of the office."""
    hint = _("(Ký, ghi rõ họ tên)")
    return (
        Signature(_("Người lập"), hint, made_by),
        Signature(office.head or _("Thủ trưởng cơ quan"), _("(Ký, ghi rõ họ tên, đóng dấu)")),
    )


def recipients(*readers: str) -> Recipients:
    """Who gets the paper, and the registry that keeps it."""
    return Recipients(_("Nơi nhận:"), (*(f"- {reader};" for reader in readers), _("- Lưu: VT.")))
