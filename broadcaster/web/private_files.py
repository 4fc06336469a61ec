"""Private sound for whoever was let in: sent by this process, or handed over to the nginx in front of it.

nginx says where it would find the shelf by a header that it puts on every request it passes on, in place of any that
came with it (`deploy/nginx.conf`). Who asks us directly and says so too gets an empty answer, and nothing is told.
"""

from __future__ import annotations

from pathlib import Path

from flask import Response, request, send_file

#: Says under which internal address nginx has the shelf.
SHELF_AT = "X-Accel-Shelf"


def private_sound(path: Path, shelf: Path, sha256: str) -> Response:
    """A file of the shelf as an answer. Whether the asker may have it is for the caller to decide, before."""
    whole = path.resolve()
    place = request.headers.get(SHELF_AT)
    if place is None:
        answer = send_file(whole, mimetype="audio/mpeg", conditional=True, etag=sha256)
    else:
        answer = Response(mimetype="audio/mpeg")
        answer.headers["X-Accel-Redirect"] = f"{place}/{whole.relative_to(shelf.resolve()).as_posix()}"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
