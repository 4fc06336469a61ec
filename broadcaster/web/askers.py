"""Who asks: the address a request comes from."""

from __future__ import annotations

from ipaddress import ip_address

from flask import Request


def address_of(request: Request) -> str:
    """The asker's address; behind a proxy on this machine the one that the proxy saw.

    Nobody else is believed: whoever writes the header himself would choose his own address.
    """
    direct = request.remote_addr or ""
    try:
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        if ip_address(direct).is_loopback and forwarded:
            return str(ip_address(forwarded))
    except ValueError:
        pass
    return direct
