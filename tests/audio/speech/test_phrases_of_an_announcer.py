"""The phrases of the benchmark that are not held out: every one is read right, and the set is what it claims to be."""

from __future__ import annotations

from collections import Counter

from audio.speech import spoken_line
from bench.speech_phrases import HELD_OUT_ONE_IN, comparable, expanded, phrases


def test_every_phrase_that_is_not_held_out_is_read_right() -> None:
    wrong = [
        (phrase.written, said)
        for phrase in phrases()
        if not phrase.held_out and not phrase.accepts(said := spoken_line(phrase.written).spoken)
    ]
    assert wrong == []


def test_there_are_enough_phrases_in_every_category_and_none_twice() -> None:
    some = phrases()
    assert len(some) >= 400
    assert len({phrase.written for phrase in some}) == len(some)
    assert min(Counter(phrase.category for phrase in some).values()) >= 10


def test_about_a_fifth_is_held_out() -> None:
    some = phrases()
    share = sum(phrase.held_out for phrase in some) / len(some)
    assert abs(share - 1 / HELD_OUT_ONE_IN) < 0.03


def test_a_wrong_reading_is_not_accepted() -> None:
    [phrase] = [phrase for phrase in phrases() if phrase.written == "ngày 28/4/2017"]
    assert phrase.accepts("Ngày hai mươi tám, tháng tư, năm hai nghìn không trăm mười bảy.")
    assert not phrase.accepts("ngày hai mươi tám tháng bốn năm hai nghìn mười bảy")


def test_choices_expand_and_regional_variants_are_the_same() -> None:
    assert expanded("{của |}bộ {a|b}") == ["của bộ a", "của bộ b", "bộ a", "bộ b"]
    assert comparable("Một ngàn lẻ bốn, ngày mồng ba!") == comparable("một nghìn linh tư ngày mùng ba")
