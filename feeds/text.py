"""Text as feeds may carry it, and the little HTML that is made of it.

XML 1.0 forbids most control characters and lone surrogates, and readers differ in what they make of them, so they
are taken out before any writer sees them. Vietnamese text leaves as NFC.
"""

import re
import unicodedata
from collections.abc import Iterable
from html import escape

# Never shown and never meant: C0 and C1 controls (tab and line feed are kept for `paragraph` to judge), lone
# surrogates, byte order marks, noncharacters, and the bidirectional overrides that make a title read otherwise than
# it is stored. The zero-width joiner and the variation selectors stay: emoji are spelt with them.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")

_TAG_OPENS = re.compile(r"<(?=[A-Za-z/!?])")

_ELLIPSIS = "…"

# What the columns of the usual portals hold for a title (SharePoint, Liferay), and Apple's limits for texts.
TITLE_CHARACTERS = 255
CHANNEL_DESCRIPTION_CHARACTERS = 1_000
SUMMARY_CHARACTERS = 1_000
EPISODE_DESCRIPTION_BYTES = 10_000


def clean(text: str) -> str:
    """The text in NFC, with line feeds as its only line ends and without what no feed may carry."""
    # Printable text, which most is, holds neither line ends nor anything unwanted.
    plain = text if text.isprintable() else UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", plain)


def says_something(text: str) -> bool:
    """Whether anything is left to see when the text has been cleaned."""
    if text.isprintable() and text and not text.isspace():
        return True  # the usual case, without the cost of cleaning
    return any(letter.isprintable() and not letter.isspace() for letter in clean(text))


def one_line(text: str) -> str:
    """The text for a title or a name: clean, on one line, no blanks at either end, single blanks inside."""
    return " ".join(clean(text).split())


def plain_line(text: str, most_characters: int = TITLE_CHARACTERS) -> str:
    """One line for a place where RSS does not say whether it is text or HTML, such as a title.

    Portals differ in what they take it for, so what a browser could take for a tag gets a harmless look-alike bracket.
    What is longer than portals store is cut between words.
    """
    return shortened(_TAG_OPENS.sub("‹", clean(text)), most_characters)


def paragraph(text: str) -> str:
    """The text of a paragraph: clean, lines kept, every line without blanks at its ends."""
    return "\n".join(" ".join(line.split()) for line in clean(text).split("\n")).strip()


def shortened(text: str, characters: int) -> str:
    """At most that many characters of a one-line text, cut between words and marked with an ellipsis."""
    line = one_line(text)
    if len(line) <= characters:
        return line
    kept = line[: characters - len(_ELLIPSIS) + 1]
    whole_words = kept.rpartition(" ")[0] or kept[: characters - len(_ELLIPSIS)]
    # A combining mark must not be cut from its letter: NFC leaves such pairs where no single character exists.
    while whole_words and unicodedata.combining(line[len(whole_words)]):
        whole_words = whole_words[:-1]
    return whole_words.rstrip(" ,;:.-–") + _ELLIPSIS


def html_paragraphs(paragraphs: Iterable[str]) -> str:
    """Plain paragraphs as HTML without attributes; line feeds inside one become `<br/>`, empty ones are left out."""
    cleaned = (paragraph(text) for text in paragraphs)
    return "".join(f"<p>{html_text(text)}</p>" for text in cleaned if text)


def html_within(paragraphs: Iterable[str], most_bytes: int) -> str:
    """As much of the paragraphs as HTML of that many bytes in UTF-8 holds; what is cut ends with an ellipsis."""
    written = ""
    for text in paragraphs:
        room = most_bytes - len(written.encode())
        part = html_paragraphs((text,))
        if len(part.encode()) > room:
            return written + _html_cut(text, room)
        written += part
    return written


def _html_cut(text: str, most_bytes: int) -> str:
    characters = most_bytes
    while characters > len(_ELLIPSIS):
        part = html_paragraphs((shortened(text, characters),))
        if len(part.encode()) <= most_bytes:
            return part
        characters = characters * 3 // 4
    return ""


def html_text(text: str) -> str:
    """Text inside HTML. Quotes are escaped as well, so that it serves inside attributes too.

    Some readers decode twice what is escaped once, so what could then be a tag gets a look-alike bracket here as well.
    """
    return escape(_TAG_OPENS.sub("‹", text), quote=True).replace("\n", "<br/>")


def length_in_words(length_ms: int) -> str:
    """A length as a reader sees it: `3 phút 20 giây`. Rounded to the nearest second, at least one."""
    seconds = max(1, whole_seconds(length_ms))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "giờ"), (minutes, "phút"), (seconds, "giây"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def whole_seconds(length_ms: int) -> int:
    """Milliseconds to the nearest second, halves upwards."""
    return (length_ms + 500) // 1000
