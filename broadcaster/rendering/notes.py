"""What staff should know of a bulletin, in the words that stand in the books: Vietnamese, as everything noted there."""

from __future__ import annotations

from collections.abc import Iterator

from audio.fitting import Pacing
from broadcaster.rendering.fitting import Fitted


def notes_of(fitted: Fitted) -> tuple[str, ...]:
    """What was done so that the session fits, and what inspection warns of in its items."""
    notes = [f"không đủ chỗ: {piece.title}" for piece in fitted.dropped]
    notes += _paced(fitted.pacing)
    notes += [f"nhắc lại để đủ giờ: {piece.title}" for piece in fitted.repeated]
    notes += [f"{piece.title}: {words}" for piece in fitted.items for words in piece.warnings]
    return tuple(notes)


def left_out_note(title: str, why: str | None) -> str:
    """An item that is not in the bulletin because it has no sound that may go on air."""
    return f"bỏ bài {title}: {why or 'chưa có bản đọc'}"


def _paced(pacing: Pacing) -> Iterator[str]:
    if not pacing.changed:
        return
    what = [f"khoảng lặng còn {pacing.pauses:.0%}"] if pacing.pauses < 1 else []
    what += [f"giọng nhanh hơn {pacing.rate - 1:.0%}"] if pacing.rate > 1 else []
    what += [f"co thời gian {pacing.stretch - 1:.1%}".replace(".", ",")] if pacing.stretch > 1.0005 else []
    yield f"đổi nhịp để vừa buổi phát: {', '.join(what)}"
