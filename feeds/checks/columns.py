"""Rules for a portal column in RSS 2.0 and in JSON Feed."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from feeds.checks.faults import Fault, Findings
from feeds.checks.syndication import (
    Enclosure,
    Node,
    channel_of,
    check_enclosure,
    check_head,
    check_items,
    check_true_bytes,
    parsed,
    whole_text,
)
from feeds.checks.texts import (
    check_distinct,
    check_html,
    check_newest_first,
    check_private,
    check_title,
    check_url,
    check_words,
    decoded,
    instant_of_rfc_3339,
)
from feeds.jsonfeed import VERSION
from feeds.markup import NAMESPACES
from feeds.text import CHANNEL_DESCRIPTION_CHARACTERS, TITLE_CHARACTERS

_CONTENT = f"{{{NAMESPACES['content']}}}encoded"
_CREATOR = f"{{{NAMESPACES['dc']}}}creator"
_UPDATED = f"{{{NAMESPACES['atom']}}}updated"
_TXT = f"{{{NAMESPACES['podcast']}}}txt"


def check_column(
    content: bytes, *, private: Collection[str] = (), true_bytes: Mapping[str, int] | None = None
) -> list[Fault]:
    """The faults of a column in RSS.

    `private` lists phrases that must stand nowhere (phones, addresses); `true_bytes` the size of each recording by its
    address, if the files are at hand.
    """
    findings = Findings()
    root = parsed(content, findings)
    channel = None if root is None else channel_of(root, findings)
    if root is None or channel is None:
        return findings.faults
    check_head(channel, findings)
    recordings = [_check_item(item, place, true_bytes, findings) for place, item in check_items(channel, findings)]
    check_distinct((one.url for one in recordings if one), "enclosure-repeated", "channel", findings)
    check_private(whole_text(root), private, "channel", findings)
    return findings.faults


def _check_item(item: Node, place: str, true_bytes: Mapping[str, int] | None, findings: Findings) -> Enclosure | None:
    description = item.findtext("description") or ""
    words, links = check_html(description, f"{place}/description", findings)
    findings.require(words.strip(), "missing", f"{place}/description", "thiếu tóm tắt")
    text, _ = check_html(item.findtext(_CONTENT) or "", f"{place}/content:encoded", findings)
    findings.require(text.strip(), "missing", f"{place}/content:encoded", "thiếu toàn văn")
    creator = item.find(_CREATOR)
    if creator is not None:
        check_title(creator.text, f"{place}/dc:creator", findings, TITLE_CHARACTERS)
    updated = item.find(_UPDATED)
    if updated is not None:
        instant_of_rfc_3339(updated.text, f"{place}/atom:updated", findings)
    enclosure = check_enclosure(item, place, true_bytes, findings)
    if enclosure:
        findings.require(
            enclosure.url in links, "audio-link", f"{place}/description", "phần mô tả thiếu liên kết nghe bài viết"
        )
    check_synthetic(item, words, place, findings)
    return enclosure


def check_synthetic(item: Node, words: str, place: str, findings: Findings) -> None:
    """What is marked for machines as spoken by a machine says so to people too, and the other way round."""
    marked = any(node.get("purpose") == "ai-content" and node.text == "true" for node in item.findall(_TXT))
    findings.require(
        marked == ("giọng đọc nhân tạo" in words), "synthetic", place, "dấu hiệu giọng đọc nhân tạo không khớp lời báo"
    )


def check_json_feed(
    content: bytes, *, private: Collection[str] = (), true_bytes: Mapping[str, int] | None = None
) -> list[Fault]:
    """The faults of a column in JSON Feed 1.1; the arguments are those of `check_column`."""
    findings = Findings()
    data = parsed_json(content, findings)
    if data is None:
        return findings.faults
    findings.require(data.get("version") == VERSION, "json-feed", "version", "phải là JSON Feed 1.1")
    check_title(_text(data, "title"), "title", findings, TITLE_CHARACTERS)
    check_title(_text(data, "description"), "description", findings, CHANNEL_DESCRIPTION_CHARACTERS)
    findings.require(_text(data, "language"), "missing", "language", "thiếu ngôn ngữ")
    for name in ("home_page_url", "feed_url"):
        check_url(_text(data, name), name, findings)
    if "next_url" in data:
        check_url(_text(data, "next_url"), "next_url", findings)
        findings.require(data["next_url"] != data.get("feed_url"), "paging", "next_url", "trỏ về chính nguồn tin này")
    items = data.get("items")
    if not findings.require(isinstance(items, list), "json-feed", "items", "phải là danh sách"):
        return findings.faults
    _check_json_items(items or [], true_bytes, findings)
    check_private(json.dumps(data, ensure_ascii=False), private, "nguồn tin", findings)
    return findings.faults


def _check_json_items(items: list[Any], true_bytes: Mapping[str, int] | None, findings: Findings) -> None:
    instants, identities, recordings = [], [], []
    for index, item in enumerate(items):
        place = f"items[{index}]"
        if not findings.require(isinstance(item, dict), "json-feed", place, "phải là đối tượng"):
            continue
        check_title(_text(item, "title"), f"{place}.title", findings, TITLE_CHARACTERS)
        check_url(_text(item, "url"), f"{place}.url", findings)
        check_words(_text(item, "summary"), f"{place}.summary", findings)
        words, links = check_html(_text(item, "content_html"), f"{place}.content_html", findings)
        findings.require(words.strip(), "missing", f"{place}.content_html", "thiếu toàn văn")
        findings.require(_text(item, "id"), "missing", f"{place}.id", "thiếu mã định danh")
        instants.append(instant_of_rfc_3339(item.get("date_published"), f"{place}.date_published", findings))
        if "date_modified" in item:
            instant_of_rfc_3339(item["date_modified"], f"{place}.date_modified", findings)
        identities.append(_text(item, "id"))
        attachments = item.get("attachments", [])
        for attachment in attachments if isinstance(attachments, list) else []:
            recordings.append(_check_attachment(attachment, links, true_bytes, place, findings))
    check_distinct(filter(None, identities), "guid-repeated", "items", findings)
    check_distinct(filter(None, recordings), "enclosure-repeated", "items", findings)
    check_newest_first(instants, "items", findings)


def _check_attachment(
    attachment: Any, links: list[str], true_bytes: Mapping[str, int] | None, place: str, findings: Findings
) -> str:
    place = f"{place}.attachments"
    if not findings.require(isinstance(attachment, dict), "json-feed", place, "phải là đối tượng"):
        return ""
    url, size = _text(attachment, "url"), attachment.get("size_in_bytes")
    check_url(url, place, findings)
    kind = _text(attachment, "mime_type")
    findings.require(kind.startswith("audio/"), "enclosure-type", place, f"kiểu nội dung không phải âm thanh: {kind}")
    findings.require(url in links, "audio-link", place, "toàn văn thiếu liên kết nghe bài viết")
    if findings.require(
        type(size) is int and size > 0, "enclosure-length", place, f"độ dài phải là số byte lớn hơn 0: {size}"
    ):
        check_true_bytes(url, size, true_bytes, place, findings)
    return url


def parsed_json(content: bytes, findings: Findings) -> dict[str, Any] | None:
    """The object of a JSON file, or None with a fault."""
    text = decoded(content, "tệp", findings)
    if text is None:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as fault:
        findings.add("json", "tệp", f"JSON sai: {type(fault).__name__}")
        return None
    if not findings.require(isinstance(data, dict), "json", "tệp", "phải là đối tượng JSON"):
        return None
    mapping: dict[str, Any] = data
    return mapping


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
