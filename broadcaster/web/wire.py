"""How answers go over the wire: waitress, with three differences.

A 304 leaves the connection open; files are sent by the kernel, unread; and answers that are kept are given by the loop
that receives the question, without a task for a thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import IO, Any

import waitress
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from broadcaster.web.kept import SENT, KeptAnswers, Ready

#: Threads that make answers; sending them is the loop's work, so slow players hold none.
THREADS = 8
#: Loudspeakers keep their connections open while they pull.
MOST_CONNECTIONS = 1_000
_END_OF_HEAD = b"\r\n\r\n"


class SentFile(ReadOnlyFileBasedBuffer):  # type: ignore[misc]  # waitress is published without types
    """The next bytes of a file on their way from the kernel to a socket, never read in here."""

    def prepare(self, size: int | None = None) -> int:
        self.first = self.file.tell()
        return int(super().prepare(size))

    def get(self, _numbytes: int = -1, _skip: bool = False) -> SentFile:
        return self

    def skip(self, numbytes: int, _allow_prune: int = 0) -> None:
        self.first += numbytes
        self.remain -= numbytes

    def send_to(self, socket: int) -> int:
        """Sends what the socket takes; how much. Raises OSError where the file has become shorter than announced."""
        sent = os.sendfile(socket, self.file.fileno(), self.first, self.remain)
        if not sent:
            raise OSError("a file ended before what was announced of it")
        return sent


def _wrapped(file: IO[bytes], block_bytes: int = 32768) -> Any:
    """The server's own wrapper (PEP 3333): files of the disk are left to the kernel, others are read."""
    try:
        file.fileno()
    except (AttributeError, OSError):
        return ReadOnlyFileBasedBuffer(file, block_bytes)
    return SentFile(file, block_bytes)


class WholeRequest(HTTPRequestParser):  # type: ignore[misc]  # waitress is published without types
    """A request that remembers its head as it was received."""

    head = b""

    def parse_header(self, header_plus: bytes) -> None:
        self.head = header_plus
        super().parse_header(header_plus)


class OpenTask(WSGITask):  # type: ignore[misc]  # waitress is published without types
    """Waitress closes after each answer without a Content-Length, though a 304 has no body by definition (RFC 9110).

    Portals and players ask again and again for what has not changed; a connection for each would cost more than the
    answer.
    """

    def set_close_on_finish(self) -> None:
        wished = self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or wished == "close" or (self.version == "1.0" and wished != "keep-alive"):
            super().set_close_on_finish()
        elif self.version == "1.0":
            self.response_headers.append(("Connection", "Keep-Alive"))

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = _wrapped
        return environ

    def build_response_header(self) -> bytes:
        head: bytes = super().build_response_header()
        sent = self.get_environment().get(SENT)
        if sent is not None and self.request.body_rcv is None:
            self.channel.server.kept.keep(self.request.head, head, sent, closes=self.close_on_finish)
        return head


class OpenChannel(HTTPChannel):  # type: ignore[misc]  # waitress is published without types
    """A connection whose known questions are answered as soon as they are received, without a task for a thread."""

    task_class = OpenTask
    parser_class = WholeRequest

    def received(self, data: bytes) -> bool:
        while data and self._is_idle():
            head, end, rest = data.partition(_END_OF_HEAD)
            ready = self.server.kept.find(head + end, int(time.time())) if end else None
            if ready is None:
                break
            self._send_ready(ready)
            data = rest
        # A connection that was lost meanwhile has nobody left to answer.
        return bool(super().received(data)) if data and self.connected else True

    def send(self, data: Any, do_close: bool = True) -> int:
        if not isinstance(data, SentFile):
            return int(super().send(data, do_close=do_close))
        try:
            return data.send_to(self._fileno)
        except BlockingIOError:
            return 0
        except ConnectionError:
            if do_close:
                self.handle_close()
            return 0

    def _is_idle(self) -> bool:
        """Whether nothing is being received, answered or sent: only then is the loop alone with this connection."""
        busy = self.request or self.requests or self.total_outbufs_len or self.will_close or self.close_when_flushed
        return not busy and self.connected

    def _send_ready(self, ready: Ready) -> None:
        """Never waits: with nothing else on its way, no buffer is full, and what the socket does not take stays."""
        parts: list[Any] = [ready.head]
        if ready.file is not None:
            sent = SentFile(ready.file)
            sent.first, sent.remain = ready.first, ready.size_bytes
            parts.append(sent)
        try:
            for part in parts:
                self.write_soon(part)
        except ClientDisconnected:
            # The server is being stopped.
            if ready.file is not None:
                ready.file.close()
            return
        self.close_when_flushed = ready.closes
        self.handle_write()


def bound_server(app: Callable[..., Any], kept: KeptAnswers, *, host: str, port: int, own_name: str) -> Any:
    """A waitress server that has its port and waits to be run. `own_name` is what a request without a host asked for.

    Raises:
        OSError: the port cannot be had.
    """
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        asyncore_use_poll=True,
        ident=None,
        server_name=own_name,
    )
    # A name that stands for several addresses makes a bundle of servers; it serves as well, only less thriftily.
    if hasattr(server, "channel_class"):
        server.channel_class = OpenChannel
        server.kept = kept
    return server
