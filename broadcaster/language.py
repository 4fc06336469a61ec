"""What people read, in Vietnamese (the source of every message) or in English.

Messages are written in Vietnamese where they are used, as `_("…")`; the English ones stand in the catalogue
`translations/en`. The language is a context, so that one process can answer two people in two languages.
"""

from __future__ import annotations

import gettext as gettext_library
import html
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

TRANSLATIONS = Path(__file__).with_name("translations")
SOURCE_LANGUAGE = "vi"
LANGUAGES = (SOURCE_LANGUAGE, "en")

_language: ContextVar[str] = ContextVar("language", default=SOURCE_LANGUAGE)


@cache
def _catalogue(language: str) -> gettext_library.NullTranslations:
    if language == SOURCE_LANGUAGE:
        return gettext_library.NullTranslations()
    return gettext_library.translation("messages", TRANSLATIONS, languages=[language], fallback=False)


def gettext(message: str, /, **values: object) -> str:
    """The message in the language of the moment, with its named values filled in."""
    return _said(message, values)


def _said(message: str, values: dict[str, object]) -> str:
    text = _catalogue(_language.get()).gettext(message) if message else ""
    return text.format(**values) if values else text


def current_language() -> str:
    """The language of the moment."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said inside is said in this language; an unknown one means the source language."""
    token = _language.set(language if language in LANGUAGES else SOURCE_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


class LaterText:
    """A message that is put into words only when it is shown, in the language of that moment. For labels of forms."""

    def __init__(self, message: str, values: dict[str, object]) -> None:
        self._message, self._values = message, values

    def __str__(self) -> str:
        return _said(self._message, self._values)

    def __html__(self) -> str:
        return html.escape(str(self))


def later(message: str, /, **values: object) -> LaterText:
    """The message for whoever will read it. Imported as `_` where classes are built before anyone asks."""
    return LaterText(message, values)
