"""What every answer forbids the browser, and which names the server answers to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
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
#: The machine itself always reaches its own server: the demo, monitors, a proxy on the same host.
OWN_NAMES = ("127.0.0.1", "localhost")


def trusted_hosts(public_url: str) -> list[str]:
    """The names a request may be addressed to; any other is refused, so that none finds its way into a page or mail."""
    public = urlsplit(public_url).hostname
    return list(dict.fromkeys(name for name in (public, *OWN_NAMES) if name))


def install_protection(app: Flask, public_url: str) -> None:
    """Puts the headers on every answer and refuses foreign names."""
    app.config["TRUSTED_HOSTS"] = trusted_hosts(public_url)
    app.after_request(_protected)


def _protected(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
