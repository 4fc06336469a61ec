"""Rules for calendars, playlists, the list of feeds and players' manifests."""

from collections.abc import Collection
from typing import Any

from icalendar import Calendar, Component

from feeds.canonical import compact, sorted_lines
from feeds.checks.columns import parsed_json
from feeds.checks.faults import Fault, Findings
from feeds.checks.syndication import Node, parsed
from feeds.checks.texts import (
    check_distinct,
    check_private,
    check_title,
    check_url,
    decoded,
    instant_of_rfc_3339,
)
from feeds.errors import InvalidValue
from feeds.manifest import VERSION, generation_of
from feeds.text import TITLE_CHARACTERS
from feeds.timetable import PRIORITIES
from feeds.validation import require_sha256, require_tree_path

_XSPF = "{http://xspf.org/ns/0/}"
_MOST_OCTETS_OF_A_LINE = 75
_MANIFEST_KEYS = {"version", "generation", "generated_at", "valid_until", "poll_s", "zone", "items", "interrupts"}
_ITEM_KEYS = {"id", "starts_at", "length_ms", "path", "sha256", "bytes", "type", "priority"}
_INTERRUPT_KEYS = {"id", "path", "sha256", "bytes", "play", "expires_at"}
#: What an interrupt may say besides.
_INTERRUPT_MAY_SAY = {"length_ms", "drill"}


def check_calendar(content: bytes, *, private: Collection[str] = ()) -> list[Fault]:
    """The faults of a schedule in iCalendar (RFC 5545)."""
    findings = Findings()
    text = decoded(content, "tệp", findings)
    if text is None:
        return findings.faults
    lines = text.split("\r\n")
    findings.require("\n" not in "".join(lines), "line-ends", "tệp", "dòng phải kết thúc bằng CRLF")
    longest = max((len(line.encode()) for line in lines), default=0)
    findings.require(longest <= _MOST_OCTETS_OF_A_LINE, "line-length", "tệp", f"có dòng dài {longest} byte")
    findings.require(_is_nested(lines), "icalendar", "tệp", "BEGIN và END không khớp nhau")
    try:
        calendar = Calendar.from_ical(content)
    except ValueError as fault:
        findings.add("icalendar", "tệp", f"không đọc được: {fault}")
        return findings.faults
    for name in ("VERSION", "PRODID"):
        findings.require(calendar.get(name), "missing", name, "thiếu")
    findings.require(calendar.subcomponents, "missing", "VCALENDAR", "phải có ít nhất một thành phần")
    zones = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}
    events = calendar.walk("VEVENT")
    for index, event in enumerate(events):
        _check_event(event, zones, f"buổi {index + 1}", findings)
    check_distinct((str(event.get("UID")) for event in events), "guid-repeated", "VCALENDAR", findings)
    check_private(text.replace("\r\n ", ""), private, "tệp", findings)
    return findings.faults


def _is_nested(lines: list[str]) -> bool:
    """Every BEGIN has its END: the parser forgives what players may not."""
    opened: list[str] = []
    for line in lines:
        name, _, component = line.partition(":")
        if name == "BEGIN":
            opened.append(component)
        elif name == "END" and (not opened or opened.pop() != component):
            return False
    return not opened


def _check_event(event: Component, zones: set[str], place: str, findings: Findings) -> None:
    for name, fault in event.errors:
        findings.add("icalendar", f"{place} {name}", f"không đọc được: {fault}")
    for name in ("UID", "DTSTAMP", "DTSTART", "DURATION", "SEQUENCE"):
        findings.require(event.get(name) is not None, "missing", f"{place} {name}", "thiếu")
    check_title(str(event.get("SUMMARY", "")), f"{place} SUMMARY", findings, TITLE_CHARACTERS)
    start = event.get("DTSTART")
    if start is not None:
        zone = start.params.get("TZID")
        known = zone in zones if zone else getattr(start.dt, "tzinfo", None) is not None
        findings.require(known, "time-zone", f"{place} DTSTART", f"múi giờ không được mô tả trong tệp: {zone}")


def check_m3u(content: bytes) -> list[Fault]:
    """The faults of an extended M3U."""
    findings = Findings()
    text = decoded(content, "tệp", findings)
    if text is None:
        return findings.faults
    findings.require(text.endswith("\n"), "m3u", "tệp", "dòng cuối bị cắt")
    head, *lines = text.splitlines() or [""]
    findings.require(head == "#EXTM3U", "m3u", "dòng 1", "phải là #EXTM3U")
    lines = [line for line in lines if not line.startswith("#EXTENC:")]
    findings.require(len(lines) % 2 == 0, "m3u", "tệp", "mỗi mục phải có một dòng #EXTINF và một địa chỉ")
    for number in range(0, len(lines) - 1, 2):
        place = f"mục {number // 2 + 1}"
        length, comma, title = lines[number].removeprefix("#EXTINF:").partition(",")
        right = lines[number].startswith("#EXTINF:") and comma and length.isdigit() and int(length) > 0
        findings.require(right, "m3u", place, f"dòng #EXTINF sai: {lines[number]}")
        check_title(title, place, findings, TITLE_CHARACTERS)
        check_url(lines[number + 1], place, findings)
    return findings.faults


