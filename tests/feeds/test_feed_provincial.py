"""The file for a provincial source information system."""

import json
from typing import Any

import pytest

from feeds.errors import InvalidValue
from feeds.provincial import ProvincialArticle, ProvincialProfile, provincial_json

NAMES = {
    "BanTinId", "TieuDe", "LoaiLinhVuc", "LoaiBanTin", "MucDoUuTien", "NguonId", "NoiDung", "NoiDungTomTat",
    "ThoiLuong", "NguonTin", "VungPhat", "TacGia",
}  # fmt: skip


def an_article(**changed: Any) -> ProvincialArticle:
    values: dict[str, Any] = {
        "id": "2017-0042",
        "title": "Gương  sáng\nxã Sơn Đông\x00",
        "field": "Nông thôn mới",
        "kind": "Điển hình tiên tiến",
        "priority": "urgent",
        "source_id": "son-tay",
        "paragraphs": ("Đoạn một.", " ", "Đoạn hai."),
        "summary": "Tóm tắt",
        "length_ms": 180_001,
        "source": "Trung tâm VH-TT-TT",
        "areas": ("Trung tâm",),
        "author": "Xã Sơn Đông",
    }
    return ProvincialArticle(**values | changed)


def test_an_article_has_the_agreed_names_and_clean_words() -> None:
    (written,) = json.loads(provincial_json((an_article(),)))["DanhSachBanTin"]
    assert set(written) == NAMES
    assert written["TieuDe"] == "Gương sáng xã Sơn Đông"
    assert written["NoiDung"] == "Đoạn một.\n\nĐoạn hai."
    assert written["MucDoUuTien"] == "Khẩn cấp"
    assert written["ThoiLuong"] == 181
    assert written["VungPhat"] == ["Trung tâm"]


def test_a_file_says_that_it_was_not_confirmed_until_somebody_has() -> None:
    draft = json.loads(provincial_json(()))
    assert draft["DaXacNhan"] is False
    assert "chưa được" in draft["GhiChu"]
    confirmed = json.loads(provincial_json((), ProvincialProfile(confirmed_by="Sở TT&TT, 01/12/2026")))
    assert confirmed["DaXacNhan"] is True
    assert "Sở TT&TT" in confirmed["GhiChu"]


def test_a_province_may_want_other_codes_and_units() -> None:
    profile = ProvincialProfile(priorities=(("urgent", "1"), ("priority", "2"), ("normal", "3")), length_unit_ms=1)
    (written,) = json.loads(provincial_json((an_article(),), profile))["DanhSachBanTin"]
    assert (written["MucDoUuTien"], written["ThoiLuong"]) == ("1", 180_001)


def test_what_a_province_could_not_take_is_refused() -> None:
    for changed in ({"id": ""}, {"title": "\x00"}, {"priority": "high"}, {"paragraphs": (" ",)}, {"length_ms": 0}):
        with pytest.raises(InvalidValue):
            an_article(**changed)
    with pytest.raises(InvalidValue):
        ProvincialProfile(priorities=(("urgent", "1"),))
    with pytest.raises(InvalidValue):
        ProvincialProfile(length_unit_ms=0)
    with pytest.raises(InvalidValue):
        provincial_json((an_article(), an_article()))
