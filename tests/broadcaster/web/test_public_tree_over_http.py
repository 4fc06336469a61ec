"""The public tree over HTTP: the same bytes under the same paths, and nothing else of the disk."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import http_date

from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.db import Database

FEED = "feeds/columns/nong-thon-moi.xml"
CONTENT = "<rss>Nông thôn mới</rss>".encode()
SOUND = b"ID3" + bytes(range(256)) * 800
SOUND_DIGEST = hashlib.sha256(SOUND).hexdigest()
MEDIA = f"media/{SOUND_DIGEST[:2]}/{SOUND_DIGEST}.mp3"
ETAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
NOW = datetime(2026, 11, 10, 1, tzinfo=UTC)
Serving = Callable[[Flask], AbstractContextManager[str]]


def put(root: Path, path: str, content: bytes) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(".unfinished-new")
    unfinished.write_bytes(content)
    unfinished.replace(file)
    return file


@pytest.fixture
def tree(settings: Settings) -> Path:
    root = settings.public_folder
    put(root, FEED, CONTENT)
    put(root, MEDIA, SOUND)
    return root


@pytest.fixture
def app(settings: Settings, tree: Path) -> Flask:
    # There is no such database: the tree has to be served without it.
    return create_app(settings, Database("sqlite:////proc/no-such-place.sqlite"), clock=lambda: NOW)


@pytest.fixture(params=["in process", "served", "asked again"])
def client(app: Flask, serving: Serving, served_client: Any, request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """The application by itself, behind its server, and the answers that the server gives to who asks again."""
    if request.param == "in process":
        yield app.test_client()
        return
    with serving(app) as address:
        served = served_client(address, times=1 if request.param == "served" else 3)
        yield served
        served.close()


def test_a_file_comes_whole_with_the_digest_of_its_content(client: FlaskClient) -> None:
    answer = client.get("/" + FEED)
    assert answer.status_code == 200
    assert answer.data == CONTENT
    assert answer.headers["ETag"] == ETAG
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_head_says_the_same_as_get_and_sends_nothing(client: FlaskClient) -> None:
    # `Date` is the server's, the rest must agree.
    got, asked = client.get("/" + FEED), client.head("/" + FEED)
    assert asked.data == b""
    assert dict(asked.headers) == dict(got.headers)


def test_whoever_holds_the_bytes_is_told_so(client: FlaskClient) -> None:
    for held in (ETAG, f'"other", {ETAG}', f"W/{ETAG}", "*"):
        answer = client.get("/" + FEED, headers={"If-None-Match": held})
        assert answer.status_code == 304, held
        assert answer.data == b""
        assert answer.headers["ETag"] == ETAG
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/" + FEED, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_date_counts_only_when_it_is_the_very_one(client: FlaskClient, tree: Path) -> None:
    os.utime(tree / FEED, (1_790_000_000, 1_790_000_000))
    for seconds, status in ((0, 304), (-1, 200), (1, 200)):
        asked = http_date(1_790_000_000 + seconds)
        assert client.get("/" + FEED, headers={"If-Modified-Since": asked}).status_code == status
    # The digest decides where both are sent.
    both = {"If-Modified-Since": http_date(1_790_000_000), "If-None-Match": '"other"'}
    assert client.get("/" + FEED, headers=both).status_code == 200


def test_a_new_version_is_noticed_even_with_the_same_size_and_time(client: FlaskClient, tree: Path) -> None:
    before = (tree / FEED).stat()
    client.get("/" + FEED)
    changed = CONTENT[::-1]
    put(tree, FEED, changed)
    os.utime(tree / FEED, ns=(before.st_mtime_ns, before.st_mtime_ns))
    answer = client.get("/" + FEED, headers={"If-None-Match": ETAG})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{hashlib.sha256(changed).hexdigest()}"'


def test_a_download_is_taken_up_where_it_broke_off(client: FlaskClient) -> None:
    headers = {"Range": "bytes=1000-", "If-Range": f'"{SOUND_DIGEST}"'}
    answer = client.get("/" + MEDIA, headers=headers)
    assert answer.status_code == 206
    assert answer.data == SOUND[1000:]
    assert answer.headers["Content-Range"] == f"bytes 1000-{len(SOUND) - 1}/{len(SOUND)}"
    assert answer.headers["Content-Length"] == str(len(SOUND) - 1000)
    assert answer.headers["ETag"] == f'"{SOUND_DIGEST}"'


@pytest.mark.parametrize("condition", ['"of another version"', f'W/"{SOUND_DIGEST}"', http_date(NOW), ""])
def test_a_part_of_another_version_is_never_joined_to_this_one(client: FlaskClient, condition: str) -> None:
    answer = client.get("/" + MEDIA, headers={"Range": "bytes=1000-", "If-Range": condition})
    assert answer.status_code == 200
    assert answer.data == SOUND


def test_several_ranges_get_the_whole_file_and_none_behind_the_end(client: FlaskClient) -> None:
    assert client.get("/" + MEDIA, headers={"Range": "bytes=0-1,5-6"}).data == SOUND
    refused = client.get("/" + MEDIA, headers={"Range": f"bytes={len(SOUND)}-"})
    assert refused.status_code == 416
    assert refused.headers["Content-Range"] == f"bytes */{len(SOUND)}"
    assert client.head("/" + MEDIA, headers={"Range": "bytes=5-6"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        (FEED, "application/rss+xml; charset=utf-8", "public, max-age=300"),
        ("feeds/columns/a.json", "application/feed+json; charset=utf-8", "public, max-age=300"),
        ("feeds/index.opml", "text/x-opml; charset=utf-8", "public, max-age=300"),
        ("schedule/tt.ics", "text/calendar; charset=utf-8", "public, max-age=300"),
        ("zones/tt/today.m3u", "audio/x-mpegurl; charset=utf-8", "public, no-cache"),
        ("zones/tt/today.xspf", "application/xspf+xml; charset=utf-8", "public, no-cache"),
        ("zones/tt/2026-11-10/0530.mp3", "audio/mpeg", "public, no-cache"),
        (MEDIA, "audio/mpeg", "public, max-age=31536000, immutable"),
        ("players/0123abcd/manifest.json", "application/json", "private, no-cache"),
        ("articles/2026-0101.html", "text/html; charset=utf-8", "public, max-age=300"),
        ("articles/strange.thing", "application/octet-stream", "public, max-age=300"),
        ("media/not-a-digest.mp3", "audio/mpeg", "public, no-cache"),
    ],
)
def test_every_kind_has_its_type_and_its_time_to_be_kept(
    client: FlaskClient, tree: Path, path: str, kind: str, caching: str
) -> None:
    if path not in (FEED, MEDIA):
        put(tree, path, b"content")
    answer = client.get("/" + path)
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (200, kind, caching)
    # Other sites' pages may read feeds and calendars, nothing else.
    opened = path.startswith(("feeds/", "schedule/"))
    assert answer.headers.get("Access-Control-Allow-Origin") == ("*" if opened else None)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_media_is_named_by_its_digest_and_not_hashed_again(client: FlaskClient, tree: Path) -> None:
    put(tree, MEDIA, b"whatever lies here")
    assert client.get("/" + MEDIA).headers["ETag"] == f'"{SOUND_DIGEST}"'
    # A digest in another's folder is no name of ours: such a file speaks for itself.
    stray = f"media/00/{SOUND_DIGEST}.mp3"
    put(tree, stray, b"stray")
    assert client.get("/" + stray).headers["ETag"] == f'"{hashlib.sha256(b"stray").hexdigest()}"'


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/.unfinished-0badcafe",
        "/feeds/.hidden/a.xml",
        "/feeds/columns",
        "/feeds/columns/",
        "/feeds/",
        "/feeds",
        "/feeds//columns/nong-thon-moi.xml",
        "/feeds/../../secret.txt",
        "/feeds/%2e%2e/%2e%2e/secret.txt",
        "/feeds/..%2f..%2fsecret.txt",
        "/feeds/..%5c..%5csecret.txt",
        "/feeds/%00",
        "/feeds/a%00b.xml",
        "/feeds//etc/passwd",
        "/feeds/linked.txt",
        "/feeds/linked-folder/nong-thon-moi.xml",
        "/feeds/pipe",
        "/feeds/" + "a" * 300,
        "/feeds/" + "a/" * 3000 + "b",
        "/secret.txt",
        "/.public.lock",
        "/broadcaster.sqlite",
        "/other/thing.txt",
    ],
)
def test_nothing_but_plain_files_of_the_tree_is_served(client: FlaskClient, tree: Path, path: str) -> None:
    put(tree.parent, "secret.txt", b"secret")
    put(tree, "other/thing.txt", b"secret")
    put(tree, "feeds/.hidden/a.xml", b"secret")
    (tree / "feeds/.unfinished-0badcafe").write_bytes(b"secret")
    (tree / "feeds/linked.txt").symlink_to(tree.parent / "secret.txt")
    (tree / "feeds/linked-folder").symlink_to(tree / "feeds/columns")
    os.mkfifo(tree / "feeds/pipe")
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"secret" not in answer.data


def test_a_tree_that_is_itself_reached_by_a_link_is_served(settings: Settings, tree: Path) -> None:
    moved = tree.with_name("on-another-disk")
    tree.rename(moved)
    tree.symlink_to(moved)
    app = create_app(settings, Database("sqlite://"), clock=lambda: NOW)
    assert app.test_client().get("/" + FEED).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_tree_is_read_only(client: FlaskClient, tree: Path, method: str) -> None:
    assert client.open("/" + FEED, method=method).status_code == 405
    assert (tree / FEED).read_bytes() == CONTENT


def test_a_player_of_1996_without_a_host_gets_its_bulletin(app: Flask, serving: Serving) -> None:
    with serving(app) as address:
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(f"GET /{MEDIA} HTTP/1.0\r\n\r\n".encode())
            received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200")
    assert b"chunked" not in head.lower()
    assert body == SOUND


def test_the_server_sends_exactly_the_part_that_was_asked_for_and_keeps_the_connection(
    app: Flask, serving: Serving
) -> None:
    with serving(app) as address:
        connection = http.client.HTTPConnection(address, timeout=20)
        for first, last in ((0, 9), (100_000, 100_099), (len(SOUND) - 5, len(SOUND) - 1)):
            connection.request("GET", "/" + MEDIA, headers={"Range": f"bytes={first}-{last}"})
            answer = connection.getresponse()
            assert answer.status == 206
            assert answer.read() == SOUND[first : last + 1]
        connection.request("HEAD", "/" + MEDIA)
        answer = connection.getresponse()
        assert (answer.read(), answer.headers["Content-Length"]) == (b"", str(len(SOUND)))
        connection.request("GET", "/" + MEDIA)
        assert connection.getresponse().read() == SOUND
        connection.close()


def test_who_asks_again_and_again_keeps_one_connection(app: Flask, serving: Serving) -> None:
    with serving(app) as address:
        connection = http.client.HTTPConnection(address, timeout=20)
        connection.connect()
        first = connection.sock
        for _ in range(3):
            connection.request("GET", "/" + FEED, headers={"If-None-Match": ETAG})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (304, b"")
            assert connection.sock is first
        connection.request("GET", "/" + FEED, headers={"If-None-Match": ETAG, "Connection": "close"})
        answer = connection.getresponse()
        assert answer.status == 304
        assert answer.headers["Connection"] == "close"
        connection.close()


def test_files_are_closed_after_they_were_sent(app: Flask, serving: Serving) -> None:
    def open_sounds() -> int:
        return sum(os.path.realpath(link).endswith(".mp3") for link in Path("/proc/self/fd").iterdir())

    with serving(app) as address:
        connection = http.client.HTTPConnection(address, timeout=20)
        for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"Range": "bytes=0-9"})) * 3:
            connection.request(method, "/" + MEDIA, headers=headers)
            connection.getresponse().read()
        for headers in ({"If-None-Match": f'"{SOUND_DIGEST}"'}, {"Range": "bytes=999999999-"}):
            connection.request("GET", "/" + MEDIA, headers=headers)
            connection.getresponse().read()
        connection.close()
    assert open_sounds() == 0
