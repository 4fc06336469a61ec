"""Our own strict checks of finished files: each gives the list of faults, empty where all is well.

They read bytes and know nothing of how those came about, so they serve the tests, the application's doctor and anyone
who wonders whether a file in the tree is still what it should be.
"""

from feeds.checks.columns import check_column, check_json_feed
from feeds.checks.faults import Fault
from feeds.checks.podcasts import check_chapters, check_podcast, check_transcript
from feeds.checks.timetables import check_calendar, check_m3u, check_manifest, check_opml, check_xspf
from feeds.checks.tree import check_published

__all__ = [
    "Fault",
    "check_calendar",
    "check_chapters",
    "check_column",
    "check_json_feed",
    "check_m3u",
    "check_manifest",
    "check_opml",
    "check_podcast",
    "check_published",
    "check_transcript",
    "check_xspf",
]
