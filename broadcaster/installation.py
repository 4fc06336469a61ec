"""Makes an installation ready: folders and a database of the newest shape."""

from __future__ import annotations

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
