"""Vietnamese texts as they are read aloud: text in, script out. Pure: no files but the shipped lexicon, no clock."""

from .lexicon import Entry, Lexicon
from .lexicon_faults import LexiconError, LexiconFault
from .reading import PARAGRAPH_PAUSE_MS, SENTENCE_PAUSE_MS, read_aloud, spoken_line, spoken_lines
from .values import ReadingOptions, Script, Sentence, SpokenLine, Suspicion

__all__ = [
    "PARAGRAPH_PAUSE_MS",
    "SENTENCE_PAUSE_MS",
    "Entry",
    "Lexicon",
    "LexiconError",
    "LexiconFault",
    "ReadingOptions",
    "Script",
    "Sentence",
    "SpokenLine",
    "Suspicion",
    "read_aloud",
    "spoken_line",
    "spoken_lines",
]
