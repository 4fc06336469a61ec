"""What every answer forbids the browser, and which names the server answers to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_wtf import CSRFProtect

from broadcaster.web.askers import address_of

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
#: Guards every form; interfaces for machines, which send a token of their own, are exempted where they are made.
forgery_guard = CSRFProtect()
#: Slows down who guesses. Counted in this process: it need not be exact, the accounts themselves wait as well.
rate_guard = Limiter(key_func=lambda: address_of(request), storage_uri="memory://", headers_enabled=False)
#: The machine itself always reaches its own server: the demo, monitors, a proxy on the same host.
OWN_NAMES = ("127.0.0.1", "localhost")


def trusted_hosts(public_url: str) -> list[str]:
    """The names a request may be addressed to; any other is refused, so that none finds its way into a page or mail."""
    public = urlsplit(public_url).hostname
    return list(dict.fromkeys(name for name in (public, *OWN_NAMES) if name))


def install_protection(app: Flask, public_url: str) -> None:
    """Puts the headers on every answer, refuses foreign names and forms that did not come from our own pages."""
    app.config.update(
        TRUSTED_HOSTS=trusted_hosts(public_url),
        SESSION_COOKIE_NAME="broadcaster",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=public_url.startswith("https://"),
        # A form that stood open over lunch is still its reader's own; the token ends with the sign-in.
        WTF_CSRF_TIME_LIMIT=None,
    )
    forgery_guard.init_app(app)
    rate_guard.init_app(app)
    app.after_request(_protected)


def _protected(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
