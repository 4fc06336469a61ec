"""The town's own lexicon: what an editor adds once is said right in every article from then on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.estimating import Pace
from audio.speech import Entry, Lexicon, LexiconError, ReadingOptions
from audio.speech.lexicon import EntryKind
from broadcaster import audit
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.errors import BroadcasterError, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import LexiconRow, VoicePace
from broadcaster.scripts import Voice


class BadEntry(BroadcasterError):
    """A lexicon entry cannot be used; each fault is named."""


def station_voice(database: Database, settings: Settings) -> Voice:
    """How the station reads now: the shipped lexicon, the town's own entries, the regional wording, learnt paces."""
    with database.reading() as session:
        entries = own_entries(session)
        paces = learnt_paces(session)
    options = ReadingOptions(settings.read_thousand, settings.read_zero_tens, settings.read_early_day)
    return Voice.of_station(settings.tts, entries, options, paces)


def learnt_paces(session: Session) -> dict[str, Pace]:
    """How engines read, by name, as it was last learnt; none that has not read enough yet."""
    rows = session.scalars(select(VoicePace).order_by(VoicePace.learnt_at))
    return {row.engine: Pace(row.syllable_ms, row.comma_ms, row.stop_ms) for row in rows}


def own_entries(session: Session) -> tuple[Entry, ...]:
    """The town's own entries, oldest first."""
    rows = session.scalars(select(LexiconRow).where(LexiconRow.removed_at.is_(None)).order_by(LexiconRow.id))
    return tuple(
        Entry(row.written, row.spoken, cast(EntryKind, row.kind), _words(row.before), _words(row.after), row.unit_code)
        for row in rows
    )


def add_entries(session: Session, entries: Iterable[Entry], *, by: str, now: datetime) -> int:
    """Adds entries, each in place of the one it contradicts; answers how many were new."""
    added = 0
    for entry in entries:
        before, after = "|".join(entry.before), "|".join(entry.after)
        standing = session.scalars(
            select(LexiconRow).where(
                LexiconRow.removed_at.is_(None),
                LexiconRow.written == entry.written,
                LexiconRow.before == before,
                LexiconRow.after == after,
                LexiconRow.unit_code == entry.unit,
            )
        ).first()
        if standing is not None:
            if (standing.spoken, standing.kind) == (entry.spoken, entry.kind):
                continue
            standing.removed_at = now
            session.flush()
        row = LexiconRow(written=entry.written, spoken=entry.spoken, kind=entry.kind, before=before, after=after)
        row.unit_code, row.note, row.added_by, row.added_at = entry.unit, entry.note, by, now
        session.add(row)
        session.flush()
        audit.record(session, "lexicon.add", entry.written, by=by, now=now, spoken=entry.spoken)
        added += 1
    return added


def entries_of_table(text: str) -> tuple[Entry, ...]:
    """The entries of a table of tab-separated values with the columns of the shipped lexicon.

    Raises:
        BadEntry: every fault of the table, each with its line.
    """
    try:
        return Lexicon.from_tsv(text if text.endswith("\n") else text + "\n").entries
    except LexiconError as faults:
        raise BadEntry(str(faults)) from None


def checked_entry(entry: Entry) -> Entry:
    """The entry as the table's own reader understands it, so that one rule holds wherever entries come from.

    Raises:
        BadEntry: every fault of the entry.
    """
    columns = "written\tspoken\tkind\tbefore\tafter\tunit\tnote"
    texts = (entry.written, entry.spoken, "", "|".join(entry.before), "|".join(entry.after), entry.unit, entry.note)
    # A tab or a line break inside a field would make two fields or two entries of it.
    fields = (" ".join(text.split()) for text in texts)
    return entries_of_table(columns + "\n" + "\t".join(fields))[0]


def remove_entry(session: Session, written: str, *, by: str, now: datetime) -> int:
    """Takes the town's entries of a token back; the shipped reading counts again.

    Raises:
        NotFound: the town has no such entry.
    """
    rows = session.scalars(
        select(LexiconRow).where(LexiconRow.removed_at.is_(None), LexiconRow.written == written)
    ).all()
    if not rows:
        raise NotFound(_("từ điển của đài không có «{written}»", written=written))
    for row in rows:
        row.removed_at = now
    audit.record(session, "lexicon.remove", written, by=by, now=now)
    return len(rows)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
