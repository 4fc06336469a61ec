"""Numbers in words, in the three regional wordings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.speech import ReadingOptions
from audio.speech.numerals import Numerals, roman_value

HANOI = Numerals(ReadingOptions())
SOUTH = Numerals(ReadingOptions(thousand="ngàn", zero_tens="lẻ", early_day="mồng"))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (100, "một trăm"),
        (104, "một trăm linh bốn"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (2017, "hai nghìn không trăm mười bảy"),
        (10_050, "mười nghìn không trăm năm mươi"),
        (1_000_001, "một triệu không trăm linh một"),
        (1_500_000, "một triệu năm trăm nghìn"),
        (1_000_000_000, "một tỷ"),
        (2_500_000_000_000, "hai nghìn năm trăm tỷ"),
        (10**15, "một không không không không không không không không không không không không không không không"),
    ],
)
def test_a_whole_number_is_said_as_an_announcer_says_it(number: int, words: str) -> None:
    assert HANOI.cardinal(number) == words


def test_the_south_says_ngan_le_and_mong() -> None:
    assert SOUTH.cardinal(1005) == "một ngàn không trăm lẻ năm"
    assert SOUTH.day(3) == "mồng ba"


@pytest.mark.parametrize(
    ("digits", "words"),
    [("06", "không sáu"), ("1234", "một nghìn hai trăm ba mươi tư"), ("00", "không không"), ("010", "không mười")],
)
def test_a_document_keeps_the_zeros_of_its_number(digits: str, words: str) -> None:
    assert HANOI.with_leading_zeros(digits) == words


@pytest.mark.parametrize(
    ("whole", "fraction", "words"),
    [
        ("8", "7", "tám phẩy bảy"),
        ("0", "05", "không phẩy không năm"),
        ("2", "35", "hai phẩy ba mươi lăm"),
        ("3", "142", "ba phẩy một bốn hai"),
        ("1", "50", "một phẩy năm mươi"),
    ],
)
def test_decimals_follow_phay(whole: str, fraction: str, words: str) -> None:
    assert HANOI.decimal(whole, fraction) == words


@pytest.mark.parametrize(
    ("written", "value"),
    [("I", 1), ("IV", 4), ("IX", 9), ("XIII", 13), ("XXI", 21), ("XL", 40), ("XCIX", 99)],
)
def test_roman_numerals_have_values(written: str, value: int) -> None:
    assert roman_value(written) == value


@pytest.mark.parametrize("written", ["", "IIII", "VX", "ABC", "i", "IIX"])
def test_what_is_no_roman_numeral_has_no_value(written: str) -> None:
    assert roman_value(written) is None


@given(st.integers(min_value=0, max_value=10**30))
def test_every_number_has_words_and_no_digit(number: int) -> None:
    words = HANOI.cardinal(number)
    assert words
    assert not any(character.isdigit() for character in words)


@given(st.integers(min_value=0, max_value=10**14), st.integers(min_value=0, max_value=10**14))
def test_two_numbers_never_sound_alike(first: int, second: int) -> None:
    assert (HANOI.cardinal(first) == HANOI.cardinal(second)) == (first == second)


def test_a_wording_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="nghin"):
        ReadingOptions(thousand="nghin")  # type: ignore[arg-type]  # what a careless caller would pass
