"""Identities that are derived rather than drawn, so that they are the same on every host and after every restart."""

from uuid import UUID, uuid5

# The namespace of the podcast:guid element, https://github.com/Podcastindex-org/podcast-namespace (tag "guid").
_PODCAST_NAMESPACE = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def podcast_guid(feed_url: str) -> str:
    """The identity of a podcast: uuid5 of its address without the scheme and without slashes at the end."""
    return str(uuid5(_PODCAST_NAMESPACE, feed_url.partition("://")[2].rstrip("/")))
