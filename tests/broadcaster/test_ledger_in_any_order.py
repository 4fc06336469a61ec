"""Reports, corrections, withdrawals, closings and mergers in any order: the ledger always adds up to the airings."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from broadcaster.airing import record_airings
from broadcaster.airtime import MonthAirtime, counted, month_airtime
from broadcaster.approvals import withdraw
from broadcaster.closing import close_month, correct_airing, is_as_closed
from broadcaster.db import Database
from broadcaster.errors import NotAllowed
from broadcaster.heard import runs_between
from broadcaster.intake.units import import_units
from broadcaster.migrations import migrate
from broadcaster.models import Airing, Article, ClosedMonth, LateEntry, Outcome, Player, Unit, Zone
from broadcaster.months import bounds
from tests.broadcaster.aired import Programme, add_programme, row
from tests.broadcaster.books import TZ, at, open_books, take_in, written
from tests.broadcaster.conftest import ARTICLES

MONTHS = ("2026-10", "2026-11", "2026-12")
FIGURES = ("aired_ms", "cluster_ms", "first_run_ms", "repeat_ms", "first_runs", "repeats")
REFS = ("T-01", "T-02", "T-03", "T-04")
#: Every other one begins just before midnight, so that a late player is in the next month.
STARTS = [at(f"2026-{day}") for day in ("10-20T05:30", "10-31T23:58", "11-10T17:00", "11-30T23:58", "12-15T05:30")]
PROGRAMMES = [
    Programme(zone, starts, [(ref, 20_000 + 7_000 * number) for number, ref in enumerate(refs)])
    for zone in ("tt", "vb")
    for starts, refs in zip(STARTS, (REFS[:2], REFS[1:], REFS[:3], REFS, REFS[2:]), strict=True)
]
RAW = text(
    """
    SELECT a.session_id AS session, s.zone_id AS zone, i.article_id AS article, a.started_at AS began,
           CASE WHEN a.outcome = 'failed' THEN 0 ELSE a.played_ms END - i.starts_ms AS reached, i.length_ms AS length
    FROM airings a JOIN broadcast_sessions s ON s.id = a.session_id
    JOIN bulletin_items i ON i.bulletin_id = a.bulletin_id WHERE i.article_id IS NOT NULL
    """
)


def add_up(session: Session) -> dict[str, int]:
    """All that the airings say, over all months, from the raw rows."""
    best: dict[tuple[int, int, int], list[Any]] = defaultdict(list)
    for raw in session.execute(RAW).mappings():
        if raw["reached"] > 0:
            best[raw["zone"], raw["article"], raw["session"]].append(raw)
    total = dict.fromkeys(FIGURES, 0)
    lines: dict[tuple[int, int], list[tuple[str, int, int, int, bool]]] = defaultdict(list)
    for (zone, article, number), plays in best.items():
        heard = [min(play["reached"], play["length"]) for play in plays]
        is_run = any(2 * ms >= play["length"] for ms, play in zip(heard, plays, strict=True))
        lines[zone, article].append((min(str(play["began"]) for play in plays), number, max(heard), sum(heard), is_run))
    for line in lines.values():
        has_run = False
        for _began, _number, most_ms, all_ms, is_run in sorted(line):
            total["aired_ms"] += most_ms
            total["cluster_ms"] += all_ms
            total["repeat_ms" if has_run else "first_run_ms"] += most_ms
            if is_run:
                total["repeats" if has_run else "first_runs"] += 1
            has_run = has_run or is_run
    return total


class Ledger(RuleBasedStateMachine):
    """The clerk's desk on a bad day."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.template, self.folder / "books.sqlite")
        self.database = Database(f"sqlite:///{self.folder / 'books.sqlite'}")
        self.now = at("2026-11-01T12:00")
        self.frozen: dict[str, MonthAirtime] = {}
        self.events = 0
        self.mergers = 0

    @initialize()
    def a_first_report(self) -> None:
        self.report(0, 0, 1.0, 0)

    @rule(
        programme=st.integers(0, len(PROGRAMMES) - 1),
        player=st.integers(0, 1),
        share=st.sampled_from([0.0, 0.2, 0.5, 1.0]),
        late_s=st.sampled_from([-60, 0, 150]),
    )
    def report(self, programme: int, player: int, share: float, late_s: int) -> None:
        chosen = PROGRAMMES[programme]
        name = f"loa-{chosen.zone}" + ("-2" if player else "")
        self.events += 1
        started: datetime = chosen.starts_at + timedelta(seconds=late_s)
        changes = {
            "event_id": f"e{self.events}",
            "player": name,
            "started_at": started.isoformat(),
            "played_ms": round(chosen.length_ms * share),
            "outcome": "played" if share == 1 else "partial" if share else "failed",
        }
        # Reports arrive in any order, but never before the airing.
        self.now = max(self.now, started + timedelta(hours=1))
        with self.database.writing() as session:
            (result,) = record_airings(session, [(row(chosen, **changes), "x")], by="loa", now=self.now)
        assert result.status == "recorded", result

    @rule(which=st.integers(0, 30), share=st.sampled_from([0.0, 0.3, 1.0]), later_s=st.sampled_from([0, 0, 180]))
    def correct(self, which: int, share: float, later_s: int) -> None:
        with self.database.writing() as session:
            airings = session.scalars(select(Airing).order_by(Airing.id)).all()
            airing = airings[which % len(airings)]
            played_ms = round(airing.bulletin.length_ms * share)
            outcome = Outcome.PARTIAL if played_ms else Outcome.FAILED
            correct_airing(
                session,
                airing.event_id,
                outcome=outcome,
                played_ms=played_ms,
                started_at=airing.started_at + timedelta(seconds=later_s),
                why="nghe lại băng",
                by="thu-ky",
                now=self.now,
            )

    @rule(ref=st.sampled_from(REFS))
    def withdraw(self, ref: str) -> None:
        with self.database.writing() as session:
            withdraw(session, ref, why="xin rút", by="bien-tap", now=self.now)

    @rule(days=st.integers(1, 40))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(month=st.sampled_from(MONTHS))
    def close(self, month: str) -> None:
        try:
            with self.database.writing() as session:
                closed = close_month(session, month, by="thu-ky", now=self.now, tz=TZ)
        except NotAllowed:
            return
        assert self.frozen.setdefault(month, closed) == closed

    @rule(ref=st.sampled_from(REFS))
    def merge(self, ref: str) -> None:
        """A unit is merged into a new one, which takes an article over."""
        self.mergers += 1
        code = f"phuong-moi-{self.mergers}"
        with self.database.writing() as session:
            article = session.scalars(select(Article).where(Article.ref == ref)).one()
            merged = {"code": code, "name": "Phường mới", "kind": "phuong", "succeeds": [article.unit.code]}
            path = written(self.folder, "units.json", {"units": [{**merged, "valid_from": f"{self.now:%Y-%m-%d}"}]})
            import_units(session, path, now=self.now, tz=TZ, by="quan-tri")
            article.unit = session.scalars(select(Unit).where(Unit.code == code)).one()

    @invariant()
    def units_add_up_to_the_airings(self) -> None:
        with self.database.reading() as session:
            raw = add_up(session)
            booked = dict.fromkeys(FIGURES, 0)
            live = dict.fromkeys(FIGURES, 0)
            for month in MONTHS:
                for unit in month_airtime(session, month, now=self.now, tz=TZ).units:
                    for name in FIGURES:
                        booked[name] += getattr(unit, name)
                for unit in counted(session, month, runs_between(session, *bounds(month, TZ)), TZ).units:
                    for name in FIGURES:
                        live[name] += getattr(unit, name)
                    self._is_possible(asdict(unit))
            for entry in session.scalars(select(LateEntry)):
                for name in FIGURES:
                    booked[name] += getattr(entry, name)
        assert live == raw
        assert booked == raw

    def _is_possible(self, unit: dict[str, Any]) -> None:
        negative = {name: value for name, value in unit.items() if isinstance(value, int) and value < 0}
        assert negative.keys() <= {"late_ms"}
        assert unit["aired_ms"] == unit["first_run_ms"] + unit["repeat_ms"] <= unit["cluster_ms"]

    @invariant()
    def closed_months_stay(self) -> None:
        with self.database.reading() as session:
            for month, frozen in self.frozen.items():
                assert month_airtime(session, month, now=self.now, tz=TZ) == frozen
                assert is_as_closed(session.get_one(ClosedMonth, month))

    @invariant()
    def a_first_run_comes_before_the_repeats(self) -> None:
        with self.database.reading() as session:
            begins, ends = bounds(MONTHS[0], TZ)[0], bounds(MONTHS[-1], TZ)[1]
            repeated = set()
            for run in runs_between(session, begins, ends):
                place = run.heard.article_id, run.heard.zone_id
                assert not (run.first_run and place in repeated)
                if run.heard.is_run:
                    repeated.add(place)

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)


