"""The page on feeds names everything a reader has to know."""

import dataclasses
import re
from pathlib import Path

import pytest

import feeds.checks
from feeds import values
from feeds.__main__ import main
from tests.feeds.test_feed_checks import PLANTED

PAGE = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
KINDS = [kind for name in values.__all__ if dataclasses.is_dataclass(kind := getattr(values, name))]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_values_stands_in_the_page(kind: type) -> None:
    assert [field.name for field in dataclasses.fields(kind) if not re.search(rf'["`]{field.name}["`]', PAGE)] == []


def test_every_kind_of_the_command_stands_in_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    kinds = re.search(r"\{(.*?)\}", capsys.readouterr().out)
    assert kinds
    assert [kind for kind in kinds[1].split(",") if f"`{kind}`" not in PAGE] == []


def test_every_rule_and_every_check_stands_in_the_page() -> None:
    assert {rule for *_, rule in PLANTED if f"`{rule}`" not in PAGE} == set()
    assert "check_published" in feeds.checks.__all__
