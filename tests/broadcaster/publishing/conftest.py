"""The station of these tests, written once for each worker and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broadcaster.publishing.stations import Station, copied, make_station


@pytest.fixture(scope="session")
def station_as_made(tmp_path_factory: pytest.TempPathFactory) -> Station:
    station = make_station(tmp_path_factory.mktemp("station"))
    station.database.close()
    return station


@pytest.fixture
def station(station_as_made: Station, tmp_path: Path) -> Iterator[Station]:
    station = copied(station_as_made, tmp_path)
    yield station
    station.database.close()
