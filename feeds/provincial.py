"""Articles for a provincial source information system, in the JSON names such systems use.

NOT YET CONFIRMED with the operator of any such system: the names are those that are asked for, but which codes, units
and envelope a given province accepts has to be agreed with it. Everything that may have to change is in
`ProvincialProfile`, and every file says of itself whether it was confirmed. Priorities are those of Circular
39/2020/TT-BTTTT.
"""

from dataclasses import dataclass

from feeds.canonical import sorted_lines
from feeds.errors import InvalidValue
from feeds.text import one_line, paragraph
from feeds.timetable import PRIORITIES
from feeds.validation import (
    require_distinct,
    require_identifier,
    require_number,
    require_one_of,
    require_text,
    require_tuple,
)

_UNCONFIRMED = "Ánh xạ dự kiến, chưa được đơn vị vận hành hệ thống thông tin nguồn cấp tỉnh xác nhận"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvincialProfile:
    """What a province may want otherwise: its words for our priorities, and the length that counts as 1 there."""

    priorities: tuple[tuple[str, str], ...] = (
        ("normal", "Thông thường"),
        ("priority", "Ưu tiên"),
        ("urgent", "Khẩn cấp"),
    )
    length_unit_ms: int = 1000
    confirmed_by: str | None = None

    def __post_init__(self) -> None:
        require_number("length_unit_ms", self.length_unit_ms, least=1)
        if tuple(sorted(code for code, _ in self.priorities)) != tuple(sorted(PRIORITIES)):
            raise InvalidValue("priorities", f"phải có đủ và chỉ có: {', '.join(PRIORITIES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvincialArticle:
    """An article as it leaves the town. `author` and `source` are units, never persons; `areas` are where it airs."""

    id: str
    title: str
    field: str
    kind: str
    priority: str
    source_id: str
    paragraphs: tuple[str, ...]
    summary: str
    length_ms: int
    source: str
    areas: tuple[str, ...]
    author: str

    def __post_init__(self) -> None:
        require_identifier("id", self.id)
        require_identifier("source_id", self.source_id)
        for field in ("title", "field", "kind", "source", "author"):
            require_text(field, getattr(self, field))
        require_one_of("priority", self.priority, PRIORITIES)
        require_number("length_ms", self.length_ms, least=1)
        require_tuple("paragraphs", self.paragraphs, str)
        require_text("paragraphs", "\n".join(self.paragraphs))
        require_tuple("areas", self.areas, str)


def provincial_json(articles: tuple[ProvincialArticle, ...], profile: ProvincialProfile | None = None) -> bytes:
    """The file to hand over: the articles in the order given. Raises InvalidValue where an id comes twice."""
    chosen = profile or ProvincialProfile()
    require_distinct("id", (article.id for article in articles))
    return sorted_lines(
        {
            "DaXacNhan": chosen.confirmed_by is not None,
            "GhiChu": f"Đã xác nhận: {one_line(chosen.confirmed_by)}" if chosen.confirmed_by else _UNCONFIRMED,
            "DanhSachBanTin": [_written(article, chosen) for article in articles],
        }
    )


def _written(article: ProvincialArticle, profile: ProvincialProfile) -> dict[str, object]:
    return {
        "BanTinId": article.id,
        "TieuDe": one_line(article.title),
        "LoaiLinhVuc": one_line(article.field),
        "LoaiBanTin": one_line(article.kind),
        "MucDoUuTien": dict(profile.priorities)[article.priority],
        "NguonId": article.source_id,
        "NoiDung": "\n\n".join(filter(None, map(paragraph, article.paragraphs))),
        "NoiDungTomTat": one_line(article.summary),
        # Rounded up: a place that is too short cuts the end off.
        "ThoiLuong": -(-article.length_ms // profile.length_unit_ms),
        "NguonTin": one_line(article.source),
        "VungPhat": [one_line(area) for area in article.areas],
        "TacGia": one_line(article.author),
    }
