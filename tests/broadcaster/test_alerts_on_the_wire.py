"""Alerts over real sockets: a signed webhook, a letter; and a webhook that nobody can turn against our own network."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from broadcaster.alerts.mail import Mailbox, NotSent
from broadcaster.alerts.webhook import Webhook, is_public, signature_of
from broadcaster.config import Settings, load_settings
from broadcaster.errors import BadSetting
from tests.broadcaster.books import at

SECRET = "một bí mật đủ dài"
NOW = at("2026-11-10T09:00")


class Receiver:
    """An HTTP server that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.status, self.location = 204, ""
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook?a=1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def test_a_webhook_is_signed_over_its_time_and_body(receiver: Receiver) -> None:
    Webhook(receiver.url, SECRET, may_be_local=True).send({"alerts": ["Đã hết"]}, now=NOW)
    ((headers, body),) = receiver.got
    assert json.loads(body) == {"alerts": ["Đã hết"]}
    assert headers["x-broadcaster-signature"] == signature_of(SECRET, headers["x-broadcaster-timestamp"], body)
    assert headers["x-broadcaster-timestamp"] == str(int(NOW.timestamp()))
    assert headers["x-broadcaster-signature"] != signature_of("khác", headers["x-broadcaster-timestamp"], body)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
def test_whatever_is_not_a_yes_is_a_failure_and_no_redirect_is_followed(status: int, receiver: Receiver) -> None:
    receiver.status, receiver.location = status, receiver.url
    with pytest.raises(NotSent, match=f"HTTP {status}"):
        Webhook(receiver.url, SECRET, may_be_local=True).send({}, now=NOW)
    assert len(receiver.got) == 1


CLOSED = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fc00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
]


@pytest.mark.parametrize("address", CLOSED)
def test_no_address_of_a_closed_network_is_spoken_to(address: str) -> None:
    assert not is_public(address)
    hook = Webhook("https://gateway.example/hook", SECRET, resolve=lambda _host, _port: ["203.0.114.1", address])
    with pytest.raises(NotSent, match="closed network"):
        hook.send({}, now=NOW)


@pytest.mark.parametrize("address", ["203.0.114.1", "8.8.8.8", "2606:4700::1111"])
def test_open_addresses_are_open(address: str) -> None:
    assert is_public(address)


def test_without_leave_only_https_is_spoken(receiver: Receiver) -> None:
    with pytest.raises(NotSent, match="not https"):
        Webhook(receiver.url, SECRET).send({}, now=NOW)
    assert receiver.got == []


def test_a_name_cannot_change_its_mind_between_look_and_call(receiver: Receiver) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    url = f"http://nowhere.invalid:{receiver.server.server_port}/"
    Webhook(url, SECRET, may_be_local=True, resolve=resolve).send({}, now=NOW)
    assert asked == ["nowhere.invalid"]
    assert receiver.got[0][0]["host"] == f"nowhere.invalid:{receiver.server.server_port}"


def test_neither_address_nor_secret_shows_where_settings_are_shown() -> None:
    settings = Settings(
        alert_webhook_url="https://gateway.example/khoa", alert_webhook_secret=SECRET, smtp_password="mk"
    )
    assert "khoa" not in repr(settings)
    assert SECRET not in repr(settings)
    assert "khoa" not in repr(Webhook.of(settings))
    with pytest.raises(BadSetting, match="ALERT_WEBHOOK_SECRET"):
        load_settings(alert_webhook_url="https://gateway.example/", alert_webhook_secret="ngắn")
    with pytest.raises(BadSetting, match="ALERT_QUIET_HOURS"):
        load_settings(alert_quiet_hours="tối")


class Postman(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a letter needs."""

    letters: list[str]

    def handle(self) -> None:
        self._say("220 thử")
        while line := self.rfile.readline().decode():
            verb = line.split()[0].upper() if line.split() else ""
            if verb == "DATA":
                self._say("354 nói đi")
                lines = []
                while (text := self.rfile.readline().decode()).rstrip() != ".":
                    lines.append(text)
                self.letters.append("".join(lines))
            if verb == "QUIT":
                return self._say("221 chào")
            self._say("250 được")
        return None

    def _say(self, words: str) -> None:
        self.wfile.write((words + "\r\n").encode())


def test_a_letter_arrives_and_a_dead_server_can_be_tried_again() -> None:
    letters: list[str] = []
    handler = type("Mine", (Postman,), {"letters": letters})
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        settings = Settings(
            smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", alert_mail_to="a@example.vn, b@example.vn"
        )
        mailbox = Mailbox.of(settings)
        assert mailbox is not None
        mailbox.send("Đài: 1 cảnh báo", ["Máy phát im lặng."])
        server.shutdown()
    assert "To: a@example.vn, b@example.vn" in letters[0]
    with pytest.raises(NotSent) as failure:
        mailbox.send("x", ["y"])
    assert failure.value.can_retry


def test_without_a_server_or_an_address_there_is_no_mail() -> None:
    assert Mailbox.of(Settings(smtp_host="mail.example.vn")) is None
    assert Mailbox.of(Settings(alert_mail_to="a@example.vn")) is None
