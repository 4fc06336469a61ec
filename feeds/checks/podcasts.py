"""Rules for a podcast, its chapters and its transcripts."""

import re
from collections.abc import Collection, Mapping
from itertools import pairwise
from uuid import UUID

from feeds.checks.columns import check_synthetic, parsed_json
from feeds.checks.faults import Fault, Findings
from feeds.checks.syndication import (
    Node,
    channel_of,
    check_enclosure,
    check_head,
    check_items,
    parsed,
    whole_text,
)
from feeds.checks.texts import (
    check_distinct,
    check_html,
    check_private,
    check_title,
    check_url,
    decoded,
)
from feeds.markup import NAMESPACES
from feeds.text import EPISODE_DESCRIPTION_BYTES, TITLE_CHARACTERS

_NAMES = {prefix: url for prefix, url in NAMESPACES.items() if prefix in ("itunes", "podcast", "psc")}
_PSC_START = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})")
_CUE = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})")


def check_podcast(
    content: bytes, *, private: Collection[str] = (), true_bytes: Mapping[str, int] | None = None
) -> list[Fault]:
    """The faults of a podcast; the arguments are those of `check_column`.

    What Apple's directory demands (artwork, owner's name, category, explicit) is demanded unless the feed is blocked
    from directories.
    """
    findings = Findings()
    root = parsed(content, findings)
    channel = None if root is None else channel_of(root, findings)
    if root is None or channel is None:
        return findings.faults
    check_head(channel, findings)
    _check_podcast_head(channel, findings)
    urls = []
    for place, item in check_items(channel, findings):
        enclosure = check_enclosure(item, place, true_bytes, findings)
        findings.require(enclosure, "missing", f"{place}/enclosure", "tập không có tệp âm thanh")
        urls += [enclosure.url] if enclosure else []
        _check_episode(item, place, findings)
    check_distinct(urls, "enclosure-repeated", "channel", findings)
    check_private(whole_text(root), private, "channel", findings)
    return findings.faults


def _check_podcast_head(channel: Node, findings: Findings) -> None:
    findings.require(
        channel.findtext("itunes:explicit", namespaces=_NAMES) in ("true", "false"),
        "explicit",
        "channel/itunes:explicit",
        "phải là true hoặc false",
    )
    findings.require(
        channel.findtext("podcast:locked", namespaces=_NAMES) in ("yes", "no"),
        "locked",
        "channel/podcast:locked",
        "phải là yes hoặc no",
    )
    guid = channel.findtext("podcast:guid", namespaces=_NAMES) or ""
    findings.require(_is_uuid(guid), "podcast-guid", "channel/podcast:guid", f"phải là UUID: {guid}")
    blocked = channel.findtext("itunes:block", namespaces=_NAMES)
    also_blocked = channel.findtext("podcast:block", namespaces=_NAMES)
    findings.require(
        (blocked, also_blocked) in ((None, None), ("Yes", "yes")),
        "block",
        "channel",
        "itunes:block và podcast:block phải cùng có (Yes, yes) hoặc cùng không",
    )
    if blocked is None:
        check_title(
            channel.findtext("itunes:author", namespaces=_NAMES), "channel/itunes:author", findings, TITLE_CHARACTERS
        )
        category = channel.find("itunes:category", _NAMES)
        findings.require(
            category is not None and category.get("text"), "missing", "channel/itunes:category", "thiếu thể loại"
        )
        image = channel.find("itunes:image", _NAMES)
        check_url(None if image is None else image.get("href"), "channel/itunes:image", findings)


