"""The one place where XML is written: elements feedgen has no word for, and the splicing of finished items.

feedgen builds the document; our single registered extension adds what it lacks (dates without touching the process's
locale, paging, hub, iTunes and podcast namespaces). An item is serialised by itself, once, inside the same namespace
declarations as the whole document, so that a document is the head, the item fragments and the foot put together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from feedgen.entry import FeedEntry as FeedgenEntry
from feedgen.feed import FeedGenerator
from lxml import etree  # type: ignore[import-untyped]  # published without types; used in this module only

from feeds.errors import InvalidValue

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_EXTENSION_NAME = "broadcaster"

NAMESPACES: Mapping[str, str] = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
}


@dataclass(frozen=True, slots=True)
class Element:
    """An element to write: its name as `prefix:name` (or bare), text, attributes in order, children in order."""

    name: str
    text: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Element", ...] = ()


class Extension:
    """feedgen's extension protocol: it writes the elements it holds at the end of the channel's head or of an item."""

    def __init__(self) -> None:
        self.prefixes: tuple[str, ...] = ()
        self.elements: tuple[Element, ...] = ()

    def extend_ns(self) -> dict[str, str]:
        return {prefix: NAMESPACES[prefix] for prefix in self.prefixes}

    def extend_rss(self, node: Any) -> Any:
        parent = node[0] if node.tag == "rss" else node
        for element in self.elements:
            append(parent, element)
        return node

    def extend_atom(self, node: Any) -> Any:  # pragma: no cover - demanded by the protocol; no Atom is written here
        return node


def append(parent: Any, element: Element) -> None:
    """Writes an element with its children under a node of an XML tree."""
    node = etree.SubElement(parent, _qualified(element.name), dict(element.attributes))
    node.text = element.text
    for child in element.children:
        append(node, child)


def new_feed() -> tuple[Any, Extension]:
    """A feedgen generator with our extension registered."""
    generator = FeedGenerator()
    generator.register_extension(_EXTENSION_NAME, Extension, Extension, atom=False, rss=True)
    # feedgen presets lastBuildDate to the clock, and writes dates by switching the locale of the whole process, which
    # other threads would see. There is no public way to unset it; our extension writes the date of the data instead.
    generator._FeedGenerator__rss_lastBuildDate = None
    extension: Extension = getattr(generator, _EXTENSION_NAME)
    return generator, extension


def new_entry() -> tuple[Any, Extension]:
    """A feedgen entry with our extension registered."""
    entry = FeedgenEntry()
    entry.register_extension(_EXTENSION_NAME, Extension, atom=False, rss=True)
    extension: Extension = getattr(entry, _EXTENSION_NAME)
    return entry, extension


def item_fragment(entry: Any, prefixes: tuple[str, ...]) -> bytes:
    """The `<item>` of an entry, as it stands inside a document that declares those prefixes on its root."""
    root = etree.Element("rss", nsmap={prefix: NAMESPACES[prefix] for prefix in prefixes})
    root.append(entry.rss_entry())
    whole: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return whole[whole.index(b">") + 1 : -len(b"</rss>")]


def spliced(generator: Any, fragments: Iterable[bytes]) -> bytes:
    """The finished document: the head as feedgen writes it, then one fragment a line, then the foot."""
    foot = b"</channel></rss>"
    head: bytes = generator.rss_str(xml_declaration=False)
    if not head.endswith(foot):  # pragma: no cover - feedgen would have to write another document
        raise InvalidValue("channel", "feedgen không tạo được phần đầu của nguồn tin")
    return b"\n".join((DECLARATION + head[: -len(foot)], *fragments, foot + b"\n"))


def document(root: Element, default_namespace: str | None = None) -> bytes:
    """A whole XML document from elements. Names without a prefix are in the default namespace."""
    nsmap = {None: default_namespace} if default_namespace else None
    name = f"{{{default_namespace}}}{root.name}" if default_namespace else root.name
    node = etree.Element(name, dict(root.attributes), nsmap=nsmap)
    for child in root.children:
        _append_in(node, child, default_namespace)
    etree.indent(node, space="  ")
    body: bytes = etree.tostring(node, encoding="UTF-8", xml_declaration=False)
    return DECLARATION + body + b"\n"


def _append_in(parent: Any, element: Element, namespace: str | None) -> None:
    name = f"{{{namespace}}}{element.name}" if namespace else element.name
    node = etree.SubElement(parent, name, dict(element.attributes))
    node.text = element.text
    for child in element.children:
        _append_in(node, child, namespace)


def _qualified(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else prefix
