"""Signing in through a provider of OpenID Connect: an imitation that speaks the protocol, keys and all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey

from broadcaster.app import create_app

CLIENT = "dai-truyen-thanh"


class Provider(ThreadingHTTPServer):
    """Discovery, keys and tokens; what it vouches for is set by the test."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, Any] = {}
        self.signing_key = self.key


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        issuer = self.server.issuer
        if self.path.endswith("openid-configuration"):
            self._say(
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        else:
            self._say({"keys": [self.server.key.as_dict(private=False)]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        token = jwt.encode({"alg": "RS256", "kid": "1"}, self.server.claims, self.server.signing_key)
        self._say({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _say(self, document: dict[str, Any]) -> None:
        data = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def visitor(staffed_town: Any, provider: Provider) -> FlaskClient:
    settings = staffed_town.settings.model_copy(
        update={"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": _secret("bi mat")}
    )
    return create_app(settings, staffed_town.database, clock=lambda: staffed_town.now).test_client()


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)


def vouched(visitor: FlaskClient, provider: Provider, **claims: Any) -> Any:
    """The visitor goes to the provider and comes back vouched for."""
    sent = visitor.get("/sign-in/oidc")
    assert sent.location.startswith(f"{provider.issuer}/authorize?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent.location).query).items()}
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/sign-in/oidc/return"
    assert asked["code_challenge_method"] == "S256"
    now = int(time.time())
    usual = {"iss": provider.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
    provider.claims = {**usual, "preferred_username": "bien-tap", **claims}
    return visitor.get(f"/sign-in/oidc/return?code=c&state={asked['state']}")


def test_whom_the_provider_vouches_for_is_signed_in_under_the_account_of_that_name(
    visitor: FlaskClient, provider: Provider
) -> None:
    assert "Đăng nhập bằng tài khoản của thị xã" in visitor.get("/sign-in").text
    assert vouched(visitor, provider).location == "/desk"
    assert "Biên tập Thử" in visitor.get("/desk/account").text


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": "khong-co"},
        {"preferred_username": None},
        {"aud": "ai-khac"},
        {"iss": "https://ai-khac.example"},
        {"nonce": "cu"},
        {"exp": 1},
    ],
)
def test_nobody_else_is(visitor: FlaskClient, provider: Provider, claims: dict[str, Any]) -> None:
    assert vouched(visitor, provider, **claims).location == "/sign-in"
    assert visitor.get("/desk/account").status_code == 302


def test_a_token_signed_by_somebody_else_opens_nothing(visitor: FlaskClient, provider: Provider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "1"})
    assert vouched(visitor, provider).location == "/sign-in"
    assert visitor.get("/desk/account").status_code == 302


def test_without_a_provider_there_is_no_such_door(town_client: FlaskClient) -> None:
    assert town_client.get("/sign-in/oidc").status_code == 404
    assert "tài khoản của thị xã" not in town_client.get("/sign-in").text
