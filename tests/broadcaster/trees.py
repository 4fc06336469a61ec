"""Looking at the public tree from outside: whole files, what they name, and what must never be in them."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select

from broadcaster.db import Database
from broadcaster.models import CoverPerson, Endorsement

MEDIA = re.compile(rb"media/[0-9a-f]{2}/[0-9a-f]{64}\.mp3")


def tree_of(root: Path) -> dict[str, bytes]:
    """Every file under a folder, by its path in it; the compressed twins of texts are looked at elsewhere."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".gz")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def says(content: bytes, text: str) -> bool:
    """Whether a file holds a text: as UTF-8, escaped for XML or JSON, or as the UTF-16 of sound files' tags."""
    written = (
        text.encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        text.encode("ascii", "backslashreplace"),
    )
    return any(form in content for form in written)


def who_says(tree: dict[str, bytes], text: str) -> list[str]:
    """The files that hold a text."""
    return [path for path, content in tree.items() if says(content, text)]


def private_texts(database: Database) -> list[str]:
    """Everything personal on the cover sheets: it stays in the house."""
    with database.reading() as session:
        people = session.scalars(select(CoverPerson)).all()
        heads = session.scalars(select(Endorsement.name)).all()
    fields = [text for person in people for text in (person.name, person.address, person.phone)]
    return sorted({text for text in (*fields, *heads) if text})
