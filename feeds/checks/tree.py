"""Which rules a file of the public tree has to keep, told by its path."""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

from feeds.checks.columns import check_column, check_json_feed
from feeds.checks.faults import Fault
from feeds.checks.podcasts import check_chapters, check_podcast, check_transcript
from feeds.checks.timetables import check_calendar, check_m3u, check_manifest, check_opml, check_xspf


def check_published(
    path: str, content: bytes, *, private: Collection[str] = (), true_bytes: Mapping[str, int] | None = None
) -> list[Fault] | None:
    """The faults of a file of the public tree, None where no rule is made for its kind (audio, pages, `.gz`).

    `path` is relative to the tree, with `/`; the other arguments are those of `check_column`.
    """
    if fnmatchcase(path, "feeds/columns/*.xml"):
        return check_column(content, private=private, true_bytes=true_bytes)
    if fnmatchcase(path, "feeds/columns/*.json"):
        return check_json_feed(content, private=private, true_bytes=true_bytes)
    if fnmatchcase(path, "feeds/zones/*.xml"):
        return check_podcast(content, private=private, true_bytes=true_bytes)
    if fnmatchcase(path, "schedule/*.ics"):
        return check_calendar(content, private=private)
    if fnmatchcase(path, "players/*/manifest.json"):
        return check_manifest(content, private=private)
    for ending, check in (
        (".opml", check_opml),
        (".m3u", check_m3u),
        (".xspf", check_xspf),
        (".chapters.json", check_chapters),
        (".vtt", check_transcript),
    ):
        if path.endswith(ending):
            return check(content)
    return None
