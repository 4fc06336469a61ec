"""What programs send in: articles, all or none, never approved by whoever sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.errors import Fault
from broadcaster.intake.articles import take_in_articles
from broadcaster.intake.garbled import normalised
from broadcaster.language import gettext as _
from broadcaster.models import Article, Scope
from broadcaster.web.api import schemas
from broadcaster.web.api.bearer import Program, require_program
from broadcaster.web.api.bodies import BODY, body_row, listed, raise_faults
from broadcaster.web.desk.house import books_reading, books_writing, moment, station_zone

MOST_ARTICLES = 500


def take_articles() -> schemas.ArticlesOut:
    """Stores articles; `?dry_run=1` only says what would become of them."""
    with books_reading() as session:
        program = require_program(session, Scope.WRITE_ARTICLES)
    body, _faults = body_row()
    rows = listed(body, "articles", most=MOST_ARTICLES)
    dry_run = request.args.get("dry_run") in {"1", "true"}
    with books_writing() as session:
        program = require_program(session, Scope.WRITE_ARTICLES)
        raise_faults(_overreaching(session, rows, program))
        done = take_in_articles(
            session,
            body.values,
            BODY,
            now=moment(),
            tz=station_zone(),
            by=f"token:{program.name}",
            dry_run=dry_run,
        )
    return schemas.ArticlesOut(**{key: list(values) for key, values in asdict(done).items()})


def _overreaching(session: Session, rows: list[object], program: Program) -> list[Fault]:
    """What the token does not reach to: another unit's articles, and approving."""
    faults = []
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            continue
        place = f"{BODY}: articles[{number}]"
        if row.get("approval") is not None and Scope.APPROVE_ARTICLES not in program.scopes:
            faults.append(Fault(f"{place}.approval", _("khóa này không được duyệt bài")))
        if program.unit_code is None:
            continue
        if row.get("unit") != program.unit_code:
            faults.append(Fault(f"{place}.unit", _("khóa này chỉ gửi được bài của «{unit}»", unit=program.unit_code)))
        ref = row.get("ref")
        if isinstance(ref, str) and _is_foreign(session, normalised(ref), program):
            faults.append(Fault(f"{place}.ref", _("«{ref}» đã được đơn vị khác dùng", ref=ref)))
    return faults


def _is_foreign(session: Session, ref: str, program: Program) -> bool:
    query = select(Article.id).where(Article.ref == ref, Article.unit_id != program.unit_id)
    return session.scalars(query).first() is not None
