"""Alerts by webhook: signed, never redirected, and never into the station's own network unless it is told to.

The receiver checks `X-Broadcaster-Signature`: `sha256=` and the HMAC-SHA256, in hex, of the timestamp of
`X-Broadcaster-Timestamp`, a full stop, and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from broadcaster.alerts.mail import NotSent
from broadcaster.config import Settings

TIMEOUT = urllib3.Timeout(connect=3.0, read=10.0)
#: Addresses that Python calls global and that lead elsewhere: NAT64 and 6to4 carry any IPv4 address inside.
_TUNNELS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))

#: The addresses of a host and a port; raises OSError where it has none.
Resolve = Callable[[str, int], list[str]]


def addresses_of(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address lies in the open network, tunnels seen through."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in tunnel for tunnel in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver. `may_be_local` admits addresses of the own network, and plain HTTP."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    may_be_local: bool = False
    resolve: Resolve = addresses_of

    @classmethod
    def of(cls, settings: Settings) -> Webhook | None:
        """As the settings have it; None where there is none."""
        if not settings.alert_webhook_url:
            return None
        return cls(settings.alert_webhook_url, settings.alert_webhook_secret, settings.alert_webhook_local)

    def send(self, document: Mapping[str, object], *, now: datetime) -> None:
        """Posts a document, once.

        The host is looked up once and that very address is spoken to, so that a name cannot change its mind in between.

        Raises:
            NotSent: the receiver cannot be reached, may not be spoken to, or does not answer with 2xx.
        """
        parts = urlsplit(self.url)
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        if not is_tls and not self.may_be_local:
            raise NotSent("not https", can_retry=False)
        address = self._address(host, port)
        body = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with self._pool(address, host, port, is_tls) as pool:
                answer = pool.request(
                    "POST",
                    target,
                    body=body,
                    headers=self._headers(parts.netloc.rpartition("@")[2], body, now),
                    redirect=False,
                    retries=False,
                    timeout=TIMEOUT,
                    assert_same_host=False,
                )
        except HTTPError as failure:
            raise NotSent(type(failure).__name__) from None
        if not 200 <= answer.status < 300:
            raise NotSent(f"HTTP {answer.status}")

    def _address(self, host: str, port: int) -> str:
        try:
            found = self.resolve(host, port)
        except OSError:
            raise NotSent("host not found") from None
        if not found:
            raise NotSent("host not found")
        if not self.may_be_local and not all(is_public(address) for address in found):
            raise NotSent("address of a closed network", can_retry=False)
        return found[0]

    def _pool(self, address: str, host: str, port: int, is_tls: bool) -> urllib3.HTTPConnectionPool:
        if is_tls:
            return urllib3.HTTPSConnectionPool(
                address, port, server_hostname=host, assert_hostname=host, cert_reqs="CERT_REQUIRED", maxsize=1
            )
        return urllib3.HTTPConnectionPool(address, port, maxsize=1)

    def _headers(self, host: str, body: bytes, now: datetime) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        return {
            "Host": host,
            "Content-Type": "application/json",
            "User-Agent": "town-broadcaster",
            "X-Broadcaster-Timestamp": timestamp,
            "X-Broadcaster-Signature": signature_of(self.secret, timestamp, body),
        }


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in the header of the signature."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
