"""Vietnamese numerals: whole numbers, decimals, ordinals, digits one by one, Roman numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .values import ReadingOptions

DIGIT_NAMES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")

# Beyond this many digits nobody says a number as a number; it is a code, and is read digit by digit.
LONGEST_CARDINAL_DIGITS = 15

_ROMAN = re.compile(r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def roman_value(token: str) -> int | None:
    """The value of a well-formed Roman numeral below one hundred, in capitals; None for anything else."""
    if not _ROMAN.fullmatch(token):
        return None
    total = 0
    for here, following in zip(token, [*token[1:], ""], strict=True):
        value = _ROMAN_VALUES[here]
        total += -value if following and _ROMAN_VALUES[following] > value else value
    return total


def digit_by_digit(digits: str) -> str:
    """'012' is 'không một hai'."""
    return " ".join(DIGIT_NAMES[int(digit)] for digit in digits)


@dataclass(frozen=True, slots=True)
class Numerals:
    """Numbers in words, in the wording of `options`."""

    options: ReadingOptions

    def cardinal(self, number: int) -> str:
        """A whole number from 0 on: 105 is 'một trăm linh năm', 1005 'một nghìn không trăm linh năm'."""
        if number == 0:
            return DIGIT_NAMES[0]
        text = str(number)
        if len(text) > LONGEST_CARDINAL_DIGITS:
            return digit_by_digit(text)
        return " ".join(self._groups(number))

    def _groups(self, number: int) -> list[str]:
        words: list[str] = []
        billions, rest = divmod(number, 1_000_000_000)
        if billions:
            words += [*self._groups(billions), "tỷ"]
        for size, name in ((1_000_000, "triệu"), (1_000, str(self.options.thousand)), (1, "")):
            group, rest = divmod(rest, size)
            if group:
                words += self._below_thousand(group, after_more=bool(words))
                if name:
                    words.append(name)
        return words

    def _below_thousand(self, number: int, *, after_more: bool) -> list[str]:
        hundreds, rest = divmod(number, 100)
        words: list[str] = []
        if hundreds or after_more:
            words += [DIGIT_NAMES[hundreds], "trăm"]
        if not rest:
            return words
        tens, ones = divmod(rest, 10)
        if tens == 0:
            return [*words, str(self.options.zero_tens), DIGIT_NAMES[ones]] if words else [DIGIT_NAMES[ones]]
        words += ["mười"] if tens == 1 else [DIGIT_NAMES[tens], "mươi"]
        if ones:
            words.append(self._ones_after_ten(tens, ones))
        return words

    @staticmethod
    def _ones_after_ten(tens: int, ones: int) -> str:
        if ones == 5:
            return "lăm"
        if tens > 1 and ones == 1:
            return "mốt"
        if tens > 1 and ones == 4:
            return "tư"
        return DIGIT_NAMES[ones]

    def decimal(self, whole: str, fraction: str) -> str:
        """'8' and '7' are 'tám phẩy bảy'; two decimals are said as one number, more of them digit by digit."""
        as_number = len(fraction) == 2 and fraction[0] != "0"
        after = self.cardinal(int(fraction)) if as_number else digit_by_digit(fraction)
        return f"{self.digits_as_number(whole)} phẩy {after}"

    def digits_as_number(self, digits: str) -> str:
        """A string of digits as a whole number, however long; leading zeros are not said."""
        stripped = digits.lstrip("0") or "0"
        if len(stripped) > LONGEST_CARDINAL_DIGITS:
            return digit_by_digit(stripped)
        return self.cardinal(int(stripped))

    def with_leading_zeros(self, digits: str) -> str:
        """As in a document's number: '06' is 'không sáu', '1234' a number."""
        zeros = len(digits) - len(digits.lstrip("0"))
        if zeros == 0:
            return self.digits_as_number(digits)
        if zeros == len(digits) or zeros > 2:
            return digit_by_digit(digits)
        return f"{digit_by_digit(digits[:zeros])} {self.digits_as_number(digits[zeros:])}"

    def ordinal(self, number: int) -> str:
        """What follows 'thứ': 1 is 'nhất', 4 is 'tư'."""
        return {1: "nhất", 4: "tư"}.get(number) or self.cardinal(number)

    def day(self, day: int) -> str:
        """A day of the month; the first ten take 'mùng' (or 'mồng')."""
        return f"{self.options.early_day} {self.cardinal(day)}" if day <= 10 else self.cardinal(day)

    def month(self, month: int) -> str:
        """What follows 'tháng': 4 is 'tư'."""
        return "tư" if month == 4 else self.cardinal(month)
