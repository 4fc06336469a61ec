"""How answers go over the wire: waitress, but that a 304 leaves the connection open."""

from __future__ import annotations

from typing import Any

import waitress
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

#: Threads that make answers; sending them is the loop's work, so slow players hold none.
THREADS = 8
#: Loudspeakers keep their connections open while they pull.
MOST_CONNECTIONS = 1_000


class OpenTask(WSGITask):  # type: ignore[misc]  # waitress is published without types
    """Waitress closes after each answer without a Content-Length, though a 304 has no body by definition (RFC 9110).

    Portals and players ask again and again for what has not changed; a connection for each would cost more than the
    answer.
    """

    def set_close_on_finish(self) -> None:
        asked_to_close = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or asked_to_close or self.version != "1.1":
            super().set_close_on_finish()


class OpenChannel(HTTPChannel):  # type: ignore[misc]  # waitress is published without types
    """A connection whose answers are sent so."""

    task_class = OpenTask


def bound_server(app: Any, *, host: str, port: int, own_name: str) -> Any:
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
    return server
