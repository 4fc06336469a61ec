"""What a process that publishes again and again keeps between two publications: never needed, only quicker."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.fragments import FragmentCache


@dataclass(frozen=True, slots=True)
class Memory:
    """Owned by the process that publishes and passed in by it; a fresh one makes the same tree."""

    fragments: FragmentCache = field(default_factory=FragmentCache)
