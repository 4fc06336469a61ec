"""What people read stands in Vietnamese in the sources and in English in the catalogue; nothing in one tongue only."""

from __future__ import annotations

import ast
import gettext as gettext_library
import io
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.language import gettext, speaking
from broadcaster.migrations import migrate
from broadcaster.translations import catalogue
from broadcaster.translations.sources import HOUSE, message_calls, messages_of_sources
from broadcaster.web.words import cancelled_words

MESSAGES = messages_of_sources()
PAGES = sorted((HOUSE / "templates" / "pages").rglob("*.html"))
CODE = sorted((HOUSE / "broadcaster").rglob("*.py"))
COMMANDS = sorted((HOUSE / "broadcaster" / "cli").rglob("*.py"))

VIETNAMESE = re.compile(r"[À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
#: What is called the same in every language.
SAME_IN_ALL = {"RSS", "JSON", "M3U", "XSPF"}
#: Attributes that people see or hear.
SPEAKING_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-description", "data-label", "label"}
#: Said in both languages at once, because nobody knows yet which one is wanted.
IN_BOTH_AT_ONCE = {"Ngôn ngữ / language."}


def test_every_message_has_its_english() -> None:
    translations = catalogue.read_translations()
    faults = {message: catalogue.fault_of(message, translations.get(message, "")) for message in MESSAGES}
    wanting = {message: fault for message, fault in faults.items() if fault}
    assert not wanting, "translate these in messages.po (see docs/languages.md)"


def test_the_catalogue_has_nothing_that_the_sources_do_not_have() -> None:
    assert set(catalogue.read_translations()) - set(MESSAGES) == set()


def test_the_catalogue_is_what_the_updater_writes() -> None:
    translations = catalogue.renewed(MESSAGES, catalogue.read_translations())
    assert catalogue.WRITTEN.read_bytes() == catalogue.written(translations), "run: python -m broadcaster.translations"


def test_the_compiled_catalogue_is_what_the_written_one_compiles_to() -> None:
    translations = catalogue.read_translations()
    assert catalogue.COMPILED.read_bytes() == catalogue.compiled(translations), (
        "run: python -m broadcaster.translations"
    )


def test_the_catalogue_tells_no_day_no_place_and_no_program() -> None:
    text = catalogue.WRITTEN.read_text("utf-8")
    assert not re.search(r"^#:|Date:|Generated-By|Translator", text, re.MULTILINE)


def test_no_english_is_vietnamese() -> None:
    translations = catalogue.read_translations()
    assert {message: text for message, text in translations.items() if VIETNAMESE.search(text)} == {}


def test_the_program_speaks_from_the_compiled_catalogue() -> None:
    translations = catalogue.read_translations()
    with speaking("en"):
        assert {message: gettext(message) for message in translations} == translations
    with speaking("vi"):
        assert {gettext(message) for message in translations} == set(translations)


@pytest.mark.parametrize(
    ("message", "translation", "fault"),
    [
        ("Chuyên mục", "Columns", None),
        ("Chuyên mục", " ", "not translated"),
        ("{count} bài, {length}", "{length} in {count} articles", None),
        ("{count} bài", "{number} articles", "other placeholders"),
        ("{count} bài", "articles", "other placeholders"),
        ("{seconds:.1f} giây", "{seconds} s", "other placeholders"),
        ("{count} bài", "{count articles", "expected '}' before end of string"),
        ("  Ghép bản tin", "Bulletins", "other spaces around it"),
    ],
)
def test_a_faulty_translation_is_recognised(message: str, translation: str, fault: str | None) -> None:
    assert catalogue.fault_of(message, translation) == fault


def test_a_renewed_catalogue_keeps_what_is_known_and_loses_what_is_gone() -> None:
    assert catalogue.renewed(["b", "a"], {"a": "A", "c": "C"}) == {"a": "A", "b": ""}


def test_what_is_written_is_read_again_and_compiles_without_the_empty_ones(tmp_path: Path) -> None:
    translations = {
        "a": "A",
        'nói "thế"\nvà {thế}': 'said "so"\nand {thế}',
        "  trống": "",
        "100% \\ dài " + "x" * 200: "long " * 50,
    }
    path = tmp_path / "messages.po"
    path.write_bytes(catalogue.written(translations))
    assert catalogue.read_translations(path) == translations
    program = gettext_library.GNUTranslations(io.BytesIO(catalogue.compiled(translations)))
    assert {message: program.gettext(message) for message in translations} == {**translations, "  trống": "  trống"}


def test_messages_are_found_in_code_and_pages_even_inside_f_strings(tmp_path: Path) -> None:
    (tmp_path / "broadcaster").mkdir()
    (tmp_path / "templates" / "pages").mkdir(parents=True)
    (tmp_path / "templates" / "public").mkdir()
    (tmp_path / "broadcaster" / "code.py").write_text('_("a" " b")\nf"{_(\'c {d}\', d=1)}"\nother("x")\n', "utf-8")
    (tmp_path / "templates" / "pages" / "p.html").write_text("<p title=\"{{ _('e') }}\">{{ _('f', g=1) }}</p>", "utf-8")
    (tmp_path / "templates" / "public" / "p.html").write_text("{{ _('x') }}", "utf-8")
    assert messages_of_sources(tmp_path) == ["a b", "c {d}", "e", "f"]


def test_what_is_translated_is_written_where_it_is_said() -> None:
    """A name or a computed text in `_(…)` would be found by nobody who translates."""
    hidden = [
        f"{path.relative_to(HOUSE)}:{call.lineno}"
        for path in CODE
        for call in message_calls(ast.parse(path.read_bytes()))
        if len(call.args) != 1 or not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ]
    assert hidden == []


def bare_words(source: str) -> list[tuple[int, str]]:
    """Line and words of a page that people would see, and that no `_("…")` says."""
    return sorted([*_vietnamese_in_expressions(source), *_words_of_html(source)])


def _vietnamese_in_expressions(source: str) -> Iterator[tuple[int, str]]:
    before = ["", ""]
    for line, kind, value in Environment().lex(source):
        if kind == "string" and before != ["_", "("] and VIETNAMESE.search(value):
            yield line, value
        if kind not in {"whitespace", "data"}:
            before = [before[1], value]


def _words_of_html(source: str) -> list[tuple[int, str]]:
    """Words in the page's own HTML; each expression of the template counts as a blank."""
    kept = ""
    for line, kind, value in Environment().lex(source):
        if kind == "data":
            # Blanks that the template swallows swallow their ends of lines with them.
            kept += "\n" * (line - 1 - kept.count("\n")) + value
    reader = _Reader()
    reader.feed(kept)
    reader.close()
    return reader.words


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name in SPEAKING_ATTRIBUTES or VIETNAMESE.search(value)):
                self._note(value, self.getpos()[0])

    def handle_data(self, data: str) -> None:
        line = self.getpos()[0]
        for offset, text in enumerate(data.split("\n")):
            self._note(text, line + offset)

    def _note(self, text: str, line: int) -> None:
        if any(letter.isalpha() for letter in text) and text.strip() not in SAME_IN_ALL:
            self.words.append((line, text.strip()))


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in PAGES])
def test_a_page_says_nothing_but_through_the_catalogue(page: Path) -> None:
    found = [f"{page.relative_to(HOUSE)}:{line}: {words}" for line, words in bare_words(page.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('<p>{{ _("Bài viết") }}</p>', []),
        ("<p title=\"{{ _('Bài viết') }}\">{{ unit.name }} · 5 %</p>", []),
        ('<a href="{{ root }}x.xml">RSS</a>', []),
        ("{# Bài viết #}\n{% set a = 1 %}", []),
        ("<p>\n  Bài viết\n</p>", [(2, "Bài viết")]),
        ("<p>\n{%- if a %}x{% endif %}\nBài</p>", [(2, "x"), (3, "Bài")]),
        ("<p>Trang</p>", [(1, "Trang")]),
        ('\n<p title="Trang">{{ x }}</p>', [(2, "Trang")]),
        ('<th{% if today %} class="today"{% endif %} data-label="Đạt">', [(1, "Đạt")]),
        ('{% if a %}\n{{ "hủy" }}{% endif %}', [(2, '"hủy"')]),
        ('{{ _("Bài") }} {{ other("Đơn vị") }}', [(1, '"Đơn vị"')]),
    ],
)
def test_bare_words_of_a_page_are_recognised(source: str, found: list[tuple[int, str]]) -> None:
    assert bare_words(source) == found


