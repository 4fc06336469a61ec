"""From a text to the script of its reader."""

from __future__ import annotations

import unicodedata

from .layout import join_wrapped_lines, lines_to_read
from .lexicon import Lexicon
from .numerals import Numerals
from .scanning import Spoken, speak
from .sentences import split_sentences
from .values import ReadingOptions, Script, Sentence, SpokenLine, Suspicion

# A listener in the street needs longer breaths than one with a book (milliseconds of silence).
SENTENCE_PAUSE_MS = 700
PARAGRAPH_PAUSE_MS = 1400

_HANOI = ReadingOptions()


def read_aloud(
    text: str, lexicon: Lexicon | None = None, options: ReadingOptions = _HANOI, *, unit: str | None = None
) -> Script:
    """The script of a text: what is said, sentence by sentence, and what an editor should look at first.

    The cover, the recipients and the signatures are left out. `lexicon` is the shipped one unless another is given;
    `unit` is the code of the unit whose own entries count. No text raises; the time is proportional to its length.
    """
    known = (lexicon or Lexicon.shipped()).for_unit(unit)
    numerals = Numerals(options)
    paragraphs = join_wrapped_lines(text)
    sentences: list[Sentence] = []
    suspicions: list[Suspicion] = []
    number = 0
    for paragraph, read in zip(paragraphs, lines_to_read(paragraphs), strict=True):
        if not read:
            continue
        spoken = [(raw, said) for raw, said in _spoken_sentences(paragraph, known, numerals) if said.text]
        for index, (raw, said) in enumerate(spoken, start=1):
            pause_ms = PARAGRAPH_PAUSE_MS if index == len(spoken) else SENTENCE_PAUSE_MS
            sentences.append(Sentence(raw, said.text, pause_ms, said.unknown, number))
            suspicions += said.suspicions
        number += bool(spoken)
    return Script(tuple(sentences), tuple(dict.fromkeys(suspicions)))


def spoken_line(
    line: str, lexicon: Lexicon | None = None, options: ReadingOptions = _HANOI, *, unit: str | None = None
) -> SpokenLine:
    """How one line is said; always read, even if it would be left out of a document."""
    known = (lexicon or Lexicon.shipped()).for_unit(unit)
    return _line(line, known, Numerals(options))


def spoken_lines(
    text: str, lexicon: Lexicon | None = None, options: ReadingOptions = _HANOI, *, unit: str | None = None
) -> list[SpokenLine]:
    """How each line of a document is said: one result a line; what is not for the ear is empty."""
    known = (lexicon or Lexicon.shipped()).for_unit(unit)
    numerals = Numerals(options)
    # By line feeds alone: whoever counts our lines counts those, and no vertical tabs or form feeds.
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")] if text else []
    return [
        _line(line, known, numerals) if read else SpokenLine(line, "", (), ())
        for line, read in zip(lines, lines_to_read(lines), strict=True)
    ]


def _line(line: str, lexicon: Lexicon, numerals: Numerals) -> SpokenLine:
    said = [spoken for _, spoken in _spoken_sentences(unicodedata.normalize("NFC", line).strip(), lexicon, numerals)]
    return SpokenLine(
        raw=line,
        spoken=" ".join(spoken.text for spoken in said if spoken.text),
        unknown=tuple(dict.fromkeys(token for spoken in said for token in spoken.unknown)),
        suspicions=tuple(dict.fromkeys(suspicion for spoken in said for suspicion in spoken.suspicions)),
    )


def _spoken_sentences(paragraph: str, lexicon: Lexicon, numerals: Numerals) -> list[tuple[str, Spoken]]:
    return [
        (raw, speak(raw, lexicon, numerals, begins_paragraph=index == 0))
        for index, raw in enumerate(split_sentences(paragraph, lexicon))
    ]
