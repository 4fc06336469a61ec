"""The plan that the product was made for, read whole.

The plan itself lies beside the repository in `../shared/docs`; where it is missing these tests are skipped. The golden
file has been read from start to end before it became the standard.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audio.speech import Script, read_aloud, spoken_lines

ROOT = Path(__file__).parents[3]
PLAN = ROOT.parent / "shared" / "docs" / "ke-hoach-2017.txt"
GOLDEN = Path(__file__).parent / "data" / "ke-hoach-2017.spoken.txt"

pytestmark = pytest.mark.skipif(not PLAN.exists(), reason="the given plan is not beside this checkout")


@pytest.fixture
def script() -> Script:
    return read_aloud(PLAN.read_text(encoding="utf-8"))


def test_nothing_in_the_plan_is_unknown_or_doubtful(script: Script) -> None:
    assert script.unknown == ()
    assert script.suspicions == ()


def test_no_digit_and_no_capitals_are_left_in_what_is_said(script: Script) -> None:
    assert not re.search(r"\d", script.spoken)
    assert not [word for word in re.findall(r"\w{2,}", script.spoken) if word.isupper()]


def test_the_plan_is_said_as_the_golden_file_says(script: Script) -> None:
    assert script.spoken + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_recipients_and_signature_are_not_read(script: Script) -> None:
    for silent in ("Nơi nhận", "Lưu:", "Lưu văn thư", "Sở Nội vụ", "Nhật Thăng", "thay mặt"):
        assert silent not in script.spoken


def test_line_by_line_nothing_is_unknown_either() -> None:
    text = PLAN.read_text(encoding="utf-8")
    lines = spoken_lines(text)
    assert len(lines) == len(text.splitlines())
    assert not [line.unknown for line in lines if line.unknown]
    assert not any(character.isdigit() for line in lines for character in line.spoken)
