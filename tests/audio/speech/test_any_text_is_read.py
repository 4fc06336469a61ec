"""Whatever the text: no exception, no markup, work in proportion to the length."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as constants  # type: ignore[attr-defined]  # private, but the only parser of patterns
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import audio.speech
from audio.speech import Lexicon, ReadingOptions, read_aloud, spoken_lines
from audio.speech.letters import VIETNAMESE_LETTERS
from audio.speech.numerals import Numerals
from audio.speech.place import Place
from audio.speech.scanning import _answer

PLAIN = frozenset(VIETNAMESE_LETTERS + VIETNAMESE_LETTERS.upper() + " ,.;:?!")
PIECES = (
    "ngày ", "1/5", "28/4/2017", "17h30", " - ", "–", "TT ", "UBND", "KH-", "/", "06/KH-UBND", "1.500.000đ", "%", "(",
    ")", "“", "”", "…", "v.v.", "Nơi nhận:\n", "TM. ", "\n", " ", "II. ", "khóa XIII", "0900 000 123", "29A-123.45",
    "5A2", "m2", "°C", "[[", "<speak>", "&amp;", "{x}", "\\", "|", "http://a.vn/b", "a@b.vn", "Zalo", "Covid-19",
    "x", "A", "đ/c ", "thứ 2", "0", "00", ",", ".", ":", "'", '"', "+", "=", "~", "\u0301", "\ufeff", "\x00", "đ", "Ⅳ",
)  # fmt: skip
ODD_TEXT = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


@settings(deadline=None, max_examples=400)
@given(ODD_TEXT)
def test_no_text_raises_and_what_is_said_is_plain(text: str) -> None:
    script = read_aloud(text)
    for sentence in script.sentences:
        assert set(sentence.spoken) <= PLAIN
        assert sentence.spoken.strip(" ,.;:?!")
    lines = spoken_lines(text)
    assert len(lines) == text.count("\n") + bool(text and not text.endswith("\n"))
    assert not any("\n" in line.spoken for line in lines)
    assert script.digest


@settings(deadline=None, max_examples=100)
@given(ODD_TEXT)
def test_reading_is_deterministic_and_knows_no_state(text: str) -> None:
    assert read_aloud(text) == read_aloud(text)


@settings(deadline=None, max_examples=200)
@given(ODD_TEXT)
def test_every_answer_moves_on_and_ends_within_the_text(text: str) -> None:
    place = Place(text, 0, Lexicon.shipped(), Numerals(ReadingOptions()))
    for position in range(len(text)):
        assert position < _answer(place.at(position)).end <= len(text)


@pytest.mark.parametrize("piece", [piece for piece in PIECES if piece.strip()])
def test_a_long_text_is_read_in_as_many_steps_as_it_has_pieces(piece: str) -> None:
    """Steps, not seconds: four times the text takes at most about four times the answers."""
    assert _steps(piece * 400) <= 5 * _steps(piece * 100)


def _steps(text: str) -> int:
    place, steps = Place(text, 0, Lexicon.shipped(), Numerals(ReadingOptions())), 0
    while place.position < len(text):
        place = place.at(_answer(place).end)
        steps += 1
    return steps


def test_no_pattern_repeats_a_repetition_without_bound() -> None:
    """What makes a regular expression explode; every pattern of the package is looked at."""
    patterns = dict(_patterns())
    assert len(patterns) > 50
    assert [name for name, pattern in patterns.items() if _nested(parser.parse(pattern.pattern, pattern.flags))] == []


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for found in pkgutil.iter_modules(audio.speech.__path__):
        module = importlib.import_module(f"audio.speech.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{found.name}.{name}", value


def _nested(parsed: Any, within: bool = False) -> bool:
    for operator, argument in parsed:
        if operator in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            unbounded = argument[1] is constants.MAXREPEAT
            if (unbounded and within) or _nested(argument[2], within or unbounded):
                return True
        elif operator is constants.SUBPATTERN:
            if _nested(argument[-1], within):
                return True
        elif operator is constants.BRANCH:
            if any(_nested(branch, within) for branch in argument[1]):
                return True
        elif operator in (constants.ASSERT, constants.ASSERT_NOT) and _nested(argument[1], within):
            return True
    return False
