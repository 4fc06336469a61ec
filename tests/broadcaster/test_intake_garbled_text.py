"""Text decoded with the wrong table is told from Vietnamese, in every sample article and in every way it goes wrong."""

from __future__ import annotations

import pytest

from broadcaster.intake.garbled import garbled_place, normalised
from broadcaster.sample.sources import sample_articles

TCVN3 = [
    "TÊm g\u00ad¬ng ng\u00adêi tèt viÖc tèt",
    "§¶ng bé vµ nh©n d©n ph\u00adêng Lª Lîi",
    "Phong trµo thi ®ua yªu n\u00adíc",
]
VNI = [
    "Taám göông ngöôøi toát vieäc toát",
    "Ñaûng boä vaø nhaân daân phöôøng Leâ Lôïi",
    "Phong traøo thi ñua yeâu nöôùc",
]
TEXTS = [text for article in sample_articles() for text in (article["title"], article["body"])]


def read_as_windows(text: str) -> str:
    """UTF-8 as programs show it that take it for Windows-1252; its five empty places pass through."""
    data = text.encode()
    return "".join(bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in data)


def test_the_samples_are_many() -> None:
    assert len(TEXTS) >= 120


@pytest.mark.parametrize("text", [*TCVN3, *VNI])
def test_a_line_in_an_old_table_is_recognised(text: str) -> None:
    assert garbled_place(normalised(text)) is not None


def test_every_sample_reads_as_vietnamese() -> None:
    assert [text for text in TEXTS if garbled_place(normalised(text)) is not None] == []


@pytest.mark.parametrize("spoil", [lambda text: text.encode().decode("latin-1"), read_as_windows], ids=["1", "2"])
def test_every_sample_decoded_twice_is_recognised(spoil: object) -> None:
    assert callable(spoil)
    assert [text for text in TEXTS if garbled_place(normalised(spoil(text))) is None] == []


@pytest.mark.parametrize(
    "text",
    [
        "Ông Müller thăm trường tiểu học Lê Lợi, phường Lê Lợi, trong hai ngày.",
        "Diện tích 3 × 4 m, nhiệt độ 37 °C, dày ½ m².",
        "“Thi đua quyết thắng” – 2026; café, TP. Sơn Tây… 5.000.000 đồng (15/15 xã)",
        "Gương điển hình: chị H'Linh Niê, buôn Ê Đê",
        "",
    ],
)
def test_foreign_names_and_signs_are_no_fault(text: str) -> None:
    assert garbled_place(normalised(text)) is None


@pytest.mark.parametrize("text", ["a\ufffdb", "chuông\x07", "riêng \ue000 tư"])
def test_what_cannot_be_read_at_all_is_a_fault(text: str) -> None:
    assert garbled_place(normalised(text)) is not None


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\ufeffMột  \r\nhai\r\n\r\n", "Một\nhai"),
        ("hoa\u0300 bi\u0300nh", "hoà bình"),
        ("a\rb", "a\nb"),
        (" \n ", ""),
    ],
)
def test_text_is_kept_in_one_form(raw: str, clean: str) -> None:
    assert normalised(raw) == clean
    assert normalised(clean) == clean
