"""A server to misbehave, and a folder to keep right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broadcaster.agent import town_player as agent
from tests.broadcaster.agent import unruly


@pytest.fixture
def server() -> Iterator[unruly.Unruly]:
    with unruly.unruly() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "loa"


@pytest.fixture
def pull(server: unruly.Unruly, folder: Path) -> Callable[..., agent.Outcome]:
    """Pulls once, as cron would: nothing is remembered but what lies in the folder."""

    def pulled(**changes: Any) -> agent.Outcome:
        return agent.Agent(unruly.options(server, folder, **changes)).pull()

    return pulled
