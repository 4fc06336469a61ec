"""Foreign words in Vietnamese syllables."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.speech.letters import is_syllable
from audio.speech.respelling import respelt


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("Erik", "e rích"),
        ("server", "xe ve"),
        ("Python", "pi thôn"),
        ("Kubota", "cu bô ta"),
        ("Microsoft", "mích rô xốp tờ"),
        ("jeep", "gíp"),
        ("café", "ca phe"),
        ("zzz", "dờ"),
    ],
)
def test_a_word_becomes_what_a_vietnamese_mouth_makes_of_its_letters(word: str, syllables: str) -> None:
    assert respelt(word) == syllables


@given(st.text(alphabet=string.ascii_letters + "éüñ", max_size=40))
def test_every_word_becomes_syllables_or_letter_names(word: str) -> None:
    assert all(is_syllable(syllable) for syllable in respelt(word).split())
