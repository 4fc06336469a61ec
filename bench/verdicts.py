"""Figures that were asked for, each with whether it was met."""


class Verdicts:
    """Prints each figure with `met` or `MISSED` beside it and remembers whether all were met."""

    def __init__(self) -> None:
        self.missed = 0

    def say(self, words: str, *, met: bool) -> None:
        """One figure."""
        self.missed += not met
        print(f"{words}  [{'met' if met else 'MISSED'}]", flush=True)

    @property
    def status(self) -> int:
        """0 when everything was met."""
        return int(self.missed > 0)