def test_the_ledger_adds_up_whatever_happens_in_whatever_order(tmp_path: Path) -> None:
    path = tmp_path / "books.sqlite"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        for programme in PROGRAMMES:
            add_programme(session, programme)
        for zone in session.scalars(select(Zone)):
            key = f"k-{zone.code}"
            player = Player(code=f"loa-{zone.code}-2", name="Cụm 2", zone=zone, read_key=key, token_hash=key)
            session.add(player)
    with database.reading() as session:
        session.execute(text("pragma wal_checkpoint(truncate)"))
    database.close()
    Ledger.template = path
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=8,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_correction_of_a_closed_month_is_an_entry_with_its_reason(database: Database, tmp_path: Path) -> None:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    programme = PROGRAMMES[0]
    later = at("2026-11-20T12:00")
    with database.writing() as session:
        add_programme(session, programme)
        record_airings(session, [(row(programme), "x")], by="loa", now=later)
        close_month(session, "2026-10", by="thu-ky", now=later, tz=TZ)
        correct_airing(
            session, str(row(programme)["event_id"]), outcome=Outcome.FAILED, why="loa hỏng", by="thu-ky", now=later
        )
    with database.reading() as session:
        table = month_airtime(session, "2026-11", now=later, tz=TZ)
        closed = month_airtime(session, "2026-10", now=later, tz=TZ)
    assert [(entry.article, entry.aired_ms, entry.first_runs, entry.why) for entry in table.late] == [
        ("T-01", -20_000, -1, "loa hỏng"),
        ("T-02", -27_000, -1, "loa hỏng"),
    ]
    assert closed.totals["aired_ms"] == 47_000
    assert json.loads(json.dumps(asdict(table.late[0])))["about_month"] == "2026-10"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"why": " "}, "lý do"),
        ({"played_ms": 10**9}, "thời lượng"),
        ({"started_at": at("2030-01-01T00:00")}, "tương lai"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    changes: dict[str, Any], words: str, database: Database, tmp_path: Path
) -> None:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    programme = PROGRAMMES[0]
    with database.writing() as session:
        add_programme(session, programme)
        record_airings(session, [(row(programme), "x")], by="loa", now=at("2026-11-20T12:00"))
    wanted: dict[str, Any] = {"outcome": Outcome.PARTIAL, "why": "x", **changes}
    with pytest.raises(NotAllowed, match=words), database.writing() as session:
        correct_airing(session, str(row(programme)["event_id"]), by="a", now=at("2026-11-20T12:00"), **wanted)


def test_months_are_closed_one_after_the_other(database: Database, tmp_path: Path) -> None:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    with database.writing() as session:
        add_programme(session, PROGRAMMES[0])
        record_airings(session, [(row(PROGRAMMES[0]), "x")], by="loa", now=at("2026-12-20T12:00"))
    with pytest.raises(NotAllowed, match="2026-10"), database.writing() as session:
        close_month(session, "2026-11", by="thu-ky", now=at("2026-12-20T12:00"), tz=TZ)
