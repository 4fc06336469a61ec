"""Publishing is writing files: the public tree follows from the books and the shelf, and from nothing else."""

from broadcaster.publishing.gone import is_gone
from broadcaster.publishing.held import is_withheld
from broadcaster.publishing.memory import Memory
from broadcaster.publishing.publish import publish
from broadcaster.publishing.tree import Changes

__all__ = ["Changes", "Memory", "is_gone", "is_withheld", "publish"]
