"""The lexicon: how what is written in short, in foreign letters or in symbols is said.

A lexicon is a table of tab-separated values with these columns (only the first two are needed):

written  what stands in the text: "UBND", "đ/c", "Covid-19"
spoken   how it is said, in plain Vietnamese letters: "Ủy ban nhân dân"
kind     `abbreviation` (as written, capitals and all), `foreign` (in any case), `document` (the kind of a document,
         in its number), `authority` (who issued it, in its number), `unit` (of measure or money, after a number),
         `ambiguous` (a guess: an editor is asked). Left empty: `abbreviation` if it has a capital, else `foreign`.
before   words one of which must stand right before, separated by "|"; "#" is any number
after    words one of which must stand right after, separated by "|"; "#" is any number, "^" any word with a capital
unit     the code of the one unit for which the entry counts
note     for people: where it applies, where it comes from

Lines that start with "#" followed by a space, and empty lines, are skipped. Of several entries that fit a place the
longest wins, then one bound to the unit, then one bound to its context, then the later line.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast, get_args

from .lexicon_faults import LexiconError, LexiconFault, faults_of_fields

EntryKind = Literal["abbreviation", "foreign", "document", "authority", "unit", "ambiguous"]
KINDS: tuple[str, ...] = get_args(EntryKind)
COLUMNS = ("written", "spoken", "kind", "before", "after", "unit", "note")

# In running text; the other kinds only count inside document numbers and after figures.
_RUNNING: tuple[str, ...] = ("abbreviation", "foreign", "ambiguous")
_FIRST_RUN = re.compile(r"\w+|\W")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a lexicon; see the module's text for the meaning of the fields."""

    written: str
    spoken: str
    kind: EntryKind = "abbreviation"
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    unit: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two entries contradict each other."""
        kind = "running" if self.kind in _RUNNING else self.kind
        return (self.written, kind, self.before, self.after, self.unit)

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """The greater wins where several entries fit."""
        return (len(self.written), bool(self.unit), bool(self.before or self.after))


class Lexicon:
    """A frozen set of entries; equal and hashable by `digest`."""

    __slots__ = ("_by_first_run", "_by_kind", "digest", "entries")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        unique = {entry.key: entry for entry in entries}
        self.entries: tuple[Entry, ...] = tuple(unique.values())
        self.digest: str = _digest(self.entries)
        by_first_run: dict[str, list[Entry]] = {}
        by_kind: dict[tuple[str, str], Entry] = {}
        for entry in self.entries:
            if entry.kind in _RUNNING:
                by_first_run.setdefault(_first_run(entry.written), []).append(entry)
            else:
                known = by_kind.get((entry.kind, entry.written))
                if known is None or entry.rank >= known.rank:
                    by_kind[entry.kind, entry.written] = entry
        self._by_first_run: Mapping[str, tuple[Entry, ...]] = {
            run: _best_first(some) for run, some in by_first_run.items()
        }
        self._by_kind: Mapping[tuple[str, str], Entry] = by_kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def shipped(cls) -> Lexicon:
        """The lexicon that comes with the product; the same object at every call."""
        return _shipped()

    @classmethod
    def from_tsv(cls, text_or_path: str | Path) -> Lexicon:
        """Reads a table; a `str` without tab or line break is taken for a path.

        Raises LexiconError with every fault of the table at once, each with its line number, and OSError where the
        file can't be read.
        """
        if isinstance(text_or_path, Path) or not re.search(r"[\t\n]", text_or_path):
            try:
                text = Path(text_or_path).read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise LexiconError((LexiconFault(0, "tệp không phải văn bản UTF-8"),)) from error
        else:
            text = text_or_path.removeprefix("\ufeff")
        return cls(_parse(text))

    def with_entries(self, entries: Iterable[Entry]) -> Lexicon:
        """This lexicon and `entries`; a new entry replaces one of the same writing and context.

        An entry without context also silences the older ones of the same writing that have no unit: whoever says how
        a token is read in this town means it, wherever it stands.
        """
        added = tuple(entries)
        settled = {entry.written for entry in added if not (entry.unit or entry.before or entry.after)}
        settled_running = {e.written for e in added if e.written in settled and e.kind in _RUNNING}
        kept = (e for e in self.entries if e.kind not in _RUNNING or e.written not in settled_running)
        return Lexicon((*kept, *added))

    def for_unit(self, code: str | None) -> Lexicon:
        """The lexicon as the unit `code` knows it: entries of other units are gone."""
        if not any(entry.unit for entry in self.entries):
            return self
        return _for_unit(self, code)

    def beginning_with(self, run: str) -> tuple[Entry, ...]:
        """Entries for running text whose first run of letters and digits is `run` (case-folded), best first."""
        return self._by_first_run.get(run, ())

    def of_kind(self, kind: Literal["document", "authority", "unit"], written: str) -> str | None:
        """How `written` is said inside a document number or after a figure."""
        entry = self._by_kind.get((kind, written))
        return entry.spoken if entry else None

    def plain(self, written: str) -> str | None:
        """How exactly `written` is said wherever it stands, without any context."""
        for entry in self.beginning_with(_first_run(written)):
            if entry.written == written and not (entry.before or entry.after) and entry.kind != "ambiguous":
                return entry.spoken
        return None


@functools.lru_cache(maxsize=64)
def _for_unit(lexicon: Lexicon, code: str | None) -> Lexicon:
    return Lexicon(entry for entry in lexicon.entries if entry.unit in ("", code or ""))


@functools.cache
def _shipped() -> Lexicon:
    text = importlib.resources.files(__package__).joinpath("lexicon.tsv").read_text(encoding="utf-8")
    return Lexicon(_parse(text))


def _best_first(entries: list[Entry]) -> tuple[Entry, ...]:
    numbered = sorted(enumerate(entries), key=lambda pair: (pair[1].rank, pair[0]), reverse=True)
    return tuple(entry for _, entry in numbered)


def _first_run(written: str) -> str:
    found = _FIRST_RUN.match(written)
    return found.group().casefold() if found else ""


def _digest(entries: tuple[Entry, ...]) -> str:
    parts = sorted(repr(replace(entry, note="")) for entry in entries)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _parse(text: str) -> list[Entry]:
    entries: list[Entry] = []
    faults: list[LexiconFault] = []
    first_seen: dict[tuple[object, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("# ") or line.split("\t")[0].strip() == "written":
            continue
        fields = dict(zip(COLUMNS, (field.strip() for field in line.split("\t")), strict=False))
        found = faults_of_fields(fields, KINDS, extra=line.count("\t") >= len(COLUMNS))
        faults += [LexiconFault(number, message) for message in found]
        if found:
            continue
        entry = _entry(fields)
        if entry.key in first_seen:
            faults.append(LexiconFault(number, f"“{entry.written}” đã có ở dòng {first_seen[entry.key]}"))
        first_seen.setdefault(entry.key, number)
        entries.append(entry)
    if faults:
        raise LexiconError(tuple(faults))
    return entries


def _entry(fields: Mapping[str, str]) -> Entry:
    written = fields["written"]
    kind = fields.get("kind") or ("abbreviation" if written != written.lower() else "foreign")
    return Entry(
        written=written,
        spoken=fields["spoken"],
        kind=cast(EntryKind, kind),
        before=_alternatives(fields.get("before", "")),
        after=_alternatives(fields.get("after", "")),
        unit=fields.get("unit", ""),
        note=fields.get("note", ""),
    )


def _alternatives(field: str) -> tuple[str, ...]:
    return tuple(part.strip().casefold() for part in field.split("|") if part.strip())
