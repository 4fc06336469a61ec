"""A printed paper says what the report says, on A4 after Decree 30/2020, and nothing of it is cut."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from broadcaster.airtime import to_json
from broadcaster.language import speaking
from broadcaster.reports.airtime_paper import airtime_paper
from broadcaster.reports.paper import Column, Kind, Paper, Paragraph, Table
from broadcaster.reports.printing import LAYOUT, to_pdf
from tests.broadcaster.reports.months import DATED, LONG_NAMES, OFFICE, month_of_units
from tests.broadcaster.reports.printed import POINTS_PER_MM, crossed, faces, outside, packed, pages_of, whole_text

#: Left, bottom, right, top.
MARGINS_MM = (30, 20, 15, 20)
#: Where the number of a page stands, above the text.
HEADER_MM = 20
LANGUAGES = ("vi", "en")


def paper_of(count: int, language: str = "vi") -> Paper:
    with speaking(language):
        return airtime_paper(month_of_units(count), OFFICE, dated=DATED)


def minutes(length_ms: int) -> str:
    seconds = int(length_ms / 1000 + 0.5)
    return f"{seconds // 60}:{seconds % 60:02}"


def decimal(value: float, language: str) -> str:
    return f"{value:.1f}".replace(".", "," if language == "vi" else ".")


def thousands(value: int, language: str) -> str:
    return f"{value:,}".replace(",", "." if language == "vi" else ",")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [0, 1, 34, 100])
def test_every_figure_of_the_json_report_stands_on_the_page_in_its_row(language: str, count: int) -> None:
    report = to_json(month_of_units(count))
    text = whole_text(to_pdf(paper_of(count, language)))
    units = report["units"]
    assert isinstance(units, list)
    for number, unit in enumerate(units, start=1):
        change = unit["aired_ms"] - unit["previous_month_ms"]
        sign = "" if abs(change) < 500 else "+" if change > 0 else "\u2212"
        row = [
            str(number),
            unit["name"],
            minutes(unit["target_ms"]),
            thousands(unit["received"], language),
            thousands(unit["confirmed"], language),
            str(unit["exemplar_articles"]),
            str(unit["spontaneous_articles"]),
            str(unit["first_runs"]),
            thousands(unit["repeats"], language),
            minutes(unit["planned_ms"]),
            minutes(unit["aired_ms"]),
            decimal(unit["percent"], language),
            str(unit["portal_posts"]),
            sign + minutes(abs(change)),
        ]
        assert packed("".join(row)) in text
    totals = report["totals"]
    assert isinstance(totals, dict)
    sums = (minutes(totals["planned_ms"]), minutes(totals["aired_ms"]))
    assert packed("".join(sums)) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 34, 100])
def test_no_word_is_cut_at_an_edge_or_runs_into_the_next_cell(language: str, count: int) -> None:
    for page in pages_of(to_pdf(paper_of(count, language))):
        body = [
            letter for letter in outside(page, MARGINS_MM) if letter.box.bottom < page.height - HEADER_MM * 72 / 25.4
        ]
        assert body == []
        assert crossed(page) == []


def test_a_word_that_runs_into_the_next_cell_would_be_found() -> None:
    narrow = Table((Column("a", "ĐHTTNTVTĐHTTNTVT", Kind.WORDS, 8), Column("b", "B")), (("x", "y"),))
    (page, *_others) = pages_of(to_pdf(replace(paper_of(1), parts=(narrow,))))
    assert crossed(page) != []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_are_a4_and_numbered_at_the_top_in_the_middle_from_the_second_on(language: str) -> None:
    pages = pages_of(to_pdf(paper_of(100, language)))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert (round(page.width / POINTS_PER_MM), round(page.height / POINTS_PER_MM)) == (297, 210)
        header = [one for one in page.letters if one.box.bottom > page.height - HEADER_MM * POINTS_PER_MM]
        assert "".join(one.text for one in header) == ("" if number == 1 else str(number))
        if header:
            middle = (header[0].box.left + header[-1].box.right) / 2
            assert middle == pytest.approx((30 * POINTS_PER_MM + page.width - 15 * POINTS_PER_MM) / 2, abs=1)


def test_the_head_the_place_the_day_and_both_signatures_stand_on_the_paper() -> None:
    text = whole_text(to_pdf(paper_of(3)))
    for words in (
        "UBND THỊ XÃ THỬ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "/BTL-VHTT",
        "Thị xã Thử, ngày 01 tháng 12 năm 2026",
        "Nơi nhận:",
        "NGƯỜI LẬP",
        "GIÁM ĐỐC",
    ):
        assert packed(words) in text


def test_signatures_never_stand_on_a_page_without_a_word_of_the_paper() -> None:
    for count in range(20, 32):
        last = pages_of(to_pdf(paper_of(count)))[-1]
        assert packed("PM: phát mới") in packed(last.text)


def test_all_vietnamese_letters_are_printed_in_the_face_that_comes_with_the_program() -> None:
    vowels = "aăâeêioôơuưy"
    tones = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    letters = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in vowels for tone in tones) + "đ"
    words = letters + letters.upper()
    pdf = to_pdf(replace(paper_of(1), parts=(Paragraph(" ".join(words)),)))
    assert packed(words) in whole_text(pdf)
    assert {face.partition("-")[0] for face in faces(pdf)} == {"Tinos"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_paper_has_the_same_bytes_whenever_it_is_printed(language: str) -> None:
    first = to_pdf(paper_of(34, language))
    assert to_pdf(paper_of(34, language)) == first
    with speaking("en"):
        assert to_pdf(paper_of(34, language)) == first
    assert to_pdf(replace(paper_of(34, language), dated=date(2026, 12, 2))) != first


def test_an_english_paper_is_english_but_for_names() -> None:
    paper = paper_of(1, "en")
    said = [paper.title, *paper.remarks, *(column.title for column in paper.tables[0].columns)]
    said += [signature.hint for signature in paper.signatures] + [paper.letterhead.nation, paper.recipients.title]
    assert [words for words in said if re.search("[À-ỹ]", words)] == []


@pytest.mark.parametrize("name", LONG_NAMES)
@pytest.mark.parametrize("kind", [Kind.WORDS, Kind.CODE])
def test_a_name_without_a_blank_breaks_instead_of_running_out(name: str, kind: Kind) -> None:
    table = Table((Column("a", "A", kind, 12), Column("b", "B", kind)), ((name, name),))
    pdf = to_pdf(replace(paper_of(1), parts=(table,)))
    assert packed(name) in whole_text(pdf)
    assert [letter for page in pages_of(pdf) for letter in crossed(page)] == []


@pytest.mark.parametrize("path", sorted(LAYOUT.glob("*.typ")), ids=lambda path: path.name)
def test_a_layout_says_nothing_of_its_own(path: object) -> None:
    from pathlib import Path

    assert isinstance(path, Path)
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("//")]
    assert re.findall(r"[À-ỹ]", "\n".join(lines)) == []
    assert re.findall(r"\[[^\]]*[A-Za-z]{3,}[^\]]*\]", "\n".join(lines).replace("[^", "")) == []
