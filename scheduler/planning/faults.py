"""The error of planning: a problem that cannot be planned as it stands, with all its faults at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a problem: where it is (such as ``articles[3].length_ms``) and what is wrong, in Vietnamese."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class ProblemError(ValueError):
    """The problem contradicts itself or its format. Trying again does not help: it must be changed first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("Bài toán lập kế hoạch có lỗi:\n" + "\n".join(f"- {fault}" for fault in self.faults))
