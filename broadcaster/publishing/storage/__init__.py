"""Where the public tree is kept: a folder, and beside it a bucket of an S3-compatible service where one is set."""

from broadcaster.publishing.storage.bucket import BucketStorage
from broadcaster.publishing.storage.folder import FolderStorage
from broadcaster.publishing.storage.kinds import caching_of, digest_in_name, type_of
from broadcaster.publishing.storage.packing import TWIN, has_twin, is_twin
from broadcaster.publishing.storage.port import Content, Storage, StorageUnavailable

__all__ = [
    "TWIN",
    "BucketStorage",
    "Content",
    "FolderStorage",
    "Storage",
    "StorageUnavailable",
    "caching_of",
    "digest_in_name",
    "has_twin",
    "is_twin",
    "type_of",
]
