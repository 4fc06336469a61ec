"""The phrases of `data/speech/phrases.txt`: their parsing, their split, and when a reading counts as right."""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

PHRASES_FILE = Path(__file__).parent / "data" / "speech" / "phrases.txt"

# One phrase in five, by the digest of its text, is held out: rules are never written with an eye on its faults.
HELD_OUT_ONE_IN = 5

_CHOICE = re.compile(r"\{([^{}]*)\}")
# Regional and orthographic variants count as the same reading, whoever says them.
_SAME = (
    (re.compile(r"\bngàn\b"), "nghìn"),
    (re.compile(r"\blẻ\b"), "linh"),
    (re.compile(r"\b(ngày|đến) (?:mùng|mồng)\b"), r"\1"),
    (re.compile(r"\b(?:mùng|mồng)\b"), "mùng"),
    (re.compile(r"\btỉ\b"), "tỷ"),
    (re.compile(r"\bkĩ\b"), "kỹ"),
    (re.compile(r"\bsỹ\b"), "sĩ"),
    (re.compile(r"\bquí\b"), "quý"),
    (re.compile(r"\b(?:xen|sen|xăng|xăn|sentimét) ?ti ?mét\b|\bcentimét\b|\bxentimét\b"), "xăng ti mét"),
    (re.compile(r"\b(?:ki|kí) ?lô ?(mét|gam|oát|vôn)\b"), r"ki lô \1"),
    (re.compile(r"\bmi ?li ?(mét|gam|lít)\b"), r"mi li \1"),
    (re.compile(r"\bhéc ?ta\b|\bhecta\b"), "héc ta"),
    (re.compile(r"\b(mươi|linh) bốn\b"), r"\1 tư"),
)
_TONE_PLACES = (("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa"), ("oè", "òe"), ("oé", "óe"),
                ("oẻ", "ỏe"), ("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỵ", "ụy"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is written, its category, and the pattern of all accepted readings."""

    category: str
    written: str
    readings: str

    @property
    def held_out(self) -> bool:
        digest = hashlib.sha256(self.written.encode()).digest()
        return int.from_bytes(digest[:4], "big") % HELD_OUT_ONE_IN == 0

    def accepts(self, reading: str) -> bool:
        """Whether the reading is one of the accepted ones, case, punctuation and variants aside."""
        heard = comparable(reading)
        return any(heard == comparable(accepted) for accepted in expanded(self.readings))


def phrases(path: Path = PHRASES_FILE) -> list[Phrase]:
    """All phrases, in the order of the file."""
    found: list[Phrase] = []
    category = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            category = line[3:]
        elif "\t" in line and not line.startswith("# "):
            written, readings = line.split("\t")
            found.append(Phrase(category, written, readings))
    return found


def expanded(readings: str) -> list[str]:
    """'{của |}chính phủ' stands for 'của chính phủ' and 'chính phủ'."""
    parts = _CHOICE.split(readings)
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def comparable(reading: str) -> str:
    """A reading without case, punctuation, doubled blanks and regional variants."""
    text = unicodedata.normalize("NFC", reading).casefold()
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"[^\w\s]|_", " ", text)
    for old, new in _TONE_PLACES:
        text = re.sub(rf"(?<!q){old}\b", new, text)
    text = " ".join(text.split())
    for pattern, replacement in _SAME:
        text = pattern.sub(replacement, text)
    return text
