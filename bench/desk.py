"""Every kind of page of the desk, before three years of a big station's books.

    python -m bench desk [--rounds 20] [--years 3]

The pages are found as a person finds them, by following links from the desk's front, and asked for in turn as an
administrator. Printed: the median and the 95th percentile of each kind in milliseconds, the queries and the size of the
page, and whether the limit is met. Beside it, as a measure of the machine, the same books counted by one plain query.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from bench.big_station import NOW, Size, make_big_station
from broadcaster.accounts import AccountData, begin_sign_in, save_account
from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.migrations import migrate
from broadcaster.models import Role

LIMIT_MS = 300.0
START = "/desk"
OF_A_KIND = 3
_ADDRESS = re.compile(r'href="([^"]+)"')


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench desk", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--years", type=int, default=Size().years)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), tts="monotone", public_url="http://127.0.0.1:8000")
        database = Database(settings.database)
        migrate(database)
        make_big_station(database, Size(years=asked.years), now=NOW)
        app = create_app(settings, database, clock=lambda: NOW)
        client = administrator(app, database)
        pages = list(pages_of(app, client))
        load = f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"{load}; {asked.years} years; limit {LIMIT_MS:.0f} ms")
        print(f"{'median':>8}{'95 %':>8}{'queries':>9}{'kB':>7}  page")
        met = [report(database, client, address, asked.rounds) for address in pages]
        with database.reading() as session:
            began = time.perf_counter()
            session.scalar(text("select count(*) from airings"))
            print(f"{1000 * (time.perf_counter() - began):8.1f} ms for one count of all airings")
        database.close()
    return 0 if all(met) else 1


def administrator(app: Flask, database: Database) -> FlaskClient:
    """A client that is signed in."""
    with database.writing() as session:
        user = save_account(session, AccountData("bench", "Bench", Role.ADMIN), by="bench", now=NOW)
        token = begin_sign_in(session, user, address="::1", browser="bench", now=NOW)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def pages_of(app: Flask, client: FlaskClient) -> Iterator[str]:
    """A few addresses of each kind of page that links lead to."""
    waiting, seen = deque([START]), {START}
    counts: dict[object, int] = {}
    while waiting:
        address = waiting.popleft()
        parts = urlsplit(address)
        try:
            endpoint, _values = app.url_map.bind("127.0.0.1").match(parts.path, method="GET")
        except (HTTPException, RequestRedirect):
            continue
        kind = (endpoint, tuple(sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query))))
        if counts.get(kind, 0) >= OF_A_KIND:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        answer = client.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        if counts[kind] == 1:
            yield address
        for found in _ADDRESS.findall(answer.text):
            target = urldefrag(urljoin(address, found.replace("&amp;", "&"))).url
            is_own = not urlsplit(target).netloc and target.startswith(START) and "lang=" not in target
            if is_own and target not in seen:
                seen.add(target)
                waiting.append(target)


def report(database: Database, client: FlaskClient, address: str, rounds: int) -> bool:
    """Prints a page's figures; True where the limit is met."""
    took, queries, size = [], 0, 0
    for _round in range(rounds):
        with counted(database) as count:
            began = time.perf_counter()
            answer = client.get(address)
            took.append(1000 * (time.perf_counter() - began))
        queries, size = max(queries, count[0]), len(answer.data)
    took.sort()
    late = took[min(len(took) - 1, int(0.95 * len(took)))]
    met = "met" if late < LIMIT_MS else "MISSED"
    print(f"{statistics.median(took):8.0f}{late:8.0f}{queries:9}{size / 1000:7.0f}  {address}  {met}", flush=True)
    return late < LIMIT_MS


@contextmanager
def counted(database: Database) -> Iterator[list[int]]:
    """Counts the statements that the database is asked for inside."""
    count = [0]

    def note(*_: Any) -> None:
        count[0] += 1

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
