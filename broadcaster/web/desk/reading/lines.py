"""An article's sentences as a page shows them: what is written, with doubtful tokens marked, and what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from audio.speech import Script
from broadcaster.readings import Doubt


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of the written text; `doubt` where an editor's eye is wanted."""

    text: str
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. Numbers count from 0 through the whole article."""

    number: int
    begins_paragraph: bool
    written: tuple[Stretch, ...]
    spoken: str

    @property
    def differs(self) -> bool:
        """Whether it is said otherwise than it is written."""
        return "".join(stretch.text for stretch in self.written) != self.spoken


def lines_of(script: Script, doubts: Sequence[Doubt]) -> tuple[Line, ...]:
    """The sentences of a script, in order."""
    by_token = {doubt.suspicion.token: doubt for doubt in doubts if doubt.suspicion.token}
    paragraph, lines = -1, []
    for number, sentence in enumerate(script.sentences):
        written = tuple(_stretches(sentence.raw, by_token))
        lines.append(Line(number, sentence.paragraph != paragraph, written, sentence.spoken))
        paragraph = sentence.paragraph
    return tuple(lines)


def _stretches(raw: str, by_token: Mapping[str, Doubt]) -> Iterator[Stretch]:
    if not by_token:
        yield Stretch(raw)
        return
    # The longest first, so that a part of a token never hides the whole; only where no letter or figure goes on.
    tokens = "|".join(re.escape(token) for token in sorted(by_token, key=len, reverse=True))
    at = 0
    for found in re.finditer(rf"(?<!\w)(?:{tokens})(?!\w)", raw):
        if found.start() > at:
            yield Stretch(raw[at : found.start()])
        yield Stretch(found.group(), by_token[found.group()])
        at = found.end()
    if at < len(raw):
        yield Stretch(raw[at:])