def bare_options(tree: ast.AST) -> list[tuple[int, str]]:
    """Line and words of the help of options that stands outside the catalogue, whole or in part."""
    said = {id(argument) for call in message_calls(tree) for argument in call.args}
    keywords = [keyword for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords]
    return [
        (text.lineno, text.value)
        for keyword in keywords
        if keyword.arg in {"help", "prompt", "epilog"}
        for text in ast.walk(keyword.value)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
        if id(text) not in said and text.value not in IN_BOTH_AT_ONCE
    ]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in COMMANDS])
def test_the_help_of_options_stands_in_the_catalogue(path: Path) -> None:
    found = [f"{path.relative_to(HOUSE)}:{line}: {words}" for line, words in bare_options(ast.parse(path.read_bytes()))]
    assert found == []


def test_a_bare_help_is_recognised() -> None:
    code = """click.option("--a", help=_("Bài"))
click.option("--b", help="Bài")
click.option("--c", help=None)
click.option("--d", help=_("Bài") + f" ({LEAST} phút)")
"""
    assert bare_options(ast.parse(code)) == [(2, "Bài"), (4, " ("), (4, " phút)")]


def test_what_the_house_notes_of_a_session_called_off_is_said_in_english() -> None:
    """It is noted in Vietnamese, in the books, and said in the language of the page."""
    tree = ast.parse((HOUSE / "broadcaster" / "sessions.py").read_bytes())
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    notes = [text for text in texts if VIETNAMESE.search(text)]
    assert notes
    with speaking("en"):
        assert [cancelled_words(note) for note in notes if VIETNAMESE.search(cancelled_words(note))] == []
        assert cancelled_words("Mất điện") == "Mất điện"


def test_an_english_page_has_no_vietnamese_of_its_own(tmp_path: Path) -> None:
    """On a station without any names yet, every letter is the page's own."""
    settings = Settings(data=tmp_path, station="Station", tts="monotone")
    database = Database(settings.database)
    migrate(database)
    moment = datetime.fromisoformat("2026-11-10T08:00:00+07:00")
    client = create_app(settings, database, clock=lambda: moment).test_client()
    for path in ("/?lang=en", "/airtime", "/airtime?month=2027-01", "/airtime?month=x", "/?week=x", "/nowhere"):
        text = client.get(path).text.replace("Tiếng Việt", "")
        assert '<html lang="en">' in text
        assert VIETNAMESE.findall(text) == [], path
    database.close()
