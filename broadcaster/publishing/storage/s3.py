"""The few requests of the S3 protocol that a bucket of files needs, signed with AWS Signature Version 4.

Written out because that is less than what a client library would bring along. Source: Amazon S3 API Reference,
"Authenticating Requests: Using the Authorization Header"; the tests hold its worked examples.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, urlsplit

import requests
from lxml import etree  # type: ignore[import-untyped]  # published without types

from broadcaster.errors import BadSetting
from broadcaster.publishing.storage.port import StorageUnavailable

TIMEOUT_S = (5.0, 60.0)
_EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """Who signs. The secret is never shown."""

    access: str
    secret: str = field(repr=False)

    @classmethod
    def from_environment(cls) -> Keys:
        """`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, as every program of this protocol has them.

        Raises:
            BadSetting: one of them is missing.
        """
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            raise BadSetting(f"BROADCASTER_STORAGE_URL: thiếu {', '.join(missing)} để ghi vào kho s3://")
        return cls(*(os.environ[name] for name in names))


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, the service that has it, and where in it the tree begins (empty, or ending with `/`)."""

    endpoint: str
    region: str
    bucket: str
    prefix: str

    @classmethod
    def of(cls, url: str) -> Place:
        """Reads `s3://bucket/prefix?endpoint=https://host&region=name`; without an endpoint, it is Amazon's.

        Raises:
            BadSetting: no bucket is named, or the endpoint is no address.
        """
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        region = asked.get("region", "us-east-1")
        endpoint = asked.get("endpoint", f"https://s3.{region}.amazonaws.com").rstrip("/")
        if not parts.netloc or not endpoint.startswith(("http://", "https://")):
            raise BadSetting("BROADCASTER_STORAGE_URL: viết s3://kho/thư-mục?endpoint=https://máy-chủ&region=vùng")
        prefix = parts.path.strip("/")
        return cls(endpoint, region, parts.netloc, f"{prefix}/" if prefix else "")


@dataclass(frozen=True, slots=True)
class Kept:
    """An object of the bucket as a listing names it."""

    key: str
    etag: str
    size_bytes: int


class Client:
    """Speaks to one bucket, addressed by path: every service of this protocol knows that form."""

    def __init__(self, place: Place, keys: Keys) -> None:
        self._place, self._keys = place, keys
        self._http = requests.Session()
        # Signed requests go where they were signed for: neither a proxy's variables nor a .netrc have a say.
        self._http.trust_env = False

    def put(self, key: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Keeps an object. Raises StorageUnavailable."""
        self._ask("PUT", key, content=content, headers=headers)

    def head(self, key: str) -> Mapping[str, str] | None:
        """The headers of an object, None where there is none. Raises StorageUnavailable."""
        answer = self._ask("HEAD", key, may_lack=True)
        return None if answer.status_code == 404 else answer.headers

    def delete(self, key: str) -> None:
        """Takes an object away, if it is there. Raises StorageUnavailable."""
        self._ask("DELETE", key, may_lack=True)

    def list(self, prefix: str) -> Iterator[Kept]:
        """Every object below a prefix. Raises StorageUnavailable."""
        query = {"list-type": "2", "prefix": prefix}
        while True:
            answer = self._ask("GET", "", query=query)
            page = etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False, no_network=True))
            for found in page.iterfind("{*}Contents"):
                etag = (found.findtext("{*}ETag") or "").strip('"')
                yield Kept(found.findtext("{*}Key") or "", etag, int(found.findtext("{*}Size") or 0))
            more = page.findtext("{*}NextContinuationToken")
            if not more:
                return
            query["continuation-token"] = more

    def _ask(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        may_lack: bool = False,
    ) -> requests.Response:
        path = quote(f"/{self._place.bucket}/{key}" if key else f"/{self._place.bucket}", safe="/-_.~")
        asked = canonical_query(query or {})
        host = urlsplit(self._place.endpoint).netloc
        signed = signed_headers(
            method,
            path,
            asked,
            {**(headers or {}), "Host": host},
            content,
            self._place.region,
            self._keys,
            at=datetime.now(UTC),
        )
        url = f"{self._place.endpoint}{path}" + (f"?{asked}" if asked else "")
        try:
            answer = self._http.request(
                method, url, data=content, headers=signed, timeout=TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException as failure:
            raise StorageUnavailable(
                f"kho {self._place.bucket}: không kết nối được ({type(failure).__name__})"
            ) from None
        if 200 <= answer.status_code < 300 or (may_lack and answer.status_code == 404):
            return answer
        raise StorageUnavailable(f"kho {self._place.bucket}: {method} {key} bị từ chối, HTTP {answer.status_code}")


def canonical_query(query: Mapping[str, str]) -> str:
    """Names and values in the one spelling and order that both sides sign."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))


def signed_headers(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    content: bytes,
    region: str,
    keys: Keys,
    *,
    at: datetime,
) -> dict[str, str]:
    """The headers with what makes them believed. `path` and `query` are given as they are sent."""
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    digest = hashlib.sha256(content).hexdigest() if content else _EMPTY
    sent = {**headers, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    lowered = {name.lower(): " ".join(value.split()) for name, value in sent.items()}
    names = ";".join(sorted(lowered))
    lines = "".join(f"{name}:{lowered[name]}\n" for name in sorted(lowered))
    request = "\n".join((method, path, query, lines, names, digest))
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = b"AWS4" + keys.secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    believed = f"AWS4-HMAC-SHA256 Credential={keys.access}/{scope},SignedHeaders={names},Signature={signature}"
    return {**sent, "Authorization": believed}