def check_xspf(content: bytes) -> list[Fault]:
    """The faults of an XSPF playlist."""
    findings = Findings()
    root = parsed(content, findings)
    if root is None:
        return findings.faults
    lists = root.findall(f"{_XSPF}trackList")
    right = root.tag == f"{_XSPF}playlist" and root.get("version") == "1" and len(lists) == 1
    if not findings.require(right, "xspf", "playlist", "phải là XSPF 1 với đúng một trackList"):
        return findings.faults
    for index, track in enumerate(lists[0].findall(f"{_XSPF}track")):
        place = f"track[{index}]"
        check_url(track.findtext(f"{_XSPF}location"), f"{place}/location", findings)
        check_title(track.findtext(f"{_XSPF}title"), f"{place}/title", findings, TITLE_CHARACTERS)
        length = track.findtext(f"{_XSPF}duration", "")
        findings.require(
            length.isascii() and length.isdigit() and int(length) > 0,
            "duration",
            f"{place}/duration",
            "phải là mili giây",
        )
    return findings.faults


def check_opml(content: bytes) -> list[Fault]:
    """The faults of the list of all feeds."""
    findings = Findings()
    root = parsed(content, findings)
    if root is None:
        return findings.faults
    body = root.find("body")
    right = root.tag == "opml" and root.get("version") == "2.0" and body is not None
    if not findings.require(right, "opml", "opml", "phải là OPML 2.0 có body") or body is None:
        return findings.faults
    check_title(root.findtext("head/title"), "head/title", findings, TITLE_CHARACTERS)
    outlines = body.findall("outline")
    for index, outline in enumerate(outlines):
        _check_outline(outline, f"outline[{index}]", findings)
    check_distinct((one.get("xmlUrl") or "" for one in outlines), "feed-repeated", "body", findings)
    return findings.faults


def _check_outline(outline: Node, place: str, findings: Findings) -> None:
    findings.require(outline.get("type") == "rss", "opml", place, "type phải là rss")
    check_title(outline.get("text"), f"{place}[text]", findings, TITLE_CHARACTERS)
    check_url(outline.get("xmlUrl"), f"{place}[xmlUrl]", findings)
    if outline.get("htmlUrl") is not None:
        check_url(outline.get("htmlUrl"), f"{place}[htmlUrl]", findings)


def check_manifest(content: bytes, *, private: Collection[str] = ()) -> list[Fault]:
    """The faults of a player's manifest: exactly the agreed keys, its own digest right, written canonically."""
    findings = Findings()
    data = parsed_json(content, findings)
    if data is None or not _has_keys(data, _MANIFEST_KEYS, "manifest", findings):
        return findings.faults
    findings.require(sorted_lines(data) == content, "canonical", "manifest", "không viết theo dạng chuẩn")
    findings.require(data["version"] == VERSION, "manifest", "version", f"phải là {VERSION}")
    findings.require(data["generation"] == generation_of(data), "generation", "generation", "không khớp nội dung")
    for name in ("generated_at", "valid_until"):
        instant_of_rfc_3339(data[name], name, findings)
    _check_whole(data["poll_s"], "poll_s", findings)
    findings.require(isinstance(data["zone"], str) and data["zone"], "missing", "zone", "thiếu địa bàn")
    for name, keys in (("items", _ITEM_KEYS), ("interrupts", _INTERRUPT_KEYS)):
        _check_entries(data[name], name, keys, findings)
    check_private(compact(data), private, "manifest", findings)
    return findings.faults


def _check_entries(entries: Any, name: str, keys: set[str], findings: Findings) -> None:
    if not findings.require(isinstance(entries, list), "manifest", name, "phải là danh sách"):
        return
    may_say = _INTERRUPT_MAY_SAY if name == "interrupts" else set()
    whole = [
        (f"{name}[{index}]", entry)
        for index, entry in enumerate(entries)
        if _has_keys(entry, keys, f"{name}[{index}]", findings, may_say)
    ]
    for place, entry in whole:
        _check_file(entry, place, findings)
        if name == "items":
            instant_of_rfc_3339(entry["starts_at"], f"{place}.starts_at", findings)
            _check_whole(entry["length_ms"], f"{place}.length_ms", findings)
            findings.require(
                str(entry["type"]).startswith("audio/"), "enclosure-type", f"{place}.type", "không phải âm thanh"
            )
            findings.require(entry["priority"] in PRIORITIES, "manifest", f"{place}.priority", "mức ưu tiên lạ")
        else:
            instant_of_rfc_3339(entry["expires_at"], f"{place}.expires_at", findings)
            findings.require(entry["play"] == "now", "manifest", f"{place}.play", "phải là now")
            findings.require(entry.get("drill", True) is True, "manifest", f"{place}.drill", "chỉ viết khi là true")
            _check_whole(entry.get("length_ms", 1), f"{place}.length_ms", findings)
    check_distinct((str(entry["id"]) for _, entry in whole), "guid-repeated", name, findings)


def _check_file(entry: dict[str, Any], place: str, findings: Findings) -> None:
    for field, rule, check in (("path", "path", require_tree_path), ("sha256", "sha256", require_sha256)):
        try:
            check(field, entry[field])
        except InvalidValue as fault:
            findings.add(rule, f"{place}.{field}", fault.fault)
    _check_whole(entry["bytes"], f"{place}.bytes", findings)


def _check_whole(number: Any, place: str, findings: Findings) -> None:
    findings.require(type(number) is int and number > 0, "number", place, f"phải là số nguyên lớn hơn 0: {number}")


def _has_keys(
    data: Any, keys: set[str], place: str, findings: Findings, may_say: Collection[str] = frozenset()
) -> bool:
    given = set(data) - set(may_say) if isinstance(data, dict) else set()
    return findings.require(given == keys, "keys", place, f"thiếu hoặc thừa trường: {', '.join(sorted(given ^ keys))}")