def _check_episode(item: Node, place: str, findings: Findings) -> None:
    description = item.findtext("description") or ""
    words, _ = check_html(description, f"{place}/description", findings)
    findings.require(words.strip(), "missing", f"{place}/description", "thiếu mô tả")
    findings.require(
        len(description.encode()) <= EPISODE_DESCRIPTION_BYTES,
        "length",
        f"{place}/description",
        f"dài hơn {EPISODE_DESCRIPTION_BYTES} byte",
    )
    duration = item.findtext("itunes:duration", "", _NAMES)
    is_number = duration.isascii() and duration.isdigit() and int(duration) > 0
    findings.require(is_number, "duration", f"{place}/itunes:duration", f"phải là số giây lớn hơn 0: {duration}")
    for name in ("chapters", "transcript"):
        companion = item.find(f"podcast:{name}", _NAMES)
        if companion is not None:
            check_url(companion.get("url"), f"{place}/podcast:{name}", findings)
            findings.require(companion.get("type"), "missing", f"{place}/podcast:{name}[type]", "thiếu kiểu nội dung")
    check_synthetic(item, words, place, findings)
    _check_simple_chapters(item, int(duration) if is_number else None, place, findings)


def _check_simple_chapters(item: Node, duration_s: int | None, place: str, findings: Findings) -> None:
    place = f"{place}/psc:chapters"
    starts_ms = []
    for chapter in item.iterfind("psc:chapters/psc:chapter", _NAMES):
        check_title(chapter.get("title"), f"{place}[title]", findings, TITLE_CHARACTERS)
        match = _PSC_START.fullmatch(chapter.get("start") or "")
        if findings.require(match, "chapters", place, f"mốc sai: {chapter.get('start')}") and match:
            starts_ms.append(_milliseconds(match.groups()))
    _check_starts(starts_ms, place, findings)
    if duration_s is not None and starts_ms:
        inside = starts_ms[-1] < (duration_s + 1) * 1000
        findings.require(inside, "chapters", place, "mốc nằm sau khi bản tin kết thúc")


def check_chapters(content: bytes) -> list[Fault]:
    """The faults of a chapter file (Podcasting 2.0 JSON)."""
    findings = Findings()
    data = parsed_json(content, findings)
    if data is None:
        return findings.faults
    findings.require(data.get("version") == "1.2.0", "chapters", "version", "phải là 1.2.0")
    chapters = data.get("chapters")
    if not findings.require(isinstance(chapters, list), "chapters", "chapters", "phải là danh sách"):
        return findings.faults
    starts: list[float] = []
    for index, chapter in enumerate(chapters or []):
        start, title = (chapter.get(name) if isinstance(chapter, dict) else None for name in ("startTime", "title"))
        place = f"chapters[{index}]"
        check_title(title if isinstance(title, str) else None, f"{place}.title", findings, TITLE_CHARACTERS)
        if isinstance(start, int | float) and not isinstance(start, bool) and start >= 0:
            starts.append(start)
        else:
            findings.add("chapters", f"{place}.startTime", f"phải là số giây: {start}")
    _check_starts(starts, "chapters", findings)
    return findings.faults


def check_transcript(content: bytes) -> list[Fault]:
    """The faults of a transcript (WebVTT)."""
    findings = Findings()
    text = decoded(content, "tệp", findings)
    if text is None:
        return findings.faults
    findings.require(text.endswith("\n"), "vtt", "tệp", "dòng cuối bị cắt")
    head, *blocks = text.removesuffix("\n").split("\n\n")
    findings.require(head == "WEBVTT", "vtt", "tệp", "phải bắt đầu bằng WEBVTT")
    starts_ms = [0]
    for index, block in enumerate(blocks):
        timing, _, words = block.partition("\n")
        place = f"đoạn {index + 1}"
        findings.require(words.strip() and "-->" not in words, "vtt", place, "thiếu lời hoặc lời chứa -->")
        match = _CUE.fullmatch(timing)
        if findings.require(match, "vtt", place, f"mốc thời gian sai: {timing}") and match:
            start_ms, end_ms = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
            findings.require(start_ms < end_ms, "vtt", place, "kết thúc không sau bắt đầu")
            findings.require(starts_ms[-1] <= start_ms, "order", place, "phải xếp theo thời gian")
            starts_ms.append(start_ms)
    return findings.faults


def _check_starts(starts: list[int] | list[float], place: str, findings: Findings) -> None:
    rising = all(earlier < later for earlier, later in pairwise(starts))
    findings.require(rising, "order", place, "mốc chương phải tăng dần, không trùng")


def _milliseconds(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds, milliseconds = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
