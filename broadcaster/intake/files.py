"""Files of articles and units in whatever format, as one document of the import format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.errors import Fault, ImportRefused
from broadcaster.intake.papers import article_of_paper, read_paper
from broadcaster.intake.rows import LONGEST_FILE_BYTES, read_document
from broadcaster.intake.sheets import ARTICLE_FIELDS, UNIT_FIELDS, rows_of_csv, rows_of_xlsx
from broadcaster.language import gettext as _
from broadcaster.models import Unit


def articles_document(session: Session, path: Path) -> object:
    """The articles of a json, xlsx or docx file. Of a docx, the file's name without its ending is the reference.

    Raises:
        ImportRefused: the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return {"articles": rows_of_xlsx(_bytes(path), path.name, ARTICLE_FIELDS)}
    if suffix == ".docx":
        paper = read_paper(_bytes(path), path.name, units_by_name(session))
        return {"articles": [{**article_of_paper(paper), "ref": path.stem}]}
    return read_document(path)


def units_document(path: Path) -> object:
    """The units of a json, xlsx or csv file.

    Raises:
        ImportRefused: the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return {"units": rows_of_xlsx(_bytes(path), path.name, UNIT_FIELDS)}
    if suffix == ".csv":
        return {"units": rows_of_csv(_bytes(path), path.name, UNIT_FIELDS)}
    return read_document(path)


def units_by_name(session: Session) -> Mapping[str, str]:
    """The code of every unit by its name."""
    return dict(session.execute(select(Unit.name, Unit.code)).tuples().all())


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LONGEST_FILE_BYTES:
            raise ImportRefused([Fault(path.name, _("tệp quá lớn (trên 64 MB)"))])
        return path.read_bytes()
    except OSError as missing:
        raise ImportRefused([Fault(path.name, _("không mở được tệp: {why}", why=missing.strerror or ""))]) from None
