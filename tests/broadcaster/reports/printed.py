"""A printed page as a reader without eyes sees it: its words, where each letter stands, and the rules of its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import pypdf
import pypdfium2 as pdfium
from pypdfium2 import raw

POINTS_PER_MM = 72 / 25.4
#: What letters may lean over the rule of a table, in points, and marks above a capital over the edge of the text.
LEAN = 0.4
MARK = 3


@dataclass(frozen=True)
class Box:
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Letter:
    text: str
    box: Box


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    text: str
    letters: tuple[Letter, ...]
    rules: tuple[Box, ...]


def pages_of(data: bytes) -> list[Page]:
    document = pdfium.PdfDocument(data)
    return [_page(document[number]) for number in range(len(document))]


def _page(page: pdfium.PdfPage) -> Page:
    width, height = page.get_size()
    words = page.get_textpage()
    letters = []
    for index in range(words.count_chars()):
        text = words.get_text_range(index, 1)
        if text.strip() and text != "\u200b":
            letters.append(Letter(text, Box(*words.get_charbox(index))))
    paths = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])
    rules = tuple(Box(*path.get_bounds()) for path in paths)
    return Page(width, height, words.get_text_range(), tuple(letters), rules)


def packed(text: str) -> str:
    """Words without anything that printing may put between them."""
    return re.sub(r"[\s\u200b\ufffe\u00ad]+", "", text)


def whole_text(data: bytes) -> str:
    """The words of all pages, packed."""
    return packed("".join(page.text for page in pages_of(data)))


def outside(page: Page, margins_mm: tuple[float, float, float, float]) -> list[Letter]:
    """Letters that stand in the margins: left, bottom, right, top."""
    left, bottom, right, top = (margin * POINTS_PER_MM for margin in margins_mm)
    return [
        letter
        for letter in page.letters
        if letter.box.left < left - MARK
        or letter.box.bottom < bottom - MARK
        or letter.box.right > page.width - right + MARK
        or letter.box.top > page.height - top + MARK
    ]


def crossed(page: Page) -> list[Letter]:
    """Letters through which a rule of a table runs: words that were too long for their cell."""
    upright = [rule for rule in page.rules if rule.right - rule.left < 2 and rule.top - rule.bottom > 4]
    return [letter for letter in page.letters if any(_runs_through(rule, letter.box) for rule in upright)]


def _runs_through(rule: Box, box: Box) -> bool:
    middle = (rule.left + rule.right) / 2
    return box.left + LEAN < middle < box.right - LEAN and rule.bottom < (box.bottom + box.top) / 2 < rule.top


def faces(data: bytes) -> set[str]:
    """The names of the faces that are in the file."""
    found = set()
    for page in pypdf.PdfReader(BytesIO(data)).pages:
        fonts = cast("dict[str, Any]", page["/Resources"])["/Font"]
        found |= {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts.values()}
    return found
