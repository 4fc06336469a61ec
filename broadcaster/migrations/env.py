"""Runs migrations on the connection that `broadcaster.migrations` hands over."""

from alembic import context

import broadcaster.models  # noqa: F401 - fills the metadata
from broadcaster.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
