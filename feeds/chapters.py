"""Chapters of a recording as Podcasting 2.0 JSON, version 1.2.0.

Source: https://github.com/Podcastindex-org/podcast-namespace, `chapters/jsonChapters.md`. Media type
`application/json+chapters`.
"""

from feeds.canonical import sorted_lines
from feeds.text import plain_line
from feeds.values import Chapter, require_chapters


def chapters_json(chapters: tuple[Chapter, ...], title: str | None = None) -> bytes:
    """The chapter file; `title` is that of the recording. Raises InvalidValue if the chapters are out of order."""
    require_chapters("chapters", chapters)
    written: dict[str, object] = {
        "version": "1.2.0",
        "chapters": [
            {"startTime": _seconds(chapter.starts_ms), "title": plain_line(chapter.title)} for chapter in chapters
        ],
    }
    if title:
        written["title"] = plain_line(title)
    return sorted_lines(written)


def _seconds(milliseconds: int) -> int | float:
    whole, rest = divmod(milliseconds, 1000)
    return milliseconds / 1000 if rest else whole
