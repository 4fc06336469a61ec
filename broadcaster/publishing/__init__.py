"""Publishing is writing files: the public tree follows from the books and the shelf, and from nothing else."""

from broadcaster.publishing.publish import publish
from broadcaster.publishing.tree import Changes

__all__ = ["Changes", "publish"]
