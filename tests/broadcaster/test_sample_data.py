"""The sample town comes into an empty station with one press and goes without a trace."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from broadcaster import audit
from broadcaster.accounts import AccountData, first_invitation, save_account, somebody_can_sign_in
from broadcaster.db import Base, Database
from broadcaster.errors import NotAllowed
from broadcaster.lexicon import station_voice
from broadcaster.models import Article, Placement, Role, Unit, UnitKind, User
from broadcaster.publishing import publish
from broadcaster.sample.loading import load_sample, remove_sample, sample_state

NOW = datetime.fromisoformat("2026-11-10T08:00:00+07:00")


def rows_of(database: Database) -> dict[str, list[Any]]:
    """Everything that the tables hold."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))] for table in Base.metadata.sorted_tables
        }


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def empty_station(settings: Any, database: Database) -> tuple[Any, Database]:
    with database.writing() as session:
        save_account(session, AccountData("lan", "Chị Lan", Role.ADMIN), by="command-line", now=NOW)
    publish(database, settings, station_voice(database, settings), now=NOW)
    return settings, database


def test_what_is_loaded_is_planned_and_goes_without_a_trace(empty_station: tuple[Any, Database]) -> None:
    settings, database = empty_station
    before, tree = rows_of(database), files_of(settings.public_folder)
    load_sample(database, settings, by="lan", now=NOW)
    with database.reading() as session:
        state = sample_state(session)
        assert (state.is_loaded, state.may_load, state.own_articles) == (True, False, 0)
        assert (session.scalar(select(func.count(Unit.id))) or 0) > 30
        assert (session.scalar(select(func.count(Placement.id))) or 0) > 50
        assert [user.name for user in session.scalars(select(User))] == ["lan"]
    publish(database, settings, station_voice(database, settings), now=NOW)
    with database.writing() as session:
        save_account(session, AccountData("moi", "Người mới", Role.EDITOR), by="lan", now=NOW)
        session.scalars(select(Article)).first().entered_by = "moi"  # type: ignore[union-attr]  # there are many
        session.flush()
        assert sample_state(session).own_articles == 1
    remove_sample(database, settings, now=NOW)
    assert rows_of(database) == before
    assert files_of(settings.public_folder) == tree
    assert not settings.public_folder.with_name("public.gone").exists()
    assert not settings.public_folder.with_name("public.held").exists()
    with database.reading() as session:
        assert audit.first_broken_link(session) is None
        assert sample_state(session).may_load


def test_a_station_that_has_something_of_its_own_is_left_alone(empty_station: tuple[Any, Database]) -> None:
    settings, database = empty_station
    with database.writing() as session:
        session.add(Unit(code="a", name="A", kind=UnitKind.OTHER))
    before = rows_of(database)
    with pytest.raises(NotAllowed):
        load_sample(database, settings, by="lan", now=NOW)
    with pytest.raises(NotAllowed):
        remove_sample(database, settings, now=NOW)
    assert rows_of(database) == before


def test_the_first_administrator_is_invited_until_somebody_can_sign_in(empty_station: tuple[Any, Database]) -> None:
    _settings, database = empty_station
    with database.writing() as session:
        assert first_invitation(session, by="command-line", now=NOW)
        assert not somebody_can_sign_in(session)
        session.scalars(select(User).where(User.name == "lan")).one().password_hash = "x"
        assert first_invitation(session, by="command-line", now=NOW) is None
