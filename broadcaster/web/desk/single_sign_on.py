"""Signing in through the town's own OpenID Connect provider, where one is set; accounts and roles stay ours.

Standard: OpenID Connect Core 1.0, authorization code flow with PKCE and nonce, by authlib (extra `oidc`).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from broadcaster.accounts import begin_sign_in
from broadcaster.config import Settings
from broadcaster.errors import BadSetting
from broadcaster.language import gettext
from broadcaster.models import User
from broadcaster.web.askers import address_of
from broadcaster.web.desk.account import remember
from broadcaster.web.desk.house import books_writing, moment, settings
from broadcaster.web.protection import rate_guard

single_sign_on = Blueprint("single_sign_on", __name__, url_prefix="/sign-in/oidc")

_EXTENSION = "single_sign_on"


def install_single_sign_on(app: Flask, known: Settings) -> None:
    """Makes the provider known, where one is set.

    Raises:
        BadSetting: a provider is set, but the optional package for it is not installed.
    """
    app.extensions[_EXTENSION] = None
    app.context_processor(lambda: {"has_single_sign_on": current_app.extensions[_EXTENSION] is not None})
    if not known.oidc_issuer:
        return
    try:
        # Only who signs in this way needs the package.
        from authlib.integrations.flask_client import OAuth
    except ModuleNotFoundError:
        raise BadSetting("BROADCASTER_OIDC_ISSUER: cần cài thêm gói authlib (extra «oidc»)") from None
    registry = OAuth(app)
    registry.register(
        "town",
        client_id=known.oidc_client_id,
        client_secret=known.oidc_client_secret.get_secret_value(),
        server_metadata_url=known.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 10},
    )
    app.extensions[_EXTENSION] = registry.town


@single_sign_on.get("")
@rate_guard.limit("20 per minute")
def begin() -> Response:
    """Sends the visitor to the provider."""
    provider = _provider()
    answer: Response = provider.authorize_redirect(settings().public_url + url_for("single_sign_on.returned"))
    return answer


@single_sign_on.get("/return")
@rate_guard.limit("20 per minute")
def returned() -> Response:
    """Signs in whom the provider vouches for, if there is an open account of that name; it makes none."""
    from authlib.integrations.base_client.errors import OAuthError
    from joserfc.errors import JoseError

    try:
        claims = _provider().authorize_access_token().get("userinfo") or {}
    except (OAuthError, JoseError):
        flash(gettext("Nhà cung cấp đăng nhập không xác nhận được. Hãy thử lại."))
        return redirect(url_for("account.sign_in"))
    name = str(claims.get(settings().oidc_name_claim) or "")
    with books_writing() as books:
        user = books.scalars(select(User).where(User.name == name, User.disabled_at.is_(None))).first()
        browser, address = str(request.user_agent), address_of(request)
        token = begin_sign_in(books, user, address=address, browser=browser, now=moment()) if user else None
    if token is None:
        flash(gettext("Chưa có tài khoản tên «{name}» ở đây. Hãy hỏi quản trị viên.", name=name))
        return redirect(url_for("account.sign_in"))
    remember(token)
    return redirect(url_for("front.desk"))


def _provider() -> Any:
    provider = current_app.extensions[_EXTENSION]
    if provider is None:
        abort(404)
    return provider
