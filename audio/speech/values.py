"""What the reading of a text consists of: values only, no behaviour beyond their own sums."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

Thousand = Literal["nghìn", "ngàn"]
ZeroTens = Literal["linh", "lẻ"]
EarlyDay = Literal["mùng", "mồng"]

SuspicionKind = Literal["unknown", "ambiguous", "odd_character", "date_or_fraction", "foreign", "web_address", "number"]


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """Regional choices of wording; the defaults are those of Hà Nội."""

    thousand: Thousand = "nghìn"
    zero_tens: ZeroTens = "linh"
    early_day: EarlyDay = "mùng"

    def __post_init__(self) -> None:
        for value, allowed in (
            (self.thousand, ("nghìn", "ngàn")),
            (self.zero_tens, ("linh", "lẻ")),
            (self.early_day, ("mùng", "mồng")),
        ):
            if value not in allowed:
                raise ValueError(f"Cách đọc “{value}” không có; chọn một trong: {', '.join(allowed)}.")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A place where an editor's eye is wanted before the text may be aired.

    `token` is what is written, `proposed` a reading that the editor can accept as it stands (empty where there is
    none), and `message` says in Vietnamese why it is shown. What is said meanwhile stands in the script.
    """

    token: str
    kind: SuspicionKind
    proposed: str
    message: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One breath of the reader: `spoken` is what an engine gets, `pause_ms` the silence after it.

    `paragraph` counts from 0. `unknown` holds the tokens that nobody knows, in the order of the text.
    """

    raw: str
    spoken: str
    pause_ms: int
    unknown: tuple[str, ...]
    paragraph: int


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of input and how it is said; `spoken` is empty where the line is not read (a recipient list, say)."""

    raw: str
    spoken: str
    unknown: tuple[str, ...]
    suspicions: tuple[Suspicion, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A whole text, ready for an engine, sentence by sentence."""

    sentences: tuple[Sentence, ...]
    suspicions: tuple[Suspicion, ...] = ()

    @property
    def spoken(self) -> str:
        """The spoken text, one line a paragraph."""
        lines: list[str] = []
        last = -1
        for sentence in self.sentences:
            if sentence.paragraph == last:
                lines[-1] += " " + sentence.spoken
            else:
                lines.append(sentence.spoken)
                last = sentence.paragraph
        return "\n".join(lines)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The tokens that nobody knows, each once, in the order of the text."""
        return tuple(dict.fromkeys(token for sentence in self.sentences for token in sentence.unknown))

    @property
    def digest(self) -> str:
        """SHA-256 of all that can be heard: two scripts of one digest sound the same with the same voice."""
        heard = [[sentence.spoken, sentence.pause_ms] for sentence in self.sentences]
        return hashlib.sha256(json.dumps(heard, ensure_ascii=False).encode()).hexdigest()
