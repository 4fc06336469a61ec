"""Where the reader stands in a sentence, and what a rule answers there."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from .lexicon import Lexicon
from .numerals import Numerals
from .values import Suspicion

# How far back and ahead a rule may look: what keeps the time of a reading proportional to its length.
LOOK_CHARACTERS = 80

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule made of the text from the place on: words to say, and where to go on."""

    spoken: str
    end: int
    unknown: tuple[str, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a sentence, with all that a rule may ask about it.

    `before` is the tail of the text before the position, case-folded; rules match patterns that end in `$` on it.
    `shouting` says that the sentence has no small letter: capitals then mean nothing.
    """

    text: str
    position: int
    lexicon: Lexicon
    numerals: Numerals
    shouting: bool = False

    @property
    def before(self) -> str:
        return self.text[max(0, self.position - LOOK_CHARACTERS) : self.position].casefold()

    @property
    def words_before(self) -> list[str]:
        return _WORDS.findall(self.before)

    @property
    def word_before(self) -> str:
        words = self.words_before
        return words[-1] if words else ""

    def rest(self, end: int | None = None) -> str:
        """A bounded look ahead from `end` (by default from here)."""
        start = self.position if end is None else end
        return self.text[start : start + LOOK_CHARACTERS]

    def match(self, pattern: re.Pattern[str], position: int | None = None) -> re.Match[str] | None:
        return pattern.match(self.text, self.position if position is None else position)

    def preceded_by(self, pattern: re.Pattern[str]) -> bool:
        return pattern.search(self.before) is not None

    def at(self, position: int) -> Place:
        return Place(self.text, position, self.lexicon, self.numerals, self.shouting)


@functools.cache
def ends_with_word(*alternatives: str) -> re.Pattern[str]:
    """A pattern for `Place.preceded_by`: the text before ends with one of these words."""
    return re.compile(r"(?:^|\W)(?:" + "|".join(map(re.escape, alternatives)) + r")\W{0,2}$")
