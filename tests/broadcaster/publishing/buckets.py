"""As much of an S3 service as our client speaks to: it checks signatures, keeps objects in memory, lists in pages."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from broadcaster.publishing.storage.s3 import Keys, canonical_query, signed_headers

KEYS = Keys("ten-truy-cap", "khoa-bi-mat")
BUCKET, REGION = "cay-cong-khai", "vn-1"
PAGE = 7
_SIGNED = re.compile(r"SignedHeaders=([^,]+),Signature=([0-9a-f]{64})")


@dataclass
class Bucket:
    """What the service holds, and what was asked of it."""

    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    #: Answers this to everything, like a service that is down.
    broken: int | None = None
    #: Tags of its own making, as a service that encrypts gives them.
    own_tags: bool = False


@contextmanager
def bucket_service() -> Iterator[tuple[str, Bucket]]:
    """The service on a port of its own; answers the setting that leads to it, and what it holds."""
    bucket = Bucket()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_words: object) -> None:
            """Quiet."""

        def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            key = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
            bucket.asked.append(f"{self.command} {key}".strip())
            if bucket.broken is not None:
                return self.answer(bucket.broken)
            if not self.is_signed(parts.path, parts.query, body):
                return self.answer(403)
            if self.command == "PUT":
                bucket.objects[key] = (body, {name.lower(): value for name, value in self.headers.items()})
                return self.answer(200)
            if self.command == "DELETE":
                bucket.objects.pop(key, None)
                return self.answer(204)
            if self.command == "HEAD":
                if key not in bucket.objects:
                    return self.answer(404)
                return self.answer(200, x_amz_meta_sha256=bucket.objects[key][1].get("x-amz-meta-sha256", ""))
            return self.answer(200, self.listing(parts.query))

        do_GET = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - http.server calls them so

        def listing(self, query: str) -> bytes:
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            keys = sorted(key for key in bucket.objects if key.startswith(asked["prefix"]))
            begins = int(asked.get("continuation-token", 0))
            found = "".join(
                f"<Contents><Key>{escape(key)}</Key><ETag>&quot;{self.tag(key)}&quot;</ETag>"
                f"<Size>{len(bucket.objects[key][0])}</Size></Contents>"
                for key in keys[begins : begins + PAGE]
            )
            more = begins + PAGE < len(keys)
            token = f"<NextContinuationToken>{begins + PAGE}</NextContinuationToken>" if more else ""
            space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
            return f"<ListBucketResult {space}>{found}{token}</ListBucketResult>".encode()

        def tag(self, key: str) -> str:
            digest = hashlib.md5(bucket.objects[key][0], usedforsecurity=False).hexdigest()
            return digest[::-1] if bucket.own_tags else digest

        def is_signed(self, path: str, query: str, body: bytes) -> bool:
            found = _SIGNED.search(self.headers.get("Authorization", ""))
            if not found or hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
                return False
            names = [name for name in found.group(1).split(";") if name not in {"x-amz-date", "x-amz-content-sha256"}]
            at = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            sent = {name: self.headers[name] for name in names}
            asked = canonical_query({name: values[0] for name, values in parse_qs(query).items()})
            ours = signed_headers(self.command, path, asked, sent, body, REGION, KEYS, at=at)
            return ours["Authorization"] == self.headers["Authorization"]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"s3://{BUCKET}/loa?endpoint=http://127.0.0.1:{server.server_port}&region={REGION}", bucket
    finally:
        server.shutdown()
        server.server_close()
