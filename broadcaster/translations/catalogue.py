"""The English catalogue: read, brought in step with the sources, written, compiled. The same input, the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent / "en" / "LC_MESSAGES"
WRITTEN = FOLDER / "messages.po"
COMPILED = FOLDER / "messages.mo"

HEAD = "# English. The Vietnamese message is the key; {names} in braces stay as they are."


class _Undated(Catalog):
    """A catalogue whose head tells no day, no person and no program, so that it changes only where its words do."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", "en"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def read_translations(path: Path = WRITTEN) -> dict[str, str]:
    """Message and translation, as they stand in the written catalogue; none where there is no file yet.

    Raises:
        babel.messages.pofile.PoFileError: the file is no catalogue.
    """
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def renewed(messages: Iterable[str], known: dict[str, str]) -> dict[str, str]:
    """What is known of the messages that there are; new ones are empty, gone ones leave."""
    return {message: known.get(message, "") for message in sorted(messages)}


def written(translations: dict[str, str]) -> bytes:
    """The catalogue for people."""
    file = BytesIO()
    write_po(file, _catalogue(translations), width=0, no_location=True, sort_output=True)
    return file.getvalue()


def compiled(translations: dict[str, str]) -> bytes:
    """The catalogue for the program."""
    file = BytesIO()
    write_mo(file, _catalogue(translations))
    return file.getvalue()


def placeholders(text: str) -> list[tuple[str, str, str]]:
    """The named places of a message, in order of their names: name, format, conversion.

    Raises:
        ValueError: a brace stands alone.
    """
    parts = Formatter().parse(text)
    return sorted((name, form or "", conversion or "") for _text, name, form, conversion in parts if name is not None)


def fault_of(message: str, translation: str) -> str | None:
    """What is wrong with a translation; None where nothing is."""
    if not translation.strip():
        return "not translated"
    try:
        if placeholders(message) != placeholders(translation):
            return "other placeholders"
    except ValueError as unbalanced:
        return str(unbalanced)
    for edge in (slice(0, 1), slice(-1, None)):
        if message[edge].isspace() != translation[edge].isspace():
            return "other spaces around it"
    return None


def _catalogue(translations: dict[str, str]) -> Catalog:
    catalogue = _Undated(locale="en", header_comment=HEAD, fuzzy=False)
    for message, translation in translations.items():
        entry = catalogue.add(message, translation)
        # Babel guesses these, and other versions of it guess otherwise.
        entry.flags = {"python-brace-format"} if "{" in message else set()
    return catalogue
