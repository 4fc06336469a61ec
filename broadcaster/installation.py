"""Makes an installation ready: folders and a database of the newest shape."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from audio.files import UNFINISHED, sync_folder
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.migrations import migrate


def prepare(settings: Settings) -> Database:
    """Creates or migrates the database and the folders; does nothing where they are."""
    for folder in (settings.data, settings.shelf_folder, settings.public_folder):
        folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    migrate(database)
    return database


def secret_key(settings: Settings) -> str:
    """What cookies are signed with: made at the first start, kept in the data folder, readable to its owner alone.

    Processes that start at the same time end with the same key: whoever links the file first has made it.
    """
    path = settings.data / "secret.key"
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii")
    settings.data.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=settings.data)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()
    sync_folder(settings.data)
    return path.read_text(encoding="ascii")
