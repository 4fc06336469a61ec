"""A paper as values: who issues it, what it says, who signs. How it looks is the business of printing and workbook.

Everything that people read is already in the language of the paper; values of tables stay values (integers, days), so
that a workbook can calculate with them and a printed page shows the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Kind(StrEnum):
    """What the values of a column are."""

    WORDS = "words"
    CODE = "code"
    COUNT = "count"
    #: Milliseconds, shown as minutes and seconds.
    LENGTH = "length"
    #: Milliseconds, shown as minutes and seconds with a sign.
    CHANGE = "change"
    #: Milliseconds, shown as whole seconds.
    SECONDS = "seconds"
    PERCENT = "percent"
    DAY = "day"
    TIME = "time"


Value = str | int | float | date | time | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `key` is its name for programs; without a width it takes what the others leave."""

    key: str
    title: str
    kind: Kind = Kind.WORDS
    width_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. Rows are grouped where `groups` gives one heading a row; equal neighbours share it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None
    caption: str = ""
    groups: tuple[str, ...] | None = None
    #: Size of the letters in print, in points.
    size: float = 11


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the paper."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: str


Part = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the paper. `authority` may be empty; `number` is the line for number and symbol."""

    authority: str
    office: str
    number: str
    nation: str
    motto: str
    place_and_day: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Room for a signature: the signer's office, what to do there, and the name where it is known."""

    role: str
    hint: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets the paper (nơi nhận)."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `name` is that of its file, without ending; `about` are the lines under the title."""

    name: str
    title: str
    about: tuple[str, ...]
    letterhead: Letterhead
    dated: date
    language: str
    parts: tuple[Part, ...]
    signatures: tuple[Signature, ...]
    recipients: Recipients
    #: Small remarks between the last part and the signatures.
    remarks: tuple[str, ...] = ()
    landscape: bool = False

    @property
    def full_title(self) -> str:
        """The title with what it is about, on one line."""
        return " - ".join((self.title, *self.about))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables alone."""
        return tuple(part for part in self.parts if isinstance(part, Table))


@dataclass(frozen=True, slots=True)
class Office:
    """Whose papers these are, as the settings name it; empty where nobody has said."""

    station: str
    authority: str = ""
    symbol: str = ""
    place: str = ""
    head: str = ""
