"""The messages of the sources: every `_("…")` and `gettext("…")` of the application's code and of its pages."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.extract import extract

HOUSE = Path(__file__).resolve().parents[2]
KEYWORD = "_"
#: Where `_` is taken by the messages of later, those of the moment go by their function's own name.
KEYWORDS = frozenset({KEYWORD, "gettext"})

#: As the extractors of babel answer: line, function, arguments, comments.
Found = tuple[int, str, tuple[str, ...], list[str]]


def messages_of_sources(house: Path = HOUSE) -> list[str]:
    """Every message once, in order.

    Raises:
        SyntaxError: a file of code cannot be read.
        jinja2.TemplateSyntaxError: a page cannot be read.
    """
    found = set(_messages(python_messages, (house / "broadcaster").rglob("*.py"), {}))
    found |= set(_messages("jinja2", (house / "templates" / "pages").rglob("*.html"), {"silent": "false"}))
    return sorted(found)


def python_messages(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """The messages of a file of code, for babel.

    Babel's own reader of code goes by tokens, and only from Python 3.12 on do these tell what stands inside f-strings:
    what it found would hang on the version that runs it. The syntax tree is the same in all.
    """
    for call in message_calls(ast.parse(file.read())):
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield call.lineno, KEYWORD, (first.value,), []


def message_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of `_` or `gettext` in a tree of code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            yield node


def _messages(method: Any, paths: Iterable[Path], options: dict[str, Any]) -> Iterator[str]:
    for path in paths:
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract(method, file, {KEYWORD: None}, options=options):
                yield message if isinstance(message, str) else message[0]
