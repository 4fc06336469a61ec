"""A fault found in a finished file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where. `rule` is a stable code; `place` leads to the spot; `message` is Vietnamese, for people."""

    rule: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.rule}]"


class Findings:
    """Collects faults while a file is walked; `within` narrows the place."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, rule: str, place: str, message: str) -> None:
        self.faults.append(Fault(rule, place, message))

    def require(self, holds: object, rule: str, place: str, message: str) -> bool:
        """Adds a fault unless it holds; says whether it did."""
        if not holds:
            self.add(rule, place, message)
        return bool(holds)
