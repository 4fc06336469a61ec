"""The broadcast log on paper says, row by row, what its document says; long names break and never run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from broadcaster.language import speaking
from broadcaster.reports.broadcast_log import LogRow, broadcast_log
from broadcaster.reports.log_paper import log_paper
from broadcaster.reports.paper import Office
from broadcaster.reports.printing import to_pdf
from broadcaster.verdicts import Tolerances
from tests.broadcaster.books import TZ, at
from tests.broadcaster.conftest import Town
from tests.broadcaster.reports.months import DATED, LONG_NAMES
from tests.broadcaster.reports.printed import crossed, packed, pages_of, whole_text

DAY = date(2026, 11, 10)


def printed(rows: tuple[LogRow, ...], language: str = "vi") -> bytes:
    with speaking(language):
        return to_pdf(log_paper(rows, DAY, DAY, Office("Đài Thử"), dated=DATED))


def rows_of(town: Town, now: datetime) -> tuple[LogRow, ...]:
    with town.database.reading() as session:
        return broadcast_log(session, DAY, DAY, now=now, tz=TZ, tolerances=Tolerances())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_row_of_the_log_stands_on_the_page(language: str, small_town: Town) -> None:
    rows = rows_of(small_town, at("2026-11-11T05:00"))
    assert any(row.heard_ms for row in rows)
    text = whole_text(printed(rows, language))
    for row in rows:
        run = {"vi": ("PL", "PM"), "en": ("R", "F")}[language][row.first_run]
        planned, heard = ((length_ms + 500) // 1000 for length_ms in (row.planned_ms, row.heard_ms))
        assert packed(f"{row.article}{row.unit_name}") in text
        assert (
            f"{run}{'' if row.priority == 'normal' else packed({'vi': 'ưu tiên', 'en': 'priority'}[language])}" in text
        )
        assert packed(f"{row.clusters_ok}/{row.clusters_failed}{planned}{heard}") in text
    sums = [sum(getattr(row, key) for row in rows) for key in ("planned_ms", "heard_ms")]
    thousands = "." if language == "vi" else ","
    assert "".join(f"{(one + 500) // 1000:,}".replace(",", thousands) for one in sums) in text


def test_a_day_without_a_session_says_so(small_town: Town) -> None:
    assert small_town
    assert packed("Không có buổi nào phải ghi") in whole_text(printed(()))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_of_a_crowded_log_is_cut(language: str) -> None:
    one = LogRow(
        day=DAY,
        session="tt-20261110-0530",
        zone="tt",
        zone_name="Trung tâm",
        planned_at=at("2026-11-10T05:30"),
        started_at=at("2026-11-10T05:30:02"),
        article="2026-CONG-VAN-SO-0001-PHUONGQUANGTRUNG",
        title="Bài",
        unit="u",
        unit_name=LONG_NAMES[1],
        source="recording",
        first_run=True,
        priority="urgent",
        clusters_ok=12,
        clusters_failed=188,
        planned_ms=9_999_000,
        heard_ms=9_999_000,
        on_duty="",
        approved_by=LONG_NAMES[2],
        verdict="partial",
        incident="; ".join([LONG_NAMES[0], LONG_NAMES[1], "mất điện toàn cụm"]),
    )
    rows = tuple(
        replace(
            one, planned_at=one.planned_at + timedelta(hours=number // 6), priority=("urgent", "priority")[number % 2]
        )
        for number in range(60)
    )
    pdf = printed(rows, language)
    assert packed(one.incident) in whole_text(pdf)
    assert [letter for page in pages_of(pdf) for letter in crossed(page)] == []
