"""Transcripts as WebVTT (W3C), as podcast programs and browsers show them."""

from feeds.errors import InvalidValue
from feeds.text import paragraph
from feeds.values import Cue


def webvtt(cues: tuple[Cue, ...]) -> bytes:
    """The transcript file. Cues start in the order they are heard. Raises InvalidValue."""
    blocks = ["WEBVTT"]
    former_ms = 0
    for cue in cues:
        if cue.starts_ms < former_ms:
            raise InvalidValue("cues", "phải xếp theo thời gian")
        former_ms = cue.starts_ms
        blocks.append(f"{_clock(cue.starts_ms)} --> {_clock(cue.ends_ms)}\n{_words(cue.text)}")
    return ("\n\n".join(blocks) + "\n").encode()


def _words(text: str) -> str:
    # An empty line would end the cue, and an arrow or a tag inside it would be read as markup.
    lines = [line for line in paragraph(text).split("\n") if line]
    return "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(milliseconds: int) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"
