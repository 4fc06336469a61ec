"""Cleaning of text, and the little HTML made of it."""

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import (
    UNWANTED,
    clean,
    html_paragraphs,
    html_within,
    length_in_words,
    one_line,
    paragraph,
    plain_line,
    shortened,
)

ANY_TEXT = st.text(st.characters())
XML_FORBIDS = {*range(0x9), 0xB, 0xC, *range(0xE, 0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF}


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Hoà", "Hoà"),
        (unicodedata.normalize("NFD", "thường trực Ủy ban"), "thường trực Ủy ban"),
        ("a\x00b\x08c\x1f\x7fd", "abcd"),
        ("a\ud800b\udfffc", "abc"),
        ("a\ufeffb\ufffec\uffffd\U0001ffff", "abcd"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("một\r\nhai\rba\x85bốn\u2028năm", "một\nhai\nba\nbốn\nnăm"),
        ("e\x00\u0301", "é"),
        ("👩‍👩‍👧 ❤️", "👩‍👩‍👧 ❤️"),
        ("]]>", "]]>"),
        ("a\tb", "a\tb"),
    ],
)
def test_clean_takes_out_what_no_feed_may_carry(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(ANY_TEXT)
def test_cleaned_text_is_nfc_legal_in_xml_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not XML_FORBIDS & set(map(ord, cleaned))
    assert clean(cleaned) == cleaned


@given(ANY_TEXT)
def test_one_line_has_no_blanks_to_spare(text: str) -> None:
    line = one_line(text)
    assert line == " ".join(line.split())
    assert "\n" not in line
    assert one_line(line) == line


def test_a_paragraph_keeps_its_lines_and_loses_blanks_at_their_ends() -> None:
    assert paragraph("  một  hai \r\n\t ba  \n") == "một hai\nba"


@pytest.mark.parametrize(
    ("text", "characters", "short"),
    [
        ("ngắn", 10, "ngắn"),
        ("vừa khít", 8, "vừa khít"),
        ("một hai ba bốn", 9, "một hai…"),
        ("một hai, ba bốn", 10, "một hai…"),
        ("không-có-khoảng-trắng", 8, "không-c…"),
        ("aaaq\u0323\u0307bbbb", 5, "aaa…"),
        ("", 5, ""),
    ],
)
def test_shortened_cuts_between_words(text: str, characters: int, short: str) -> None:
    assert shortened(text, characters) == short


@given(ANY_TEXT, st.integers(2, 50))
def test_shortened_never_exceeds_its_limit(text: str, characters: int) -> None:
    assert len(shortened(text, characters)) <= characters


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def _tags_in(html: str) -> list[str]:
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return reader.tags


@given(st.one_of(ANY_TEXT, st.sampled_from(["<script>alert(1)</script>", "<\x00b>x", "<\n/b>", "a <b", "<!--", "<?x"])))
def test_a_title_taken_for_html_shows_no_tag(text: str) -> None:
    line = plain_line(text)
    assert _tags_in(line) == []
    assert "<!" not in line
    assert "<?" not in line
    assert len(line) <= 255


def test_a_title_keeps_its_signs_of_comparison() -> None:
    assert plain_line("5 < 7 & 8 > 3") == "5 < 7 & 8 > 3"


@given(st.lists(ANY_TEXT))
def test_paragraphs_become_nothing_but_p_and_br(paragraphs: list[str]) -> None:
    assert set(_tags_in(html_paragraphs(tuple(paragraphs)))) <= {"p", "br"}


@given(st.lists(st.one_of(ANY_TEXT, st.sampled_from(["<script>x()</script>", "a<\x00b>", "<!-- x", "<?php"]))))
def test_paragraphs_decoded_once_too_often_are_still_nothing_but_p_and_br(paragraphs: list[str]) -> None:
    decoded = unescape(html_paragraphs(paragraphs))
    assert set(_tags_in(decoded)) <= {"p", "br"}
    assert "<!" not in decoded
    assert "<?" not in decoded


@given(st.lists(st.text(), max_size=5), st.integers(20, 300))
def test_html_of_limited_size_stays_within_it_and_whole(paragraphs: list[str], most_bytes: int) -> None:
    html = html_within(paragraphs, most_bytes)
    assert len(html.encode()) <= most_bytes
    assert html.count("<p>") == html.count("</p>")
    whole = html_paragraphs(paragraphs)
    if len(whole.encode()) <= most_bytes:
        assert html == whole


@pytest.mark.parametrize(
    ("length_ms", "words"),
    [
        (1, "1 giây"),
        (59_499, "59 giây"),
        (59_500, "1 phút"),
        (200_000, "3 phút 20 giây"),
        (3_600_000, "1 giờ"),
        (3_661_000, "1 giờ 1 phút 1 giây"),
        (7_205_000, "2 giờ 5 giây"),
    ],
)
def test_lengths_are_said_in_words(length_ms: int, words: str) -> None:
    assert length_in_words(length_ms) == words


def test_printable_text_needs_no_cleaning_but_nfc() -> None:
    # What `clean` takes for granted to be quick.
    printable = "".join(letter for letter in map(chr, range(0x110000)) if letter.isprintable())
    assert not UNWANTED.search(printable)
    assert not re.search(r"[\n\r\x85\u2028\u2029]", printable)
