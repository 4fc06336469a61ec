"""What can be wrong with a lexicon, said to people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# Anything else in a spoken form would be taken for markup by one engine or the other.
_SPOKEN = re.compile(r"[^\W\d_]{1,30}(?:[ ,]{1,3}[^\W\d_]{1,30}){0,60}")


@dataclass(frozen=True, slots=True)
class LexiconFault:
    """One fault: the line (from 1; 0 for the file as a whole) and what is wrong, in Vietnamese."""

    line: int
    message: str


class LexiconError(ValueError):
    """A table that can't be used; trying again without mending it can't help. `faults` holds them all."""

    def __init__(self, faults: tuple[LexiconFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"Dòng {fault.line}: {fault.message}." for fault in faults))


def faults_of_fields(fields: Mapping[str, str], kinds: tuple[str, ...], *, extra: bool) -> list[str]:
    """Everything wrong with one line, as phrases in Vietnamese."""
    faults: list[str] = []
    written, spoken = fields.get("written", ""), fields.get("spoken", "")
    if extra:
        faults.append("thừa cột (chỉ có 7 cột, ngăn bằng dấu tab)")
    if not written:
        faults.append("thiếu chữ viết (cột 1)")
    if not spoken:
        faults.append(f"thiếu cách đọc của “{written}” (cột 2)")
    elif not _SPOKEN.fullmatch(unicodedata.normalize("NFC", spoken)):
        faults.append(f"cách đọc “{spoken}” chỉ được có chữ cái, dấu cách và dấu phẩy")
    kind = fields.get("kind", "")
    if kind and kind not in kinds:
        faults.append(f"loại “{kind}” không có; chọn một trong: {', '.join(kinds)}")
    for name in ("written", "spoken"):
        value = fields.get(name, "")
        if value != unicodedata.normalize("NFC", value):
            faults.append(f"“{value}” chưa ở dạng Unicode dựng sẵn (NFC)")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") for character in written):
        faults.append("chữ viết có ký tự điều khiển")
    return faults
