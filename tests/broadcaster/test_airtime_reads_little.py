"""The ledger asks the database a few times, not once for each article."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from broadcaster.airtime import month_airtime


def test_a_month_is_counted_in_a_few_queries(small_town: Any) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(small_town.database.engine, "before_cursor_execute", note)
    with small_town.database.reading() as session:
        report = month_airtime(session, "2026-11", now=small_town.now, tz=small_town.settings.zone_info)
    assert len(report.units) == 6
    # There are twelve articles; each asked for alone would show.
    assert len(statements) <= 14
