"""Answers that the server gives by itself: the application's own, for as long as the file is the same."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, Response, request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.web.kept import KeptAnswers, Sent
from broadcaster.web.plainfiles import Identity, open_plain

NOW = datetime(2026, 11, 10, 1, tzinfo=UTC)
FEED, SOUND, PAGE = "feeds/columns/ntvt.xml", "zones/tt/2026-11-10/0530.mp3", "articles/A.html"
CONTENT = b"<rss>feed</rss>" * 40
TAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
LONG = bytes(range(256)) * 40_000
Serving = Callable[[Flask], AbstractContextManager[str]]


@dataclass
class Served:
    """The application behind its server, which counts what it is asked."""

    app: Flask
    root: Path
    address: tuple[str, int]
    asked: list[str] = field(default_factory=list)

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=20)

    def talk(self, *said: bytes) -> bytes:
        """Everything that comes back on one connection until the server hangs up."""
        with self.connect() as line:
            for part in said:
                line.sendall(part)
            return b"".join(iter(lambda: line.recv(65536), b""))

    def put(self, path: str, content: bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(".unfinished-new")
        unfinished.write_bytes(content)
        unfinished.replace(file)


@pytest.fixture
def station(settings: Settings, serving: Serving) -> Iterator[Served]:
    app = create_app(settings, Database("sqlite:////proc/no-such-place.sqlite"), clock=lambda: NOW)
    asked: list[str] = []
    app.before_request(lambda: asked.append(request.path))
    with serving(app) as address:
        host, port = address.split(":")
        served = Served(app, settings.public_folder, (host, int(port)), asked)
        served.put(FEED, CONTENT)
        served.put(FEED + ".gz", b"packed")
        served.put(PAGE, b"<html></html>")
        served.put(SOUND, LONG)
        yield served


def ask(path: str, *lines: str, method: str = "GET", version: str = "1.1") -> bytes:
    return "\r\n".join([f"{method} /{path} HTTP/{version}", "Host: 127.0.0.1", *lines, "", ""]).encode("latin-1")


def last(path: str, *lines: str) -> bytes:
    return ask(path, *lines, "Connection: close")


def test_who_asks_the_same_again_is_not_passed_on_to_the_application(station: Served) -> None:
    answers = [station.talk(last(FEED, f"If-None-Match: {TAG}", f"User-Agent: reader {number}")) for number in range(3)]
    assert station.asked == [f"/{FEED}"]
    assert all(answer.startswith(b"HTTP/1.1 304 ") for answer in answers)
    assert len({without_date(answer) for answer in answers}) == 1
    assert b"broadcaster_http_answers_kept_total 2.0" in station.talk(last("metrics"))


def without_date(answer: bytes) -> bytes:
    return b"\r\n".join(line for line in answer.split(b"\r\n") if not line.startswith(b"Date: "))


@pytest.mark.parametrize(
    ("lines", "known"),
    [
        (("User-Agent: other", "Accept: text/html", "Referer: http://example/", "Sec-Fetch-Mode: navigate"), True),
        (("user-agent: Đài".encode().decode("latin-1"),), True),
        (("Icy-MetaData: 1",), True),
        (("Accept-Encoding: gzip",), False),
        (("If-None-Match: *",), False),
        (("Range: bytes=0-1",), False),
        (("Cookie: lang=en",), False),
        (("X-Nobody-Knows: 1",), False),
        (("User-Agent : spaced",), False),
        (("User-Agent: folded", " into the next line"), False),
        (("User-Agent: with\x00nothing",), False),
        (("User-Agent: bare\nIf-None-Match: *",), False),
    ],
)
def test_only_lines_that_no_answer_depends_on_are_overlooked(
    lines: tuple[str, ...], known: bool, station: Served
) -> None:
    station.talk(last(FEED))
    assert station.talk(last(FEED)).endswith(CONTENT)
    assert len(station.asked) == 1
    answer = station.talk(last(FEED, *lines))
    if known:
        assert (len(station.asked), answer[-len(CONTENT) :]) == (1, CONTENT)
    else:
        assert len(station.asked) == 2 or answer.startswith(b"HTTP/1.0 400 ")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1, evil.example", ""])
def test_a_foreign_name_is_refused_however_often_the_right_one_was_answered(host: str, station: Served) -> None:
    for _ in range(2):
        assert station.talk(last(FEED)).startswith(b"HTTP/1.1 200 ")
        foreign = last(FEED).replace(b"Host: 127.0.0.1", b"Host: " + host.encode())
        assert station.talk(foreign).split(b" ")[1] == b"400"


@pytest.mark.parametrize("path", [f"{FEED}?lang=en", f"{FEED}?", "healthz", "feeds/never.xml"])
def test_what_was_made_for_one_asker_or_is_no_file_is_never_kept(path: str, station: Served) -> None:
    station.talk(last(path))
    station.talk(last(path))
    assert len(station.asked) == (1 if path == f"{FEED}?" else 2)


def test_a_question_with_a_body_is_the_applications_each_time(station: Served) -> None:
    asked = ask(FEED, "Content-Length: 5") + b"GET /" + last(PAGE)
    for number in (1, 2, 3):
        answer = station.talk(asked)
        assert answer.count(b"HTTP/1.1 200 ") == 2
        assert station.asked.count(f"/{FEED}") == number
        assert b"<html>" in answer


def test_questions_sent_at_once_are_answered_in_their_order(station: Served) -> None:
    known = ask(FEED, f"If-None-Match: {TAG}")
    for _ in range(2):
        station.talk(known + last(PAGE))
    answer = station.talk(known * 3 + ask("healthz") + known + ask(SOUND) + known + last(PAGE))
    codes = re.findall(rb"HTTP/1\.1 (\d+) ", answer)
    assert codes == [b"304"] * 3 + [b"200", b"304", b"200", b"304", b"200"]
    assert LONG in answer


def test_a_known_question_that_comes_in_pieces_is_answered(station: Served) -> None:
    asked = last(FEED)
    whole = [station.talk(asked), station.talk(asked)]
    pieces = station.talk(*(bytes([letter]) for letter in asked))
    assert without_date(pieces) == without_date(whole[0]) == without_date(whole[1])


@pytest.mark.parametrize("lines", [(), (f"If-None-Match: {TAG}",)], ids=["whole", "304"])
def test_clients_of_http_1_0_keep_their_connection_where_they_ask_for_it(
    lines: tuple[str, ...], station: Served
) -> None:
    stays = ask(FEED, *lines, "Connection: Keep-Alive", version="1.0")
    goes = ask(FEED, *lines, version="1.0")
    for _ in range(2):
        answer = station.talk(stays + stays + goes)
        assert answer.count(b"HTTP/1.0 ") == 3
        assert answer.count(b"Connection: Keep-Alive") == 2
        assert answer.count(b"Connection: close") == 1


def test_a_slow_taker_gets_every_byte_and_holds_nobody_up(station: Served) -> None:
    station.talk(last(SOUND))
    with station.connect() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        slow.sendall(last(SOUND))
        first = slow.recv(1_000)
        for _ in range(20):
            assert station.talk(last(FEED)).endswith(CONTENT)
        got = first + b"".join(iter(lambda: slow.recv(65536), b""))
    assert got.partition(b"\r\n\r\n")[2] == LONG


def test_a_file_that_grows_shorter_while_it_is_sent_ends_the_connection(station: Served) -> None:
    for _ in range(2):
        station.put(SOUND, LONG)
        with station.connect() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
            slow.sendall(ask(SOUND))
            slow.recv(1_000)
            os.truncate(station.root / SOUND, 10)
            rest = 0
            with contextlib.suppress(ConnectionError):
                while piece := slow.recv(65536):
                    rest += len(piece)
        assert rest < len(LONG)
    assert station.talk(last(FEED)).endswith(CONTENT)


def test_files_of_kept_answers_are_closed_whoever_hangs_up(station: Served) -> None:
    def held() -> int:
        root = os.path.realpath(station.root)
        return sum(os.path.realpath(link).startswith(root) for link in Path("/proc/self/fd").iterdir())

    for _ in range(5):
        station.talk(last(SOUND))
        station.talk(last(SOUND, "Range: bytes=5-9"))
        station.talk(last(FEED, f"If-None-Match: {TAG}"))
        with station.connect() as lost:
            lost.sendall(ask(SOUND))
            lost.recv(100)
    # Whoever hung up is noticed when more is sent; a later question is answered after that.
    for _ in range(50):
        station.talk(last(PAGE))
        if held() == 0:
            break
    assert held() == 0


PATHS = st.sampled_from([FEED, "feeds/columns/ntvt.json", PAGE, SOUND, "feeds/columns", "index.html"])
CONTENTS = st.sampled_from([b"one", b"two", b"a longer content", b""])
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept-Encoding": st.sampled_from(["gzip", "identity", "gzip;q=0", "br, gzip"]),
        "If-None-Match": st.sampled_from(["*", f'"{hashlib.sha256(b"one").hexdigest()}"', '"other"']),
        "Range": st.sampled_from(["bytes=0-0", "bytes=1-", "bytes=-2", "bytes=99-", "bytes=0-0,2-2", "nonsense"]),
        "If-Range": st.sampled_from([f'"{hashlib.sha256(b"two").hexdigest()}"', '"other"']),
        "User-Agent": st.sampled_from(["one", "two"]),
        "Cookie": st.just("lang=en"),
    },
)
ASKING = st.tuples(st.just("ask"), PATHS, st.sampled_from(["GET", "HEAD", "POST"]), HEADERS)
CHANGING = st.tuples(st.sampled_from(["put", "pack"]), PATHS.filter(lambda path: "." in path), CONTENTS)
TAKING = st.tuples(st.sampled_from(["remove", "link", "link the folder"]), PATHS.filter(lambda path: "." in path))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(ASKING, ASKING, CHANGING, TAKING), max_size=25))
def test_whatever_is_asked_and_happens_the_server_says_what_the_application_says(
    steps: list[tuple[Any, ...]], station: Served, served_client: Any, tmp_path: Path
) -> None:
    shutil.rmtree(station.root)
    station.put(FEED, b"one")
    station.put(SOUND, b"two")
    application = station.app.test_client()
    client = served_client(f"{station.address[0]}:{station.address[1]}", times=2)
    for act, path, *rest in steps:
        target = station.root / path
        if act == "ask":
            method, headers = rest
            asked = {"Accept-Encoding": "identity", **headers}
            said, answer = application.open(f"/{path}", method=method, headers=asked), client.open(f"/{path}", *rest)
            told = {name.lower(): value for name, value in said.headers.items()}
            theirs = {name: value for name, value in answer.headers.items() if name != "connection"}
            if said.status_code < 400:
                assert (answer.status_code, answer.data, theirs) == (said.status_code, said.data, told)
            assert answer.status_code == said.status_code
        elif act in {"put", "pack"}:
            station.put(path + (".gz" if act == "pack" else ""), rest[0])
        elif act == "remove":
            target.unlink(missing_ok=True)
        elif act == "link" and target.is_file():
            elsewhere = tmp_path / "elsewhere"
            elsewhere.write_bytes(target.read_bytes())
            target.unlink()
            target.symlink_to(elsewhere)
        elif act == "link the folder" and target.parent != station.root and not target.parent.is_symlink():
            moved = tmp_path / f"moved-{uuid4()}"
            if target.parent.is_dir():
                target.parent.rename(moved)
                target.parent.symlink_to(moved)
    client.close()


def test_the_first_to_come_is_the_first_to_go_and_cookies_and_undated_answers_are_not_kept(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds/a.xml").write_bytes(b"a")
    file = open_plain(tmp_path, "feeds/a.xml")
    assert file is not None
    os.close(file.descriptor)
    kept, sent = KeptAnswers(tmp_path, most=2), Sent("feeds/a.xml", file.identity)
    head = b"HTTP/1.1 304 Not Modified\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nX: y\r\n\r\n"
    for question in (b"one", b"two", b"three"):
        kept.keep(question, head, sent, closes=False)
    kept.keep(b"cookie", head.replace(b"X: y", b"Set-Cookie: y"), sent, closes=False)
    kept.keep(b"undated", head.replace(b"Date: ", b"Then: "), sent, closes=False)
    found = {question: kept.find(question, 86_400) for question in (b"one", b"two", b"three", b"cookie", b"undated")}
    assert [question for question, ready in found.items() if ready] == [b"two", b"three"]
    ready = found[b"two"]
    assert ready is not None
    assert ready.head == head.replace(b"Thu, 01 Jan", b"Fri, 02 Jan")
    kept.keep(b"two", head, Sent("feeds/a.xml", Identity(0, 1, 2)), closes=False)
    assert kept.find(b"two", 86_400) is None


def test_an_answer_of_a_page_that_speaks_of_no_file_is_not_kept(station: Served) -> None:
    station.app.add_url_rule("/odd", view_func=lambda: Response("odd"))
    assert station.talk(last("odd")).endswith(b"odd")
    station.talk(last("odd"))
    assert station.asked == ["/odd", "/odd"]
