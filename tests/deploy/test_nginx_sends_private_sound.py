"""Private sound behind a real nginx: the application decides, nginx sends, and nobody gets past the application."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response, abort, request

from audio.shelf import Shelf
from broadcaster.config import Settings
from broadcaster.publishing.tree import bring_in_line
from broadcaster.web.private_files import private_sound
from tests.deploy.servers import free_port, nginx, nginx_configuration, web_process

SOUND = b"ID3" + bytes(range(256)) * 400
SHA256 = "ab" * 32


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The web process, and nginx in front of it."""
    folder = tmp_path_factory.mktemp("private")
    settings = Settings(data=folder / "data")
    bring_in_line(settings.public_folder, {"index.html": b"<html></html>"})
    path = Shelf(settings.shelf_folder).put(SHA256, ".mp3", SOUND)

    def let_in() -> Response:
        return private_sound(path, settings.shelf_folder, SHA256) if request.args.get("who") == "staff" else abort(403)

    def with_a_door(app: Flask) -> None:
        app.add_url_rule("/listen", view_func=let_in)

    port = free_port()
    with web_process(settings, change=with_a_door) as web:
        upstream = int(web.rpartition(":")[2])
        server = nginx_configuration(settings.public_folder, port, upstream)
        with nginx(server, port, folder / "nginx") as front:
            yield web, front


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": "127.0.0.1", **named})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.headers), body


def test_whoever_is_let_in_hears_it_from_nginx_as_from_the_web_process(addresses: tuple[str, str]) -> None:
    for address in addresses:
        status, headers, body = ask(address, "/listen?who=staff")
        assert (status, body) == (200, SOUND)
        assert headers["Content-Type"] == "audio/mpeg"
        assert headers["Cache-Control"] == "private, no-cache"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "X-Accel-Redirect" not in headers
        status, headers, body = ask(address, "/listen?who=staff", Range="bytes=100-199")
        assert (status, body) == (206, SOUND[100:200])


def test_it_is_nginx_that_sends(addresses: tuple[str, str]) -> None:
    status, headers, body = ask(addresses[0], "/listen?who=staff", X_Accel_Shelf="/_shelf")
    assert (status, body) == (200, b"")
    assert headers["X-Accel-Redirect"].startswith("/_shelf/")
    assert headers["X-Accel-Redirect"].endswith(f"{SHA256}.mp3")


@pytest.mark.parametrize("path", ["/listen", "/listen?who=nobody"])
def test_whoever_is_not_let_in_hears_nothing(path: str, addresses: tuple[str, str]) -> None:
    for address in addresses:
        status, _headers, body = ask(address, path, X_Accel_Shelf="/_shelf")
        assert status == 403
        assert SOUND not in body


def test_nobody_asks_nginx_for_the_shelf_itself(addresses: tuple[str, str]) -> None:
    named = ask(addresses[0], "/listen?who=staff", X_Accel_Shelf="/_shelf")[1]["X-Accel-Redirect"]
    for path in (named, named.replace("/_shelf/", "/_shelf//"), "/_shelf/", "/feeds/../_shelf" + named[7:]):
        status, _headers, body = ask(addresses[1], path)
        assert status == 404
        assert SOUND not in body


def test_what_a_stranger_says_of_the_shelf_does_not_reach_the_application(addresses: tuple[str, str]) -> None:
    assert ask(addresses[1], "/listen?who=staff", X_Accel_Shelf="/etc")[::2] == (200, SOUND)


def test_the_shelf_of_the_shipped_file_is_one_place_named_once(tmp_path: Path) -> None:
    server = nginx_configuration(tmp_path / "public", 1)
    assert "/srv/broadcaster" not in server
