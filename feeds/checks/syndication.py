"""Rules of RSS 2.0 that columns and podcasts share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from feeds.checks.faults import Findings
from feeds.checks.texts import (
    check_distinct,
    check_newest_first,
    check_title,
    check_url,
    decoded,
    instant_of_rfc_5322,
)
from feeds.markup import NAMESPACES
from feeds.text import CHANNEL_DESCRIPTION_CHARACTERS, TITLE_CHARACTERS

Node = ElementTree.Element
_ATOM_LINK = f"{{{NAMESPACES['atom']}}}link"
_MOST_GUID_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The recording of an item as its feed gives it."""

    url: str
    length: int | None


def parsed(content: bytes, findings: Findings, place: str = "tệp") -> Node | None:
    """The root of an XML file, or None with a fault."""
    text = decoded(content, place, findings)
    if text is None:
        return None
    if not findings.require("<!DOCTYPE" not in text, "doctype", place, "không được có DOCTYPE"):
        return None
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - without a DOCTYPE there are no entities to expand
    except ElementTree.ParseError as fault:
        line, column = fault.position
        findings.add("xml", place, f"XML sai ở dòng {line}, cột {column}")
        return None


def channel_of(root: Node, findings: Findings) -> Node | None:
    """The channel of an RSS document, or None with a fault."""
    channels = root.findall("channel")
    right = root.tag == "rss" and root.get("version") == "2.0" and len(channels) == 1
    findings.require(right, "rss", "rss", "phải là RSS 2.0 với đúng một channel")
    return channels[0] if right else None


def check_head(channel: Node, findings: Findings) -> None:
    """Title, page, description, language, date of the data, own address, hub and archives."""
    check_title(channel.findtext("title"), "channel/title", findings, TITLE_CHARACTERS)
    check_title(channel.findtext("description"), "channel/description", findings, CHANNEL_DESCRIPTION_CHARACTERS)
    check_url(channel.findtext("link"), "channel/link", findings)
    findings.require(channel.findtext("language"), "missing", "channel/language", "thiếu ngôn ngữ")
    findings.require(channel.findtext("generator"), "missing", "channel/generator", "thiếu tên phần mềm")
    instant_of_rfc_5322(channel.findtext("lastBuildDate"), "channel/lastBuildDate", findings)
    ttl = channel.findtext("ttl", "")
    findings.require(ttl.isascii() and ttl.isdigit(), "ttl", "channel/ttl", f"phải là số phút: {ttl}")
    image = channel.find("image")
    if image is not None:
        check_url(image.findtext("url"), "channel/image/url", findings)
    _check_links(channel, findings)


def _check_links(channel: Node, findings: Findings) -> None:
    links = [(link.get("rel") or "", link.get("href")) for link in channel.findall(_ATOM_LINK)]
    for relation, url in links:
        check_url(url, f"channel/atom:link[{relation}]", findings)
    relations = [relation for relation, _ in links]
    findings.require(relations.count("self") == 1, "self", "channel/atom:link[self]", "phải có đúng một liên kết self")
    check_distinct(relations, "paging", "channel/atom:link", findings)
    own = dict(links).get("self")
    for relation in ("current", "prev-archive", "next-archive"):
        other = dict(links).get(relation)
        findings.require(
            other is None or other != own, "paging", f"channel/atom:link[{relation}]", "trỏ về chính nguồn tin này"
        )
    is_archive = channel.find(f"{{{NAMESPACES['fh']}}}archive") is not None
    findings.require(
        is_archive == ("current" in relations), "paging", "channel", "bản lưu trữ phải có cả fh:archive và current"
    )
    findings.require(
        is_archive or "next-archive" not in relations, "paging", "channel", "chỉ bản lưu trữ mới có next-archive"
    )


def check_items(channel: Node, findings: Findings) -> list[tuple[str, Node]]:
    """What every item must have in any RSS; gives the items with their places for the rules of the audience."""
    items = [(f"item[{index}]", item) for index, item in enumerate(channel.findall("item"))]
    instants = []
    guids = []
    for place, item in items:
        check_title(item.findtext("title"), f"{place}/title", findings, TITLE_CHARACTERS)
        check_url(item.findtext("link"), f"{place}/link", findings)
        instants.append(instant_of_rfc_5322(item.findtext("pubDate"), f"{place}/pubDate", findings))
        guids.append(_guid(item, place, findings))
        for category in item.findall("category"):
            check_title(category.text, f"{place}/category", findings, TITLE_CHARACTERS)
    check_distinct(filter(None, guids), "guid-repeated", "channel", findings)
    check_newest_first(instants, "channel", findings)
    _check_build_date(channel, instants, findings)
    return items


def _guid(item: Node, place: str, findings: Findings) -> str:
    guid = item.find("guid")
    text = (guid.text or "") if guid is not None else ""
    if findings.require(text.strip(), "missing", f"{place}/guid", "thiếu mã định danh") and guid is not None:
        permanent = guid.get("isPermaLink") == "false"
        findings.require(permanent, "guid-permalink", f"{place}/guid", 'phải ghi isPermaLink="false"')
        findings.require(len(text) <= _MOST_GUID_CHARACTERS, "length", f"{place}/guid", "mã định danh quá dài")
    return text


def _check_build_date(channel: Node, instants: list[datetime | None], findings: Findings) -> None:
    built = instant_of_rfc_5322(channel.findtext("lastBuildDate"), "channel/lastBuildDate", Findings())
    newest = max(filter(None, instants), default=None)
    if built is not None and newest is not None:
        findings.require(
            newest <= built, "built-before-item", "channel/lastBuildDate", "sớm hơn bài mới nhất của nguồn tin"
        )


def check_enclosure(
    item: Node, place: str, true_bytes: Mapping[str, int] | None, findings: Findings
) -> Enclosure | None:
    """At most one recording, its address, type and true length; None where there is none."""
    enclosures = item.findall("enclosure")
    findings.require(len(enclosures) <= 1, "enclosures", f"{place}/enclosure", "chỉ được có một tệp âm thanh")
    if not enclosures:
        return None
    place = f"{place}/enclosure"
    url, length, kind = (enclosures[0].get(name) or "" for name in ("url", "length", "type"))
    check_url(url, f"{place}[url]", findings)
    findings.require(kind.startswith("audio/"), "enclosure-type", place, f"kiểu nội dung không phải âm thanh: {kind}")
    given = int(length) if length.isascii() and length.isdigit() else None
    if findings.require(given, "enclosure-length", place, f"độ dài phải là số byte lớn hơn 0: {length}"):
        check_true_bytes(url, given, true_bytes, place, findings)
    return Enclosure(url, given)


def check_true_bytes(
    url: str, given: int | None, true_bytes: Mapping[str, int] | None, place: str, findings: Findings
) -> None:
    """The length of a recording is that of its file; without a table of files nothing is said."""
    if true_bytes is None:
        return
    if findings.require(url in true_bytes, "enclosure-file", place, f"không có tệp nào ở địa chỉ {url}"):
        right = true_bytes[url] == given
        findings.require(right, "enclosure-length", place, f"ghi {given} byte, tệp thật {true_bytes[url]} byte")


def whole_text(root: Node) -> str:
    """All words of a document, attributes included, for rules about what must stand nowhere."""
    return "\n".join(part for node in root.iter() for part in (node.text or "", *node.attrib.values()) if part)
