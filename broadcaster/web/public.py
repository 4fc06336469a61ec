"""Serves the public tree under the paths it has on disk, as nginx or a bucket would.

No database is asked: loudspeakers and the portal get their files while everything else is down.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from flask import Blueprint, Flask, Request, Response, abort, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.http import http_date, parse_date, parse_etags

from broadcaster.publishing import is_gone, is_withheld
from broadcaster.publishing.storage import TWIN, caching_of, digest_in_name, has_twin, is_twin, type_of
from broadcaster.web.digests import Digests
from broadcaster.web.kept import SENT, Sent
from broadcaster.web.plainfiles import Identity, open_plain
from broadcaster.web.ranges import Span, Unsatisfiable, asked_span

#: The rooms of the tree; nothing else below the public folder is served.
ROOMS = ("feeds", "schedule", "zones", "media", "players", "articles")
#: Feeds may be read by pages of other sites; nothing else needs to.
OPEN_ROOMS = frozenset({"feeds", "schedule"})
_PIECE_BYTES = 64 * 1024

public = Blueprint("public", __name__)


class PagesSessions(SecureCookieSessionInterface):
    """Sessions for pages alone: the tree is the same for everybody, so no cache should keep it apart by cookies."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.lstrip("/").split("/")[0] in {*ROOMS, "index.html"}:
            return self.make_null_session(app)
        return super().open_session(app, request)


@dataclass(frozen=True, slots=True)
class Served:
    """A file as it is about to be sent: opened once, so that name, digest and bytes belong together."""

    file: BufferedReader
    path: str
    sha256: str
    identity: Identity
    #: The file is the compressed twin of the one that `path` names.
    packed: bool = False

    @property
    def etag(self) -> str:
        return f'"{self.sha256}"'

    @property
    def size_bytes(self) -> int:
        return self.identity.size_bytes

    @property
    def changed_at(self) -> datetime:
        return datetime.fromtimestamp(self.identity.changed_ns // 1_000_000_000, UTC)

    @property
    def real_path(self) -> str:
        """Where the file lies in the tree."""
        return self.path + TWIN if self.packed else self.path


@public.get(f"/<any({', '.join(ROOMS)}):room>/<path:rest>")
def serve_file(room: str, rest: str) -> Response:
    """A file of the tree, the part of it that was asked for, or 304 where the asker holds it already."""
    return _serve(f"{room}/{rest}")


@public.get("/index.html")
def serve_index() -> Response:
    """The tree's own front page: what stays up when this process is down."""
    return _serve("index.html")


def _serve(path: str) -> Response:
    root, digests = current_app.config["PUBLIC_FOLDER"], current_app.extensions["digests"]
    if is_withheld(root, path, request.args.get("key")):
        abort(404)
    # The twins are sent for their texts, never under names of their own.
    served = None if is_twin(path) else (_packed(root, path, digests) or open_file(root, path, digests))
    if served is None:
        abort(410 if is_gone(root, path) else 404)
    if _is_held(served):
        served.file.close()
        _let_keep(served)
        return _with_headers(Response(status=304), served)
    try:
        span = _span(served)
    except Unsatisfiable:
        served.file.close()
        refused = Response(status=416, mimetype="text/plain")
        refused.headers["Content-Range"] = f"bytes */{served.size_bytes}"
        return _with_headers(refused, served)
    return _with_headers(_answer(served, span), served)


def open_file(root: Path, path: str, digests: Digests) -> Served | None:
    """Opens a file of the tree; None for what is not there, is not plainly named, or is reached by a link."""
    plain = open_plain(root, path)
    if plain is None:
        return None
    file = os.fdopen(plain.descriptor, "rb")
    return Served(file, path, digest_in_name(path) or digests.of(file, path, plain.identity), plain.identity)


def _packed(root: Path, path: str, digests: Digests) -> Served | None:
    """The compressed twin of a text, for whoever can unpack it. Parts are counted in the bytes of the text itself."""
    if not has_twin(path) or "Range" in request.headers or not request.accept_encodings.quality("gzip"):
        return None
    twin = open_file(root, path + TWIN, digests)
    return replace(twin, path=path, packed=True) if twin else None


def _let_keep(served: Served, first: int = 0, size_bytes: int = 0) -> None:
    """Tells the server of which bytes the answer speaks, so that it may give it again while the file is the same.

    Not where a packed twin would have been sent had there been one, nor for addresses that were made up for one asker.
    """
    lacks_twin = not served.packed and has_twin(served.path) and "gzip" in request.headers.get("Accept-Encoding", "")
    if not request.query_string and not lacks_twin:
        request.environ[SENT] = Sent(served.real_path, served.identity, first, size_bytes)


def _is_held(served: Served) -> bool:
    """Whether the asker has these very bytes.

    The date counts only where no digest was sent, and only when it is the same: a file that comes back from the shelf
    is older than the one it replaces.
    """
    if "If-None-Match" in request.headers:
        return parse_etags(request.headers["If-None-Match"]).contains_weak(served.sha256)
    return parse_date(request.headers.get("If-Modified-Since")) == served.changed_at


def _span(served: Served) -> Span | None:
    """The part asked for; None for the whole, as for a HEAD and for a part of another version."""
    if request.method != "GET":
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != served.etag:
        return None
    return asked_span(request.headers.get("Range"), served.size_bytes)


def _answer(served: Served, span: Span | None) -> Response:
    size_bytes = span.size_bytes if span else served.size_bytes
    if request.method == "HEAD":
        served.file.close()
        response = Response()
        _let_keep(served)
    else:
        first = span.first if span else 0
        served.file.seek(first)
        _let_keep(served, first, size_bytes)
        response = _sending(served.file, size_bytes)
    response.content_length = size_bytes
    if span:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {span.first}-{span.last}/{served.size_bytes}"
    return response


def _sending(file: BufferedReader, size_bytes: int) -> Response:
    """The next bytes of a file as an answer.

    A server's own wrapper (PEP 3333) sends as much as the Content-Length says and closes the file; waitress's frees
    the thread at once and lets its loop feed slow players, so that a hundred of them do not starve the rest.
    """
    wrapper = request.environ.get("wsgi.file_wrapper")
    if wrapper is not None:
        return Response(wrapper(file, _PIECE_BYTES), direct_passthrough=True)
    response = Response(_read(file, size_bytes))
    response.call_on_close(file.close)
    return response


def _read(file: BufferedReader, size_bytes: int) -> Iterator[bytes]:
    left_bytes = size_bytes
    while left_bytes > 0:
        piece = file.read(min(_PIECE_BYTES, left_bytes))
        if not piece:
            return
        left_bytes -= len(piece)
        yield piece


def _with_headers(response: Response, served: Served) -> Response:
    room = served.path.split("/")[0]
    headers = response.headers
    if response.status_code in {200, 206}:
        headers["Content-Type"] = type_of(served.path)
        if served.packed:
            headers["Content-Encoding"] = "gzip"
    elif response.status_code == 304:
        headers.pop("Content-Type", None)
    headers["ETag"] = served.etag
    if has_twin(served.path):
        headers["Vary"] = "Accept-Encoding"
    headers["Last-Modified"] = http_date(served.changed_at)
    headers["Accept-Ranges"] = "bytes"
    headers["Cache-Control"] = caching_of(served.path)
    if room in OPEN_ROOMS:
        headers["Access-Control-Allow-Origin"] = "*"
    if room == "players":
        headers["X-Robots-Tag"] = "noindex"
    return response
