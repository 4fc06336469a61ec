"""What the desk stands on: forms that speak our languages, and foreign assets that are what they say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import wtforms
from flask import Flask

from broadcaster.app import STATIC
from broadcaster.models import Role
from broadcaster.web.desk.forms import LIBRARY_WORDS

VENDOR = STATIC / "vendor"


def test_every_word_of_the_form_library_is_ours() -> None:
    folder = Path(str(wtforms.__file__)).parent
    said = re.compile(r'gettext\(\s*((?:"[^"]*"\s*,?\s*)+)')
    words = set()
    for file in folder.rglob("*.py"):
        for found in said.findall(file.read_text("utf-8")):
            # Pieces side by side are one text; after a comma comes another.
            words |= {"".join(re.findall(r'"([^"]*)"', text)) for text in re.split(r'"\s*,', found)}
    assert {word for word in words if word and word not in LIBRARY_WORDS} == set()


def test_vendored_assets_are_what_their_list_says() -> None:
    listed = dict(re.findall(r"`([^`]+)` \| `([0-9a-f]{64})`", (VENDOR / "README.md").read_text("utf-8")))
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in {"README.md", "LICENSE"}
    }
    assert found == listed
    assert all((VENDOR / name).parent.joinpath("LICENSE").is_file() for name in listed)


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}], ids=str
)
def test_an_administrator_makes_an_account_in_a_browser(
    staffed_town: Any,
    town_app: Flask,
    visiting: Callable[..., AbstractContextManager[Any]],
    options: dict[str, Any],
) -> None:
    assert staffed_town
    with visiting(town_app, **options) as visit:
        page = visit.go("/desk/people")
        assert "/sign-in" in page.url
        assert visit.barriers() == []
        page.fill("input[name=name]", "quan-tri")
        page.fill("input[name=password]", "bon mua xuan ha thu dong")
        page.keyboard.press("Enter")
        page.wait_for_url(visit.root + "/desk/people")
        for path in ("/desk", "/desk/people", "/desk/people/thu-ky", "/desk/account?lang=en", "/desk/people/new"):
            visit.go(path)
            assert (path, visit.barriers()) == (path, [])
            assert (path, visit.overflow()) == (path, 0)
        page.fill("input[name=name]", "moi")
        page.fill("input[name=full_name]", "Người Mới")
        page.select_option("select[name=role]", Role.EDITOR.value)
        page.click("main button")
        assert "/invitation/" in page.inner_text(".secret")
        assert visit.complaints == []
