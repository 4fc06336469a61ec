"""Tells Vietnamese text from text that was decoded with the wrong table (TCVN3, VNI, UTF-8 taken for Latin-1)."""

from __future__ import annotations

import re
import unicodedata

#: Latin-1 letters and signs that no Vietnamese word holds, but garbled ones do: within or at the edge of a word.
_STRANGE = "µ¸¶¹¨©®¬\u00ad»«¾¼½ªº×÷ØÞÆÐßäåæçëïîñðöøûüþÿÄÅÇËÏÎÑÖÛÜŸ"
_STRANGE_WORD = re.compile(rf"\w[{_STRANGE}]|[{_STRANGE}]\w")
#: UTF-8 read as Latin-1 or Windows-1252: lead bytes of Vietnamese letters followed by their continuation.
_DOUBLE_DECODED = re.compile(
    r"á[º»][\u0080-\u00bf‘’“”•–—˜™š›œžŸ¡-¿]|Ã[\u0080-\u00bf¡-¿]|Ä[‘‚ƒ\u0090\u0091©¨]|Æ[°¡¯]|áº|á»"
)
_ALLOWED_CONTROLS = "\n\t"


def garbled_place(text: str) -> str | None:
    """The first piece that shows that the text was decoded wrongly; None where it reads as Unicode text.

    A single foreign name ("Müller") passes; a text in which such letters keep coming back does not.
    """
    if "\ufffd" in text:
        return _around(text, text.index("\ufffd"))
    for index, character in enumerate(text):
        if unicodedata.category(character) in {"Cc", "Cs", "Co"} and character not in _ALLOWED_CONTROLS:
            return _around(text, index)
    double = _DOUBLE_DECODED.search(text)
    if double:
        return _around(text, double.start())
    words = text.split()
    strange = [word for word in words if _STRANGE_WORD.search(word)]
    if len(strange) >= 2 and len(strange) * 20 >= len(words):
        return strange[0]
    return None


def _around(text: str, index: int) -> str:
    return text[max(0, index - 10) : index + 15].strip()


def normalised(text: str) -> str:
    """NFC, Unix line ends, no byte order mark, no trailing blanks: the one form in which text is stored."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    return "\n".join(line.rstrip() for line in unified.split("\n")).strip()
